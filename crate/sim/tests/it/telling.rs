//! The story knows neither the plan nor that a fault was injected: it is told the same by an engine that hides both.

use sim::scenario::{Fault, FaultKind, NodeId};
use sim::units::{Ratio, Span, Time};
use sim::{Scenario, Simulation};

use crate::tidy;

const BOARD: &str = r#"{
  "seed": 5,
  "nodes": {
    "users": { "kind": { "client": { "rate": 80, "deadline": "1s" } } },
    "api": { "kind": { "service": { "threads": 16, "queue": 16, "before": { "exponential": "2ms" } } } },
    "store": { "kind": { "service": { "role": "database", "threads": 8, "queue": 16, "before": { "exponential": "20ms" } } } }
  },
  "edges": {
    "users-api": { "from": "users", "to": "api" },
    "api-store": { "from": "api", "to": "store" }
  },
  "faults": [{ "on": "store", "kind": { "slow": 30 }, "start": "20s", "duration": "10s" }]
}"#;

/// The same run, with the facts that a fault began or ended kept from all that count.
#[test]
fn facts_that_a_fault_was_injected_are_hidden_from_it() {
    let board = Scenario::load(BOARD).unwrap();
    let clicked = [Fault {
        on: NodeId::new("store").unwrap().into(),
        kind: FaultKind::Errors(Ratio::percent(50)),
    }];
    let run = |hide: bool| {
        let mut sim = Simulation::new(&board);
        if hide {
            sim.hide_faults();
        }
        sim.run_until(Time::ZERO + Span::secs(60));
        sim.adopt(&board, &clicked);
        sim.run_until(Time::ZERO + Span::secs(90));
        sim
    };
    let (mut told, mut hidden) = (run(false), run(true));
    assert_eq!(told.digest(), hidden.digest(), "it is the same run");
    assert_eq!(told.story().account(), hidden.story().account());
    let keys: Vec<String> = told
        .story()
        .account()
        .chapters
        .iter()
        .filter(|chapter| chapter.cause.is_none())
        .map(|chapter| chapter.what.key())
        .collect();
    assert!(
        keys.first().is_some_and(|key| key == "slow") && keys.iter().any(|key| key == "errors"),
        "{keys:?}"
    );
    // They are hidden indeed: all else that tells of faults says nothing.
    assert!(!told.frame(0).marks.is_empty());
    assert!(hidden.frame(0).marks.is_empty());
}

/// What the source of the story must not know.
#[test]
fn its_source_knows_no_plan_and_no_fault() {
    let words = [
        "Fault",
        "trouble",
        "planned",
        "crate::simulation",
        "recovery::",
        "Scenario::",
        "scenario::fault",
    ];
    let mut files = 0;
    for (name, text) in tidy::sources() {
        let of = name.starts_with("sim/src/story") || name.ends_with("sim/src/meter/reading.rs");
        if !of {
            continue;
        }
        files += 1;
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in words {
                assert!(!line.contains(word), "{name} must not know {word}: {line}");
            }
        }
    }
    assert!(files >= 10, "only {files} files found");
}

/// A copy tells on as the original does, and time cut otherwise tells the same.
#[test]
fn a_copy_tells_the_same_story() {
    let board = Scenario::load(BOARD).unwrap();
    let end = Time::ZERO + Span::secs(60);
    let mut whole = Simulation::new(&board);
    whole.run_until(end);
    let mut cut = Simulation::new(&board);
    for part in 1..=240 {
        cut.run_until(Time::ZERO + Span::millis(part * 250));
        if part % 60 == 17 {
            cut = cut.clone();
        }
    }
    assert_eq!(whole.story().account(), cut.story().account());
    assert_eq!(whole.story().revision(), cut.story().revision());
    assert!(!whole.story().account().chapters.is_empty());
}

/// A reader that goes back in time gets what is told there, and nothing twice.
#[test]
fn a_reader_is_told_what_is_new_to_it() {
    let board = Scenario::load(BOARD).unwrap();
    let mut sim = Simulation::new(&board);
    let mut known = None;
    assert!(
        sim.story().news(&mut known).is_some(),
        "that there is nothing is news once"
    );
    sim.run_until(Time::ZERO + Span::secs(19));
    assert!(sim.story().news(&mut known).is_none());
    let checkpoint = sim.clone();
    sim.run_until(Time::ZERO + Span::secs(29));
    let told = sim.story().news(&mut known).unwrap();
    assert!(!told.chapters.is_empty());
    assert!(sim.story().news(&mut known).is_none());
    let back = checkpoint.story().news(&mut known).unwrap();
    assert!(back.chapters.is_empty());
}
