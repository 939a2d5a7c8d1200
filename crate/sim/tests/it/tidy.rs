//! Tidy: what the map in the README promises of the tree, checked.

use std::fs;
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rust_files(under: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(under).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

/// Every source file with its path from `crate/`.
pub fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    rust_files(&crates(), &mut files);
    let root = crates();
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// Lines of code and comment without the tests at the end.
fn length(text: &str) -> usize {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .count()
}

#[test]
fn every_file_says_what_it_is_and_is_one_idea_long() {
    let sources = sources();
    assert!(sources.len() > 50, "only {} files found", sources.len());
    for (name, text) in &sources {
        assert!(
            text.starts_with("//! "),
            "{name} does not open with a sentence on what it is"
        );
        let source = name.contains("/src/");
        assert!(
            !source || length(text) <= 420,
            "{name} has {} lines: two ideas?",
            length(text)
        );
    }
}

#[test]
fn imports_go_in_one_direction() {
    for (name, text) in sources() {
        let forbidden: &[&str] = match name.as_str() {
            n if n.starts_with("sim/src/scenario") => &[
                "crate::simulation",
                "crate::event",
                "crate::fact",
                "crate::meter",
                "crate::frame",
            ],
            n if n.starts_with("sim/src/policy") || n.starts_with("sim/src/broker") => &[
                "crate::scenario",
                "crate::simulation",
                "crate::event",
                "crate::fact",
            ],
            n if n.starts_with("sim/src/simulation/call.rs") => &[
                "super::service",
                "super::delivery",
                "super::client",
                "super::adopt",
            ],
            n if n.starts_with("sim/src/simulation/job.rs") => &[
                "super::service",
                "super::life",
                "super::delivery",
                "super::client",
                "super::adopt",
            ],
            n if n.starts_with("sim/src/simulation/service.rs") => &[
                "super::life",
                "super::delivery",
                "super::client",
                "super::adopt",
            ],
            n if n.starts_with("sim/src/simulation/delivery") => {
                &["super::client", "super::adopt", "super::trouble"]
            }
            n if n.starts_with("worker/src/runner.rs")
                || n.starts_with("worker/src/protocol.rs") =>
            {
                &["web_sys", "js_sys", "wasm_bindgen"]
            }
            n if n.starts_with("app/src/plot.rs") => &[],
            n if n.starts_with("app/src/") => &["plotters::", "plotters_backend"],
            _ => &[],
        };
        for word in forbidden {
            let uses = |line: &&str| !line.trim_start().starts_with("//") && line.contains(word);
            assert!(
                !text.lines().any(|line| uses(&line)),
                "{name} must not know {word}"
            );
        }
    }
}

/// The wall is a crate, not a promise: what the model may depend on.
#[test]
fn the_model_depends_on_no_browser_no_clock_and_no_chance() {
    let manifest = fs::read_to_string(crates().join("sim/Cargo.toml")).unwrap();
    let table = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let names: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split(['.', ' ']).next())
        .filter(|n| !n.is_empty())
        .collect();
    assert_eq!(
        names,
        [
            "libm",
            "schemars",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "slotmap",
            "thiserror"
        ]
    );
}

/// Every setting that files know has a row in a field table, so that the inspector and the swarm have it.
#[test]
fn every_setting_has_its_field() {
    use sim::broker::Queue;
    use sim::field::Field;
    use sim::policy::{Retry, Timeout};
    use sim::scenario::{Client, Edge, NodeId, Service};

    fn check<T: serde::Serialize>(value: &T, fields: &[Field<T>], apart: &[&str]) {
        let mut keys = Vec::new();
        let json = serde_json::to_value(value).unwrap();
        for (key, value) in json.as_object().unwrap() {
            match value.as_object() {
                Some(part)
                    if [
                        "memory",
                        "restart",
                        "readiness",
                        "liveness",
                        "burst",
                        "closed",
                        "cache",
                        "autoscale",
                        "shed",
                    ]
                    .contains(&key.as_str()) =>
                {
                    keys.extend(part.keys().map(|inner| format!("{key}.{inner}")));
                }
                _ => keys.push(key.clone()),
            }
        }
        keys.retain(|key| !apart.contains(&key.as_str()));
        let mut rows: Vec<String> = fields.iter().map(|field| field.key.to_owned()).collect();
        keys.sort();
        rows.sort();
        assert_eq!(keys, rows);
        for field in fields {
            assert!(
                !field.help.is_empty() && !field.source.is_empty(),
                "{}",
                field.key
            );
            assert_eq!(
                field.control.check(&(field.get)(value)),
                Ok(()),
                "default of {}",
                field.key
            );
        }
    }

    check(&Client::default(), Client::FIELDS, &[]);
    check(&Service::default(), Service::FIELDS, &[]);
    check(&Queue::default(), Queue::FIELDS, &[]);
    check(&sim::broker::Bus::default(), sim::broker::Bus::FIELDS, &[]);
    check(&sim::broker::Log::default(), sim::broker::Log::FIELDS, &[]);
    check(
        &sim::broker::Broker::default(),
        sim::broker::Broker::FIELDS,
        &[],
    );
    check(&Retry::default(), Retry::FIELDS, &[]);
    check(&Timeout::default(), Timeout::FIELDS, &[]);
    let end = |name: &str| NodeId::new(name).unwrap();
    // The ends are drawn, the policies and the queue have tables of their own.
    let edge = Edge::new(end("a"), end("b"));
    let apart = [
        "from", "to", "policies", "queue", "bus", "log", "outbox", "dedup",
    ];
    check(&edge, Edge::FIELDS, &apart);
    check(&edge.outbox, sim::broker::Outbox::FIELDS, &[]);
    check(&edge.dedup, sim::dedup::Dedup::FIELDS, &[]);
}
