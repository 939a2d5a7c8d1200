//! What must hold on any board: after every event everything adds up, and in the end all comes to rest. A failure is
//! made small and written down as scenario files.

use sim::rng::Luck;
use sim::scenario::{Client, Edge, EdgeId, Edit, Mode, Node, NodeId, NodeKind, Point, Service};
use sim::units::Rate;
use sim::{Scenario, Simulation};

use crate::board::at;
use crate::swarm::Dice;
use crate::trial::Trial;

pub fn fail(seed: u64, board: &Scenario, what: &str) -> ! {
    panic!("seed {seed}: {what}\n{}", board.save())
}

pub fn audit(seed: u64, board: &Scenario, sim: &Simulation) {
    let found = sim.audit();
    if !found.is_empty() {
        fail(seed, board, &found.join("; "));
    }
}

/// How many boards are tried: the given number, or as many as asked for by `SWARM=100000 cargo test -p sim swarm`.
fn boards(usual: u64) -> u64 {
    let asked = std::env::var("SWARM").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// One of the usual boards.
fn usual(seed: u64) {
    let mut dice = Dice {
        stream: Luck::of_seed(seed).stream(),
        loops: seed.is_multiple_of(8),
    };
    let mut board = Scenario {
        seed,
        ..Scenario::default()
    };
    for _ in 0..30 {
        dice.edit(&mut board);
    }
    Trial::drawn(&mut dice, board).check(seed);
}

// Two halves, for two cores.
#[test]
fn every_board_adds_up_and_comes_to_rest() {
    (0..boards(2_000)).step_by(2).for_each(usual);
}

#[test]
fn every_other_board_adds_up_and_comes_to_rest() {
    (1..boards(2_000)).step_by(2).for_each(usual);
}

/// Up to fifty nodes, with loops.
#[test]
fn every_large_board_adds_up() {
    for seed in 0..boards(2_000) / 250 {
        let mut dice = Dice {
            stream: Luck::of_seed(seed).part(3).stream(),
            loops: true,
        };
        let nodes = 12 + dice.below(39);
        let board = dice.board(seed, nodes, nodes + nodes / 2);
        Trial::drawn(&mut dice, board).check(seed);
    }
}

/// The cases that a person will try in the first five minutes.
#[test]
fn odd_settings_do_no_harm() {
    let json = |client: &str, service: &str, edge: &str| {
        format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {client}}}}},
                "a": {{"kind": {{"service": {service}}}}},
                "b": {{"kind": {{"service": {service}}}}}}},
            "edges": {{"c-a": {{"from": "c", "to": "a"}}, "a-b": {{"from": "a", "to": "b" {edge}}}}}}}"#
        )
    };
    for (client, service, edge) in [
        (r#"{"rate": 0}"#, "{}", ""),
        (r#"{"rate": 100}"#, r#"{"threads": 1, "queue": 0}"#, ""),
        (
            r#"{"rate": 100}"#,
            r#"{"threads": "unbounded", "queue": "unbounded"}"#,
            "",
        ),
        (
            r#"{"rate": 100}"#,
            "{}",
            r#", "mode": "async", "queue": {"max_length": 0}"#,
        ),
        (
            r#"{"rate": 100}"#,
            "{}",
            r#", "mode": "async", "queue": {"prefetch": 0, "consumers": 1}"#,
        ),
        (r#"{"rate": 100}"#, "{}", r#", "weight": 0"#),
        (r#"{"rate": 100}"#, r#"{"memory": {"limit": "1MiB"}}"#, ""),
    ] {
        let board = crate::board::load(&json(client, service, edge));
        let mut sim = Simulation::new(&board);
        sim.run_until(at(20.0));
        assert_eq!(
            sim.audit(),
            Vec::<String>::new(),
            "{client} {service} {edge}"
        );
    }
}

/// A drawing with a loop ends at the hop limit instead of never.
#[test]
fn a_loop_in_the_drawing_ends() {
    for mode in ["sync", "async"] {
        let json = format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {{"rate": 20}}}}}},
                "a": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}}}}}}}},
                "b": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}}}}}}}}}},
            "edges": {{"c-a": {{"from": "c", "to": "a"}},
                "a-b": {{"from": "a", "to": "b", "mode": "{mode}", "queue": {{"delivery_limit": 0}}}},
                "b-a": {{"from": "b", "to": "a", "mode": "{mode}", "queue": {{"delivery_limit": 0}}}}}}}}"#
        );
        let mut board = crate::board::load(&json);
        let mut sim = Simulation::new(&board);
        sim.run_until(at(5.0));
        let Some(NodeKind::Client(client)) = board
            .nodes
            .values_mut()
            .map(|n| &mut n.kind)
            .find(|k| matches!(k, NodeKind::Client(_)))
        else {
            unreachable!()
        };
        client.rate = Rate::per_sec(0);
        sim.adopt(&board, &[]);
        sim.run_until(at(100.0));
        assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0), "{mode}");
    }
}

