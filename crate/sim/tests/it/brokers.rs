//! Stories of broker nodes, and what becomes of messages when the board changes under them.

use sim::Simulation;
use sim::scenario::{Edge, EdgeId, Edit, Fault, FaultKind, NodeId, NodeKind, QueueName};
use sim::units::Rate;

use crate::board::{at, load};
use crate::stories::check;

/// One or two publishers (constant, 10 a second) to a consumer of 150 ms, over a broker with these settings.
fn board(broker: &str, queue: &str, faults: &str) -> String {
    format!(
        r#"{{"nodes": {{
            "p": {{"kind": {{"client": {{"rate": 10, "arrivals": "constant"}}}}}},
            "q": {{"kind": {{"broker": {{{broker}}}}}}},
            "s": {{"kind": {{"service": {{"threads": 1, "before": {{"constant": "150ms"}}, "memory": {{"limit": null}}}}}}}}
        }},
        "edges": {{"p-s": {{"from": "p", "to": "s", "latency": {{"constant": "0s"}}, "mode": "async", "via": "q",
            "queue": {{"prefetch": 1, {queue} "max_length": 1000}}}}}},
        "faults": [{faults}]}}"#
    )
}

#[test]
fn a_broker_takes_messages_in_one_after_the_other() {
    check(
        &board(r#""work": {"constant": "130ms"}"#, "", ""),
        370,
        "
        100 arrived
        100 sent p-s #1
        100 lined up q
        200 arrived
        200 sent p-s #1
        200 lined up q
        230 taken in q
        230 stored p-s
        230 delivered p-s #1
        230 answered p-s Ok
        230 replied Ok after 130ms
        230 started s
        300 arrived
        300 sent p-s #1
        300 lined up q
        360 taken in q
        360 stored p-s
        360 answered p-s Ok
        360 replied Ok after 160ms
        ",
    );
}

#[test]
fn a_full_broker_blocks_who_publishes_and_goes_on_delivering() {
    let full = r#"{"on": "q", "kind": "full", "start": "150ms", "duration": "200ms"}"#;
    check(
        &board(r#""work": {"constant": "0s"}"#, "", full),
        360,
        "
        100 arrived
        100 sent p-s #1
        100 lined up q
        100 taken in q
        100 stored p-s
        100 delivered p-s #1
        100 answered p-s Ok
        100 replied Ok after 0s
        100 started s
        150 fault on q full
        150 blocked q
        200 arrived
        200 sent p-s #1
        200 held up p-s
        250 finished s Ok held 150ms
        250 acked p-s
        250 completed lost=false stale=150ms
        300 arrived
        300 sent p-s #1
        300 held up p-s
        350 fault off q full
        350 unblocked q
        350 let go p-s
        350 lined up q
        350 let go p-s
        350 lined up q
        350 taken in q
        350 stored p-s
        350 delivered p-s #1
        350 taken in q
        350 stored p-s
        350 answered p-s Ok
        350 answered p-s Ok
        350 replied Ok after 150ms
        350 started s
        350 replied Ok after 50ms
        ",
    );
}

/// Without confirms the write does not return while the connection is blocked; then it is done at once.
#[test]
fn a_publisher_without_confirms_is_held_by_its_write() {
    let full = r#"{"on": "q", "kind": "full", "start": "150ms", "duration": "100ms"}"#;
    check(
        &board(
            r#""work": {"constant": "20ms"}"#,
            r#""confirm": false,"#,
            full,
        ),
        260,
        "
        100 arrived
        100 sent p-s #1
        100 lined up q
        100 replied Ok after 0s
        120 taken in q
        120 stored p-s
        120 delivered p-s #1
        120 started s
        150 fault on q full
        150 blocked q
        200 arrived
        200 sent p-s #1
        200 held up p-s
        250 fault off q full
        250 unblocked q
        250 let go p-s
        250 lined up q
        250 replied Ok after 50ms
        ",
    );
}

#[test]
fn a_broker_that_is_down_refuses_and_delivers_again_on_its_return() {
    let down = r#"{"on": "q", "kind": "crash", "start": "150ms", "duration": "60ms"}"#;
    check(
        &board(r#""work": {"constant": "0s"}"#, "", down),
        260,
        "
        100 arrived
        100 sent p-s #1
        100 lined up q
        100 taken in q
        100 stored p-s
        100 delivered p-s #1
        100 answered p-s Ok
        100 replied Ok after 0s
        100 started s
        150 fault on q down
        150 broker down q
        150 requeued p-s
        200 arrived
        200 sent p-s #1
        200 rejected p-s
        200 answered p-s Refused(DownBroker)
        200 replied Refused(DownBroker) after 0s
        210 fault off q down
        210 broker up q
        210 delivered p-s #2
        250 finished s Ok held 150ms
        250 started s
        ",
    );
}

#[test]
fn what_is_not_durable_goes_down_with_its_broker() {
    let down = r#"{"on": "q", "kind": "crash", "start": "250ms"}"#;
    let json = board(r#""durable": false, "work": {"constant": "0s"}"#, "", down);
    let mut sim = Simulation::new(&load(&json));
    sim.run_until(at(0.9));
    let report = sim.report();
    // One was being worked on, whose ack nobody takes; the other was ready.
    assert_eq!(report.edges[0].queue.lost_with_broker, 2);
    assert_eq!(report.brokers[0].messages_at_end, 0);
    assert_eq!(report.clients[0].refused, 6);
    assert_eq!(
        report.clients[0].effects_lost, 1,
        "the work of the first was done"
    );
    assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
}

/// Two publishers on one queue: its settings are those of the first edge.
fn shared() -> sim::Scenario {
    let edge = |from: &str, consumers: u32| {
        format!(
            r#""{from}-s": {{"from": "{from}", "to": "s", "latency": {{"constant": "0s"}}, "mode": "async",
            "via": "q", "queue_name": "work", "queue": {{"prefetch": 1, "consumers": {consumers}}}}}"#
        )
    };
    load(&format!(
        r#"{{"nodes": {{
            "a": {{"kind": {{"client": {{"rate": 10, "arrivals": "constant"}}}}}},
            "b": {{"kind": {{"client": {{"rate": 10, "arrivals": "constant"}}}}}},
            "q": {{"kind": {{"broker": {{"work": {{"constant": "0s"}}}}}}}},
            "s": {{"kind": {{"service": {{"threads": 8, "before": {{"constant": "100ms"}}, "memory": {{"limit": null}}}}}}}}
        }}, "edges": {{{}, {}}}}}"#,
        edge("a", 1),
        edge("b", 7)
    ))
}

