//! The engine as a library: a shop whose database slows down, with and without a timeout, on the same seed.
//!
//! `cargo run --release -p sim --example slow_leaf`

use sim::policy::{Policy, Timeout};
use sim::scenario::{Edit, Fault, FaultKind, NodeId};
use sim::units::{Ratio, Span, Time};
use sim::{Scenario, Simulation};

const BOARD: &str = r#"{
    "seed": 7,
    "nodes": {
        "users": { "kind": { "client": { "rate": 80 } } },
        "api": { "kind": { "service": { "threads": 16, "queue": 32, "before": { "exponential": "5ms" } } } },
        "store": { "kind": { "service": { "threads": 8, "before": { "exponential": "20ms" } } } }
    },
    "edges": {
        "users-api": { "from": "users", "to": "api" },
        "api-store": { "from": "api", "to": "store" }
    }
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plain = Scenario::load(BOARD)?;

    // A board is changed by edits, as the page changes it.
    let mut guarded = plain.clone();
    let (id, edge) = guarded.edges.first_key_value().ok_or("no edge")?;
    let (id, mut edge) = (id.clone(), edge.clone());
    edge.policies.push(Policy::Timeout(Timeout {
        after: Span::millis(200),
        ..Timeout::default()
    }));
    guarded.apply(Edit::SetEdge(id, edge));

    for (name, board) in [("plain", plain), ("with a timeout", guarded)] {
        let mut sim = Simulation::new(&board);
        sim.run_until(Time::ZERO + Span::secs(10));

        // A fault is clicked ten seconds in, and every fact of the next second is looked at.
        let slow = Fault {
            on: NodeId::new("store").ok_or("no id")?.into(),
            kind: FaultKind::Slow(Ratio::whole(10)),
        };
        sim.adopt(&board, &[slow]);
        let mut facts = 0;
        sim.run_watched(Time::ZERO + Span::secs(11), &mut |_, _| facts += 1);

        // A simulation is a value: a copy is a checkpoint.
        let checkpoint = sim.clone();
        sim.run_until(Time::ZERO + Span::secs(40));
        let mut again = checkpoint;
        again.run_until(Time::ZERO + Span::secs(40));
        assert_eq!(sim.digest(), again.digest());

        let report = sim.report();
        let users = &report.clients[0];
        println!(
            "{name}: {:.1} of {:.1} requests/s answered in time, p99 {:.0} ms, {facts} facts in the first second of it",
            users.goodput_per_s,
            users.offered_per_s,
            users.latency.p99_ms.unwrap_or_default()
        );
    }
    Ok(())
}
