//! `tailback validate`.

use serde_json::{Value, json};

use crate::ask::{self, printed, refused, tailback, written};

/// An experiment of one figure: a client without a service sends so many requests a second.
fn experiment(expected: f64, what: &str) -> Value {
    json!({
        "id": "X1",
        "title": "Requests at equal gaps",
        "formula": "one over the gap",
        "source": "none",
        "scenario": {
            "nodes": {
                "users": {"kind": {"client": {"rate": 20, "arrivals": "constant"}}},
                "a": {"kind": {"service": {"before": {"constant": "1ms"}}}}
            },
            "edges": {"users-a": {"from": "users", "to": "a", "latency": {"constant": "0s"}}}
        },
        "run": {"for": "10s", "warmup": "1s", "seeds": 2},
        "expect": [
            {"name": "rate", "what": what, "expected": expected, "tol_rel": 0.01, "kind": "exact"}
        ]
    })
}

const RATE: &str = "clients.users.offered / (to_s - from_s)";

fn file(name: &str, experiment: &Value) -> String {
    written(name, &experiment.to_string())
}

#[test]
fn figures_within_their_tolerance_are_ok() {
    let text = printed(&["validate", &file("holds.json", &experiment(20.1, RATE))]);
    assert!(
        text.starts_with("X1 · Requests at equal gaps · 2 seeds of 10s after 1s\n"),
        "{text}"
    );
    let row = text.lines().find(|line| line.starts_with("rate")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells, ["rate", "20.1", "20", "-0.5", "%", "1", "%", "ok"]);
    assert!(
        text.ends_with("\n\n1 experiments, 1 figures: 1 ok, 0 FAILED\n"),
        "{text}"
    );
}

#[test]
fn a_figure_outside_its_tolerance_is_told_and_is_exit_code_one() {
    let answer = tailback(&["validate", &file("fails.json", &experiment(21.0, RATE))]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("FAILED  X1: rate\n"), "{}", answer.out);
    assert!(answer.out.ends_with("0 ok, 1 FAILED\n"), "{}", answer.out);
    assert!(
        answer
            .told
            .ends_with("one figure is outside its tolerance\n"),
        "{}",
        answer.told
    );
}

#[test]
fn a_figure_that_is_not_measured_has_failed() {
    let what = "clients.users.staleness.mean_ms";
    let answer = tailback(&["validate", &file("nothing.json", &experiment(1.0, what))]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("not measured"), "{}", answer.out);
}

#[test]
fn json_has_every_figure_with_its_expression() {
    let path = file("figures.json", &experiment(21.0, RATE));
    let answer = tailback(&["validate", "--json", &path]);
    assert_eq!(answer.code, 1, "also then");
    let all: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!((&all["ok"], &all["failed"]), (&json!(0), &json!(1)));
    let row = &all["experiments"][0]["figures"][0];
    assert_eq!(
        (&row["what"], &row["verdict"]),
        (&json!(RATE), &json!("failed"))
    );
    assert_eq!((&row["measured"], &row["seeds"]), (&json!(20.0), &json!(2)));
}

#[test]
fn deterministic_experiments_hold_to_the_digit() {
    let all = ask::json(&["validate", "r10C", "--json", "--quick"]);
    let figures = all["experiments"][0]["figures"].as_array().unwrap();
    let measured: Vec<&Value> = figures.iter().map(|row| &row["measured"]).collect();
    assert_eq!(measured, [&json!(64.0), &json!(27.0), &json!(243.0)]);
    assert!(figures.iter().all(|row| row["verdict"] == "ok"));
}

#[test]
fn a_family_is_all_of_its_experiments_in_their_order() {
    let text = printed(&["validate", "--quick", "R10"]);
    let heads: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" · "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(heads, ["R10a", "R10b", "R10c"]);
    for line in text.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}

#[test]
fn what_cannot_be_run_is_refused() {
    let told = refused(&["validate", "R99"]);
    assert!(
        told.starts_with("there is no experiment \"R99\"; there are: R01, R03"),
        "{told}"
    );
    assert!(refused(&["validate", "nowhere.json"]).starts_with("nowhere.json: "));
    for (name, change, expected) in [
        (
            "path.json",
            json!({"expect": [{"name": "r", "what": "clients.user.ok", "expected": 1, "kind": "exact"}]}),
            "X1: r: clients.user.ok: clients has no \"user\"; it has: users",
        ),
        (
            "sum.json",
            json!({"expect": [{"name": "r", "what": "1 +", "expected": 1, "kind": "exact"}]}),
            "X1: r: \"1 +\", character 4: expected",
        ),
        (
            "run.json",
            json!({"run": {"seeds": 1}}),
            "X1: run: say how long",
        ),
        (
            "key.json",
            json!({"colour": 1}),
            "this is no experiment: unknown field `colour`",
        ),
        (
            "set.json",
            json!({"variants": [{"name": "v", "set": ["nodes.b.threads=1"]}]}),
            "X1, v: nodes.b.threads: there is no node \"b\"",
        ),
        (
            "tolerance.json",
            json!({"expect": [{"name": "r", "what": "to_s", "expected": 1, "tol_abs": 1, "tol_rel": 1, "kind": "exact"}]}),
            "X1: r: tol_abs and tol_rel exclude each other",
        ),
        (
            "silent.json",
            json!({"run": {"requests": 10, "seeds": 1}, "variants": [{"name": "v", "set": ["nodes.users.rate=0"]}]}),
            "X1, v: run.requests: its clients have a rate of 0",
        ),
    ] {
        let mut changed = experiment(20.0, RATE);
        for (key, value) in change.as_object().unwrap() {
            changed[key] = value.clone();
        }
        let told = refused(&["validate", &file(name, &changed)]);
        assert!(told.contains(expected), "{name}: {told}");
    }
}
