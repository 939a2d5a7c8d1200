//! `path=value`: a setting changed in the text of a scenario, before it is checked.

use serde_json::{Map, Value};

/// Sets a value in a scenario file. The path is that of the file, `nodes.database.kind.service.threads`; the
/// level of the kind may be left out: `nodes.database.threads`. A value that is not JSON is a text: `250ms`.
pub(crate) fn set(file: &mut Value, path: &str, value: &str) -> Result<(), String> {
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    put(file, path, value)
}

/// The same with a value that is read already.
pub(crate) fn put(file: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let mut at = file;
    let mut done = String::new();
    let keys = keys(path)?;
    for (depth, key) in keys.iter().enumerate() {
        // nodes.<id>.<setting>: through the kind, where it is not said.
        let own = ["kind", "name", "at"].map(|part| Key::Name(part.into()));
        if depth == 2 && keys[0] == Key::Name("nodes".into()) && !own.contains(key) {
            at = settings(at);
        }
        at = step(at, key).map_err(|why| format!("--set {path}: {why} at \"{done}\""))?;
        if depth > 0 {
            done.push('.');
        }
        done.push_str(&key.to_string());
    }
    *at = value;
    Ok(())
}

/// The settings of a node: what stands under its kind, if it has one.
fn settings(node: &mut Value) -> &mut Value {
    let words = node["kind"].as_object();
    match words.and_then(|kind| kind.keys().next()).cloned() {
        Some(word) => &mut node["kind"][word],
        None => node,
    }
}

#[derive(PartialEq)]
enum Key {
    Name(String),
    Place(usize),
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Name(name) => f.write_str(name),
            Key::Place(place) => write!(f, "[{place}]"),
        }
    }
}

fn keys(path: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for part in path.split('.') {
        let (name, places) = part.split_once('[').unwrap_or((part, ""));
        if name.is_empty() {
            return Err(format!(
                "--set {path}: a part of the path is empty; write it as nodes.database.threads=32"
            ));
        }
        keys.push(Key::Name(name.to_owned()));
        for place in places.split('[').filter(|place| !place.is_empty()) {
            let place = place.strip_suffix(']').and_then(|n| n.parse().ok());
            keys.push(Key::Place(place.ok_or_else(|| {
                format!("--set {path}: write places in a list as policies[0]")
            })?));
        }
    }
    Ok(keys)
}

/// One step down; an object that is missing is made.
fn step<'a>(at: &'a mut Value, key: &Key) -> Result<&'a mut Value, String> {
    match key {
        Key::Name(name) => {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            at.as_object_mut()
                .map(|object| object.entry(name.clone()).or_insert(Value::Null))
                .ok_or_else(|| format!("there is nothing named \"{name}\""))
        }
        Key::Place(place) => {
            let list = at.as_array_mut().ok_or("there is no list")?;
            let length = list.len();
            list.get_mut(*place)
                .ok_or_else(|| format!("the list has {length} entries, not a place {place}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_kinds_lists_and_what_is_missing() {
        let mut file = json!({
            "nodes": {"a": {"kind": {"service": {"threads": 4}}}},
            "edges": {"c-a": {"policies": [{"retry": {}}]}}
        });
        for (path, value) in [
            ("nodes.a.threads", "8"),
            ("nodes.a.memory.limit", "1GiB"),
            ("nodes.a.name", "A"),
            ("edges.c-a.policies[0].retry.attempts", "5"),
            ("edges.c-a.latency", r#"{"constant": "3ms"}"#),
            ("seed", "7"),
        ] {
            set(&mut file, path, value).unwrap();
        }
        assert_eq!(
            file,
            json!({
                "nodes": {"a": {"name": "A", "kind": {"service": {"threads": 8, "memory": {"limit": "1GiB"}}}}},
                "edges": {"c-a": {"policies": [{"retry": {"attempts": 5}}], "latency": {"constant": "3ms"}}},
                "seed": 7
            })
        );
    }

    #[test]
    fn what_cannot_be_set_is_told_with_its_place() {
        let mut file = json!({"edges": {"c-a": {"policies": []}}, "seed": 1});
        for (path, told) in [
            ("edges.c-a.policies[0].retry", "0 entries"),
            ("seed.more", "nothing named \"more\""),
            ("edges..x", "is empty"),
            ("edges.c-a.policies[x]", "policies[0]"),
        ] {
            let why = set(&mut file, path, "1").unwrap_err();
            assert!(why.contains(told) && why.contains(path), "{why}");
        }
    }
}
