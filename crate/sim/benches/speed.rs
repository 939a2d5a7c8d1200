//! How fast the engine is: requests and events per second of real time, with the digest of what was run beside them.
//!
//! `cargo bench -p sim` runs it large and prints the table that the README has. In a test run it runs small, so that it
//! never rots. The digest shows at once if a change made it faster by doing something else.

#![expect(
    clippy::disallowed_types,
    reason = "a bench measures real time; the model does not"
)]

use std::fmt::Write;
use std::time::Instant;

use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

/// One thread and an unbounded queue, 80 % busy.
const W1: &str = include_str!("../../lessons/workloads/w1.json");
/// A chain of five services.
const W2: &str = include_str!("../../lessons/workloads/w2.json");
/// The same with a timeout on every call.
const W3: &str = include_str!("../../lessons/workloads/w3.json");
/// The shop that ships with the page.
const SHOP: &str = include_str!("../../lessons/scenarios/shop.json");

/// So many chains of five services, each with a client of its own; all clients together send 1,120 requests a second.
fn chains(count: u32) -> String {
    let (mut nodes, mut edges) = (String::new(), String::new());
    for chain in 0..count {
        let rate = 1_120.0 / f64::from(count);
        let _ = write!(
            nodes,
            r#""c{chain}": {{"kind": {{"client": {{"rate": {rate:.6}}}}}}},"#
        );
        for place in 0..5 {
            let work = if place == 4 { "20ms" } else { "1.25ms" };
            let from = if place == 0 {
                format!("c{chain}")
            } else {
                format!("s{chain}-{}", place - 1)
            };
            let _ = write!(
                nodes,
                r#""s{chain}-{place}": {{"kind": {{"service": {{"threads": 32, "queue": 100,
                    "before": {{"exponential": "{work}"}}, "memory": {{"limit": null}}}}}}}},"#
            );
            let _ = write!(
                edges,
                r#""e{chain}-{place}": {{"from": "{from}", "to": "s{chain}-{place}",
                    "latency": {{"constant": "0s"}}}},"#
            );
        }
    }
    format!(
        r#"{{"nodes": {{{}}}, "edges": {{{}}}}}"#,
        nodes.trim_end_matches(','),
        edges.trim_end_matches(',')
    )
}

/// So many users of a hundred clients, who together send 1,000 requests a second however many they are: each one's thinking
/// is a pending event.
fn thinkers(users: u32) -> String {
    let think = users / 1_000;
    let (mut nodes, mut edges) = (String::new(), String::new());
    for client in 0..100 {
        let _ = write!(
            nodes,
            r#""c{client}": {{"kind": {{"client": {{"arrivals": "closed",
                "closed": {{"users": {}, "think": {{"exponential": "{think}s"}}}}}}}}}},"#,
            users / 100
        );
        let _ = write!(
            edges,
            r#""e{client}": {{"from": "c{client}", "to": "a", "latency": {{"constant": "0s"}}}},"#
        );
    }
    format!(
        r#"{{"nodes": {{{nodes} "a": {{"kind": {{"service": {{"threads": 64, "queue": "unbounded",
            "before": {{"exponential": "10ms"}}, "memory": {{"limit": null}}}}}}}}}}, "edges": {{{}}}}}"#,
        edges.trim_end_matches(',')
    )
}

#[expect(
    clippy::disallowed_types,
    reason = "a bench measures real time; the model does not"
)]
fn measure(name: &str, file: &str, span: Span) {
    let scenario = Scenario::load(file).expect(name);
    let mut sim = Simulation::new(&scenario);
    let start = Instant::now();
    sim.run_until(Time::ZERO + span);
    let real = start.elapsed().as_secs_f64();
    let report = sim.report();
    let requests: u64 = report.clients.iter().map(|client| client.offered).sum();
    println!(
        "| {name} | {requests} | {:.0} | {:.2} | {:016x} |",
        requests as f64 / real / 1e3,
        sim.events() as f64 / real / 1e6,
        sim.digest()
    );
}

fn main() {
    let large = std::env::args().any(|arg| arg == "--bench");
    let secs = |long: u64| Span::secs(if large { long } else { long.div_ceil(100) });
    println!("| board | requests | thousand requests/s | million events/s | digest |");
    println!("|---|---|---|---|---|");
    measure("W1: one queue", W1, secs(1_250_000));
    measure("W2: a chain of five", W2, secs(180));
    measure("W3: with timeouts", W3, secs(180));
    measure("the shop", SHOP, secs(1_000));
    measure("1 chain of five", &chains(1), secs(100));
    measure("200 chains of five", &chains(200), secs(100));
    measure("1,000 users who think", &thinkers(1_000), secs(200));
    measure("1,000,000 users who think", &thinkers(1_000_000), secs(200));
}
