//! The table of the operations of clients.

use sim::criticality::Criticality;
use sim::meter::report::{ClientReport, OperationReport, Report, ServiceReport};

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

/// A row for each service that refused something that was not of the usual class.
pub(super) fn refused(report: &Report) -> Option<String> {
    let heads = [
        "",
        "critical\nplus",
        "critical",
        "sheddable\nplus",
        "sheddable",
    ];
    let row = |service: &ServiceReport| {
        let by = &service.refused_by_criticality;
        let of = |class: Criticality| count(by.get(class.key()).copied().unwrap_or_default());
        let classes = Criticality::ALL.into_iter().map(of);
        std::iter::once(service.id.clone()).chain(classes).collect()
    };
    let usual = Criticality::default().key();
    let sheds = |service: &&ServiceReport| {
        let mut classes = service.refused_by_criticality.keys();
        classes.any(|class| *class != usual)
    };
    let rows = report.services.iter().filter(sheds);
    section("Refusals by criticality", 1, &heads, rows.map(row))
}
