//! Replicas: each has a life, a pool and a share of the messages of its own; they come and go live.

use sim::event::NodeIx;
use sim::fact::Fact;
use sim::scenario::{NodeKind, Service};
use sim::units::Rate;
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load, run};

/// The settings of the service of a board that has one.
fn service(board: &mut Scenario) -> &mut Service {
    let found = board
        .nodes
        .values_mut()
        .find_map(|node| match &mut node.kind {
            NodeKind::Service(service) => Some(service),
            NodeKind::Client(_) | NodeKind::Broker(_) => None,
        });
    found.expect("the board has a service")
}

/// Which replica took each piece of work until then.
fn takers(sim: &mut Simulation, until: f64) -> Vec<u32> {
    let mut takers = Vec::new();
    sim.run_watched(at(until), &mut |_, fact| {
        if let Fact::Started { replica, .. } = fact {
            takers.push(*replica);
        }
    });
    takers
}

const PLAIN: &str = r#"{"replicas": 3, "threads": 1, "queue": 4, "before": {"constant": "250ms"},
    "memory": {"limit": null}}"#;

fn ten_a_second(settings: &str, edge: &str) -> Scenario {
    load(
        &chain(10.0, &[settings], edge)
            .replace(r#""rate": 10"#, r#""rate": 10, "arrivals": "constant""#),
    )
}

#[test]
fn requests_go_round_and_each_replica_has_its_own_queue() {
    let board = ten_a_second(PLAIN, "");
    let mut sim = Simulation::new(&board);
    // Three threads for 250 ms of work every 100 ms: the next replica is free just before its turn.
    assert_eq!(takers(&mut sim, 1.05), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    let report = sim.report();
    let figures = &report.services[0].replicas;
    assert_eq!(figures.len(), 3);
    let busy: f64 = figures.iter().map(|one| one.busy).sum();
    assert!((busy - report.services[0].busy).abs() < 1e-9);
    assert!(figures.iter().all(|one| (one.up - 1.0).abs() < 1e-9));
}

#[test]
fn fewer_replicas_end_what_they_have_and_more_have_new_numbers() {
    let mut board = ten_a_second(PLAIN, "");
    let mut sim = Simulation::new(&board);
    takers(&mut sim, 0.35);
    service(&mut board).replicas = 1;
    sim.adopt(&board, &[]);
    let mut left = Vec::new();
    let mut takers = Vec::new();
    sim.run_watched(at(0.79), &mut |now, fact| match fact {
        Fact::Left { replica, .. } => left.push((now.as_nanos() / 1_000_000, *replica)),
        Fact::Started { replica, .. } => takers.push(*replica),
        _ => {}
    });
    // They began at 200 and 300 ms.
    assert_eq!(left, [(450, 1), (550, 2)]);
    assert!(takers.iter().all(|replica| *replica == 0), "{takers:?}");
    assert_eq!(sim.audit(), Vec::<String>::new());
    service(&mut board).replicas = 2;
    sim.adopt(&board, &[]);
    sim.run_until(at(2.0));
    let ids: Vec<String> = sim.report().services[0]
        .replicas
        .iter()
        .map(|one| one.id.clone())
        .collect();
    assert_eq!(ids, ["0", "3"]);
}

#[test]
fn a_killed_replica_leaves_the_others_alone() {
    // Three requests at once in one replica are too many for it.
    let settings = r#"{"replicas": 2, "threads": 4, "balance": "ring_hash", "before": {"constant": "150ms"},
        "memory": {"base": "0B", "per_thread": "0B", "per_request": "10MiB", "limit": "15MiB", "restart": "10s"}}"#;
    let board = ten_a_second(settings, "");
    let mut sim = Simulation::new(&board);
    let mut down = Vec::new();
    sim.run_watched(at(5.0), &mut |_, fact| {
        if let Fact::Down { replica, .. } = fact {
            down.push(*replica);
        }
    });
    // The first kill leaves one: it gets everything, and is killed too.
    down.sort_unstable();
    assert_eq!(down, [0, 1]);
    assert_eq!(sim.report().services[0].kills, 2);
}

#[test]
fn messages_go_round_and_prefetch_is_per_replica() {
    let settings = r#"{"replicas": 3, "threads": 1, "before": {"constant": "10s"}, "memory": {"limit": null}}"#;
    let edge = r#", "mode": "async", "queue": {"prefetch": 2}"#;
    let board = ten_a_second(settings, edge);
    let mut sim = Simulation::new(&board);
    assert_eq!(takers(&mut sim, 2.05), [0, 1, 2]);
    let report = sim.report();
    let queue = &report.edges[0].queue;
    assert_eq!((queue.unacked_at_end, queue.ready_at_end), (6, 14));
    assert_eq!(sim.audit(), Vec::<String>::new());
}

/// A service of one replica that had several for a while is back to what it was, and nothing is lost.
#[test]
fn a_service_made_larger_and_smaller_under_load_loses_nothing() {
    for edge in ["", r#", "mode": "async""#] {
        let mut board = load(&chain(
            200.0,
            &[r#"{"threads": 4, "queue": "unbounded", "memory": {"limit": null}}"#],
            edge,
        ));
        let mut sim = Simulation::new(&board);
        for tenth in 1..=60u32 {
            sim.run_until(at(f64::from(tenth) / 10.0));
            service(&mut board).replicas = 1 + tenth * 7 % 5;
            sim.adopt(&board, &[]);
            assert_eq!(sim.audit(), Vec::<String>::new());
        }
        for node in board.nodes.values_mut() {
            if let NodeKind::Client(client) = &mut node.kind {
                client.rate = Rate::per_sec(0);
            }
        }
        service(&mut board).replicas = 1;
        sim.adopt(&board, &[]);
        sim.run_until(at(20.0));
        assert_eq!(sim.under_way(), 0);
        let client = &sim.report().clients[0];
        assert_eq!((client.ok, client.effects_lost), (client.offered, 0));
        assert_eq!(
            sim.world().server(NodeIx(0)).map(|s| s.replicas.len()),
            Some(1)
        );
    }
}

/// With least-of-all two replicas of one thread are nearly the two threads of one replica.
#[test]
fn balancing_by_load_beats_going_round() {
    let mean = |balance: &str| {
        let settings = format!(
            r#"{{"replicas": 4, "threads": 1, "queue": "unbounded", "balance": "{balance}",
                "before": {{"exponential": "10ms"}}, "memory": {{"limit": null}}}}"#
        );
        let sim = run(&load(&chain(340.0, &[&settings], "")), 1, 60.0);
        sim.report().services[0].latency.mean_ms.unwrap_or_default()
    };
    let all = [
        "least_of_all",
        "least_of_two_distinct",
        "round_robin",
        "random",
    ]
    .map(mean);
    assert!(all.is_sorted(), "{all:?}");
}
