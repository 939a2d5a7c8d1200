//! Settings by path: `nodes.database.threads=32` puts a value into a scenario's JSON before it is read.
//!
//! The path is the one that errors name. The level `kind.service` of a node may be left out. A value is
//! JSON where it can be read as such and else a text, so that `250ms` and `unbounded` need no quotes.

mod strict;

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use sim::Scenario;
use sim::field::Control;
use sim::scenario::{LoadError, tables};

/// A value and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    path: Vec<Step>,
    value: Value,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Into an object.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// Why there is no scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unset {
    /// A setting has no place in the file.
    Path {
        /// The path that leads nowhere.
        path: String,
        /// What stands in its way, and what to do.
        what: String,
    },
    /// With all settings in their places the file cannot be read.
    File(LoadError),
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unset::Path { path, what } => write!(f, "{path}: {what}"),
            Unset::File(error) => error.fmt(f),
        }
    }
}

/// Reads a scenario after these settings have been put into its text, one after the other.
///
/// # Errors
/// Says which path leads nowhere, or what is wrong with the file as it is then.
pub fn load(text: &str, settings: &[Setting]) -> Result<Scenario, Unset> {
    if settings.is_empty() {
        return Scenario::load(text).map_err(Unset::File);
    }
    let mut file = match strict::read(text) {
        Ok(file) => file,
        // The loader knows better how to tell what is wrong.
        Err(what) => {
            return Err(match Scenario::load(text) {
                Err(error) => Unset::File(error),
                Ok(_) => Unset::Path {
                    path: "the file".into(),
                    what,
                },
            });
        }
    };
    for setting in settings {
        setting.put(&mut file)?;
    }
    Scenario::load(&file.to_string()).map_err(Unset::File)
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text.split_once('=').ok_or(
            "a setting is written path=value, such as nodes.database.threads=32".to_owned(),
        )?;
        let value = value.trim();
        Setting::of(
            path.trim(),
            strict::read(value).unwrap_or_else(|_| value.into()),
        )
    }
}

/// The steps of a path such as `edges.a-b.policies[0].retry.attempts`.
fn steps(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() {
            return Err(format!(
                "the path \"{path}\" has an empty part; write it as in nodes.database.threads=32"
            ));
        }
        steps.push(Step::Key(key.into()));
        while !rest.is_empty() {
            let place = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let number = place.and_then(|(number, after)| Some((number.parse().ok()?, after)));
            let Some((number, after)) = number else {
                return Err(format!(
                    "the path \"{path}\": a place in a list is written [0], [1] and so on"
                ));
            };
            steps.push(Step::Index(number));
            rest = after;
        }
    }
    Ok(steps)
}

impl Setting {
    /// A value and the path to its place.
    ///
    /// # Errors
    /// Says what is wrong with the path.
    pub fn of(path: &str, value: Value) -> Result<Setting, String> {
        Ok(Setting {
            path: steps(path)?,
            value,
        })
    }

    /// Puts the value into its place; objects on the way that are not there yet are made.
    ///
    /// # Errors
    /// Says what stands in the way.
    pub fn put(&self, file: &mut Value) -> Result<(), Unset> {
        let path = in_full(&self.path, file);
        let refuse = |what| Unset::Path {
            path: told(&path),
            what,
        };
        known(&path, file).map_err(refuse)?;
        let whole = whole_values();
        let mut at = file;
        for (place, step) in path.iter().enumerate() {
            let so_far = &path[..place];
            at = match step {
                Step::Key(key) => {
                    let object = object(at, so_far).map_err(refuse)?;
                    one_kind(object, key, so_far).map_err(refuse)?;
                    // A distribution is one value: another word replaces it.
                    if matches!(so_far.last(), Some(Step::Key(of)) if whole.contains(&of.as_str()))
                        && !object.contains_key(key)
                    {
                        object.clear();
                    }
                    object.entry(key.clone()).or_insert(Value::Null)
                }
                Step::Index(index) => entry(at, *index, so_far).map_err(refuse)?,
            };
        }
        *at = self.value.clone();
        Ok(())
    }
}

