//! Stories: a small board, and just what happens on it, line by line.

use std::fmt::Write;

use sim::Simulation;
use sim::fact::Fact;
use sim::scenario::{Fault, FaultKind, NodeId};

use crate::board::{at, chain, load};

/// A line for each fact that the stories tell of, without the request: `12 Sent c-a #1`.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a fact: the list is the point"
)]
fn line(scenario: &sim::Scenario, millis: u64, fact: &Fact) -> Option<String> {
    let node = |ix: sim::event::NodeIx| {
        scenario
            .nodes
            .keys()
            .nth(ix.0 as usize)
            .map_or("?", |id| id.as_str())
    };
    let edge = |ix: sim::event::EdgeIx| {
        scenario
            .edges
            .keys()
            .nth(ix.0 as usize)
            .map_or("?", |id| id.as_str())
    };
    let spot = |on| match on {
        sim::event::Site::Node(ix) => node(ix),
        sim::event::Site::Edge(ix) => edge(ix),
    };
    let text = match *fact {
        Fact::Arrived { .. } => "arrived".to_owned(),
        Fact::Replied { outcome, took, .. } => format!("replied {outcome:?} after {took}"),
        Fact::Completed { lost, stale, .. } => {
            format!("completed lost={lost} stale={}", stale.unwrap_or_default())
        }
        Fact::WaitsOn {
            edge: e, instead, ..
        } => format!("waits on {} instead of {}", edge(e), edge(instead)),
        Fact::Sent {
            edge: e, attempt, ..
        } => format!("sent {} #{attempt}", edge(e)),
        Fact::Answered {
            edge: e,
            outcome,
            late,
            ..
        } => {
            format!(
                "answered {} {outcome:?}{}",
                edge(e),
                if late { " late" } else { "" }
            )
        }
        Fact::TimedOut { edge: e, .. } => format!("timed out {}", edge(e)),
        Fact::Hedged { edge: e, .. } => format!("hedges {}", edge(e)),
        Fact::BackedOff { edge: e, wait, .. } => format!("backs off {} {wait}", edge(e)),
        Fact::Barred { edge: e, by, .. } => format!("barred {} {by:?}", edge(e)),
        Fact::Queued { node: n, .. } => format!("queued {}", node(n)),
        Fact::TurnedAway { node: n, by, .. } => format!("turned away {} {by:?}", node(n)),
        Fact::Started {
            node: n, orphan, ..
        } => {
            format!("started {}{}", node(n), if orphan { " orphan" } else { "" })
        }
        Fact::LookedUp { node: n, hit, .. } => format!("looked up {} hit={hit}", node(n)),
        Fact::Orphaned { node: n, .. } => format!("orphaned {}", node(n)),
        Fact::Finished {
            node: n,
            outcome,
            held,
            ..
        } => {
            format!("finished {} {outcome:?} held {held}", node(n))
        }
        Fact::Duplicate { node: n, .. } => format!("duplicate {}", node(n)),
        Fact::Stored { edge: e, .. } => format!("stored {}", edge(e)),
        Fact::Rejected { edge: e, .. } => format!("rejected {}", edge(e)),
        Fact::Dropped { edge: e, .. } => format!("dropped {}", edge(e)),
        Fact::Delivered {
            edge: e, delivery, ..
        } => format!("delivered {} #{delivery}", edge(e)),
        Fact::Acked { edge: e, .. } => format!("acked {}", edge(e)),
        Fact::Requeued { edge: e, .. } => format!("requeued {}", edge(e)),
        Fact::Skipped { edge: e, .. } => format!("skipped {}", edge(e)),
        Fact::Rebalanced {
            edge: e, members, ..
        } => format!("rebalanced {} {members}", edge(e)),
        Fact::Buried { edge: e, .. } => format!("buried {}", edge(e)),
        Fact::Expired { edge: e, .. } => format!("expired {}", edge(e)),
        Fact::Deleted { edge: e, .. } => format!("deleted {}", edge(e)),
        Fact::DeadLettered {
            edge: e, why, kept, ..
        } => format!(
            "{} {} {}",
            if kept { "dead-lettered" } else { "lost" },
            edge(e),
            why.word()
        ),
        Fact::Lost { edge: e, .. } => format!("lost {}", edge(e)),
        Fact::Delayed { edge: e, wait, .. } => format!("delayed {} {wait}", edge(e)),
        Fact::Returned { edge: e, .. } => format!("returned {}", edge(e)),
        Fact::Deduplicated { node: n, late, .. } => {
            format!(
                "found again {}{}",
                node(n),
                if late { " at its end" } else { "" }
            )
        }
        Fact::OutOfOrder { edge: e, .. } => format!("out of order {}", edge(e)),
        Fact::HeldUp { edge: e, .. } => format!("held up {}", edge(e)),
        Fact::LetGo { edge: e, .. } => format!("let go {}", edge(e)),
        Fact::LinedUp { node: n, .. } => format!("lined up {}", node(n)),
        Fact::TakenIn { node: n, done, .. } => {
            format!("{} {}", if done { "taken in" } else { "left" }, node(n))
        }
        Fact::Blocked { node: n } => format!("blocked {}", node(n)),
        Fact::Unblocked { node: n } => format!("unblocked {}", node(n)),
        Fact::BrokerDown { node: n } => format!("broker down {}", node(n)),
        Fact::BrokerUp { node: n } => format!("broker up {}", node(n)),
        Fact::Wiped { edge: e, .. } => format!("wiped {}", edge(e)),
        Fact::Recorded { edge: e, .. } => format!("recorded {}", edge(e)),
        Fact::Relayed { edge: e, .. } => format!("relayed {}", edge(e)),
        Fact::Down { node: n, why, .. } => {
            format!(
                "down {}{}",
                node(n),
                if why == sim::fact::Stop::Memory {
                    " memory"
                } else {
                    ""
                }
            )
        }
        Fact::Up { node: n, .. } => format!("up {}", node(n)),
        Fact::Joined {
            node: n, replica, ..
        } => format!("joined {} #{replica}", node(n)),
        Fact::Left {
            node: n, replica, ..
        } => format!("left {} #{replica}", node(n)),
        Fact::Advised { node: n, wanted } => format!("advised {} {wanted}", node(n)),
        Fact::Scaled { node: n, from, to } => format!("scaled {} {from} to {to}", node(n)),
        Fact::Ready { node: n, replica } => format!("ready {} #{replica}", node(n)),
        Fact::FaultOn { on, kind } => format!("fault on {} {}", spot(on), kind.describe()),
        Fact::FaultOff { on, kind } => format!("fault off {} {}", spot(on), kind.describe()),
        Fact::LostOnTheWay { edge: e, back, .. } => {
            format!("lost {}{}", edge(e), if back { " back" } else { "" })
        }
        Fact::Turned { node: n, turn, .. } => format!("{turn:?} {}", node(n)),
        Fact::Called { .. }
        | Fact::Settled { .. }
        | Fact::Offered { .. }
        | Fact::Dequeued { .. }
        | Fact::Prefetched { .. }
        | Fact::Unbuffered { .. }
        | Fact::Removed { .. }
        | Fact::Switched { .. }
        | Fact::Leaked { .. }
        | Fact::BackOff { .. }
        | Fact::ProbeBegan { .. }
        | Fact::ProbeEnded { .. }
        | Fact::Probed { .. }
        | Fact::Readiness { .. }
        | Fact::Collected { .. }
        | Fact::Freed { .. }
        | Fact::Adopted => return None,
    };
    Some(format!("{millis} {text}"))
}

