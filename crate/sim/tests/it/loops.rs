//! Event loops and virtual threads: waiting holds none of them, own work and blocking calls do.

use sim::Simulation;
use sim::fact::{Fact, Turn};
use sim::scenario::{Model, NodeKind, Service};
use sim::units::{Limit, Rate, Ratio};

use crate::board::{at, chain, load};

const SLOW: &str =
    r#"{"threads": "unbounded", "before": {"constant": "100ms"}, "memory": {"limit": null}}"#;

/// What happens to the first two requests, 10 ms apart, in milliseconds.
fn told(front: &str, edges: &[(&str, &str)]) -> Vec<String> {
    let mut json = chain(100.0, &[front, SLOW], "")
        .replace(r#""rate": 100"#, r#""rate": 100, "arrivals": "constant""#);
    for (of, with) in edges {
        json = json.replace(of, with);
    }
    let mut sim = Simulation::new(&load(&json));
    let (mut told, mut names) = (Vec::new(), Vec::new());
    sim.run_watched(at(0.4), &mut |now, fact| {
        let (what, request) = match *fact {
            Fact::Arrived { request, .. } => {
                names.push(request);
                ("arrives".to_owned(), request)
            }
            Fact::Turned { turn, request, .. } => (format!("{turn:?}"), request),
            Fact::Replied { request, .. } => ("has its answer".to_owned(), request),
            _ => return,
        };
        if let Some(place) = names.iter().take(2).position(|name| *name == request) {
            let letter = ["a", "b"][place];
            told.push(format!("{} {letter} {what}", now.as_nanos() / 1_000_000));
        }
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    told
}

#[test]
fn a_loop_is_left_for_a_call_and_needed_after_it() {
    let front = r#"{"model": "event_loop", "loops": 1, "before": {"constant": "8ms"}, "memory": {"limit": null}}"#;
    let told = told(front, &[(r#""rate": 100"#, r#""rate": 200"#)]);
    assert_eq!(
        told,
        [
            "5 a arrives",
            "10 b arrives",
            "10 b BeginsInLine",
            "13 a Parks",
            "13 b RunsFromLine",
            "21 b Parks",
            // Others work on the loop when the answers come, 8 ms each, and more are in line.
            "113 a Lines",
            "121 b Lines",
            "181 a RunsFromLine",
            "181 a has its answer",
            "197 b RunsFromLine",
            "197 b has its answer",
        ]
    );
}

#[test]
fn a_blocking_call_holds_its_loop() {
    let front = r#"{"model": "event_loop", "loops": 1, "before": {"constant": "1ms"}, "memory": {"limit": null}}"#;
    let edge = (
        r#""from": "a", "to": "b","#,
        r#""from": "a", "to": "b", "blocking": 1,"#,
    );
    assert_eq!(
        told(front, &[edge]),
        [
            "10 a arrives",
            "20 b arrives",
            "20 b BeginsInLine",
            // Its own millisecond and the hundred of the call.
            "111 b RunsFromLine",
            "111 a has its answer",
            "212 b has its answer",
        ]
    );
}

#[test]
fn any_free_carrier_will_do() {
    let front = r#"{"model": "virtual_threads", "carriers": 2, "before": {"constant": "15ms"}, "memory": {"limit": null}}"#;
    assert_eq!(
        told(front, &[]),
        [
            "10 a arrives",
            "20 b arrives",
            "25 a Parks",
            "35 b Parks",
            "125 a Runs",
            "125 a has its answer",
            "135 b Runs",
            "135 b has its answer",
        ]
    );
}

fn service(board: &mut sim::Scenario) -> &mut Service {
    let first = board
        .nodes
        .get_mut(&sim::scenario::NodeId::new("a").unwrap());
    match first.map(|node| &mut node.kind) {
        Some(NodeKind::Service(service)) => service,
        _ => panic!("there is no service a"),
    }
}

/// From model to model and up and down with the loops, ten times a second: nothing is lost or left waiting.
#[test]
fn a_model_that_changes_live_loses_nothing() {
    let front = r#"{"threads": 40, "queue": "unbounded", "before": {"exponential": "5ms"}, "memory": {"limit": null}}"#;
    for edge in ["", r#", "blocking": 0.05"#, r#", "mode": "async""#] {
        let mut board = load(&chain(150.0, &[front, SLOW], edge));
        let mut sim = Simulation::new(&board);
        for tenth in 1..=80u32 {
            sim.run_until(at(f64::from(tenth) / 10.0));
            let service = service(&mut board);
            service.model = Model::ALL[tenth as usize * 2 % 3];
            service.loops = 1 + tenth % 5;
            service.carriers = 1 + tenth % 4;
            service.in_flight = if tenth % 3 == 0 {
                Limit::Of(30)
            } else {
                Limit::Unbounded
            };
            sim.adopt(&board, &[]);
            assert_eq!(sim.audit(), Vec::<String>::new());
        }
        for node in board.nodes.values_mut() {
            if let NodeKind::Client(client) = &mut node.kind {
                client.rate = Rate::per_sec(0);
            }
        }
        sim.adopt(&board, &[]);
        sim.run_until(at(60.0));
        assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
        let client = &sim.report().clients[0];
        assert_eq!(
            (client.ok, client.effects_lost),
            (client.offered, 0),
            "{edge}"
        );
    }
}

/// What waits without a thread weighs by the request alone: a dependency that hangs fills memory, not a pool.
#[test]
fn without_a_limit_a_slow_dependency_fills_memory() {
    let kills = |extra: &str| {
        let front = format!(
            r#"{{"model": "event_loop", "before": {{"constant": "1ms"}}, "queue": 0 {extra},
                "memory": {{"base": "0B", "per_thread": "0B", "per_request": "1MiB", "limit": "100MiB"}}}}"#
        );
        let slow = SLOW.replace("100ms", "2s");
        let mut sim = Simulation::new(&load(&chain(100.0, &[&front, &slow], "")));
        sim.run_until(at(10.0));
        let service = &sim.report().services[0];
        (service.kills > 0, service.refused > 0)
    };
    assert_eq!(kills(""), (true, true));
    assert_eq!(kills(r#", "in_flight": 90"#), (false, true));
}

/// CPU is what loops work, not what they are blocked by; a caller that gives up frees nothing.
#[test]
fn orphans_hold_a_loop_only_while_they_work() {
    let front = r#"{"model": "event_loop", "loops": 2, "before": {"constant": "10ms"}, "memory": {"limit": null}}"#;
    let json = chain(50.0, &[front, SLOW], "").replace(
        r#""from": "client", "to": "a","#,
        r#""from": "client", "to": "a", "policies": [{"timeout": {"after": "50ms"}}],"#,
    );
    let mut sim = Simulation::new(&load(&json));
    sim.run_until(at(5.0));
    sim.restart_figures();
    let mut turns = 0;
    sim.run_watched(at(65.0), &mut |_, fact| {
        turns += u32::from(matches!(
            fact,
            Fact::Turned {
                turn: Turn::Parks,
                ..
            }
        ));
    });
    let service = &sim.report().services[0];
    assert!(turns > 2_800, "{turns}");
    // Half a loop works; all of it was in vain, though given up on only afterwards.
    assert!((service.working - 0.5).abs() < 0.02, "{}", service.working);
    assert!(
        (service.wasted_all - 0.5).abs() < 0.02,
        "{}",
        service.wasted_all
    );
    assert!(
        service.wasted_after_giveup < 0.01,
        "{}",
        service.wasted_after_giveup
    );
    assert_eq!(service.waiting.to_bits(), 0.0f64.to_bits());
    let mut blocked = load(&json);
    for edge in blocked.edges.values_mut() {
        edge.blocking = Ratio::ONE;
    }
    let mut sim = Simulation::new(&blocked);
    sim.run_until(at(65.0));
    assert!(sim.report().services[0].waiting > 1.7);
}
