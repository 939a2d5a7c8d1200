//! `tailback run --set`.

use serde_json::Value;

use crate::ask::{json, refused, written};

fn run(settings: &[&str]) -> Value {
    let mut words = vec!["run", "shop", "--for", "5s", "--json"];
    words.extend(settings.iter().flat_map(|setting| ["--set", *setting]));
    json(&words)
}

fn digest(settings: &[&str]) -> String {
    run(settings)["digest"].as_str().unwrap().to_owned()
}

#[test]
fn a_setting_changes_the_run_and_nothing_else_does() {
    let plain = digest(&[]);
    assert_eq!(digest(&["seed=7"]), plain, "7 is the seed of the file");
    assert_ne!(digest(&["seed=8"]), plain);
    assert_eq!(run(&["seed=8"])["seed"], 8);
    assert_ne!(digest(&["nodes.database.before.exponential=40ms"]), plain);
    assert_eq!(run(&["name=Another shop"])["name"], "Another shop");
    assert_eq!(run(&["name=Another shop"])["digest"], plain.as_str());
}

#[test]
fn the_kind_of_a_node_may_be_left_out() {
    let long = digest(&["nodes.database.kind.service.threads=2"]);
    assert_eq!(digest(&["nodes.database.threads=2"]), long);
    assert_ne!(long, digest(&[]));
    let long = digest(&["nodes.shoppers.kind.client.rate=300"]);
    assert_eq!(digest(&["nodes.shoppers.rate=300"]), long);
}

#[test]
fn settings_act_in_their_order_and_the_seed_option_after_them() {
    let two = digest(&["nodes.database.threads=2"]);
    let changed_back = ["nodes.database.threads=1", "nodes.database.threads=2"];
    assert_eq!(digest(&changed_back), two);
    let words = [
        "run", "shop", "--for", "1s", "--json", "--set", "seed=8", "--seed", "9",
    ];
    assert_eq!(json(&words)["seed"], 9);
}

#[test]
fn a_policy_is_reached_by_its_place() {
    let list = r#"edges.shoppers-gateway.policies=[{"retry": {}}, {"timeout": {"after": "9s"}}]"#;
    let reached = digest(&[list, "edges.shoppers-gateway.policies[1].timeout.after=5ms"]);
    let whole = list.replace("9s", "5ms");
    assert_eq!(reached, digest(&[&whole]));
    assert_ne!(reached, digest(&[list]));
}

#[test]
fn what_leads_nowhere_is_refused_with_its_path() {
    let list = r#"edges.shoppers-gateway.policies=[{"retry": {}}]"#;
    for (setting, told) in [
        (
            "nodes.databse.threads=3",
            "nodes.databse.threads: there is no node \"databse\"; there are: ",
        ),
        (
            "edges.a-b.mode=async",
            "edges.a-b.mode: there is no edge \"a-b\"; there are: ",
        ),
        (
            "seed.x=1",
            "seed.x: seed is a number, so nothing can be set in it",
        ),
        (
            "seed[0]=1",
            "seed[0]: seed is a number, not a list, so it has no [0]",
        ),
        (
            "nodes.database.thread=3",
            "nodes.database.kind.service.thread: unknown field `thread`",
        ),
        ("colour=red", "colour: unknown field `colour`"),
        (
            "nodes.database.threads=0",
            "nodes.database.kind.service.threads: 0 is outside 1 to 10000",
        ),
        (
            "nodes.database.threads=some",
            "nodes.database.kind.service.threads: invalid value",
        ),
        (
            "edges.shoppers-gateway.policies[1].retry.attempts=2",
            "policies has one entry, [0]; there is no [1]",
        ),
        (
            "edges.shoppers-gateway.policies.retry.attempts=2",
            "edges.shoppers-gateway.policies is a list; say which entry",
        ),
        (
            "edges.shoppers-gateway.policies[0].timeout.after=2s",
            "policies[0] is retry, not timeout; to change that set the whole of it",
        ),
        (
            "nodes.database.kind.client.rate=2",
            "nodes.database.kind is service, not client; to change that",
        ),
        (
            "faults[0].start=5s",
            "faults[0].start: faults has no entries, so there is no [0]",
        ),
    ] {
        let error = refused(&["run", "shop", "--set", list, "--set", setting]);
        assert!(
            error.starts_with("shop: ") && error.contains(told),
            "{setting}: {error}"
        );
    }
}

#[test]
fn what_is_no_setting_says_how_it_is_written() {
    for (setting, told) in [
        ("seed", "a setting is written path=value"),
        ("=7", "has an empty part"),
        ("nodes..threads=7", "has an empty part"),
        ("faults[x].start=1s", "a place in a list is written [0]"),
        ("faults[0=1s", "a place in a list is written [0]"),
        ("faults[0]x=1s", "a place in a list is written [0]"),
    ] {
        let error = refused(&["run", "shop", "--set", setting]);
        assert!(error.contains(told), "{setting}: {error}");
    }
}

/// It acts before the file is checked.
#[test]
fn a_setting_can_mend_a_file_but_not_one_that_cannot_be_read() {
    let text = r#"{"nodes": {"a": {"kind": {"service": {"threads": 0}}}}}"#;
    let file = written("mended.json", text);
    assert!(refused(&["run", &file]).contains("0 is outside"));
    json(&["run", &file, "--json", "--set", "nodes.a.threads=1"]);

    let file = written("doubled.json", r#"{"seed": 1, "seed": 2}"#);
    let plain = refused(&["run", &file]);
    assert_eq!(refused(&["run", &file, "--set", "name=x"]), plain);
    let file = written("cut.json", "{");
    let told = refused(&["run", &file, "--set", "name=x"]);
    assert!(
        told.contains("line 1, column 1: this is not valid JSON"),
        "{told}"
    );
    let file = written("list.json", "[]");
    let told = refused(&["run", &file, "--set", "name=x"]);
    assert!(told.contains("the file is a list"), "{told}");
}