#[test]
fn an_edge_switched_ten_times_a_second_loses_nothing() {
    let mut board = crate::board::load(include_str!("../../../lessons/scenarios/shop.json"));
    let mut sim = Simulation::new(&board);
    for tenth in 1..=200u32 {
        sim.run_until(at(f64::from(tenth) / 10.0));
        for edge in board
            .edges
            .values_mut()
            .filter(|e| e.to.as_str() == "payments")
        {
            edge.mode = edge.mode.flipped();
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new());
    }
    let report = sim.report();
    assert_eq!(report.clients[0].effects_lost, 0);
    assert!(
        report.clients[0].goodput_share > 0.99,
        "{}",
        report.clients[0].goodput_share
    );
}

#[test]
fn a_node_removed_with_traffic_in_flight_leaves_nobody_waiting() {
    for id in [
        "gateway", "checkout", "payments", "database", "email", "shoppers",
    ] {
        let whole = crate::board::load(include_str!("../../../lessons/scenarios/shop.json"));
        let mut board = whole.clone();
        let mut sim = Simulation::new(&board);
        sim.run_until(at(3.0));
        board.apply(Edit::RemoveNode(NodeId::new(id).unwrap()));
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new(), "{id} removed");
        sim.run_until(at(6.0));
        // Undo.
        sim.adopt(&whole, &[]);
        sim.run_until(at(9.0));
        assert_eq!(sim.audit(), Vec::<String>::new(), "{id} back");
        sim.restart_figures();
        sim.run_until(at(14.0));
        assert!(sim.report().clients[0].goodput_share > 0.98, "{id} back");
    }
}

#[test]
fn forty_services_run() {
    let mut board = Scenario::default();
    let mut dice = Dice {
        stream: Luck::of_seed(40).stream(),
        loops: false,
    };
    let id = |n: u32| NodeId::new(&format!("n{n}")).unwrap();
    let client = Client {
        rate: Rate::per_sec(200),
        ..Client::default()
    };
    board.apply(Edit::SetNode(
        id(0),
        Node {
            name: String::new(),
            at: Point::default(),
            kind: NodeKind::Client(client),
        },
    ));
    for n in 1..=40 {
        board.apply(Edit::SetNode(
            id(n),
            Node {
                name: String::new(),
                at: Point::default(),
                kind: NodeKind::Service(Service::default()),
            },
        ));
        let from = id(dice.below(u64::from(n)) as u32);
        let edge = Edge {
            mode: if dice.one_in(3) {
                Mode::Async
            } else {
                Mode::Sync
            },
            step: n,
            ..Edge::new(from, id(n))
        };
        board.apply(Edit::SetEdge(EdgeId::new(&format!("e{n}")).unwrap(), edge));
    }
    assert_eq!((board.nodes.len(), board.edges.len()), (41, 40));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(10.0));
    assert_eq!(sim.audit(), Vec::<String>::new());
    assert!(sim.events() > 100_000);
}
