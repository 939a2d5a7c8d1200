//! Tables: the report for people, legible at 120 columns.

mod brokers;
mod logs;
mod loops;
mod operations;
mod scaling;
mod whole;

use comfy_table::{CellAlignment, ColumnConstraint, Table, TableComponent, Width, presets};
use sim::Scenario;
use sim::meter::report::{ClientReport, EdgeReport, QueueReport, Report, ServiceReport};
use sim::scenario::{Mode, NodeKind, Service};

use crate::figure::{count, factor, mean, memory, or_none, share, time};
use crate::say::plain;

/// An id may be longer than this; it is broken over two lines then.
pub(crate) const WIDEST_ID: u16 = 20;

/// The whole report.
pub(crate) fn all(scenario: &Scenario, report: &Report) -> String {
    let tables = [
        whole::all(report),
        clients(report),
        operations::all(report),
        effects(report),
        services(report),
        operations::refused(report),
        errors(report),
        resources(scenario, report),
        waits(report),
        replicas(report),
        scaling::all(report),
        loops::all(report),
        calls(report),
        queues(report),
        logs::all(report),
        brokers::brokers(report),
    ];
    let parts = std::iter::once(headline(scenario, report));
    let parts: Vec<String> = parts.chain(tables.into_iter().flatten()).collect();
    parts.join("\n\n")
}

fn headline(scenario: &Scenario, report: &Report) -> String {
    let name = match scenario.name.as_str() {
        "" => "A scenario without a name".into(),
        name => plain(name),
    };
    let warmup = if report.from_s > 0.0 {
        format!(" (figures from {} s on)", report.from_s)
    } else {
        String::new()
    };
    format!(
        "{name} · seed {} · {} s simulated{warmup} · {} events · digest {}",
        scenario.seed,
        report.to_s,
        count(report.events),
        report.digest
    )
}

/// A part of the report, by ids.
fn section(
    title: &str,
    words: usize,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Option<String> {
    grid(title, words, WIDEST_ID, heads, rows)
}

/// A table under its title; none without rows. The first `words` columns are not figures; what is wider
/// than `widest` in the first one goes over several lines.
pub(crate) fn grid(
    title: &str,
    words: usize,
    widest: u16,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Option<String> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_header(lowered(heads));
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        let (align, padding) = if column.index < words {
            // What follows the last word is a figure, with space of its own before it.
            let gap = u16::from(column.index + 1 < words) * 2;
            (CellAlignment::Left, (0, gap))
        } else {
            (CellAlignment::Right, (2, 0))
        };
        column.set_cell_alignment(align);
        column.set_padding(if column.index == 0 { (0, 2) } else { padding });
        if column.index == 0 {
            // Beside the content, a width counts the padding.
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(widest + 2)));
        }
    }
    let title = if title.is_empty() {
        String::new()
    } else {
        format!("{title}\n")
    };
    (!table.is_empty()).then(|| format!("{title}{}", table.trim_fmt()))
}

/// Heads that all stand on the last line, where some have two lines.
fn lowered(heads: &[&str]) -> Vec<String> {
    let tall = heads.iter().any(|head| head.contains('\n'));
    let lower = |head: &&str| {
        if tall && !head.contains('\n') {
            format!("\n{head}")
        } else {
            (*head).to_owned()
        }
    };
    heads.iter().map(lower).collect()
}

fn clients(report: &Report) -> Option<String> {
    let heads = [
        "",
        "offered\n/s",
        "goodput\n/s",
        "goodput",
        "ok",
        "late",
        "errors",
        "timed\nout",
        "refused",
        "p50",
        "p95",
        "p99",
        "p99.9",
    ];
    let row = |client: &ClientReport| {
        vec![
            client.id.clone(),
            mean(client.offered_per_s),
            mean(client.goodput_per_s),
            share(client.goodput_share),
            count(client.ok),
            count(client.ok.saturating_sub(client.good)),
            count(client.errors),
            count(client.timed_out),
            count(client.refused),
            time(client.latency.p50_ms),
            time(client.latency.p95_ms),
            time(client.latency.p99_ms),
            time(client.latency.p999_ms),
        ]
    };
    section("Clients", 1, &heads, report.clients.iter().map(row))
}

fn effects(report: &Report) -> Option<String> {
    let heads = [
        "",
        "in time",
        "late",
        "lost",
        "pending",
        "staleness\np50",
        "staleness\np99",
    ];
    let row = |client: &ClientReport| {
        vec![
            client.id.clone(),
            count(client.effects_in_time),
            count(client.effects_late),
            count(client.effects_lost),
            count(client.effects_pending),
            time(client.staleness.p50_ms),
            time(client.staleness.p99_ms),
        ]
    };
    section(
        "Effects of requests answered ok",
        1,
        &heads,
        report.clients.iter().map(row),
    )
}

fn services(report: &Report) -> Option<String> {
    let heads = [
        "",
        "state",
        "offered\n/s",
        "throughput\n/s",
        "refused",
        "errors",
        "p50",
        "p95",
        "p99",
        "p99.9",
        "kills",
    ];
    let secs = report.to_s - report.from_s;
    let row = |service: &ServiceReport| {
        vec![
            service.id.clone(),
            service.state.to_owned(),
            mean(service.offered as f64 / secs),
            mean(service.throughput_per_s),
            share(service.refused_share),
            count(service.errors),
            time(service.latency.p50_ms),
            time(service.latency.p95_ms),
            time(service.latency.p99_ms),
            time(service.latency.p999_ms),
            count(service.kills),
        ]
    };
    section("Services", 2, &heads, report.services.iter().map(row))
}

