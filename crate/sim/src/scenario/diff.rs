//! Differences: what one board has otherwise than another, setting by setting, by their paths in files.

use serde::Serialize;
use serde_json::Value;

use super::id::NodeId;
use super::{Edge, Node, Scenario, Target};

/// A setting that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Whose setting it is; none: the scenario's own.
    pub on: Option<Target>,
    /// Its path within that, as in files; empty where the whole of it is on one board only.
    pub path: String,
    /// What the first board says, as in files; none where it has nothing there.
    pub a: Option<String>,
    /// What the second board says.
    pub b: Option<String>,
}

/// All differences that a run can see: names, descriptions and where cards stand are none.
pub fn differences(a: &Scenario, b: &Scenario) -> Vec<Difference> {
    let mut all = Vec::new();
    if a.seed != b.seed {
        let [a, b] = [a.seed, b.seed].map(|seed| Some(seed.to_string()));
        let path = "seed".into();
        all.push(Difference {
            on: None,
            path,
            a,
            b,
        });
    }
    for id in keys(a.nodes.keys(), b.nodes.keys()) {
        let [a, b] = [a, b].map(|board| board.nodes.get(id).map(node));
        compare(&mut all, &Target::Node(id.clone()), a, b);
    }
    for id in keys(a.edges.keys(), b.edges.keys()) {
        let [a, b] = [a, b].map(|board| board.edges.get(id).map(edge));
        compare(&mut all, &Target::Edge(id.clone()), a, b);
    }
    if a.faults != b.faults {
        let [a, b] = [a, b].map(|board| Some(count(board.faults.len(), "fault")));
        let path = "faults".into();
        all.push(Difference {
            on: None,
            path,
            a,
            b,
        });
    }
    all
}

/// Whether nodes and edges have the same settings.
pub(super) fn is_same(a: &Scenario, b: &Scenario) -> bool {
    let nodes = |board: &Scenario| -> Vec<(NodeId, Node)> {
        let plain = |(id, node): (&NodeId, &Node)| {
            let mut node = node.clone();
            (node.at, node.name) = (super::Point::default(), String::new());
            (id.clone(), node)
        };
        board.nodes.iter().map(plain).collect()
    };
    a.edges == b.edges && nodes(a) == nodes(b)
}

/// The ids of both, each once, in their order.
fn keys<'a, Id: Ord>(
    a: impl Iterator<Item = &'a Id>,
    b: impl Iterator<Item = &'a Id>,
) -> Vec<&'a Id> {
    let mut all: Vec<&Id> = a.chain(b).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a run can see of a node: the settings of its kind.
fn node(node: &Node) -> Value {
    let kind = serde_json::to_value(&node.kind).unwrap_or_default();
    // The level that names the kind says nothing where both have the same one.
    let inside = kind.as_object().and_then(|map| map.iter().next());
    let Some((word, settings)) = inside else {
        return kind;
    };
    let mut settings = settings.clone();
    settings["kind"] = word.as_str().into();
    settings
}

fn edge(edge: &Edge) -> Value {
    serde_json::to_value(edge).unwrap_or_default()
}

fn compare(all: &mut Vec<Difference>, on: &Target, a: Option<Value>, b: Option<Value>) {
    let mut found = |path: String, a: Option<String>, b: Option<String>| {
        let on = Some(on.clone());
        all.push(Difference { on, path, a, b });
    };
    match (a, b) {
        (Some(a), Some(b)) => walk(String::new(), Some(&a), Some(&b), &mut found),
        (a, b) => {
            let there = |it: Option<Value>| it.map(|_| "on the board".to_owned());
            found(String::new(), there(a), there(b));
        }
    }
}

type Found<'a> = dyn FnMut(String, Option<String>, Option<String>) + 'a;

/// Goes down both as far as both have the same shape.
fn walk(path: String, a: Option<&Value>, b: Option<&Value>, found: &mut Found<'_>) {
    if a == b {
        return;
    }
    match (a, b) {
        (Some(Value::Object(a)), Some(Value::Object(b)))
            if a.len() > 1 || b.len() > 1 || a.keys().eq(b.keys()) =>
        {
            for key in keys(a.keys(), b.keys()) {
                let deeper = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(deeper, a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for place in 0..a.len().max(b.len()) {
                walk(
                    format!("{path}[{place}]"),
                    a.get(place),
                    b.get(place),
                    found,
                );
            }
        }
        (a, b) => found(path, a.map(plain), b.map(plain)),
    }
}

/// A value as people read it: a text without its quotes, a part as compact JSON.
fn plain(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        return "none".into();
    }
    value.to_string()
}

fn count(n: usize, of: &str) -> String {
    format!("{n} {of}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Mode, NodeKind, Point};

    fn board() -> Scenario {
        Scenario::load(
            r#"{ "nodes": { "users": { "kind": { "client": { "rate": 80 } } },
                            "api": { "kind": { "service": { "threads": 4 } } } },
                 "edges": { "users-api": { "from": "users", "to": "api",
                                           "policies": [{ "timeout": { "after": "2s" } }] } } }"#,
        )
        .unwrap()
    }

    fn told(a: &Scenario, b: &Scenario) -> Vec<(String, String, String)> {
        let text = |side: Option<String>| side.unwrap_or_else(|| "-".into());
        differences(a, b)
            .into_iter()
            .map(|one| {
                let on = match one.on {
                    Some(Target::Node(id)) => format!("{id} "),
                    Some(Target::Edge(id)) => format!("{id} "),
                    None => String::new(),
                };
                (format!("{on}{}", one.path), text(one.a), text(one.b))
            })
            .collect()
    }

    fn row(path: &str, a: &str, b: &str) -> (String, String, String) {
        (path.into(), a.into(), b.into())
    }

    #[test]
    fn a_board_does_not_differ_from_itself_moved_and_renamed() {
        let (a, mut b) = (board(), board());
        let api = NodeId::new("api").unwrap();
        let node = b.nodes.get_mut(&api).unwrap();
        (node.at, node.name) = (Point { x: 9, y: 9 }, "Another name".into());
        b.name = "Another board".into();
        assert_eq!(told(&a, &b), vec![]);
        assert!(a.runs_like(&b));
    }

    #[test]
    fn each_setting_is_told_with_its_path_and_both_values() {
        let (a, mut b) = (board(), board());
        let edge = b.edges.values_mut().next().unwrap();
        edge.mode = Mode::Async;
        edge.policies.clear();
        let api = b.nodes.get_mut(&NodeId::new("api").unwrap()).unwrap();
        if let NodeKind::Service(service) = &mut api.kind {
            service.memory.restart = crate::units::Span::secs(9);
        }
        let told = told(&a, &b);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0].0, "api memory.restart");
        assert_eq!(told[0].2, "9s");
        assert_eq!(told[1], row("users-api mode", "sync", "async"));
        assert_eq!(told[2].0, "users-api policies[0]");
        assert!(told[2].1.contains("timeout"), "{told:?}");
        assert_eq!(told[2].2, "-");
        assert!(!a.runs_like(&b));
    }

    #[test]
    fn what_is_on_one_board_only_is_one_difference() {
        let (a, mut b) = (board(), board());
        b.seed = 9;
        b.edges.clear();
        b.nodes.remove(&NodeId::new("api").unwrap());
        assert_eq!(
            told(&a, &b),
            [
                row("seed", "1", "9"),
                row("api ", "on the board", "-"),
                row("users-api ", "on the board", "-"),
            ]
        );
    }
}
