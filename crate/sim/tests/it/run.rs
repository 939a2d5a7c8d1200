//! A run can be rewound, goes on exactly as it went, and becomes another one from where it is changed.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::run::{MOST_CHECKPOINTS, Plan, PlanError, Run, Score};
use sim::scenario::{Edge, EdgeId, Fault, FaultKind, Mode, NodeId, Point, Target};
use sim::units::{Ratio, Span, Time};
use sim::{Scenario, Simulation};

use crate::board::at;
use crate::swarm::Dice;
use sim::rng::Luck;

fn dice(seed: u64) -> Dice {
    Dice {
        stream: Luck::of_seed(seed).part(9).stream(),
        loops: seed.is_multiple_of(2),
    }
}

/// A random run of four seconds with edits at random times, and its digests every 100 ms without any rewind.
fn drawn(seed: u64) -> (Plan, BTreeMap<u64, u64>) {
    let mut dice = dice(seed);
    let mut board = dice.board(seed, 6, 8);
    let mut run = Run::new(&board, &[]);
    let mut digests = BTreeMap::new();
    for tenth in 1..=40 {
        run.run_until(Time::from_nanos(tenth * 100_000_000));
        digests.insert(tenth, run.simulation().digest());
        if tenth < 40 && dice.one_in(8) {
            dice.edit(&mut board);
            let clicked = dice.faults(&board);
            run.adopt(&board, &clicked);
        }
    }
    (run.plan().clone(), digests)
}

#[test]
fn a_rewound_run_is_the_straight_run_to_the_bit() {
    for seed in 0..20 {
        let (plan, digests) = drawn(seed);
        let mut run = Run::of(plan.clone());
        run.run_until(at(4.0));
        let mut dice = dice(1000 + seed);
        for _ in 0..50 {
            let tenth = 1 + dice.below(40);
            // Sometimes the run stands in the midst of an instant, or of a slice.
            match dice.below(3) {
                0 => run.step(),
                1 => {
                    run.run_slice(run.now() + Span::millis(250), dice.below(200) as u32);
                }
                _ => {}
            }
            run.seek(Time::from_nanos(tenth * 100_000_000));
            // The edits of this very instant are made, so the digest holds their facts too: go on a little to compare.
            let mut straight = Run::of(plan.clone());
            straight.run_until(run.now());
            assert_eq!(
                run.simulation().digest(),
                straight.simulation().digest(),
                "seed {seed}, {tenth} tenths"
            );
        }
        assert_eq!(*run.plan(), plan, "seed {seed}: a rewind loses no edit");
        run.seek(at(4.0));
        assert_eq!(run.simulation().digest(), digests[&40], "seed {seed}");
    }
}

/// A chain whose leaf is slow from 3 s to 20 s.
fn chain() -> Scenario {
    Scenario::load(
        r#"{ "seed": 5,
             "nodes": {
               "users": { "kind": { "client": { "rate": 60 } } },
               "front": { "kind": { "service": { "threads": 16, "queue": 16, "before": { "exponential": "2ms" } } } },
               "leaf": { "kind": { "service": { "threads": 8, "before": { "exponential": "40ms" } } } } },
             "edges": { "users-front": { "from": "users", "to": "front" },
                        "front-leaf": { "from": "front", "to": "leaf" } } }"#,
    )
    .unwrap()
}

fn slow(factor: u64) -> Vec<Fault> {
    vec![Fault {
        on: NodeId::new("leaf").unwrap().into(),
        kind: FaultKind::Slow(Ratio::whole(factor)),
    }]
}

fn flipped() -> Scenario {
    let mut board = chain();
    edge(&mut board, "front-leaf").mode = Mode::Async;
    board
}

fn edge<'a>(board: &'a mut Scenario, id: &str) -> &'a mut Edge {
    board.edges.get_mut(&EdgeId::new(id).unwrap()).unwrap()
}

