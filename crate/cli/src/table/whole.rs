//! The whole system: its figures, then what became of effects, services and the last fault, in words.

use sim::meter::recovery::Verdict;
use sim::meter::report::Report;
use sim::meter::system::SystemReport;

use super::section;
use crate::figure::{count, factor, mean, share, time};

/// The whole system: its figures, then its state in words.
pub(super) fn all(report: &Report) -> Option<String> {
    if report.clients.is_empty() && report.services.is_empty() {
        return None;
    }
    let of = &report.system;
    let heads = [
        "offered\n/s",
        "throughput\n/s",
        "goodput\n/s",
        "goodput",
        "available",
        "attempts\n/first",
        "the same\nat leaves",
        "wasted\nwork",
        "p50",
        "p99",
        "p99.9",
    ];
    let row = vec![
        mean(of.offered_per_s),
        mean(of.throughput_per_s),
        mean(of.goodput_per_s),
        share(of.goodput_share),
        share(of.availability),
        factor(of.amplification),
        factor(of.leaf_amplification),
        share(of.wasted_share),
        time(of.latency.p50_ms),
        time(of.latency.p99_ms),
        time(of.latency.p999_ms),
    ];
    let figures = section("The whole system", 0, &heads, std::iter::once(row))?;
    Some(format!(
        "{figures}\neffects   {}\nblast     {}\nrecovery  {}",
        effects_told(of),
        blast_told(of),
        recovery_told(of)
    ))
}

fn effects_told(of: &SystemReport) -> String {
    format!(
        "{} in time, {} lost, {} pending, {} done twice; staleness p50 {}, p99 {}, p99.9 {}",
        count(of.effects_in_time),
        count(of.effects_lost),
        count(of.effects_pending),
        count(of.effects_duplicated),
        time(of.staleness.p50_ms),
        time(of.staleness.p99_ms),
        time(of.staleness.p999_ms)
    )
}

fn blast_told(of: &SystemReport) -> String {
    let named = |ids: &[String]| match ids {
        [] => format!("none of {}", of.services),
        ids => format!("{} of {}: {}", ids.len(), of.services, few(ids)),
    };
    let worst = of.worst_at_s.map(|at| {
        let worst = named(&of.worst_not_healthy);
        format!("\n          at worst, at {at:.1} s: {worst}")
    });
    let worst = worst.unwrap_or_default();
    format!("not healthy now: {}{worst}", named(&of.not_healthy))
}

/// Some names, and how many more there are.
fn few(ids: &[String]) -> String {
    const WIDEST: usize = 60;
    let mut shown = String::new();
    let mut count = 0;
    for id in ids {
        if count > 0 && shown.len() + id.len() > WIDEST {
            break;
        }
        let comma = if count > 0 { ", " } else { "" };
        shown = format!("{shown}{comma}{id}");
        count += 1;
    }
    match ids.len() - count {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn recovery_told(of: &SystemReport) -> String {
    let recovery = &of.recovery;
    let ended = recovery.fault_ended_s.unwrap_or_default();
    let after = recovery.recovery_s.unwrap_or_default();
    match recovery.verdict {
        Verdict::NoFault => "there was no fault".into(),
        Verdict::FaultOn => "a fault is on".into(),
        Verdict::Undecided => {
            format!("undecided: too little has come since the last fault ended, at {ended:.1} s")
        }
        Verdict::Recovered => format!(
            "recovered: {} after the last fault ended, at {ended:.1} s",
            time(Some(after * 1e3))
        ),
        Verdict::Metastable => format!(
            "metastable: the last fault ended at {ended:.1} s, and goodput never came back to 95 % for 5 s"
        ),
    }
}
