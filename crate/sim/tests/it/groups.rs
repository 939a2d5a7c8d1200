//! Groups of calls: at once, in a fan-out, with a probability; and what becomes of them when one fails.

use sim::scenario::{Edge, EdgeId, Edit, NodeId};
use sim::{Scenario, Simulation};

use crate::board::{at, load, run};
use crate::stories::check;

/// A client that sends a request every 100 ms to a service, which calls two others over these edges.
fn board(b: &str, c: &str, to_b: &str, to_c: &str) -> String {
    let service = |work: &str| {
        format!(
            r#"{{"kind": {{"service": {{"threads": 40, "before": {{"constant": "0s"}}, "memory": {{"limit": null}} {work}}}}}}}"#
        )
    };
    let edge = |from: &str, to: &str, more: &str| {
        format!(r#"{{"from": "{from}", "to": "{to}", "latency": {{"constant": "0s"}} {more}}}"#)
    };
    format!(
        r#"{{"nodes": {{"users": {{"kind": {{"client": {{"rate": 10, "arrivals": "constant"}}}}}},
            "a": {}, "b": {}, "c": {}}},
        "edges": {{"a-b": {}, "a-c": {}, "users-a": {}}}}}"#,
        service(""),
        service(b),
        service(c),
        edge("a", "b", to_b),
        edge("a", "c", to_c),
        edge("users", "a", ""),
    )
}

const AT_ONCE: &str = r#", "group": "parallel""#;

