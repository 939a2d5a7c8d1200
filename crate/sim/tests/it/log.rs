//! The partitioned log on a board: who reads what, what is read again, what is lost.

use sim::scenario::NodeKind;
use sim::units::Rate;
use sim::{Scenario, Simulation};

use crate::board::{at, load};
use crate::stories::{check, lone};

/// The service of `lone`, used over a log with these settings.
fn logged(threads: u32, work: &str, log: &str) -> String {
    let edge = format!(
        r#", "mode": "async", "broker": "log", "log": {{"replication": {{"constant": "0s"}} {log}}}"#
    );
    lone(threads, 0, work, &edge)
}

/// A client of so many requests a second, evenly, and a service that reads a log.
fn board(rate: u32, service: &str, log: &str) -> Scenario {
    load(&format!(
        r#"{{"nodes": {{
            "c": {{"kind": {{"client": {{"rate": {rate}, "arrivals": "constant", "deadline": "600s", "effect_deadline": "600s"}}}}}},
            "a": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}},
                "after": {{"constant": "0s"}} {service}}}}}}}}},
        "edges": {{"c-a": {{"from": "c", "to": "a", "latency": {{"constant": "0s"}}, "mode": "async", "broker": "log",
            "log": {{"replication": {{"constant": "0s"}} {log}}}}}}}}}"#
    ))
}

fn silence(board: &mut Scenario) {
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = Rate::per_sec(0);
        }
    }
}

