//! Files: what is saved loads again, old versions too; a broken file says where and what to do.

use sim::Scenario;
use sim::scenario::LoadError;

const SHOP: &str = include_str!("../../../lessons/scenarios/shop.json");
/// A file of version 1, as it was written on the first day: it must load for ever.
const V1: &str = include_str!("saved/v1.json");

#[test]
fn what_is_saved_loads_again_and_is_saved_the_same() {
    for text in [SHOP, V1, "{}"] {
        let scenario = Scenario::load(text).unwrap();
        let saved = scenario.save();
        assert_eq!(Scenario::load(&saved).unwrap(), scenario);
        assert_eq!(Scenario::load(&saved).unwrap().save(), saved);
    }
}

#[test]
fn a_file_of_version_1_keeps_its_meaning() {
    let scenario = Scenario::load(V1).unwrap();
    assert_eq!(
        format!("{:016x}", crate::board::run(&scenario, 3, 5.0).digest()),
        "b445690fcc7e4e6e"
    );
}

#[test]
fn defaults_are_left_out_of_files() {
    let saved = Scenario::load(SHOP).unwrap().save();
    assert!(
        !saved.contains("delivery_limit") && !saved.contains("per_thread"),
        "{saved}"
    );
    assert!(saved.contains("\"mode\": \"async\""));
}

/// What a broken file says; each names the place in the file.
#[test]
fn a_broken_file_says_what_where_and_what_to_do() {
    let node = r#"{"a": {"kind": {"service": {}}}, "b": {"kind": {"service": {}}}}"#;
    for (text, expected) in [
        ("{", "line 1, column 1"),
        (r#"{"version": 9}"#, "version: the file is of version 9"),
        (r#"{"nods": {}}"#, "nods: unknown field `nods`"),
        (
            r#"{"nodes": {"a": {"kind": {"service": {"threds": 3}}}}}"#,
            "nodes.a.kind.service.threds",
        ),
        (
            r#"{"nodes": {"a": {"kind": {"service": {"threads": "many"}}}}}"#,
            "nodes.a.kind.service.threads: invalid value: string \"many\", expected a whole number or \"unbounded\"",
        ),
        (
            r#"{"nodes": {"a": {"kind": {"service": {"before": {"constant": "5"}}}}}}"#,
            "nodes.a.kind.service.before.constant: invalid value: string \"5\", expected a time with its unit",
        ),
        (
            r#"{"nodes": {"A b": {"kind": {"service": {}}}}}"#,
            "expected an id of 1 to 40 lower-case letters",
        ),
        (
            r#"{"nodes": {"a": {"kind": {"service": {}}}, "a": {"kind": {"service": {}}}}}"#,
            "the id \"a\" stands here twice",
        ),
        (
            r#"{"nodes": {"a": {"kind": {"service": {"threads": 0}}}}}"#,
            "nodes.a.kind.service.threads: 0 is outside 1 to 10000",
        ),
        (
            &format!(r#"{{"nodes": {node}, "edges": {{"e": {{"from": "a", "to": "x"}}}}}}"#),
            "edges.e.to: there is no node \"x\"",
        ),
        (
            &format!(
                r#"{{"nodes": {node}, "edges": {{"e": {{"from": "a", "to": "b", "policies": [{{"retry": {{"attempts": 0}}}}]}}}}}}"#
            ),
            "edges.e.policies[0].retry.attempts: 0 is outside 1 to 10",
        ),
        (
            &format!(
                r#"{{"nodes": {node}, "faults": [{{"on": "a", "kind": {{"spike": 2}}, "start": "1s"}}]}}"#
            ),
            "faults[0].kind: spike cannot befall a service",
        ),
    ] {
        let error = Scenario::load(text).expect_err(text).to_string();
        assert!(
            error.contains(expected),
            "{text}\n  says: {error}\n  not:  {expected}"
        );
    }
}

#[test]
fn a_file_made_to_be_huge_is_refused_unread() {
    let text = " ".repeat(sim::scenario::save::LONGEST_FILE + 1);
    assert!(matches!(Scenario::load(&text), Err(LoadError::TooLong(_))));
}

/// The schema describes what `load` reads: the shipped files name only properties that it knows.
#[test]
fn the_schema_knows_every_setting() {
    let schema = serde_json::to_string(&schemars::schema_for!(Scenario)).unwrap();
    for word in [
        "\"threads\"",
        "\"prefetch\"",
        "\"log_normal\"",
        "\"slow_share\"",
        "\"jitter\"",
        "\"effect_deadline\"",
    ] {
        assert!(schema.contains(word), "{word}");
    }
}