fn work(millis: u32) -> String {
    format!(r#", "after": {{"constant": "{millis}ms"}}"#)
}

#[test]
fn a_step_of_two_calls_at_once_takes_as_long_as_the_longer_one() {
    check(
        &board(&work(20), &work(50), AT_ONCE, AT_ONCE),
        190,
        "
        100 arrived
        100 sent users-a #1
        100 started a
        100 sent a-b #1
        100 sent a-c #1
        100 started b
        100 started c
        120 finished b Ok held 20ms
        120 answered a-b Ok
        120 waits on a-c instead of a-b
        150 finished c Ok held 50ms
        150 answered a-c Ok
        150 finished a Ok held 50ms
        150 answered users-a Ok
        150 replied Ok after 50ms
        150 completed lost=false stale=0s
    ",
    );
}

#[test]
fn steps_go_one_after_the_other() {
    check(
        &board(&work(20), &work(50), "", r#", "step": 2"#),
        190,
        "
        100 arrived
        100 sent users-a #1
        100 started a
        100 sent a-b #1
        100 started b
        120 finished b Ok held 20ms
        120 answered a-b Ok
        120 sent a-c #1
        120 started c
        170 finished c Ok held 50ms
        170 answered a-c Ok
        170 finished a Ok held 70ms
        170 answered users-a Ok
        170 replied Ok after 70ms
        170 completed lost=false stale=0s
    ",
    );
}

/// The other one is given up as its own timeout would do it.
#[test]
fn the_first_failure_ends_the_step() {
    let fails = r#", "after": {"constant": "20ms"}, "errors": 1"#;
    let cancels = r#", "group": "parallel", "policies": [{"timeout": {"after": "1s", "cancel": "immediate"}}]"#;
    check(
        &board(fails, &work(50), AT_ONCE, cancels),
        190,
        "
        100 arrived
        100 sent users-a #1
        100 started a
        100 sent a-b #1
        100 sent a-c #1
        100 started b
        100 started c
        120 finished b Error held 20ms
        120 answered a-b Error
        120 waits on a-c instead of a-b
        120 orphaned c
        120 finished a Error held 20ms
        120 finished c Cancelled held 20ms
        120 answered users-a Error
        120 answered a-c Cancelled late
        120 replied Error after 20ms
    ",
    );
}

/// Without a timeout the callee is not told: it goes on, and its answer comes too late. A fallback makes good.
#[test]
fn a_failure_with_a_fallback_ends_nothing() {
    let fails = r#", "after": {"constant": "20ms"}, "errors": 1"#;
    let falls_back = r#", "group": "parallel", "policies": [{"fallback": {}}]"#;
    check(
        &board(fails, &work(30), AT_ONCE, AT_ONCE),
        190,
        "
        100 arrived
        100 sent users-a #1
        100 started a
        100 sent a-b #1
        100 sent a-c #1
        100 started b
        100 started c
        120 finished b Error held 20ms
        120 answered a-b Error
        120 waits on a-c instead of a-b
        120 orphaned c
        120 finished a Error held 20ms
        120 answered users-a Error
        120 replied Error after 20ms
        130 finished c Ok held 30ms
        130 answered a-c Ok late
    ",
    );
    let board = load(&board(fails, &work(30), falls_back, AT_ONCE));
    let report = run(&board, 1, 5.05).report();
    let users = &report.clients[0];
    assert_eq!((users.answered, users.ok, users.errors), (50, 50, 0));
}

/// All alternatives of a step are one choice; what is called at once is called beside it.
#[test]
fn a_choice_and_a_call_at_once_stand_beside_each_other() {
    let mut board = load(&board("", "", AT_ONCE, r#", "weight": 3"#));
    let [a, c, d] = ["a", "c", "d"].map(|id| NodeId::new(id).unwrap());
    board.apply(Edit::SetNode(d.clone(), board.nodes[&c].clone()));
    board.apply(Edit::SetEdge(EdgeId::new("a-d").unwrap(), Edge::new(a, d)));
    let report = run(&board, 1, 1_000.0).report();
    let [b, c, d] = [0, 1, 2].map(|place| report.edges[place].calls);
    assert_eq!(b, report.services[0].started, "each request calls b");
    assert_eq!(c + d, b, "and takes one of the others");
    let share = c as f64 / b as f64;
    assert!((share - 0.75).abs() < 0.02, "{share}");
}

/// A thread that waits for many calls waits once: busy = working + waiting, and waiting is the sum over edges.
#[test]
fn a_thread_that_waits_for_many_calls_waits_once() {
    let random = r#", "after": {"exponential": "40ms"}"#;
    let many = r#", "group": "parallel", "fan_out": 5"#;
    let board = load(&board(random, random, many, many));
    let sim = run(&board, 3, 60.0);
    assert_eq!(sim.audit(), Vec::<String>::new());
    let report = sim.report();
    let a = &report.services[0];
    assert!(
        (a.busy - a.waiting).abs() < 1e-9,
        "it has no work of its own"
    );
    let edges: f64 = a.waiting_on.values().sum();
    assert!((edges - a.waiting).abs() < 1e-6, "{edges} {}", a.waiting);
    assert_eq!(report.edges[0].calls, report.clients[0].offered * 5);
    assert!(
        report.edges[0].in_flight > a.waiting,
        "five calls, one thread"
    );
}

/// Each call of a fan-out is a piece of work of its own, and none of them is another one's copy.
#[test]
fn the_calls_of_a_fan_out_are_no_duplicates() {
    for mode in ["sync", "async"] {
        let edge = format!(r#", "group": "parallel", "fan_out": 7, "mode": "{mode}""#);
        let board = load(&board(
            "",
            "",
            &edge,
            r#", "group": "parallel", "probability": 0"#,
        ));
        let report = run(&board, 1, 10.05).report();
        let b = report.services.iter().find(|of| of.id == "b").unwrap();
        assert_eq!((b.completed, b.duplicates), (700, 0), "{mode}");
        assert_eq!(report.edges[1].calls, 0, "made by nobody");
        assert_eq!(report.clients[0].effects_in_time, 100, "{mode}");
    }
}

/// A fan-out that changes while calls of it are under way: those end as they began, and nobody waits for ever.
#[test]
fn a_group_that_is_edited_under_way_ends_as_it_began() {
    let whole = load(&board(&work(70), &work(90), AT_ONCE, AT_ONCE));
    let mut sim = Simulation::new(&whole);
    let mut board = whole.clone();
    for step in 1..60u32 {
        sim.run_until(at(f64::from(step) * 0.05));
        match step % 4 {
            0 => board = whole.clone(),
            1 => board.apply(Edit::RemoveEdge(EdgeId::new("a-c").unwrap())),
            2 => edit(&mut board, |edge| edge.fan_out = 3),
            _ => edit(&mut board, |edge| edge.step = 2),
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new(), "{step}");
    }
    sim.adopt(&whole, &[]);
    sim.run_until(at(3.3));
    sim.restart_figures();
    sim.run_until(at(5.3));
    let report = sim.report();
    assert_eq!(report.clients[0].ok, 20);
    assert!(
        (report.services[0].busy - 0.9).abs() < 0.05,
        "{}",
        report.services[0].busy
    );
}

fn edit(board: &mut Scenario, with: impl Fn(&mut Edge)) {
    for edge in board.edges.values_mut() {
        if edge.from.as_str() == "a" {
            with(edge);
        }
    }
}
