//! Measures of the whole system, on boards where every figure is known beforehand.

use sim::meter::recovery::Verdict;
use sim::meter::report::Report;
use sim::scenario::NodeKind;
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load};

/// The chain of services of [`chain`] with requests at even intervals.
fn even(rate: f64, services: &[&str], edge: &str) -> Scenario {
    let mut board = load(&chain(rate, services, edge));
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.arrivals = sim::scenario::Arrivals::Constant;
        }
    }
    board
}

fn report(board: &Scenario, secs: f64) -> Report {
    let mut sim = Simulation::new(board);
    sim.run_until(at(secs));
    sim.report()
}

#[track_caller]
fn close(measured: f64, expected: f64) {
    let off = (measured - expected).abs();
    assert!(
        off < 1e-6 * expected.abs().max(1.0),
        "{measured} is not {expected}"
    );
}

/// Ten requests a second, the first after 100 ms, each 20 ms long: at 10.05 s a hundred have come and gone.
#[test]
fn load_throughput_and_goodput_are_counted_over_the_window() {
    let board = even(10.0, &[r#"{"before": {"constant": "20ms"}}"#], "");
    let system = report(&board, 10.05).system;
    close(system.offered_per_s * 10.05, 100.0);
    close(system.throughput_per_s * 10.05, 100.0);
    close(system.goodput_per_s * 10.05, 100.0);
    close(system.availability, 1.0);
    close(system.amplification.unwrap(), 1.0);
    close(system.wasted_share, 0.0);
    assert_eq!(system.recovery.verdict, Verdict::NoFault);
    assert_eq!((system.services, system.not_healthy.len()), (1, 0));
}

/// Late answers are available, but no goodput; errors are throughput alone.
#[test]
fn availability_is_of_ok_answers_goodput_of_those_in_time() {
    let mut board = even(10.0, &[r#"{"before": {"constant": "20ms"}}"#], "");
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.deadline = sim::units::Span::millis(10);
        }
    }
    let system = report(&board, 10.05).system;
    close(system.availability, 1.0);
    close(system.goodput_share, 0.0);
    let failing = even(
        10.0,
        &[r#"{"errors": 1, "before": {"constant": "20ms"}}"#],
        "",
    );
    let system = report(&failing, 10.05).system;
    close(system.availability, 0.0);
    close(system.throughput_per_s * 10.05, 100.0);
}

/// Three attempts on each of two layers: a request makes 3 + 9 attempts, of which 2 are first ones, and at the leaf 9
/// to 1. Every error of the leaf is its own; every error of the caller is a failed call.
#[test]
fn retries_multiply_at_the_leaf() {
    let edge = r#", "policies": [{"retry": {"attempts": 3, "base": "1ms", "jitter": "none"}}]"#;
    let work = r#"{"before": {"constant": "1ms"}, "after": {"constant": "0s"}"#;
    let leaf = format!(r#"{work}, "errors": 1}}"#);
    let board = even(10.0, &[&format!("{work}}}"), &leaf], edge);
    let report = report(&board, 10.05);
    let system = &report.system;
    assert_eq!((system.attempts, system.first_attempts), (1_200, 200));
    close(system.amplification.unwrap(), 6.0);
    close(system.leaf_amplification.unwrap(), 9.0);
    // Over one edge alone, each call of the middle service sends three.
    close(report.edges[0].amplification.unwrap(), 3.0);
    let [a, b] = &report.services[..] else {
        panic!("two services");
    };
    assert_eq!((a.errors, a.errors_by.call_failed), (300, 300));
    assert_eq!((b.errors, b.errors_by.own), (900, 900));
    assert_eq!(system.not_healthy, ["a", "b"]);
}

/// The caller waits 10 ms for 30 ms of work: all of it is wasted, two thirds of it after the caller has gone.
#[test]
fn work_for_nobody_is_wasted_whole() {
    let edge = r#", "policies": [{"timeout": {"after": "10ms"}}]"#;
    let work = r#"{"before": {"constant": "30ms"}, "after": {"constant": "0s"}}"#;
    let report = report(&even(10.0, &[work], edge), 10.05);
    close(report.system.wasted_thread_s, 3.0);
    close(report.system.wasted_share, 1.0);
    close(report.system.wasted_after_giveup_share, 2.0 / 3.0);
    close(report.system.availability, 0.0);
}

/// One thread, 15 ms of work every 10 ms, no room to wait: every second request finds it busy.
#[test]
fn who_refused_is_named_at_the_callee_the_edge_the_caller_and_the_client() {
    let busy = r#"{"threads": 1, "queue": 0, "before": {"constant": "15ms"}, "after": {"constant": "0s"}}"#;
    let caller = r#"{"before": {"constant": "0s"}, "after": {"constant": "0s"}}"#;
    let report = report(&even(100.0, &[caller, busy], ""), 1.005);
    let [a, b] = &report.services[..] else {
        panic!("two services");
    };
    assert_eq!((b.refused, b.refused_by["full_service"]), (50, 50));
    assert_eq!(
        (
            a.errors_by.call_refused,
            a.errors_by.call_refused_by["full_service"]
        ),
        (50, 50)
    );
    assert_eq!(report.edges[0].refused_by["full_service"], 50);
    let direct = self::report(&even(100.0, &[busy], ""), 1.005);
    assert_eq!(direct.clients[0].refused_by["full_service"], 50);
    // The caller's thread waits on its only edge, for the half that is served: 15 ms in 20.
    let waits: Vec<(&str, f64)> = a
        .waiting_on
        .iter()
        .map(|(id, n)| (id.as_str(), *n))
        .collect();
    let [("a-b", threads)] = waits[..] else {
        panic!("{waits:?}");
    };
    assert!((threads - 0.75).abs() < 0.02, "{threads}");
}

/// What is under way when a service stops fails there as killed, and at its caller as a failed call.
#[test]
fn a_crash_is_a_cause_of_its_own() {
    let mut board = even(10.0, &["{}", r#"{"before": {"constant": "50ms"}}"#], "");
    let crash = r#"[{"on": "b", "kind": "crash", "start": "1025ms", "duration": "975ms"}]"#;
    board.faults = serde_json::from_str(crash).unwrap();
    let report = report(&board, 3.05);
    let [a, b] = &report.services[..] else {
        panic!("two services");
    };
    assert_eq!((b.errors, b.errors_by.killed), (1, 1));
    assert_eq!(a.errors_by.call_failed, 1);
    assert_eq!(a.errors_by.call_refused_by["down_service"], b.refused);
    assert_eq!(a.errors, 1 + b.refused);
}

/// A service that takes 5 ms, ten times as long from 10 s to 20 s, asked a hundred times a second: 800 wait at the
/// end of the fault, and they become a hundred fewer a second. An answer takes less than the deadline of 100 ms again
/// when 20 are left, 7.8 s after the fault; and the first good window may hold a twentieth of bad seconds.
fn slowed(policies: &str, rate: f64) -> Scenario {
    let work = r#"{"threads": 1, "queue": "unbounded", "before": {"constant": "5ms"}, "after": {"constant": "0s"},
        "memory": {"limit": null}}"#;
    let mut board = even(rate, &[work], policies);
    let slow = r#"[{"on": "a", "kind": {"slow": 10}, "start": "10s", "duration": "10s"}]"#;
    board.faults = serde_json::from_str(slow).unwrap();
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.deadline = sim::units::Span::millis(100);
        }
    }
    board
}

#[test]
fn recovery_is_the_first_good_window_after_the_fault() {
    let board = slowed("", 100.0);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(15.0));
    assert_eq!(sim.report().system.recovery.verdict, Verdict::FaultOn);
    sim.run_until(at(24.0));
    assert_eq!(sim.report().system.recovery.verdict, Verdict::Undecided);
    sim.run_until(at(60.0));
    let system = sim.report().system;
    assert_eq!(system.recovery.verdict, Verdict::Recovered);
    assert_eq!(system.recovery.fault_ended_s, Some(20.0));
    let after = system.recovery.recovery_s.unwrap();
    assert!((after - (7.8 - 0.25)).abs() <= 0.1, "{after}");
    assert_eq!(system.worst_not_healthy, ["a"]);
    assert!((10.0..12.0).contains(&system.worst_at_s.unwrap()));
    assert_eq!(system.not_healthy, Vec::<String>::new());
    close(
        sim.frame(0).system.recovery.time.unwrap().as_secs_f64(),
        after,
    );
}

/// The same with a timeout and one retry, at more than half of the capacity: dead attempts keep the queue full. At
/// less than half of it the queue empties.
#[test]
fn a_retry_storm_that_outlives_its_trigger_is_metastable() {
    let retry = r#", "policies": [{"retry": {"attempts": 2, "base": "0s"}}, {"timeout": {"after": "100ms"}}]"#;
    for (rate, verdict) in [(120.0, Verdict::Metastable), (80.0, Verdict::Recovered)] {
        let system = report(&slowed(retry, rate), 120.0).system;
        assert_eq!(system.recovery.verdict, verdict, "{rate}/s");
    }
}

/// A warm-up does not hide a fault: recovery is of the run.
#[test]
fn figures_that_begin_anew_keep_the_fault() {
    let board = slowed("", 100.0);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(21.0));
    sim.restart_figures();
    assert_eq!(sim.report().system.worst_at_s, None);
    sim.run_until(at(60.0));
    assert_eq!(sim.report().system.recovery.fault_ended_s, Some(20.0));
}

/// A fault on a node that is taken off the board ends with it.
#[test]
fn a_fault_ends_with_its_node() {
    let mut board = slowed("", 100.0);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(15.0));
    board.apply(sim::scenario::Edit::RemoveNode(
        sim::scenario::NodeId::new("a").unwrap(),
    ));
    sim.adopt(&board, &[]);
    sim.run_until(at(40.0));
    assert_eq!(
        sim.report().system.recovery.verdict,
        Verdict::Undecided,
        "nobody sends"
    );
}

