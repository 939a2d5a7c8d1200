//! Restarts: a service that is killed for its memory again and again is started again later and later.

use sim::Simulation;
use sim::fact::{Fact, Stop};
use sim::frame::MarkKind;
use sim::scenario::NodeKind;
use sim::units::Span;

use crate::board::{at, chain, load};

/// A service that its first two requests kill, ten of them a second.
fn hopeless(restart: &str) -> sim::Scenario {
    let service = format!(
        r#"{{"threads": 8, "before": {{"constant": "10s"}}, "restart": {{{restart}}}, "memory": {{"base": "0B",
            "per_thread": "0B", "per_request": "10MiB", "limit": "15MiB", "restart": "1s"}}}}"#
    );
    let chain = chain(10.0, &[&service], "");
    load(&chain.replace(r#""rate": 10"#, r#""rate": 10, "arrivals": "constant""#))
}

/// Whole seconds between each kill and the next start.
fn away(sim: &mut Simulation, until: f64) -> Vec<u64> {
    let mut down = sim.now();
    let mut away = Vec::new();
    sim.run_watched(at(until), &mut |now, fact| match fact {
        Fact::Down { why, .. } => {
            assert_eq!(*why, Stop::Memory);
            down = now;
        }
        Fact::Up { .. } => away.push(now.since(down).as_nanos() / 1_000_000_000),
        _ => {}
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    away
}

#[test]
fn a_crash_loop_backs_off_as_the_kubelet_does() {
    let mut sim = Simulation::new(&hopeless(""));
    // The start itself takes a second each time.
    assert_eq!(away(&mut sim, 1_000.0), [1, 11, 21, 41, 81, 161, 301, 301]);
    let service = &sim.report().services[0];
    assert_eq!(
        (service.kills, service.restarts, service.state),
        (9, 8, "restarting")
    );
    // The ninth wait goes on.
    let over = 10 + 20 + 40 + 80 + 160 + 300 + 300;
    assert!(service.backoff_s > f64::from(over) && service.backoff_s < f64::from(over) + 100.0);
    let marks = sim.frame(0).marks;
    let waits = marks
        .iter()
        .filter(|mark| matches!(mark.kind, MarkKind::BackOff(..)));
    assert_eq!(waits.count(), 8);
}

#[test]
fn its_waits_can_be_set() {
    let mut sim = Simulation::new(&hopeless(r#""backoff": "2s", "cap": "5s""#));
    assert_eq!(away(&mut sim, 30.0), [1, 3, 5, 6, 6, 6]);
    let mut sim = Simulation::new(&hopeless(r#""backoff": "0s""#));
    assert!(away(&mut sim, 30.0).iter().all(|secs| *secs == 1));
}

#[test]
fn a_wait_under_way_ends_as_it_began_and_a_smaller_service_forgets_it() {
    let mut board = hopeless("");
    let mut sim = Simulation::new(&board);
    // The third kill is at about 14 s; it waits for 20.
    sim.run_until(at(16.0));
    for node in board.nodes.values_mut() {
        if let NodeKind::Service(service) = &mut node.kind {
            service.restart.backoff = Span::secs(1);
        }
    }
    sim.adopt(&board, &[]);
    assert_eq!(
        away(&mut sim, 60.0)[0] / 10,
        1,
        "20 s less the 2 that were over, and the start"
    );
}

/// What was waited counts as far as it has come, also by the replicas that are gone.
#[test]
fn back_off_is_reported_as_far_as_it_has_come() {
    let mut sim = Simulation::new(&hopeless(""));
    sim.run_until(at(5.0));
    let early = sim.report().services[0].backoff_s;
    sim.run_until(at(6.0));
    let later = sim.report().services[0].backoff_s;
    assert!((later - early - 1.0).abs() < 1e-9, "{early} {later}");
    sim.restart_figures();
    sim.run_until(at(7.0));
    assert!((sim.report().services[0].backoff_s - 1.0).abs() < 1e-9);
}