#[test]
fn a_shared_queue_has_the_settings_of_its_first_edge() {
    let board = shared();
    let id = |text: &str| EdgeId::new(text).unwrap();
    assert_eq!(board.shared_with(&id("b-s")), Some(&id("a-s")));
    assert_eq!(board.shared_with(&id("a-s")), None);
    assert!(
        board
            .hints()
            .iter()
            .any(|hint| hint.what.contains("shares a queue"))
    );
    let mut sim = Simulation::new(&board);
    sim.run_until(at(10.05));
    // 20 messages a second for one consumer, who does 10.
    let report = sim.report();
    assert!(
        (report.services[0].busy - 1.0).abs() < 0.02,
        "{}",
        report.services[0].busy
    );
    let ready: i64 = report
        .edges
        .iter()
        .map(|edge| edge.queue.ready_at_end)
        .sum();
    assert!((98..=101).contains(&ready), "{ready}");
}

/// Every message is worked on once, however queues are shared, parted and moved meanwhile.
#[test]
fn messages_move_with_their_edges_and_none_is_lost() {
    let mut board = shared();
    let mut sim = Simulation::new(&board);
    let broker = board.nodes[&NodeId::new("q").unwrap()].clone();
    for round in 1..=30u32 {
        sim.run_until(at(f64::from(round) * 0.37));
        let q = NodeId::new("q").unwrap();
        match round % 6 {
            0 => board.apply(Edit::RemoveNode(q)),
            1 => board.apply(Edit::SetNode(q, broker.clone())),
            _ => {
                for (place, edge) in board.edges.values_mut().enumerate() {
                    let apart = (round as usize + place).is_multiple_of(3);
                    edge.via = (round % 6 < 5).then(|| q.clone());
                    edge.queue_name = QueueName::new("work").filter(|_| !apart);
                }
            }
        }
        assert_eq!(board.problems(), []);
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new(), "round {round}");
    }
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = Rate::per_sec(0);
        }
    }
    sim.adopt(&board, &[]);
    sim.run_until(at(60.0));
    let report = sim.report();
    assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0));
    let offered: u64 = report.clients.iter().map(|client| client.offered).sum();
    assert!(offered > 200);
    assert_eq!(report.services[0].completed, offered);
    assert_eq!(report.services[0].duplicates, 0);
}