/// Twenty messages a second for a consumer that can do fifty and was away for ten seconds: the backlog falls by thirty
/// a second.
#[test]
fn time_to_drain_is_backlog_by_capacity_less_arrivals() {
    let consumer = r#"{"threads": 1, "before": {"constant": "20ms"}, "after": {"constant": "0s"}}"#;
    let mut board = even(
        20.0,
        &[consumer],
        r#", "mode": "async", "queue": {"prefetch": 1}"#,
    );
    let crash = r#"[{"on": "a", "kind": "crash", "start": "1s", "duration": "10s"}]"#;
    board.faults = serde_json::from_str(crash).unwrap();
    let mut sim = Simulation::new(&board);
    sim.run_until(at(5.0));
    assert_eq!(sim.report().edges[0].queue.drain_s, None, "it grows");
    sim.run_until(at(13.0));
    let queue = &sim.report().edges[0].queue;
    let backlog = (queue.ready_at_end + queue.unacked_at_end) as f64;
    let drain = queue.drain_s.unwrap();
    assert!(
        (drain * 30.0 / backlog - 1.0).abs() < 0.05,
        "{drain} s for {backlog}"
    );
    // It is so long indeed.
    sim.run_until(at(13.0 + drain - 0.3));
    assert!(sim.report().edges[0].queue.ready_at_end > 0);
    sim.run_until(at(13.0 + drain + 0.3));
    assert_eq!(sim.report().edges[0].queue.ready_at_end, 0);
}
