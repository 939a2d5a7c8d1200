//! Whatever is read: it is refused with words, or it is whole. Nothing that a person can hand over makes a panic.
//!
//! The same texts every time, so that a change is judged by what it changes; `crate/fuzz` searches on for long. Random
//! texts rarely get past the first bracket, so most are files of ours with something changed in them.

#![cfg(not(target_arch = "wasm32"))]

use lessons::PRESETS;
use lessons::experiment::{EXPERIMENTS, Experiment, Expression};
use lessons::setting::{self, Setting, Unset};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use sim::scenario::tables;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

/// Texts that mean something somewhere.
fn words() -> Vec<String> {
    let fixed = [
        "null",
        "true",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "0",
        "1",
        "0.5",
        "1e308",
        "-0",
        "99999999999999999999",
        "\"1ms\"",
        "\"unbounded\"",
        "\"1e9h\"",
        "\"-3s\"",
        "\"64MiB\"",
        "\"\\u0000\"",
        "{\"exponential\":\"5ms\"}",
        "{\"pareto\":{\"mean\":\"1s\",\"shape\":1}}",
        "{\"discrete\":[]}",
        "{\"trace\":[{\"at\":\"0s\",\"factor\":1}]}",
        "sync",
        "async",
        "version",
        "nodes",
        "edges",
        "faults",
    ];
    let mut words: Vec<String> = fixed.map(String::from).to_vec();
    tables::every(&mut |row| {
        words.push(format!(
            "\"{}\"",
            row.key.rsplit('.').next().unwrap_or_default()
        ));
        words.push(row.written.to_string());
    });
    words
}

/// Files that are right.
fn files() -> Vec<String> {
    PRESETS
        .iter()
        .map(|preset| preset.file.to_owned())
        .collect()
}

/// One of these texts, some of it cut out and something else put in.
fn changed(texts: Vec<String>) -> impl Strategy<Value = String> {
    let cut = (
        any::<prop::sample::Index>(),
        0..40usize,
        prop::sample::select(words()),
    );
    (
        prop::sample::select(texts),
        prop::collection::vec(cut, 1..4),
    )
        .prop_map(|(text, cuts)| {
            let mut text: Vec<char> = text.chars().collect();
            for (at, long, word) in cuts {
                let from = at.index(text.len() + 1);
                let to = (from + long).min(text.len());
                text.splice(from..to, word.chars());
            }
            text.into_iter().collect()
        })
}

/// A file of ours whose values, one here and one there, are others.
fn other_values() -> impl Strategy<Value = String> {
    let values = words()
        .into_iter()
        .filter_map(|word| serde_json::from_str::<Value>(&word).ok());
    let values: Vec<Value> = values
        .chain([json!([[[[]]]]), json!(i64::MIN), json!(u64::MAX)])
        .collect();
    let change = (any::<prop::sample::Index>(), prop::sample::select(values));
    (
        prop::sample::select(files()),
        prop::collection::vec(change, 1..5),
    )
        .prop_map(|(file, changes)| {
            let mut file: Value = serde_json::from_str(&file).unwrap_or_default();
            for (at, value) in changes {
                let mut places = Vec::new();
                collect(&file, "", &mut places);
                if let Some(place) = (!places.is_empty()).then(|| at.get(&places))
                    && let Some(found) = file.pointer_mut(place)
                {
                    *found = value;
                }
            }
            file.to_string()
        })
}

fn collect(json: &Value, at: &str, places: &mut Vec<String>) {
    let mut into = |key: &str, part: &Value| {
        let place = format!("{at}/{key}");
        collect(part, &place, places);
        places.push(place);
    };
    match json {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(n, part)| into(&n.to_string(), part)),
        Value::Object(map) => map.iter().for_each(|(key, part)| into(key, part)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Reads a scenario: refused in words, or whole and fit to run.
fn scenario(text: &str) {
    match Scenario::load(text) {
        Err(error) => assert!(error.to_string().len() > 10, "{error}"),
        Ok(board) => {
            assert_eq!(Scenario::load(&board.save()).as_ref(), Ok(&board), "{text}");
            let mut sim = Simulation::new(&board);
            sim.run_slice(Time::ZERO + Span::secs(2), 3_000);
            assert_eq!(sim.audit(), Vec::<String>::new(), "{text}");
            sim.report();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_as_a_scenario(text in ".{0,200}") {
        scenario(&text);
    }

    #[test]
    fn a_changed_file_as_a_scenario(text in changed(files())) {
        scenario(&text);
    }

    #[test]
    fn a_file_with_other_values_as_a_scenario(text in other_values()) {
        scenario(&text);
    }

    #[test]
    fn any_setting(path in "[a-z.\\[\\]0-9=-]{0,40}", value in prop::sample::select(words())) {
        if let Ok(setting) = format!("{path}={value}").parse::<Setting>()
            && let Err(error) = setting::load(&files()[0], &[setting])
        {
            prop_assert!(error.to_string().len() > 10);
            let is_path = matches!(error, Unset::Path { .. });
            prop_assert!(is_path || !error.to_string().is_empty());
        }
    }

    #[test]
    fn a_setting_of_a_parameter(
        node in "[a-z]{1,9}|gateway|database",
        key in prop::sample::select(words()),
        value in prop::sample::select(words()),
    ) {
        let key = key.trim_matches('"').to_owned();
        if let Ok(setting) = format!("nodes.{node}.{key}={value}").parse::<Setting>()
            && let Ok(board) = setting::load(&files()[0], &[setting])
        {
            scenario(&board.save());
        }
    }

    #[test]
    fn any_expression(text in "[a-z0-9_.()+*/ \\[\\]-]{0,60}") {
        let report = json!({ "clients": [{ "id": "c", "good": 1.5 }], "system": { "a": null } });
        match Expression::read(&text) {
            Err(error) => prop_assert!(!error.is_empty()),
            Ok(of) => if let Err(error) = of.value(&report) {
                prop_assert!(!error.is_empty());
            },
        }
    }

    #[test]
    fn a_changed_experiment(
        text in changed(EXPERIMENTS.iter().map(|shipped| shipped.file.to_owned()).collect())
    ) {
        if let Err(error) = Experiment::read(&text) {
            prop_assert!(error.len() > 10);
        }
    }
}
