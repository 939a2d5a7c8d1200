//! Scenario files: reading with a clear error, writing without what is at its default.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::error::Category;

use super::{Client, Edge, NodeId, NodeKind, Problem, Scenario, Service};

/// The version that this program writes.
pub const VERSION: u32 = 1;

/// The longest file that is read, in bytes: far above any board, far below what would stall a page.
pub const LONGEST_FILE: usize = 4 << 20;

/// Turns a file of version `n + 1` into one of version `n + 2`; version 1 is the first.
const UPGRADES: [fn(Value) -> Value; VERSION as usize - 1] = [];

/// Why a scenario file cannot be read: what, where in the file, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It is not JSON.
    #[error(
        "line {line}, column {column}: this is not valid JSON ({what}). Check the brackets, commas and quotes before this place"
    )]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser met.
        what: String,
    },
    /// A newer program wrote it.
    #[error(
        "version: the file is of version {found}, this program knows versions up to {VERSION}. Reload the page or update the program"
    )]
    Newer {
        /// The version in the file.
        found: u32,
    },
    /// It does not fit the format.
    #[error("{path}: {what}. `tailback schema` prints the format")]
    Misfit {
        /// Where, as a path in the file.
        path: String,
        /// What is wrong and what was expected.
        what: String,
    },
    /// Its parts do not fit each other.
    #[error("{}", problems(.0))]
    Broken(Vec<Problem>),
    /// It is too long to be a scenario.
    #[error("the file has {0} bytes; a scenario has at most {LONGEST_FILE}")]
    TooLong(usize),
}

fn problems(all: &[Problem]) -> String {
    let lines: Vec<String> = all
        .iter()
        .map(|p| format!("{}: {}", p.path, p.what))
        .collect();
    lines.join("\n")
}

impl Scenario {
    /// Reads a scenario file of any version up to this program's.
    ///
    /// # Errors
    /// Says what is wrong, where in the file, and what to do.
    pub fn load(text: &str) -> Result<Scenario, LoadError> {
        if text.len() > LONGEST_FILE {
            return Err(LoadError::TooLong(text.len()));
        }
        let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => at_line(&error),
            Category::Io | Category::Syntax | Category::Eof => LoadError::NotJson {
                line: error.line(),
                column: error.column(),
                what: strip_place(&error.to_string()),
            },
        })?;
        if head.version > VERSION {
            return Err(LoadError::Newer {
                found: head.version,
            });
        }
        let mut scenario = if head.version == VERSION {
            typed(text)?
        } else {
            typed(&upgraded(text, head.version)?)?
        };
        scenario.version = VERSION;
        let problems = scenario.problems();
        if problems.is_empty() {
            Ok(scenario)
        } else {
            Err(LoadError::Broken(problems))
        }
    }

    /// The file of this scenario: settings that are at their default are left out.
    pub fn save(&self) -> String {
        let mut file = value(self);
        let shape = value(&Scenario::default());
        prune(&mut file, &shape);
        file["version"] = VERSION.into();
        for (part, slim) in [("nodes", slim_node as fn(&mut Value)), ("edges", slim_edge)] {
            if let Some(Value::Object(all)) = file.get_mut(part) {
                for one in all.values_mut() {
                    slim(one);
                }
            }
        }
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }
}

/// What is read of a file before its version is known.
#[derive(Deserialize)]
struct Head {
    #[serde(default = "current")]
    version: u32,
}

fn current() -> u32 {
    VERSION
}

/// The text of an old file, brought up to the current version step by step.
fn upgraded(text: &str, version: u32) -> Result<String, LoadError> {
    let old = version.max(1) as usize;
    let value: Value = serde_json::from_str(text).map_err(|error| at_line(&error))?;
    let value = UPGRADES
        .iter()
        .skip(old - 1)
        .fold(value, |value, upgrade| upgrade(value));
    Ok(value.to_string())
}

/// An error that knows its line and no more.
fn at_line(error: &serde_json::Error) -> LoadError {
    LoadError::Misfit {
        path: format!("line {}, column {}", error.line(), error.column()),
        what: strip_place(&error.to_string()),
    }
}

/// Reads the current version's types; an error knows its path.
#[cfg(feature = "paths")]
fn typed(text: &str) -> Result<Scenario, LoadError> {
    let mut from = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." => "the file".to_owned(),
            path => path,
        };
        LoadError::Misfit {
            path,
            what: strip_place(&error.inner().to_string()),
        }
    })
}

/// Reads the current version's types; an error knows its line.
#[cfg(not(feature = "paths"))]
fn typed(text: &str) -> Result<Scenario, LoadError> {
    serde_json::from_str(text).map_err(|error| at_line(&error))
}

/// An error's text without serde's "at line 3 column 7": the path says it better.
fn strip_place(text: &str) -> String {
    text.rfind(" at line ")
        .map_or(text, |place| &text[..place])
        .to_owned()
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

fn slim_node(node: &mut Value) {
    for (kind, shape) in [
        ("client", value(&NodeKind::Client(Client::default()))),
        ("service", value(&NodeKind::Service(Service::default()))),
    ] {
        if let Some(settings) = node["kind"].get_mut(kind) {
            prune(settings, &shape[kind]);
        }
    }
}

fn slim_edge(edge: &mut Value) {
    let ends = NodeId::fresh("", |_| false);
    let mut shape = value(&Edge::new(ends.clone(), ends));
    // The ends have no default: never left out.
    shape["from"] = Value::Null;
    shape["to"] = Value::Null;
    prune(edge, &shape);
}

/// Takes out of an object what is the same in another one, going into objects that both have.
fn prune(of: &mut Value, shape: &Value) {
    let (Value::Object(of), Value::Object(shape)) = (of, shape) else {
        return;
    };
    of.retain(|key, value| shape.get(key) != Some(value));
    for (key, value) in of.iter_mut() {
        // A distribution is one value: half of it would not be readable.
        if !matches!(key.as_str(), "before" | "after" | "latency")
            && let Some(shape) = shape.get(key)
        {
            prune(value, shape);
        }
    }
}