#[test]
fn a_long_run_is_rewound_from_its_checkpoints_and_keeps_a_bounded_number() {
    let mut run = Run::new(&chain(), &[]);
    run.run_until(at(35.0));
    run.adopt(&chain(), &slow(10));
    run.run_until(at(62.0));
    assert_eq!(run.checkpoints(), 6);
    let end = run.simulation().digest();
    run.seek(at(31.0));
    assert_eq!((run.now(), run.end()), (at(31.0), at(62.0)));
    assert!(run.board().clicked.is_empty());
    run.seek(at(35.0));
    assert_eq!(
        run.board().clicked,
        slow(10),
        "the edit of that instant is made"
    );
    run.run_until(at(62.0));
    assert_eq!(run.simulation().digest(), end);
    // Nothing happens on an empty board, so a very long run is quick.
    let mut long = Run::new(&Scenario::default(), &[]);
    long.run_until(at(30_000.0));
    assert!(long.checkpoints() <= MOST_CHECKPOINTS && long.checkpoints() > MOST_CHECKPOINTS / 3);
    long.seek(at(12_345.0));
    assert_eq!(long.now(), at(12_345.0));
    long.seek(at(99_999.0));
    assert_eq!(long.now(), at(30_000.0), "no further than it has been");
}

#[test]
fn a_change_in_the_past_makes_another_run_and_a_moved_card_does_not() {
    let mut run = Run::new(&chain(), &[]);
    run.run_until(at(3.0));
    run.adopt(&chain(), &slow(10));
    run.run_until(at(20.0));
    run.adopt(&chain(), &[]);
    run.run_until(at(30.0));
    let straight = run.clone();
    run.seek(at(10.0));
    let mut moved = chain();
    let node = moved.nodes.get_mut(&NodeId::new("leaf").unwrap()).unwrap();
    node.at = Point { x: 77, y: 7 };
    assert!(!run.adopt(&moved, &slow(10)));
    assert_eq!(run.plan().edits().len(), 3, "the healing is still to come");
    assert_eq!(*run.board().scenario, moved);
    run.seek(at(30.0));
    assert_eq!(run.simulation().digest(), straight.simulation().digest());
    run.seek(at(10.0));
    assert!(run.adopt(&flipped(), &slow(10)));
    assert_eq!((run.plan().edits().len(), run.end()), (3, at(10.0)));
    run.run_until(at(30.0));
    assert_ne!(run.simulation().digest(), straight.simulation().digest());
    // Until the change they are one run.
    let (mut one, mut other) = (straight, run);
    one.seek(at(10.0));
    other.seek(Time::from_nanos(9_999_999_999));
    one.seek(Time::from_nanos(9_999_999_999));
    assert_eq!(one.simulation().digest(), other.simulation().digest());
}

#[test]
fn a_fork_without_a_change_stays_equal() {
    let (plan, _) = drawn(3);
    let mut origin = Run::of(plan);
    origin.run_until(at(2.0));
    let mut fork = origin.clone();
    for tenth in 21..=40 {
        let until = Time::from_nanos(tenth * 100_000_000);
        origin.run_until(until);
        while !fork.run_slice(until, 17) {}
        assert_eq!(origin.simulation().digest(), fork.simulation().digest());
    }
}

/// When which request comes to the front, the first node by its id.
fn arrivals(board: &Scenario) -> Vec<(Time, u64)> {
    let mut sim = Simulation::new(board);
    let mut sent = Vec::new();
    sim.run_watched(at(20.0), &mut |when, fact| {
        if let Fact::Offered { node, request, .. } = fact
            && node.0 == 0
        {
            sent.push((when, *request));
        }
    });
    sent
}