fn errors(report: &Report) -> Option<String> {
    let heads = [
        "",
        "own",
        "killed",
        "cancelled",
        "call\nfailed",
        "call\ntimed out",
        "call\nrefused",
        "refused by",
    ];
    let row = |service: &ServiceReport| {
        let by = &service.errors_by;
        let whom = by.call_refused_by.iter();
        let whom: Vec<String> = whom
            .map(|(who, n)| format!("{} {}", who.replace('_', " "), count(*n)))
            .collect();
        vec![
            service.id.clone(),
            count(by.own),
            count(by.killed),
            count(by.cancelled + by.call_cancelled),
            count(by.call_failed),
            count(by.call_timed_out),
            count(by.call_refused),
            whom.join(", "),
        ]
    };
    let failed = report.services.iter().filter(|service| service.errors > 0);
    section(
        "Errors of the services, by cause",
        1,
        &heads,
        failed.map(row),
    )
}

fn waits(report: &Report) -> Option<String> {
    let row =
        |(service, edge, n): (&str, &str, f64)| vec![service.to_owned(), edge.to_owned(), mean(n)];
    let waits = report.services.iter().flat_map(|service| {
        let of = service.waiting_on.iter();
        of.map(|(edge, n)| (service.id.as_str(), edge.as_str(), *n))
    });
    let heads = ["", "on edge", "threads"];
    section("Threads that wait, means", 2, &heads, waits.map(row))
}

fn resources(scenario: &Scenario, report: &Report) -> Option<String> {
    let heads = [
        "",
        "threads\nworking",
        "threads\nwaiting",
        "threads\nwasted",
        "threads\nin all",
        "queue",
        "memory",
        "memory\nlimit",
    ];
    let row = |service: &ServiceReport| {
        let spec = spec(scenario, &service.id);
        vec![
            service.id.clone(),
            mean(service.working),
            mean(service.waiting),
            mean(service.wasted_all),
            or_none(spec.map(|spec| spec.pool().to_string())),
            mean(service.queue),
            memory(service.memory_bytes),
            or_none(
                spec.and_then(|spec| spec.memory.limit)
                    .map(|limit| memory(limit.get() as f64)),
            ),
        ]
    };
    section(
        "Resources of the services, means",
        1,
        &heads,
        report.services.iter().map(row),
    )
}

fn replicas(report: &Report) -> Option<String> {
    let heads = [
        "",
        "up",
        "threads\nbusy",
        "threads\nwaiting",
        "queue",
        "memory",
    ];
    let all = report.services.iter().flat_map(|service| {
        let row = |one: &sim::frame::ReplicaFigures| {
            vec![
                format!("{} #{}", service.id, one.id),
                share(one.up),
                mean(one.busy),
                mean(one.waiting),
                mean(one.queue),
                memory(one.memory_bytes),
            ]
        };
        service.replicas.iter().map(row)
    });
    section("Replicas, means", 1, &heads, all)
}

/// The settings of a service.
fn spec<'a>(scenario: &'a Scenario, id: &str) -> Option<&'a Service> {
    let (_, node) = scenario.nodes.iter().find(|(of, _)| of.as_str() == id)?;
    match &node.kind {
        NodeKind::Service(service) => Some(service),
        NodeKind::Client(_) | NodeKind::Broker(_) => None,
    }
}

fn calls(report: &Report) -> Option<String> {
    let heads = [
        "",
        "mode",
        "calls\n/s",
        "attempts",
        "attempts\n/call",
        "ok",
        "failed",
        "timed\nout",
        "refused",
        "in\nflight",
        "p50",
        "p99",
    ];
    let secs = report.to_s - report.from_s;
    let row = |edge: &EdgeReport| {
        vec![
            edge.id.clone(),
            edge.mode.word().to_owned(),
            mean(edge.calls as f64 / secs),
            count(edge.attempts),
            factor(edge.amplification),
            count(edge.ok),
            count(edge.failed),
            count(edge.timed_out),
            count(edge.refused),
            mean(edge.in_flight),
            time(edge.latency.p50_ms),
            time(edge.latency.p99_ms),
        ]
    };
    section("Edges: calls", 2, &heads, report.edges.iter().map(row))
}

fn queues(report: &Report) -> Option<String> {
    let heads = [
        "",
        "ready\nmean",
        "ready\nat end",
        "oldest",
        "drains\nin",
        "pub-\nlished",
        "con-\nsumed",
        "dropped",
        "rejected",
        "re-\ndelivered",
        "dead-\nlettered",
        "dupli-\ncates",
    ];
    let row = |edge: &EdgeReport| {
        let queue = &edge.queue;
        vec![
            edge.id.clone(),
            mean(queue.ready),
            count(queue.ready_at_end.unsigned_abs()),
            time(Some(f64::from(queue.oldest_s) * 1e3)),
            time(queue.drain_s.map(|secs| secs * 1e3)),
            count(queue.published),
            count(queue.consumed),
            count(queue.dropped),
            count(queue.rejected),
            count(queue.redelivered),
            count(queue.dead_lettered),
            count(queue.duplicates),
        ]
    };
    let queued = report
        .edges
        .iter()
        .filter(|edge| edge.mode == Mode::Async || has_had_messages(&edge.queue));
    section("Edges: queues", 1, &heads, queued.map(row))
}

const fn has_had_messages(queue: &QueueReport) -> bool {
    queue.published + queue.consumed > 0 || queue.ready_at_end + queue.unacked_at_end > 0
}
