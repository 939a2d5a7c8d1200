//! How fast the engine is: events per second of real time, with the digest of what was run beside it.
//!
//! `cargo bench -p sim` runs it large. In a test run it runs small, so that it never rots. The digest
//! shows at once if a change made it faster by doing something else.

#![expect(
    clippy::disallowed_types,
    reason = "a bench measures real time; the model does not"
)]

use std::time::Instant;

use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

/// One thread and an unbounded queue, 80 % busy.
const QUEUE: &str = r#"{"nodes": {
    "c": {"kind": {"client": {"rate": 80}}},
    "a": {"kind": {"service": {"threads": 1, "queue": "unbounded",
        "before": {"exponential": "10ms"}, "memory": {"limit": null}}}}},
    "edges": {"c-a": {"from": "c", "to": "a", "latency": {"constant": "0s"}}}}"#;

/// The shop that ships with the page.
const SHOP: &str = include_str!("../../lessons/scenarios/shop.json");

#[expect(
    clippy::disallowed_types,
    reason = "a bench measures real time; the model does not"
)]
fn measure(name: &str, file: &str, span: Span) {
    let scenario = Scenario::load(file).expect(name);
    let start = Instant::now();
    let mut sim = Simulation::new(&scenario);
    sim.run_until(Time::ZERO + span);
    let real = start.elapsed().as_secs_f64();
    let events = sim.events() as f64;
    println!(
        "{name}: {:.2} M events/s, {:.0} simulated seconds a second, {events} events, digest {:016x}",
        events / real / 1e6,
        span.as_secs_f64() / real,
        sim.digest()
    );
}

fn main() {
    let large = std::env::args().any(|arg| arg == "--bench");
    let scale = if large { 100 } else { 1 };
    measure("one queue", QUEUE, Span::secs(100 * scale));
    measure("the shop", SHOP, Span::secs(20 * scale));
}
