//! Hedging: the second attempt, who wins, what becomes of the other one.

use sim::fact::Fact;
use sim::scenario::{EdgeId, Edit};
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load, run};
use crate::stories::check;

/// A request every 200 ms to a service with these settings, hedged so.
fn hedged(service: &str, hedge: &str, inside: &str) -> String {
    let edge = format!(r#", "policies": [{{"hedge": {hedge}}} {inside}]"#);
    let service = format!(r#"{{"memory": {{"limit": null}}, {service}}}"#);
    chain(5.0, &[&service], &edge).replace(r#""rate": 5"#, r#""rate": 5, "arrivals": "constant""#)
}

const SLOW: &str = r#""before": {"constant": "80ms"}"#;

#[test]
fn the_first_good_answer_wins_and_the_other_work_is_done_twice() {
    check(
        &hedged(SLOW, r#"{"delay": "50ms"}"#, ""),
        390,
        "
        200 arrived
        200 sent client-a #1
        200 started a
        250 hedges client-a
        250 sent client-a #2
        250 started a
        280 finished a Ok held 80ms
        280 answered client-a Ok
        280 orphaned a
        280 replied Ok after 80ms
        330 finished a Ok held 80ms
        330 duplicate a
        330 answered client-a Ok late
        330 completed lost=false stale=0s
    ",
    );
}

#[test]
fn those_that_did_not_win_are_cancelled_if_so_set() {
    check(
        &hedged(SLOW, r#"{"delay": "50ms", "cancel": "immediate"}"#, ""),
        390,
        "
        200 arrived
        200 sent client-a #1
        200 started a
        250 hedges client-a
        250 sent client-a #2
        250 started a
        280 finished a Ok held 80ms
        280 answered client-a Ok
        280 orphaned a
        280 finished a Cancelled held 30ms
        280 replied Ok after 80ms
        280 answered client-a Cancelled late
        280 completed lost=false stale=0s
    ",
    );
}

/// A failure leads to the next attempt at once; after the last one, or after a fatal one, the call fails.
#[test]
fn a_failure_sends_the_next_at_once() {
    let fails = r#""before": {"constant": "10ms"}, "errors": 1"#;
    check(
        &hedged(fails, r#"{"delay": "50ms", "most": 2}"#, ""),
        390,
        "
        200 arrived
        200 sent client-a #1
        200 started a
        210 finished a Error held 10ms
        210 answered client-a Error
        210 hedges client-a
        210 sent client-a #2
        210 started a
        220 finished a Error held 10ms
        220 answered client-a Error
        220 replied Error after 20ms
    ",
    );
    let fatal = hedged(fails, r#"{"on_error": false}"#, "");
    let report = run(&load(&fatal), 1, 10.1).report();
    assert_eq!((report.edges[0].attempts, report.edges[0].failed), (50, 50));
}

/// What is inside of it acts on each attempt; a timeout outside of it ends all of them.
#[test]
fn layers_inside_act_on_each_attempt_and_those_outside_on_the_call() {
    let slow = r#""before": {"constant": "150ms"}"#;
    let inside = r#", {"timeout": {"after": "60ms"}}"#;
    check(
        &hedged(slow, r#"{"delay": "40ms"}"#, inside),
        395,
        "
        200 arrived
        200 sent client-a #1
        200 started a
        240 hedges client-a
        240 sent client-a #2
        240 started a
        260 timed out client-a
        260 orphaned a
        300 timed out client-a
        300 orphaned a
        300 replied TimedOut after 100ms
        350 finished a Ok held 150ms
        350 answered client-a Ok late
        390 finished a Ok held 150ms
        390 duplicate a
        390 answered client-a Ok late
    ",
    );
    let outside = hedged(slow, r#"{"delay": "40ms"}"#, "").replace(
        r#"[{"hedge""#,
        r#"[{"timeout": {"after": "100ms", "cancel": "immediate"}}, {"hedge""#,
    );
    check(
        &outside,
        390,
        "
        200 arrived
        200 sent client-a #1
        200 started a
        240 hedges client-a
        240 sent client-a #2
        240 started a
        300 timed out client-a
        300 timed out client-a
        300 orphaned a
        300 orphaned a
        300 finished a Cancelled held 60ms
        300 finished a Cancelled held 100ms
        300 replied TimedOut after 100ms
        300 answered client-a Cancelled late
        300 answered client-a Cancelled late
    ",
    );
}

/// To the outside it is one call: counted once, waited for by one thread.
#[test]
fn a_hedged_call_is_one_call() {
    let slow = format!(r#"{{"threads": 99, {SLOW}, "memory": {{"limit": null}}}}"#);
    let plain = r#"{"threads": 99, "before": {"constant": "0s"}, "memory": {"limit": null}}"#;
    let hedge = r#", "policies": [{"hedge": {"delay": "30ms"}}]"#;
    let mut board = load(&chain(10.0, &[plain, &slow], hedge));
    let first = board.edges.values_mut().find(|e| e.to.as_str() == "a");
    first.unwrap().policies.clear();
    let report = run(&board, 2, 60.0).report();
    let (a, edge) = (&report.services[0], &report.edges[0]);
    assert_eq!(edge.id, "a-b");
    assert_eq!(edge.calls, report.clients[0].offered);
    assert_eq!(edge.attempts - edge.calls, edge.hedges);
    assert!(a.busy > 0.5 && (a.waiting - a.busy).abs() < 1e-9);
    assert!(edge.calls - edge.hedges < 5, "all are hedged");
    assert!(report.services[1].duplicates > 500, "and done twice");
}

/// The second attempt goes to another replica, where there is one.
#[test]
fn a_hedge_goes_to_another_replica() {
    for (replicas, elsewhere, other) in [(2, true, true), (2, false, false), (1, true, false)] {
        let service = format!(r#""replicas": {replicas}, "balance": "ring_hash", {SLOW}"#);
        let hedge = format!(r#"{{"delay": "50ms", "elsewhere": {elsewhere}}}"#);
        let mut sim = Simulation::new(&load(&hedged(&service, &hedge, "")));
        let mut takers = Vec::new();
        sim.run_watched(at(4.1), &mut |_, fact| {
            if let Fact::Started { replica, .. } = fact {
                takers.push(*replica);
            }
        });
        assert_eq!(takers.len(), 40);
        let others = takers.chunks(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(others, if other { 20 } else { 0 }, "{replicas} {elsewhere}");
    }
}

/// The first attempts of a hedged run have the same luck as those of one without.
#[test]
fn hedging_changes_no_luck_of_the_first_attempts() {
    let service = r#""threads": "unbounded", "before": {"exponential": "40ms"}"#;
    let with = load(&hedged(service, r#"{"delay": "30ms"}"#, ""));
    let mut without = with.clone();
    for edge in without.edges.values_mut() {
        edge.policies.clear();
    }
    let ends = |board: &Scenario| {
        let mut ends = Vec::new();
        let mut sent = Vec::new();
        let mut sim = Simulation::new(board);
        sim.run_watched(at(20.0), &mut |now, fact| match *fact {
            Fact::Arrived { request, .. } => sent.push((request, now)),
            Fact::Finished { request, held, .. } => ends.push((request, held, now)),
            _ => {}
        });
        ends.retain(|(request, held, now)| {
            sent.iter()
                .any(|(of, at)| of == request && *at + *held == *now)
        });
        ends.sort_unstable();
        ends
    };
    let (with, without) = (ends(&with), ends(&without));
    assert!(with.len() > 95);
    assert_eq!(with, without);
}

/// Policies that change while tries are under way: those end as they began.
#[test]
fn a_hedge_that_is_edited_under_way_ends_as_it_began() {
    let whole = load(&hedged(
        r#""before": {"constant": "130ms"}"#,
        r#"{"delay": "30ms", "most": 3}"#,
        r#", {"bulkhead": {"max_concurrent": 2, "max_wait": "50ms"}}"#,
    ));
    let mut sim = Simulation::new(&whole);
    let mut board = whole.clone();
    for step in 1..80u32 {
        sim.run_until(at(f64::from(step) * 0.07));
        match step % 4 {
            1 => board.apply(Edit::RemoveEdge(EdgeId::new("client-a").unwrap())),
            3 => board
                .edges
                .values_mut()
                .for_each(|edge| edge.policies.clear()),
            _ => board = whole.clone(),
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new(), "{step}");
    }
    sim.adopt(&whole, &[]);
    sim.run_until(at(10.0));
    assert_eq!(sim.audit(), Vec::<String>::new());
    assert!(sim.report().edges[0].hedges > 20);
}
