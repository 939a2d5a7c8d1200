//! The table of the broker nodes.

use sim::meter::report::{BrokerReport, Report};

use super::section;
use crate::figure::{count, mean, memory, share, time};

/// The broker nodes; none where there are none.
pub(super) fn brokers(report: &Report) -> Option<String> {
    let heads = [
        "",
        "taken in\n/s",
        "to take\nin",
        "time\nfor it",
        "held up",
        "blocked",
        "messages",
        "at the\nend",
        "memory",
    ];
    let row = |broker: &BrokerReport| {
        vec![
            broker.id.clone(),
            mean(broker.taken_in_per_s),
            mean(broker.intake),
            time(broker.intake_ms),
            mean(broker.held_up),
            share(broker.blocked_share),
            mean(broker.messages),
            count(broker.messages_at_end),
            memory(broker.memory_bytes),
        ]
    };
    section("Brokers, means", 1, &heads, report.brokers.iter().map(row))
}