/// The path with the level of a node's kind, `kind.service`, where it was left out.
fn in_full(path: &[Step], file: &Value) -> Vec<Step> {
    let mut full = path.to_vec();
    if let [Step::Key(nodes), Step::Key(id), Step::Key(key), ..] = path
        && nodes == "nodes"
        && !["name", "at", "kind"].contains(&key.as_str())
        && let Some(kind) = file["nodes"][id.as_str()]["kind"].as_object()
        && let Some(word) = kind.keys().next()
    {
        full.splice(2..2, ["kind", word].map(|key| Step::Key(key.to_owned())));
    }
    full
}

/// Whether the node or the edge that a path leads into is there. Making it would hide a slip of the pen.
fn known(path: &[Step], file: &Value) -> Result<(), String> {
    let [Step::Key(part), Step::Key(id), _, ..] = path else {
        return Ok(());
    };
    if !["nodes", "edges"].contains(&part.as_str()) || file[part.as_str()].get(id).is_some() {
        return Ok(());
    }
    let ids = file[part.as_str()].as_object().map(|all| {
        let ids: Vec<&str> = all.keys().map(String::as_str).collect();
        ids.join(", ")
    });
    let one = &part[..part.len() - 1];
    Err(match ids.filter(|ids| !ids.is_empty()) {
        Some(ids) => format!("there is no {one} \"{id}\"; there are: {ids}"),
        None => format!("there is no {one} \"{id}\", nor any other"),
    })
}

/// The keys of parameters whose value is one word with its settings: a distribution, a profile.
fn whole_values() -> Vec<&'static str> {
    let mut keys = Vec::new();
    tables::every(&mut |row| {
        if matches!(
            row.control,
            Control::Dist(..) | Control::MaybeDist(..) | Control::Profile
        ) {
            keys.extend(row.key.rsplit('.').next());
        }
    });
    keys
}

/// The object to step into; made where there is nothing.
fn object<'a>(at: &'a mut Value, path: &[Step]) -> Result<&'a mut Map<String, Value>, String> {
    if at.is_null() {
        *at = Value::Object(Map::new());
    }
    let is = sort(at);
    match at {
        Value::Object(object) => Ok(object),
        Value::Array(_) => Err(format!(
            "{0} is a list; say which entry, such as {0}[0]",
            told(path)
        )),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(format!(
            "{} is {is}, so nothing can be set in it",
            told(path)
        )),
    }
}

/// A kind and a policy are one word with its settings: another word beside it would be a second kind.
fn one_kind(object: &Map<String, Value>, key: &str, path: &[Step]) -> Result<(), String> {
    let is_one = match path {
        [.., Step::Key(of)] => of == "kind",
        [.., Step::Key(of), Step::Index(_)] => of == "policies",
        _ => false,
    };
    match object.keys().next() {
        Some(word) if is_one && word != key => Err(format!(
            "{0} is {word}, not {key}; to change that set the whole of it, {0}={{\"{key}\": {{}}}}",
            told(path)
        )),
        _ => Ok(()),
    }
}

/// The entry of a list to step into.
fn entry<'a>(at: &'a mut Value, index: usize, path: &[Step]) -> Result<&'a mut Value, String> {
    let (is, here) = (sort(at), told(path));
    let empty = format!("{here} has no entries, so there is no [{index}]; set the whole list");
    let list = match at {
        Value::Array(list) => list,
        Value::Null => return Err(empty),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            return Err(format!(
                "{here} is {is}, not a list, so it has no [{index}]"
            ));
        }
    };
    let count = list.len();
    list.get_mut(index).ok_or_else(|| match count {
        0 => empty,
        1 => format!("{here} has one entry, [0]; there is no [{index}]"),
        _ => format!(
            "{here} has the entries [0] to [{}]; there is no [{index}]",
            count - 1
        ),
    })
}

/// What a value is, in words.
const fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "not there",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A path as people write it.
fn told(path: &[Step]) -> String {
    let parts = path.iter().enumerate().map(|(place, step)| match step {
        Step::Key(key) if place == 0 => key.clone(),
        Step::Key(key) => format!(".{key}"),
        Step::Index(index) => format!("[{index}]"),
    });
    let text: String = parts.collect();
    if text.is_empty() {
        "the file".into()
    } else {
        text
    }
}
