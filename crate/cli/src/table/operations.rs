//! The table of the operations of clients.

use sim::meter::report::{ClientReport, OperationReport, Report};

use super::section;
use crate::figure::{count, mean, share, time};

/// A row for each operation of each client that has any.
pub(super) fn all(report: &Report) -> Option<String> {
    let heads = [
        "",
        "operation",
        "offered\n/s",
        "goodput\n/s",
        "goodput",
        "ok",
        "late",
        "refused",
        "p50",
        "p95",
        "p99",
    ];
    let row = |(client, of): (&ClientReport, &OperationReport)| {
        vec![
            client.id.clone(),
            of.id.clone(),
            mean(of.offered_per_s),
            mean(of.goodput_per_s),
            share(of.goodput_share),
            count(of.ok),
            count(of.ok.saturating_sub(of.good)),
            count(of.refused),
            time(of.latency.p50_ms),
            time(of.latency.p95_ms),
            time(of.latency.p99_ms),
        ]
    };
    let rows = report.clients.iter().flat_map(|client| {
        let operations = client.operations.iter();
        operations.map(move |of| (client, of))
    });
    section("Operations of the clients", 2, &heads, rows.map(row))
}
