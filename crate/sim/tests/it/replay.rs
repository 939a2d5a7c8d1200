//! Replay: same seed, same facts; another seed, others; a flip changes nobody else's luck.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::scenario::Mode;
use sim::units::Span;
use sim::{Scenario, Simulation};

use crate::board::{at, load, run};

const BOARD: &str = r#"{
    "nodes": {
        "c": {"kind": {"client": {"rate": 120}}},
        "a": {"kind": {"service": {"threads": 8, "before": {"exponential": "8ms"}, "after": {"exponential": "2ms"}}}},
        "b": {"kind": {"service": {"threads": 4, "errors": 0.1, "before": {"log_normal": {"mean": "20ms", "cv": 1}}}}},
        "d": {"kind": {"service": {"threads": 4, "before": {"exponential": "15ms"}}}}
    },
    "edges": {
        "c-a": {"from": "c", "to": "a", "latency": {"exponential": "2ms"}},
        "a-b": {"from": "a", "to": "b", "policies": [{"retry": {}}, {"timeout": {"after": "60ms"}}]},
        "a-d": {"from": "a", "to": "d", "step": 2}
    },
    "faults": [{"on": "b", "kind": {"slow": 4}, "start": "3s", "duration": "4s"},
               {"on": "c", "kind": {"spike": 2}, "start": "5s", "duration": "1s"}]
}"#;

#[test]
fn same_seed_same_facts_and_another_seed_others() {
    let board = load(BOARD);
    let digest = |seed| run(&board, seed, 10.0).digest();
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn any_cut_of_time_gives_the_same_facts_and_the_same_buckets() {
    let board = load(BOARD);
    let cut = |step: Span| {
        let mut sim = Simulation::new(&board);
        let mut buckets = Vec::new();
        while sim.now() < at(8.0) {
            sim.run_until((sim.now() + step).min(at(8.0)));
            buckets.extend(sim.frame(10).buckets);
        }
        (sim.digest(), sim.events(), buckets)
    };
    let whole = cut(Span::secs(8));
    assert_eq!(whole.2.len(), 80);
    for step in [
        Span::millis(1),
        Span::micros(16_700),
        Span::millis(333),
        Span::secs(1),
    ] {
        assert!(cut(step) == whole, "in steps of {step}");
    }
}

#[test]
fn slices_of_events_give_the_same_facts() {
    let board = load(BOARD);
    let mut sim = Simulation::new(&board);
    while !sim.run_slice(at(10.0), 7) {}
    assert_eq!(sim.digest(), run(&board, board.seed, 10.0).digest());
}

#[test]
fn single_steps_give_the_same_facts() {
    let board = load(BOARD);
    let mut sim = Simulation::new(&board);
    for _ in 0..5_000 {
        sim.step();
    }
    let until = sim.now();
    let mut other = Simulation::new(&board);
    while other.events() < 5_000 {
        other.run_slice(until + Span::secs(1), 1);
    }
    assert_eq!((sim.digest(), sim.now()), (other.digest(), other.now()));
}

#[test]
fn a_clone_goes_on_as_its_origin_does() {
    let board = load(BOARD);
    let mut sim = run(&board, 1, 4.0);
    let mut clone = sim.clone();
    sim.run_until(at(9.0));
    clone.run_until(at(9.0));
    assert_eq!(sim.digest(), clone.digest());
}

#[test]
fn adopting_the_board_as_it_is_changes_nothing_that_happens() {
    let board = load(BOARD);
    let settled = |adopts: bool| {
        let mut sim = run(&board, 1, 4.0);
        if adopts {
            sim.adopt(&board, &[]);
        }
        let mut facts = Vec::new();
        sim.run_watched(at(9.0), &mut |now, fact| facts.push((now, *fact)));
        facts
    };
    assert!(settled(true) == settled(false));
}

/// The luck of a run: when each request came, and how long each piece of work of a service took.
type Luck = (Vec<u64>, BTreeMap<u64, u64>);

/// Arrivals at the client, and the work of service `d`, which the flipped edge does not touch.
fn luck(board: &Scenario) -> Luck {
    let mut sim = Simulation::new(board);
    let (mut arrivals, mut begun, mut work) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    // Nodes are numbered in the order of their ids: a, b, c, d.
    sim.run_watched(at(10.0), &mut |now, fact| match *fact {
        Fact::Arrived { request, .. } => {
            arrivals.push(now.as_nanos());
            begun.entry(request).or_insert(now);
        }
        Fact::Finished {
            node,
            request,
            held,
            ..
        } if node.0 == 3 => {
            work.insert(request, held.as_nanos());
        }
        _ => {}
    });
    (arrivals, work)
}

#[test]
fn flipping_one_edge_changes_nobody_elses_luck() {
    let mut board = load(BOARD);
    board.faults.clear();
    let sync = luck(&board);
    for edge in board.edges.values_mut() {
        if edge.to.as_str() == "b" {
            edge.mode = Mode::Async;
        }
    }
    let flipped = luck(&board);
    assert_eq!(sync.0, flipped.0, "the same customers at the same times");
    let both: Vec<u64> = sync
        .1
        .keys()
        .filter(|r| flipped.1.contains_key(r))
        .copied()
        .collect();
    assert!(both.len() > 500, "{} requests reach d in both", both.len());
    for request in both {
        assert_eq!(
            sync.1[&request], flipped.1[&request],
            "the work of d for a request"
        );
    }
}

#[test]
fn a_spike_draws_no_customer_anew() {
    // With twice the rate from the start, the n-th gap is half as long.
    let json = |rate: u32| {
        format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {{"rate": {rate}}}}}}},
                "a": {{"kind": {{"service": {{}}}}}}}},
                "edges": {{"c-a": {{"from": "c", "to": "a"}}}}}}"#
        )
    };
    let (slow, fast) = (luck(&load(&json(50))).0, luck(&load(&json(100))).0);
    for (a, b) in slow.iter().zip(&fast).take(200) {
        assert!(a.abs_diff(2 * b) <= 1_000, "{a} is not twice {b}");
    }
}
