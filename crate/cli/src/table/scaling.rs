//! The table of autoscalers: what they wanted, what there was.

use sim::meter::report::{Report, ServiceReport};

use super::section;
use crate::figure::{count, mean, or_none};

/// A row for each service with an autoscaler.
pub(super) fn all(report: &Report) -> Option<String> {
    let heads = [
        "",
        "wanted",
        "running",
        "at the\nend",
        "scaled\nup",
        "scaled\ndown",
    ];
    let row = |service: &ServiceReport| {
        vec![
            service.id.clone(),
            or_none(service.wanted.map(mean)),
            mean(service.running),
            service.running_at_end.to_string(),
            count(service.scaled_up),
            count(service.scaled_down),
        ]
    };
    let scaled = report
        .services
        .iter()
        .filter(|service| service.wanted.is_some());
    section("Autoscalers, replicas", 1, &heads, scaled.map(row))
}