/// A blocked publish goes where its edge leads, once that is elsewhere.
#[test]
fn nothing_waits_at_a_broker_that_is_gone() {
    let mut board = load(&board(r#""work": {"constant": "300ms"}"#, "", ""));
    let mut sim = Simulation::new(&board);
    let q = NodeId::new("q").unwrap();
    let full = Fault {
        on: q.clone().into(),
        kind: FaultKind::Full,
    };
    sim.run_until(at(0.25));
    sim.adopt(&board, &[full]);
    sim.run_until(at(0.55));
    assert_eq!(sim.report().brokers[0].held_up_at_end, 3);
    board.apply(Edit::RemoveNode(q));
    assert_eq!(board.edges.values().next().unwrap().via, None);
    sim.adopt(&board, &[]);
    sim.run_until(at(0.56));
    let report = sim.report();
    assert_eq!(report.edges[0].queue.published, 5);
    assert_eq!(report.clients[0].ok, 5);
    assert_eq!(sim.audit(), Vec::<String>::new());
}

/// A publisher (constant, 10 a second) with two subscriptions to one topic, to consumers of 10 and 30 ms.
const TOPIC: &str = r#"{"nodes": {
        "p": {"kind": {"client": {"rate": 10, "arrivals": "constant"}}},
        "a": {"kind": {"service": {"before": {"constant": "10ms"}, "memory": {"limit": null}}}},
        "b": {"kind": {"service": {"before": {"constant": "30ms"}, "memory": {"limit": null}}}}
    },
    "edges": {
        "p-b": {"from": "p", "to": "b", "latency": {"constant": "0s"}, "mode": "async", "broker": "bus", "topic": "sold"},
        "p-a": {"from": "p", "to": "a", "latency": {"constant": "0s"}, "mode": "async", "broker": "bus", "topic": "sold",
            "step": 2}
    }}"#;

#[test]
fn a_topic_is_published_once_and_every_subscription_has_it() {
    check(
        TOPIC,
        150,
        "
        100 arrived
        100 sent p-b #1
        100 stored p-a
        100 stored p-b
        100 delivered p-b #1
        100 delivered p-a #1
        100 answered p-b Ok
        100 replied Ok after 0s
        100 started b
        100 started a
        110 finished a Ok held 10ms
        110 acked p-a
        130 finished b Ok held 30ms
        130 acked p-b
        130 completed lost=false stale=30ms
        ",
    );
}

#[test]
fn a_subscription_that_leaves_its_topic_is_called_by_itself_again() {
    let mut board = load(TOPIC);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(1.05));
    let stored = |sim: &Simulation, edge: &str| {
        let report = sim.report();
        let of = report.edges.iter().find(|of| of.id.as_str() == edge);
        of.map_or((0, 0), |of| (of.queue.published, of.attempts))
    };
    assert_eq!(
        (stored(&sim, "p-a"), stored(&sim, "p-b")),
        ((10, 0), (10, 10))
    );
    let id = EdgeId::new("p-a").unwrap();
    let alone = Edge {
        topic: None,
        ..board.edges[&id].clone()
    };
    board.apply(Edit::SetEdge(id, alone));
    sim.adopt(&board, &[]);
    sim.run_until(at(2.05));
    assert_eq!(
        (stored(&sim, "p-a"), stored(&sim, "p-b")),
        ((20, 10), (20, 20))
    );
    assert_eq!(sim.audit(), Vec::<String>::new());
}