#[test]
fn a_consumer_works_on_one_record_after_the_other_whatever_the_threads() {
    check(
        &logged(4, "150ms", r#", "commit": "batch""#),
        420,
        "
        100 arrived
        100 sent client-a #1
        100 rebalanced client-a 1
        100 stored client-a
        100 answered client-a Ok
        100 delivered client-a #1
        100 replied Ok after 0s
        100 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 answered client-a Ok
        200 replied Ok after 0s
        250 finished a Ok held 150ms
        250 acked client-a
        250 completed lost=false stale=150ms
        250 delivered client-a #1
        250 started a
        300 arrived
        300 sent client-a #1
        300 stored client-a
        300 answered client-a Ok
        300 replied Ok after 0s
        400 finished a Ok held 150ms
        400 arrived
        400 sent client-a #1
        400 stored client-a
        400 acked client-a
        400 completed lost=false stale=200ms
        400 answered client-a Ok
        400 delivered client-a #1
        400 replied Ok after 0s
        400 started a
    ",
    );
}

/// A crash gives back all since the last commit, also what was done: a commit a record saves it.
#[test]
fn a_crash_reads_again_what_was_done_since_the_last_commit() {
    let crash = r#""faults": [{"on": "a", "kind": "crash", "start": "4.9999s", "duration": "1s"}], "edges""#;
    // 10 a second, each done in 1 ms, no commit before 5 s: 49 by then. A commit a second: 9 since the last.
    for (log, again) in [
        (r#", "commit": "auto""#, 49),
        (r#", "commit": "auto", "auto_commit_interval": "1s""#, 9),
        (r#", "commit": "batch""#, 0),
        (r#", "commit": "before""#, 0),
    ] {
        let json = logged(1, "1ms", log).replace(r#""edges""#, crash);
        let mut sim = Simulation::new(&load(&json));
        // Its last heartbeat was at 3.1 s: its session is over at 48.1 s, and nobody reads until then.
        sim.run_until(at(48.09));
        let queue = sim.report().edges[0].queue.clone();
        assert_eq!((queue.redelivered, queue.published), (0, 480), "{log}");
        assert!(queue.consumed <= 49, "{log}");
        sim.run_until(at(60.0));
        let report = sim.report();
        let queue = &report.edges[0].queue;
        assert_eq!(
            (queue.redelivered, queue.duplicates),
            (again, again),
            "{log}"
        );
        assert_eq!((queue.lost, sim.audit()), (0, Vec::new()), "{log}");
    }
}

/// What is committed before the work on it is lost with the consumer, and nothing is done twice.
#[test]
fn at_most_once_loses_what_the_consumer_had() {
    let crash =
        r#""faults": [{"on": "a", "kind": "crash", "start": "5.05s", "duration": "1s"}], "edges""#;
    let json = logged(1, "500ms", r#", "commit": "before", "max_poll_records": 3"#);
    let mut board = load(&json.replace(r#""edges""#, crash));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(20.0));
    silence(&mut board);
    sim.adopt(&board, &[]);
    sim.run_until(at(300.0));
    let report = sim.report();
    let queue = &report.edges[0].queue;
    // It had one in work and two behind that in its batch of three.
    assert_eq!(
        (queue.lost_after_ack, queue.duplicates, queue.redelivered),
        (3, 0, 0)
    );
    assert_eq!(
        (queue.consumed, report.clients[0].effects_lost),
        (queue.published, 3)
    );
    assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
}

/// More consumers than partitions: the others are idle. More replicas share them.
#[test]
fn partitions_bound_the_consumers() {
    for (replicas, consumers, partitions, expected) in [
        (1, 1, 4, 10.0),
        (1, 4, 4, 40.0),
        (2, 2, 4, 40.0),
        (4, 4, 3, 30.0),
    ] {
        let log = format!(
            r#", "consumers": {consumers}, "partitions": {partitions}, "partitioner": "round_robin""#
        );
        let service = format!(r#", "replicas": {replicas}, "before": {{"constant": "100ms"}}"#);
        let mut sim = Simulation::new(&board(100, &service, &log));
        sim.run_until(at(5.0));
        sim.restart_figures();
        sim.run_until(at(25.0));
        let report = sim.report();
        let rate = report.services[0].throughput_per_s;
        assert!((rate - expected).abs() < 0.3, "{rate} {expected}");
        assert_eq!(report.edges[0].queue.members, replicas * consumers);
        assert_eq!(report.edges[0].queue.partitions.len(), partitions);
    }
}

/// Within a key order holds, as long as the partitions stay and nothing is read again; with the keys spread over
/// consumers it holds only within a partition.
#[test]
fn order_holds_within_a_key_until_the_partitions_change() {
    let of = |partitions: u32| {
        let log = format!(r#", "consumers": 4, "keys": 50, "partitions": {partitions}"#);
        board(190, r#", "before": {"exponential": "20ms"}"#, &log)
    };
    let mut sim = Simulation::new(&of(4));
    sim.run_until(at(30.0));
    assert_eq!(sim.report().edges[0].queue.out_of_order, 0);
    // Keys go to other partitions now, while their older records still wait in the old ones.
    sim.adopt(&of(9), &[]);
    sim.run_until(at(60.0));
    assert!(sim.report().edges[0].queue.out_of_order > 0);
    assert_eq!(sim.audit(), Vec::<String>::new());
}

/// A record that keeps failing is passed over after its attempts; until then it holds up its consumer.
#[test]
fn a_poison_record_holds_up_its_consumer_and_is_passed_over() {
    let service = r#", "before": {"constant": "1ms"}, "errors": 1"#;
    let mut board = board(
        2,
        service,
        r#", "attempts": 4, "retry_backoff": "100ms", "dead_letter": true"#,
    );
    let mut sim = Simulation::new(&board);
    sim.run_until(at(10.2));
    silence(&mut board);
    sim.adopt(&board, &[]);
    sim.run_until(at(30.0));
    let report = sim.report();
    let queue = &report.edges[0].queue;
    assert_eq!(
        (queue.published, queue.dead_lettered, queue.redelivered),
        (20, 20, 60)
    );
    assert_eq!(
        (
            report.services[0].errors,
            queue.consumed,
            queue.unacked_at_end
        ),
        (80, 0, 0)
    );
    // Three waits and four tries of a millisecond each.
    assert!((report.services[0].busy * 30.0 - 0.08).abs() < 1e-6);
    assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
}

/// A slow consumer falls behind the retention: by its reset it loses what is too old, or all that is there.
#[test]
fn retention_deletes_what_a_slow_consumer_has_not_read() {
    let of = |reset: &str| {
        let log = format!(
            r#", "retention": "10s", "max_poll_records": 1, "partition_fetch_max": "1KiB",
            "auto_offset_reset": "{reset}""#
        );
        board(20, r#", "before": {"constant": "100ms"}"#, &log)
    };
    let run = |reset| {
        let mut sim = Simulation::new(&of(reset));
        sim.run_until(at(100.0));
        assert_eq!(sim.audit(), Vec::<String>::new());
        sim.report()
    };
    let (earliest, latest) = (run("earliest"), run("latest"));
    let (queue, other) = (&earliest.edges[0].queue, &latest.edges[0].queue);
    // Half of what comes is done, and what waits is at most ten seconds old: 200 records.
    assert!(
        (150..=210).contains(&queue.ready_at_end),
        "{}",
        queue.ready_at_end
    );
    assert!((750..850).contains(&queue.expired), "{}", queue.expired);
    assert_eq!(queue.skipped, 0);
    assert!(other.skipped > 300, "{}", other.skipped);
    assert!((earliest.services[0].throughput_per_s - 10.0).abs() < 0.2);
    for queue in [queue, other] {
        let there = (queue.ready_at_end + queue.unacked_at_end) as u64;
        assert_eq!(
            queue.published,
            queue.consumed + queue.expired + queue.skipped + there
        );
    }
}

/// A batch that takes longer than the poll interval: its consumer is out before it commits, and reads it again, and
/// again. A smaller batch is all it needs.
#[test]
fn a_consumer_that_polls_too_late_is_out_and_gets_nowhere() {
    let run = |most: u32| {
        let log = format!(
            r#", "commit": "batch", "max_poll_interval": "5s", "max_poll_records": {most}"#
        );
        let mut sim = Simulation::new(&board(2, r#", "before": {"constant": "400ms"}"#, &log));
        sim.run_until(at(10.0));
        // A spike: it falls behind, and its batches grow.
        sim.adopt(
            &board(20, r#", "before": {"constant": "400ms"}"#, &log),
            &[],
        );
        sim.run_until(at(15.0));
        sim.adopt(&board(1, r#", "before": {"constant": "400ms"}"#, &log), &[]);
        sim.run_until(at(200.0));
        assert_eq!(sim.audit(), Vec::<String>::new());
        sim.report().edges[0].queue.clone()
    };
    let (large, small) = (run(500), run(10));
    assert_eq!((small.redelivered, small.duplicates), (0, 0));
    assert_eq!(small.ready_at_end + small.unacked_at_end, 0);
    assert!(large.duplicates > 200, "{}", large.duplicates);
    assert!(large.consumed < 40, "{}", large.consumed);
}

/// A pause longer than the session: others, or itself afterwards, read again what it has in its hands.
#[test]
fn a_pause_longer_than_the_session_reads_again_what_the_consumer_has() {
    let run = |pause: &str| {
        let log = r#", "commit": "batch", "session_timeout": "10s""#;
        let mut board = board(2, r#", "before": {"constant": "300ms"}"#, log);
        let json = board.save().replace(
            r#""edges""#,
            &format!(r#""faults": [{{"on": "a", "kind": "pause", "start": "5.1s", "duration": "{pause}"}}], "edges""#),
        );
        board = load(&json);
        let mut sim = Simulation::new(&board);
        sim.run_until(at(40.0));
        silence(&mut board);
        sim.adopt(&board, &[]);
        sim.run_until(at(80.0));
        assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
        let queue = sim.report().edges[0].queue.clone();
        assert_eq!(queue.consumed, queue.published);
        (queue.redelivered, queue.duplicates)
    };
    assert_eq!(run("7s"), (0, 0));
    assert_eq!(run("12s"), (1, 1));
}

/// Members learn with a heartbeat that another one has come; until the last one has joined anew, none reads.
#[test]
fn partitions_change_hands_with_the_heartbeats() {
    let of = |replicas: u32| {
        let log = r#", "partitions": 4, "heartbeat_interval": "2s", "commit": "batch""#;
        let service = format!(r#", "replicas": {replicas}, "before": {{"constant": "10ms"}}"#);
        board(20, &service, log)
    };
    let mut sim = Simulation::new(&of(1));
    sim.run_until(at(10.5));
    sim.adopt(&of(2), &[]);
    // The one that was there joined at 50 ms: its heartbeat after the newcomer is at 12.05 s.
    let rebalances = |sim: &Simulation| sim.report().edges[0].queue.rebalances;
    sim.run_until(at(12.0));
    assert_eq!(rebalances(&sim), 1);
    sim.run_until(at(12.2));
    assert_eq!(rebalances(&sim), 2);
    sim.run_until(at(20.04));
    assert_eq!(sim.report().services[0].completed, 20 * 20);
    assert_eq!(sim.audit(), Vec::<String>::new());
}
