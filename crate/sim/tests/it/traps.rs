//! Traps that an engine of this kind has fallen into once, each with its case.

use std::collections::BTreeSet;

use sim::fact::Fact;
use sim::outcome::Outcome;
use sim::scenario::{Edge, EdgeId, Edit, Fault, FaultKind, NodeId, NodeKind};
use sim::units::{Limit, Rate, Ratio, Span};
use sim::{Scenario, Simulation};

use crate::board::{at, load, run};

const SHOP: &str = include_str!("../../../lessons/scenarios/shop.json");

/// One client, one consumer behind a queue with these settings.
fn consumer(rate: u32, service: &str, queue: &str, more: &str) -> Scenario {
    load(&format!(
        r#"{{"nodes": {{"c": {{"kind": {{"client": {{"rate": {rate}}}}}}},
            "a": {{"kind": {{"service": {service}}}}}}},
        "edges": {{"e": {{"from": "c", "to": "a", "mode": "async", "queue": {queue} {more}}}}}}}"#
    ))
}

fn silence(board: &mut Scenario) {
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = Rate::per_sec(0);
        }
    }
}

/// A clicked edit after a cut inside an instant happens at a time that a replay can name.
#[test]
fn an_edit_after_single_steps_can_be_replayed() {
    let board = load(SHOP);
    let slow = [Fault {
        on: NodeId::new("database").unwrap().into(),
        kind: FaultKind::Slow(Ratio::whole(10)),
    }];
    for events in [1_000, 1_003, 5_000, 5_001, 5_002] {
        let mut stepped = Simulation::new(&board);
        while stepped.events() < events {
            stepped.step();
        }
        stepped.adopt(&board, &slow);
        let mut replayed = Simulation::new(&board);
        replayed.run_until(stepped.now());
        replayed.adopt(&board, &slow);
        for sim in [&mut stepped, &mut replayed] {
            sim.run_until(at(20.0));
        }
        assert_eq!(stepped.digest(), replayed.digest(), "after {events} events");
    }
}

/// Lost is an effect that no copy of its message did: the figure agrees with the facts.
#[test]
fn an_effect_that_another_copy_did_is_not_lost() {
    let policies = r#", "latency": {"discrete": [{"value": "5ms", "weight": 2}, {"value": "50ms", "weight": 1}]},
        "policies": [{"retry": {"attempts": 3, "base": "1ms"}}, {"timeout": {"after": "40ms"}}]"#;
    let service = r#"{"threads": 4, "before": {"constant": "60ms"}}"#;
    let mut board = consumer(
        40,
        service,
        r#"{"prefetch": 1, "max_length": 30}"#,
        policies,
    );
    let mut sim = Simulation::new(&board);
    let (mut answered, mut done) = (BTreeSet::new(), BTreeSet::new());
    for (until, quiet) in [(30.0, false), (60.0, true)] {
        if quiet {
            silence(&mut board);
            sim.adopt(&board, &[]);
        }
        sim.run_watched(at(until), &mut |_, fact| match *fact {
            Fact::Replied {
                request,
                outcome: Outcome::Ok,
                ..
            } => {
                answered.insert(request);
            }
            Fact::Finished {
                request,
                outcome: Outcome::Ok,
                ..
            } => {
                done.insert(request);
            }
            _ => {}
        });
    }
    let report = sim.report();
    assert!(report.edges[0].queue.dropped > 100 && report.edges[0].queue.duplicates > 100);
    let lost = answered.difference(&done).count() as u64;
    assert!(lost > 10, "{lost} lost: the case shows nothing");
    assert_eq!(report.clients[0].effects_lost, lost);
}

/// What came back after a crash stands in its old order, so the age of the oldest is true.
#[test]
fn messages_that_come_back_keep_their_order() {
    let service = r#"{"threads": 1, "before": {"constant": "1s"}}"#;
    let board = consumer(
        20,
        service,
        r#"{"prefetch": 20}"#,
        r#", "latency": {"constant": "300ms"}"#,
    );
    let crash = [Fault {
        on: NodeId::new("a").unwrap().into(),
        kind: FaultKind::Crash,
    }];
    let mut sim = run(&board, 1, 3.0);
    let before = sim.report().edges[0].queue.oldest_s;
    sim.adopt(&board, &crash);
    sim.run_until(at(5.0));
    let after = sim.report().edges[0].queue.oldest_s;
    assert!(
        (after - before - 2.0).abs() < 0.5,
        "the oldest was {before} s, then {after} s"
    );
    assert_eq!(sim.audit(), Vec::<String>::new());
}

