//! The table of services whose requests hold no thread while they wait.

use sim::meter::report::{Report, ServiceReport};

use super::section;
use crate::figure::{mean, memory};

/// A row for each service of which some were in flight without a thread.
pub(super) fn all(report: &Report) -> Option<String> {
    let heads = ["", "in flight", "working", "blocked", "in line", "memory"];
    let row = |service: &ServiceReport| {
        vec![
            service.id.clone(),
            mean(service.in_flight),
            mean(service.working),
            mean(service.waiting),
            mean(service.in_line),
            memory(service.memory_bytes),
        ]
    };
    let looped = |service: &&ServiceReport| service.in_flight > service.busy;
    let rows = report.services.iter().filter(looped).map(row);
    section("Loops and carriers, means", 1, &heads, rows)
}