#[test]
fn two_designs_meet_the_same_arrivals_and_the_same_trouble() {
    let mut run = Run::new(&chain(), &[]);
    run.run_until(at(3.0));
    run.adopt(&chain(), &slow(10));
    run.run_until(at(15.0));
    run.adopt(&flipped(), &slow(10));
    run.run_until(at(20.0));
    run.adopt(&flipped(), &[]);
    run.run_until(at(30.0));
    let [a, b] = [chain(), flipped()].map(|design| run.plan().with_design(&design));
    let times = |plan: &Plan| -> Vec<(Time, usize)> {
        let edits = plan.edits().iter();
        edits.map(|edit| (edit.at, edit.clicked.len())).collect()
    };
    assert_eq!(times(&a), [(at(0.0), 0), (at(3.0), 1), (at(20.0), 0)]);
    assert_eq!(times(&a), times(&b));
    let (came, comes) = (arrivals(&chain()), arrivals(&flipped()));
    assert!(came.len() > 1_000 && came == comes);
    let score = |plan: Plan| {
        let board = plan.last().scenario.clone();
        let mut run = Run::of(plan);
        run.run_until(at(30.0));
        Score::of(&run.simulation().report().system, &board)
    };
    let (a, b) = (score(a), score(b));
    assert_eq!(a.requests, b.requests);
    assert!(a.goodput < 0.75 && b.goodput > 0.99, "{a:?} {b:?}");
    assert_eq!((a.parts, b.parts), (2, 3));
}

#[test]
fn a_run_is_saved_and_replayed_exactly() {
    for seed in 0..10 {
        let (plan, digests) = drawn(seed);
        let read = Plan::load(&plan.save()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, plan, "seed {seed}");
        assert!(Plan::is_run(&plan.save()) && !Plan::is_run(&plan.first().scenario.save()));
        let mut run = Run::of(read);
        run.run_until(at(4.0));
        assert_eq!(run.simulation().digest(), digests[&40], "seed {seed}");
    }
}

#[test]
fn a_broken_run_says_where() {
    let scenario = chain().save();
    let one = |at: &str| format!(r#"{{"at": "{at}", "scenario": {scenario}}}"#);
    let refused = |run: &[String]| {
        let text = format!(r#"{{"version": 1, "run": [{}]}}"#, run.join(","));
        Plan::load(&text).unwrap_err()
    };
    assert!(matches!(refused(&[]), PlanError::Misfit(what) if what.contains("no edit")));
    assert!(matches!(
        refused(&[one("1s")]),
        PlanError::Order { place: 0, .. }
    ));
    let late = refused(&[one("0s"), one("5s"), one("4s")]);
    assert!(
        late.to_string().starts_with("run[2].at: it is earlier"),
        "{late}"
    );
    let broken =
        r#"{"at": "1s", "scenario": {"nodes": {"a": {"kind": {"service": {"threads": 0}}}}}}"#;
    let told = refused(&[one("0s"), broken.into()]).to_string();
    assert!(told.starts_with("run[1].scenario: "), "{told}");
    let mut reseeded = chain();
    reseeded.seed += 1;
    let reseeded = format!(r#"{{"at": "1s", "scenario": {}}}"#, reseeded.save());
    let told = refused(&[one("0s"), reseeded]).to_string();
    assert!(told.starts_with("run[1].scenario.seed: "), "{told}");
    let newer = Plan::load(r#"{"version": 9, "run": []}"#).unwrap_err();
    assert!(matches!(newer, PlanError::Newer { found: 9 }));
}

#[test]
fn a_fault_on_what_a_design_has_not_does_nothing_there() {
    let mut small = chain();
    small.edges.remove(&EdgeId::new("front-leaf").unwrap());
    small.nodes.remove(&NodeId::new("leaf").unwrap());
    let mut run = Run::new(&chain(), &slow(10));
    run.run_until(at(5.0));
    assert!(matches!(run.board().clicked[0].on, Target::Node(_)));
    let mut other = Run::of(run.plan().with_design(&small));
    other.run_until(at(5.0));
    assert!(other.simulation().events() > 0);
}
