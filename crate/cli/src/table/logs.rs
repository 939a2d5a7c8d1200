//! The logs of async edges: their consumer groups, lags and losses.

use sim::meter::report::{EdgeReport, Report};

use super::section;
use crate::figure::count;

/// The logs, by edge.
pub(super) fn all(report: &Report) -> Option<String> {
    let heads = [
        "",
        "members",
        "rebal-\nances",
        "longest\nlag",
        "of\npartition",
        "parti-\ntions",
        "expired",
        "passed\nover",
        "out of\norder",
    ];
    let row = |edge: &EdgeReport| {
        let queue = &edge.queue;
        let longest = queue.partitions.iter().rev().max_by_key(|of| of.lag);
        vec![
            edge.id.clone(),
            queue.members.to_string(),
            count(queue.rebalances),
            count(queue.lag_max as u64),
            longest.map_or_else(String::new, |of| of.id.clone()),
            queue.partitions.len().to_string(),
            count(queue.expired),
            count(queue.skipped),
            count(queue.out_of_order),
        ]
    };
    let logged = report
        .edges
        .iter()
        .filter(|edge| !edge.queue.partitions.is_empty());
    section("Edges: logs", 1, &heads, logged.map(row))
}
