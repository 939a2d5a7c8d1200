//! What is under way is bounded: beyond, calls are refused and say so, and everything still adds up.

use sim::rng::Luck;
use sim::{Scenario, Simulation};

use crate::adds_up::{audit, fail};
use crate::board::at;
use crate::swarm::Dice;

/// Runs a board with a low bound, the short way and the usual one; how many calls the simulator refused.
fn one(seed: u64) -> u64 {
    let mut dice = Dice {
        stream: Luck::of_seed(seed).part(1).stream(),
        loops: true,
    };
    let mut board = Scenario {
        seed,
        ..Scenario::default()
    };
    for _ in 0..30 {
        dice.edit(&mut board);
    }
    let bound = 5 + dice.below(40) as usize;
    let mut sim = Simulation::new(&board);
    sim.bound(bound);
    let mut usual = sim.clone();
    usual.without_express();
    for stretch in 1..=6u32 {
        let until = at(f64::from(stretch) * 0.4);
        sim.run_until(until);
        usual.run_until(until);
        audit(seed, &board, &sim);
        if sim.digest() != usual.digest() {
            fail(seed, &board, "the short way states other facts");
        }
        let faults = dice.faults(&board);
        sim.adopt(&board, &faults);
        usual.adopt(&board, &faults);
    }
    let refused = |edge: &sim::meter::report::EdgeReport| edge.refused_by.get("simulator").copied();
    sim.report().edges.iter().filter_map(refused).sum()
}

#[test]
fn beyond_the_bound_calls_are_refused_in_words() {
    let refused: u64 = (0..300).map(one).sum();
    assert!(refused > 1_000, "{refused} calls refused");
}

/// A ring of services that call each other many times at once: each request multiplies until it is stopped.
#[test]
fn a_ring_that_multiplies_stays_within_the_bound() {
    let file = r#"{"nodes": {"c": {"kind": {"client": {"rate": 200}}},
            "a": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}},
            "b": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}}},
        "edges": {"c-a": {"from": "c", "to": "a"},
            "a-b": {"from": "a", "to": "b", "fan_out": 10},
            "b-a": {"from": "b", "to": "a", "fan_out": 10}}}"#;
    let mut sim = Simulation::new(&Scenario::load(file).unwrap());
    sim.bound(20_000);
    let mut most = 0;
    for step in 1..=40u32 {
        sim.run_until(at(f64::from(step) * 0.01));
        most = most.max(sim.open());
    }
    // What was begun before the bound was met may still send and start: a call, an attempt and a job each.
    assert!((20_000..60_000).contains(&most), "{most} open");
    let report = sim.report();
    let refused = report
        .edges
        .iter()
        .filter_map(|edge| edge.refused_by.get("simulator"));
    assert!(refused.sum::<u64>() > 0);
    assert_eq!(sim.audit(), Vec::<String>::new());
}