/// Runs a board for so many milliseconds, auditing after every event, and compares what happened.
pub(crate) fn check(json: &str, millis: u32, expected: &str) {
    let scenario = load(json);
    let mut sim = Simulation::new(&scenario);
    let mut told = String::new();
    let end = at(f64::from(millis) / 1000.0);
    sim.run_watched(end, &mut |now, fact| {
        if let Some(line) = line(&scenario, now.as_nanos() / 1_000_000, fact) {
            let _ = writeln!(told, "{line}");
        }
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    let trim = |text: &str| {
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        lines.join("\n")
    };
    assert!(trim(&told) == trim(expected), "it happened:\n{told}");
}

/// One request every 100 ms, and a service with so many threads, so long a queue and so much work.
pub(crate) fn lone(threads: u32, queue: u32, work: &str, edge: &str) -> String {
    let service = format!(
        r#"{{"threads": {threads}, "queue": {queue}, "before": {{"constant": "{work}"}}, "memory": {{"limit": null}}}}"#
    );
    chain(10.0, &[&service], edge).replace(r#""rate": 10"#, r#""rate": 10, "arrivals": "constant""#)
}

#[test]
fn a_request_and_its_answer() {
    check(
        &lone(1, 0, "30ms", r#", "latency": {"constant": "5ms"}"#)
            .replace(r#""latency": {"constant": "0s"} ,"#, ""),
        150,
        "
        100 arrived
        100 sent client-a #1
        105 started a
        135 finished a Ok held 30ms
        140 answered client-a Ok
        140 replied Ok after 40ms
        140 completed lost=false stale=0s
    ",
    );
}

#[test]
fn a_full_service_turns_away_and_a_retry_gets_in() {
    let retry = r#", "policies": [{"retry": {"attempts": 2, "base": "60ms", "jitter": "none"}}]"#;
    check(
        &lone(1, 0, "150ms", retry),
        420,
        "
        100 arrived
        100 sent client-a #1
        100 started a
        200 arrived
        200 sent client-a #1
        200 turned away a FullService
        200 answered client-a Refused(FullService)
        200 backs off client-a 60ms
        250 finished a Ok held 150ms
        250 answered client-a Ok
        250 replied Ok after 150ms
        250 completed lost=false stale=0s
        260 sent client-a #2
        260 started a
        300 arrived
        300 sent client-a #1
        300 turned away a FullService
        300 answered client-a Refused(FullService)
        300 backs off client-a 60ms
        360 sent client-a #2
        360 turned away a FullService
        360 answered client-a Refused(FullService)
        360 replied Refused(FullService) after 60ms
        400 arrived
        400 sent client-a #1
        400 turned away a FullService
        400 answered client-a Refused(FullService)
        400 backs off client-a 60ms
        410 finished a Ok held 150ms
        410 answered client-a Ok
        410 replied Ok after 210ms
        410 completed lost=false stale=0s
    ",
    );
}

#[test]
fn a_timeout_frees_the_caller_and_not_the_callee() {
    let policies = r#", "policies": [{"retry": {"attempts": 2, "base": "10ms", "jitter": "none"}}, {"timeout": {"after": "50ms"}}]"#;
    check(
        &lone(2, 0, "70ms", policies),
        240,
        "
        100 arrived
        100 sent client-a #1
        100 started a
        150 timed out client-a
        150 orphaned a
        150 backs off client-a 10ms
        160 sent client-a #2
        160 started a
        170 finished a Ok held 70ms
        170 answered client-a Ok late
        200 arrived
        200 sent client-a #1
        200 started a
        210 timed out client-a
        210 orphaned a
        210 replied TimedOut after 110ms
        230 finished a Ok held 70ms
        230 duplicate a
        230 answered client-a Ok late
    ",
    );
}

#[test]
fn a_message_goes_through_its_queue_and_the_effect_comes_later() {
    check(
        &lone(1, 0, "40ms", r#", "mode": "async""#),
        190,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        140 finished a Ok held 40ms
        140 acked client-a
        140 completed lost=false stale=40ms
    ",
    );
}

#[test]
fn a_bounded_queue_drops_its_head() {
    check(
        &lone(
            1,
            0,
            "350ms",
            r#", "mode": "async", "queue": {"max_length": 1, "prefetch": 1}"#,
        ),
        460,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 answered client-a Ok
        200 replied Ok after 0s
        300 arrived
        300 sent client-a #1
        300 stored client-a
        300 dropped client-a
        300 completed lost=true stale=0s
        300 answered client-a Ok
        300 replied Ok after 0s
        400 arrived
        400 sent client-a #1
        400 stored client-a
        400 dropped client-a
        400 completed lost=true stale=0s
        400 answered client-a Ok
        400 replied Ok after 0s
        450 finished a Ok held 350ms
        450 acked client-a
        450 completed lost=false stale=350ms
        450 delivered client-a #1
        450 started a
    ",
    );
}

#[test]
fn a_bounded_queue_rejects_and_the_publisher_is_told() {
    let queue = r#", "mode": "async", "queue": {"max_length": 1, "prefetch": 1, "overflow": "reject_publish"}"#;
    check(
        &lone(1, 0, "350ms", queue),
        410,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 answered client-a Ok
        200 replied Ok after 0s
        300 arrived
        300 sent client-a #1
        300 rejected client-a
        300 answered client-a Refused(FullQueue)
        300 replied Refused(FullQueue) after 0s
        400 arrived
        400 sent client-a #1
        400 rejected client-a
        400 answered client-a Refused(FullQueue)
        400 replied Refused(FullQueue) after 0s
    ",
    );
}

#[test]
fn a_message_that_fails_is_delivered_again_and_then_given_up() {
    let json = lone(
        1,
        0,
        "20ms",
        r#", "mode": "async", "queue": {"delivery_limit": 1}"#,
    )
    .replace(r#""threads": 1"#, r#""threads": 1, "errors": 1"#);
    check(
        &json,
        190,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        120 finished a Error held 20ms
        120 requeued client-a
        120 delivered client-a #2
        121 started a
        141 finished a Error held 20ms
        141 dead-lettered client-a delivery limit
        141 completed lost=true stale=0s
    ",
    );
}

#[test]
fn a_crash_loses_what_is_under_way_and_sends_messages_back() {
    let json = lone(1, 1, "40ms", r#", "mode": "async""#);
    let json = json.trim_end_matches('}').to_owned()
        + r#"}}, "faults": [{"on": "a", "kind": "crash", "start": "120ms", "duration": "50ms"}]}"#;
    check(
        &json,
        240,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        120 fault on a down
        120 down a
        120 finished a Error held 20ms
        120 requeued client-a
        170 fault off a down
        170 up a
        170 delivered client-a #2
        171 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 delivered client-a #1
        200 answered client-a Ok
        200 replied Ok after 0s
        211 finished a Ok held 40ms
        211 acked client-a
        211 completed lost=false stale=111ms
        211 started a
    ",
    );
}

#[test]
fn a_service_over_its_memory_is_killed_and_comes_back() {
    let memory = r#""memory": {"base": "10MiB", "per_request": "10MiB", "per_thread": "0B", "limit": "25MiB", "restart": "80ms"}"#;
    let json = lone(4, 4, "250ms", "").replace(r#""memory": {"limit": null}"#, memory);
    check(
        &json,
        420,
        "
        100 arrived
        100 sent client-a #1
        100 started a
        200 arrived
        200 sent client-a #1
        200 started a
        200 down a memory
        200 finished a Error held 100ms
        200 finished a Error held 0s
        200 answered client-a Error
        200 answered client-a Error
        200 replied Error after 100ms
        200 replied Error after 0s
        280 up a
        300 arrived
        300 sent client-a #1
        300 started a
        400 arrived
        400 sent client-a #1
        400 started a
        400 down a memory
        400 finished a Error held 0s
        400 finished a Error held 100ms
        400 answered client-a Error
        400 answered client-a Error
        400 replied Error after 0s
        400 replied Error after 100ms
    ",
    );
}

#[test]
fn a_clicked_fault_slows_the_work_that_is_begun_under_it() {
    let scenario = load(&lone(4, 0, "20ms", ""));
    let slow = Fault {
        on: NodeId::new("a").unwrap().into(),
        kind: FaultKind::Slow(sim::units::Ratio::whole(3)),
    };
    let mut sim = Simulation::new(&scenario);
    let mut held = Vec::new();
    for (until, clicked) in [(0.15, vec![]), (0.35, vec![slow]), (0.55, vec![])] {
        sim.adopt(&scenario, &clicked);
        sim.run_watched(at(until), &mut |_, fact| {
            if let Fact::Finished { held: time, .. } = fact {
                held.push(time.as_millis_f64() as u64);
            }
        });
    }
    assert_eq!(held, [20, 60, 60, 20, 20]);
}

/// Work of 250 ms under a visibility timeout of 100 ms: two more consumers take the message meanwhile. The
/// first delete counts; what the others do is done twice.
#[test]
fn a_visibility_timeout_that_is_too_short_makes_duplicates_without_a_failure() {
    let edge = r#", "mode": "async", "broker": "bus", "bus": {"visibility_timeout": "100ms"}"#;
    check(
        &lone(3, 0, "250ms", edge).replace(r#""rate": 10"#, r#""rate": 1"#),
        1_600,
        "
        1000 arrived
        1000 sent client-a #1
        1000 stored client-a
        1000 delivered client-a #1
        1000 answered client-a Ok
        1000 replied Ok after 0s
        1000 started a
        1100 requeued client-a
        1100 delivered client-a #2
        1100 started a
        1200 requeued client-a
        1200 delivered client-a #3
        1200 started a
        1250 finished a Ok held 250ms
        1250 acked client-a
        1350 finished a Ok held 250ms
        1350 duplicate a
        1450 finished a Ok held 250ms
        1450 duplicate a
        1450 completed lost=false stale=250ms
        ",
    );
}

/// The same with one consumer that crashes: nothing comes back before the timeout, whoever is up by then.
#[test]
fn a_bus_waits_for_the_visibility_timeout_after_a_crash() {
    let edge = r#", "mode": "async", "broker": "bus", "bus": {"visibility_timeout": "400ms"}"#;
    let board = lone(1, 0, "50ms", edge).replace(r#""rate": 10"#, r#""rate": 1"#);
    let crash = r#""faults": [{"on": "a", "kind": "crash", "start": "1.02s", "duration": "100ms"}], "edges""#;
    check(
        &board.replace(r#""edges""#, crash),
        1_600,
        "
        1000 arrived
        1000 sent client-a #1
        1000 stored client-a
        1000 delivered client-a #1
        1000 answered client-a Ok
        1000 replied Ok after 0s
        1000 started a
        1020 fault on a down
        1020 down a
        1020 finished a Error held 20ms
        1120 fault off a down
        1120 up a
        1400 requeued client-a
        1400 delivered client-a #2
        1400 started a
        1450 finished a Ok held 50ms
        1450 acked client-a
        1450 completed lost=false stale=450ms
        ",
    );
}

/// What the bus has when the edge goes back to a queue drains all the same, and the other way round.
#[test]
fn a_switch_of_the_broker_loses_nothing() {
    let json = lone(1, 0, "150ms", r#", "mode": "async", "broker": "bus""#);
    let mut board = load(&json);
    let mut sim = Simulation::new(&board);
    for second in 1..=20u32 {
        sim.run_until(at(f64::from(second)));
        for edge in board.edges.values_mut() {
            let kinds = sim::broker::Kind::ALL;
            edge.broker = kinds[second as usize % kinds.len()];
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new());
    }
    for node in board.nodes.values_mut() {
        if let sim::scenario::NodeKind::Client(client) = &mut node.kind {
            client.rate = sim::units::Rate::per_sec(0);
        }
    }
    sim.adopt(&board, &[]);
    sim.run_until(at(80.0));
    let report = sim.report();
    assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
    assert_eq!(report.clients[0].effects_lost, 0);
    assert!(report.clients[0].offered >= 199);
    assert_eq!(
        report.services[0].completed - report.services[0].duplicates,
        report.clients[0].offered
    );
}

/// The service of `lone`, used over a queue with these settings.
fn queued(threads: u32, work: &str, queue: &str) -> String {
    let edge = format!(r#", "mode": "async", "queue": {{{queue}}}"#);
    lone(threads, 0, work, &edge)
}

#[test]
fn a_message_that_waits_too_long_expires_at_the_head() {
    check(
        &queued(
            1,
            "150ms",
            r#""prefetch": 1, "expire": true, "ttl": "30ms""#,
        ),
        260,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 answered client-a Ok
        200 replied Ok after 0s
        230 dead-lettered client-a expired
        230 completed lost=true stale=0s
        250 finished a Ok held 150ms
        250 acked client-a
        250 completed lost=false stale=150ms
        ",
    );
}

#[test]
fn a_message_that_comes_back_waits_for_its_next_delivery() {
    let json = queued(
        1,
        "20ms",
        r#""delayed_retry_min": "50ms", "delivery_limit": 1, "dead_letter": false"#,
    );
    check(
        &json.replace(r#""threads": 1"#, r#""threads": 1, "errors": 1"#),
        195,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        120 finished a Error held 20ms
        120 delayed client-a 50ms
        170 returned client-a
        170 delivered client-a #2
        171 started a
        191 finished a Error held 20ms
        191 lost client-a delivery limit
        191 completed lost=true stale=0s
        ",
    );
}

#[test]
fn a_slow_consumer_loses_its_message_to_another_while_it_works() {
    check(
        &queued(2, "80ms", r#""consumer_timeout": "50ms""#),
        185,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        150 requeued client-a
        150 delivered client-a #2
        151 started a
        180 finished a Ok held 80ms
        ",
    );
}

#[test]
fn what_is_acknowledged_when_sent_dies_with_its_consumer() {
    let json = queued(1, "300ms", r#""ack": "automatic", "prefetch": 1"#);
    let crash = r#""faults": [{"on": "a", "kind": "crash", "start": "250ms", "duration": "10ms"}], "nodes""#;
    check(
        &json.replacen(r#""nodes""#, crash, 1),
        265,
        "
        100 arrived
        100 sent client-a #1
        100 stored client-a
        100 delivered client-a #1
        100 acked client-a
        100 answered client-a Ok
        100 replied Ok after 0s
        100 started a
        200 arrived
        200 sent client-a #1
        200 stored client-a
        200 delivered client-a #1
        200 acked client-a
        200 answered client-a Ok
        200 replied Ok after 0s
        250 fault on a down
        250 down a
        250 finished a Error held 150ms
        250 lost client-a
        250 completed lost=true stale=0s
        250 lost client-a
        250 completed lost=true stale=0s
        260 fault off a down
        260 up a
        ",
    );
}

#[test]
fn the_outbox_publishes_later_and_once_more_after_a_crash() {
    // The confirm is under way when the publisher dies: the row is not marked, and is published again.
    check(
        r#"{"nodes": {
            "c": {"kind": {"client": {"rate": 10, "arrivals": "constant"}}},
            "a": {"kind": {"service": {"before": {"constant": "5ms"}}}},
            "b": {"kind": {"service": {"before": {"constant": "1ms"}}}}},
          "edges": {
            "c-a": {"from": "c", "to": "a", "latency": {"constant": "0s"}},
            "d-ab": {"from": "a", "to": "b", "mode": "async", "latency": {"constant": "0s"},
                "queue": {"confirm_latency": {"constant": "20ms"}},
                "outbox": {"on": true, "poll": "40ms"}, "dedup": {"on": true}}},
          "faults": [{"on": "a", "kind": "crash", "start": "130ms", "duration": "5ms"}]}"#,
        190,
        "
        100 arrived
        100 sent c-a #1
        100 started a
        105 recorded d-ab
        105 finished a Ok held 5ms
        105 answered c-a Ok
        105 replied Ok after 5ms
        120 sent d-ab #1
        120 stored d-ab
        120 delivered d-ab #1
        120 started b
        122 finished b Ok held 2ms
        122 acked d-ab
        130 fault on a down
        130 down a
        135 fault off a down
        135 up a
        140 answered d-ab Ok
        160 sent d-ab #2
        160 stored d-ab
        160 delivered d-ab #1
        160 started b
        161 found again b
        161 finished b Ok held 1ms
        161 acked d-ab
        180 answered d-ab Ok
        180 relayed d-ab
        180 completed lost=false stale=17ms
        ",
    );
}

const NETWORK: &str = r#"{"nodes": {
    "client": {"kind": {"client": {"rate": 10, "arrivals": "constant", "deadline": "600s"}}},
    "a": {"kind": {"service": {"before": {"constant": "10ms"}, "after": {"constant": "0s"}}}}},
    "edges": {"client-a": {"from": "client", "to": "a", "latency": {"constant": "1ms"}, EDGE}},
    "faults": [FAULT]}"#;

fn network(edge: &str, fault: &str) -> String {
    NETWORK.replace("EDGE", edge).replace("FAULT", fault)
}

/// What is sent while the network holds it up arrives in order at the end; the caller's timer goes on.
#[test]
fn a_held_up_network_delivers_all_at_its_end() {
    check(
        &network(
            r#""policies": [{"timeout": {"after": "150ms"}}]"#,
            r#"{"edge": "client-a", "kind": "hold", "start": "90ms", "duration": "200ms"}"#,
        ),
        310,
        "90 fault on client-a held up
        100 arrived
        100 sent client-a #1
        200 arrived
        200 sent client-a #1
        250 timed out client-a
        250 replied TimedOut after 150ms
        290 fault off client-a held up
        290 started a orphan
        290 started a
        300 arrived
        300 sent client-a #1
        300 finished a Ok held 10ms
        300 finished a Ok held 10ms
        301 started a
        301 answered client-a Ok late
        301 answered client-a Ok
        301 replied Ok after 101ms
        301 completed lost=false stale=0s",
    );
}

/// What is sent into a network that is cut is lost: with a timeout the caller knows then.
#[test]
fn a_cut_network_loses_what_is_sent() {
    check(
        &network(
            r#""policies": [{"retry": {"attempts": 2, "base": "0s"}}, {"timeout": {"after": "30ms"}}]"#,
            r#"{"edge": "client-a", "kind": "partition", "start": "90ms", "duration": "20ms"}"#,
        ),
        190,
        "90 fault on client-a cut off
        100 arrived
        100 sent client-a #1
        100 lost client-a
        110 fault off client-a cut off
        130 timed out client-a
        130 backs off client-a 0s
        130 sent client-a #2
        131 started a
        141 finished a Ok held 10ms
        142 answered client-a Ok
        142 replied Ok after 42ms
        142 completed lost=false stale=0s",
    );
}

/// A lost answer: the work is done. Without a timeout the connection is given up after 924.6 s.
#[test]
fn without_a_timeout_a_lost_answer_is_an_error_after_a_quarter_of_an_hour() {
    let board = load(
        &network(r#""loss_back": 1, "latency_back": {"constant": "5ms"}"#, "")
            .replace("\"rate\": 10", "\"rate\": 0.01"),
    );
    let mut sim = Simulation::new(&board);
    sim.run_until(at(1_024.0));
    let report = sim.report();
    assert_eq!((report.edges[0].lost, report.clients[0].errors), (10, 0));
    sim.run_until(at(1_025.0));
    assert_eq!(sim.report().clients[0].errors, 1, "100.011 s + 924.6 s");
    assert_eq!(sim.audit(), Vec::<String>::new());
}

/// A lost message is lost where nobody waits for the confirm; a lost ack makes the work be done twice.
#[test]
fn a_lost_message_is_gone_and_a_lost_ack_comes_back() {
    check(
        &network(
            r#""mode": "async", "queue": {"confirm": false}"#,
            r#"{"edge": "client-a", "kind": "partition", "start": "90ms", "duration": "20ms"}"#,
        ),
        190,
        "90 fault on client-a cut off
        100 arrived
        100 sent client-a #1
        100 lost client-a
        100 replied Ok after 0s
        100 completed lost=true stale=0s
        110 fault off client-a cut off",
    );
    let board = load(&network(
        r#""mode": "async", "queue": {"confirm": false}, "loss_back": 1"#,
        "",
    ));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(60.0));
    assert_eq!(sim.report().edges[0].queue.duplicates, 0);
    sim.run_until(at(61.0));
    let queue = &sim.report().edges[0].queue;
    assert!(queue.redelivered > 5 && queue.duplicates > 5 && queue.consumed == 0);
    assert_eq!(sim.audit(), Vec::<String>::new());
}