/// A message that fails at once and may come back for ever does not stop the clock.
#[test]
fn endless_redelivery_takes_time() {
    let service = r#"{"errors": 1, "before": {"constant": "0s"}}"#;
    let zero = r#", "latency": {"constant": "0s"}"#;
    let board = consumer(1, service, r#"{"delivery_limit": "unbounded"}"#, zero);
    let sim = run(&board, 1, 10.0);
    assert_eq!(sim.now(), at(10.0));
    assert!(sim.report().edges[0].queue.redelivered > 1_000);
}

#[test]
fn a_bound_that_is_lowered_drops_at_once() {
    let service = r#"{"threads": 1, "before": {"constant": "1s"}}"#;
    let mut board = consumer(100, service, r#"{"prefetch": 1}"#, "");
    let mut sim = run(&board, 1, 10.0);
    assert!(sim.report().edges[0].queue.ready_at_end > 900);
    for edge in board.edges.values_mut() {
        edge.queue.max_length = Limit::Of(10);
    }
    sim.adopt(&board, &[]);
    let queue = &sim.report().edges[0].queue;
    assert_eq!(queue.ready_at_end, 10);
    assert!(queue.dropped > 800);
}

/// The same fault planned and clicked is one fault; of two strengths the stronger counts.
#[test]
fn equal_faults_do_not_multiply() {
    let mut board = load(SHOP);
    let on = NodeId::new("email").unwrap();
    let kind = FaultKind::Slow(Ratio::whole(2));
    board.faults.push(sim::scenario::PlannedFault {
        on: on.clone().into(),
        kind,
        start: Span::ZERO,
        duration: None,
    });
    let planned = run(&board, 1, 20.0).report();
    let mut sim = Simulation::new(&Scenario {
        seed: 1,
        ..board.clone()
    });
    sim.adopt(
        &board,
        &[Fault {
            on: on.into(),
            kind,
        }],
    );
    sim.run_until(at(20.0));
    let mean = |report: &sim::meter::report::Report| {
        report
            .services
            .iter()
            .find(|s| s.id == "email")
            .unwrap()
            .latency
            .mean_ms
            .unwrap()
    };
    assert!((mean(&planned) / mean(&sim.report()) - 1.0).abs() < 1e-9);
}

/// A loop that multiplies its requests ends, and the drawing is told of it.
#[test]
fn a_loop_with_fan_out_does_not_fill_the_memory() {
    let mut board = load(
        r#"{"nodes": {"c": {"kind": {"client": {"rate": 5}}}, "a": {"kind": {"service": {}}},
            "b": {"kind": {"service": {}}}, "d": {"kind": {"service": {}}}},
        "edges": {"c-a": {"from": "c", "to": "a"},
            "a-b": {"from": "a", "to": "b", "mode": "async"},
            "a-d": {"from": "a", "to": "d", "mode": "async", "step": 2}}}"#,
    );
    assert_eq!(board.hints(), []);
    for from in ["b", "d"] {
        let end = |id: &str| NodeId::new(id).unwrap();
        let edge = Edge {
            mode: sim::scenario::Mode::Async,
            ..Edge::new(end(from), end("a"))
        };
        board.apply(Edit::SetEdge(
            EdgeId::new(&format!("{from}-a")).unwrap(),
            edge,
        ));
    }
    assert!(
        board
            .hints()
            .iter()
            .any(|hint| hint.what.contains("lead back")),
        "{:?}",
        board.hints()
    );
    let sim = run(&board, 1, 3.0);
    assert_eq!(sim.audit(), Vec::<String>::new());
    assert!(sim.events() < 5_000_000, "{} events", sim.events());
}

/// Two equal edges in a file can still be changed one by one.
#[test]
fn equal_edges_of_a_file_can_be_edited() {
    let mut board = load(
        r#"{"nodes": {"a": {"kind": {"service": {}}}, "b": {"kind": {"service": {}}}},
        "edges": {"one": {"from": "a", "to": "b"}, "two": {"from": "a", "to": "b", "step": 2}}}"#,
    );
    let id = EdgeId::new("one").unwrap();
    let flipped = Edge {
        mode: sim::scenario::Mode::Async,
        ..board.edges[&id].clone()
    };
    board.apply(Edit::SetEdge(id.clone(), flipped.clone()));
    assert_eq!(board.edges[&id], flipped);
    let count = board.edges.len();
    board.apply(Edit::SetEdge(EdgeId::new("three").unwrap(), flipped));
    assert_eq!(board.edges.len(), count, "a third equal edge is not drawn");
}

/// A service that calls itself through its own pool: threads wait for threads that wait for them. The pool locks for
/// ever, unless somebody gives up. Source: the pool-size law, `T * (C - 1) + 1` connections for T threads that each
/// need C at once.
#[test]
fn a_pool_that_calls_itself_locks() {
    let board = |threads: u32, policies: &str| {
        load(&format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {{"rate": 50}}}}}},
                "a": {{"kind": {{"service": {{"threads": {threads}, "queue": "unbounded",
                    "before": {{"exponential": "5ms"}}, "memory": {{"limit": null}}}}}}}}}},
            "edges": {{"c-a": {{"from": "c", "to": "a"}},
                "a-a": {{"from": "a", "to": "a", "probability": 0.3, "policies": [{policies}]}}}}}}"#
        ))
    };
    let good = |board: &Scenario| {
        let mut sim = Simulation::new(board);
        sim.run_until(at(60.0));
        sim.restart_figures();
        sim.run_until(at(120.0));
        assert_eq!(sim.audit(), Vec::<String>::new());
        sim.report().clients[0].goodput_share
    };
    let locked = good(&board(2, ""));
    assert!(locked < 1e-9, "{locked}");
    let wide = good(&board(40, ""));
    assert!(wide > 0.999, "{wide}");
    let freed = good(&board(2, r#"{"timeout": {"after": "50ms"}}"#));
    assert!(freed > 0.5, "{freed}");
}
