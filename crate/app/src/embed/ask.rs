//! What the page around asks for by message, and how it is answered. Version 1:
//!
//! `{ tailback: 1, id: 7, do: "set", values: { "nodes.database.threads": 32 } }` is answered with
//! `{ tailback: 1, id: 7, ok: true }`, or with `ok: false` and an `error` that says `what`, `where` and `fix`.

use lessons::{PRESETS, Preset, Setting};
use serde_json::{Map, Value, json};
use sim::Scenario;
use sim::scenario::{EdgeId, Fault, NodeId, Target};

use crate::share::Shared;
use crate::store::SPEEDS;

/// The version of messages that this page reads and writes.
const VERSION: u64 = 1;
/// Every word for `do`.
const DEEDS: &str = "load, play, pause, step, reset, speed, set, fault, heal, undo, figures, board";

/// A board that a message brings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bring {
    Preset(&'static str),
    Board(Box<Scenario>),
    Link(Box<Shared>),
}

/// What a message asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ask {
    Load(Bring),
    Play(bool),
    Step,
    Reset,
    Speed(usize),
    Set(Vec<Setting>),
    /// A fault, on or off.
    Fault(Fault, bool),
    /// Ends the clicked faults on one thing or on all.
    Heal(Option<Target>),
    Undo,
    Figures,
    Board,
}

/// Why a message is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) what: String,
    /// Where in the message, as a path.
    pub(crate) at: String,
    /// What to do.
    pub(crate) fix: String,
}

impl Wrong {
    pub(crate) fn new(at: &str, what: impl Into<String>, fix: impl Into<String>) -> Wrong {
        Wrong {
            what: what.into(),
            at: at.into(),
            fix: fix.into(),
        }
    }
}

/// The answer to a message.
pub(crate) fn answer(id: Option<&Value>, done: Result<Map<String, Value>, Wrong>) -> Value {
    let mut all = match done {
        Ok(mut all) => {
            all.insert("ok".into(), true.into());
            all
        }
        Err(Wrong { what, at, fix }) => {
            let error = json!({ "what": what, "where": at, "fix": fix });
            [("ok".to_owned(), false.into()), ("error".to_owned(), error)]
                .into_iter()
                .collect()
        }
    };
    all.insert("tailback".into(), VERSION.into());
    if let Some(id) = id {
        all.insert("id".into(), id.clone());
    }
    all.into()
}

/// Something that is told without being asked for, with one value.
pub(crate) fn event(name: &str, (key, value): (&str, Value)) -> Value {
    json!({ "tailback": VERSION, "event": name, key: value })
}

/// What a message asks for; nothing where it is not for this page.
pub(crate) fn read(message: &Value) -> Option<Result<Ask, Wrong>> {
    let version = message.get("tailback")?;
    if version.as_u64() != Some(VERSION) {
        return Some(Err(Wrong::new(
            "tailback",
            format!("the message is of version {version}; this page reads version {VERSION}"),
            "write tailback: 1",
        )));
    }
    Some(asked(message))
}

fn asked(message: &Value) -> Result<Ask, Wrong> {
    let Some(deed) = message["do"].as_str() else {
        return Err(Wrong::new(
            "do",
            "the message does not say what to do",
            format!("write one of {DEEDS}"),
        ));
    };
    let flag = |key: &str| match message.get(key) {
        None => Ok(true),
        Some(value) => value.as_bool().ok_or_else(|| {
            Wrong::new(
                key,
                format!("{value} is neither true nor false"),
                "write true or false",
            )
        }),
    };
    match deed {
        "load" => load(message).map(Ask::Load),
        "play" => Ok(Ask::Play(true)),
        "pause" => Ok(Ask::Play(false)),
        "step" => Ok(Ask::Step),
        "reset" => Ok(Ask::Reset),
        "undo" => Ok(Ask::Undo),
        "speed" => speed(&message["value"]).map(Ask::Speed),
        "set" => settings(&message["values"]).map(Ask::Set),
        "fault" => Ok(Ask::Fault(fault(message)?, flag("active")?)),
        "heal" => target(message).map(Ask::Heal),
        "figures" => Ok(Ask::Figures),
        "board" => Ok(Ask::Board),
        other => Err(Wrong::new(
            "do",
            format!("\u{201c}{other}\u{201d} is nothing that can be done"),
            format!("write one of {DEEDS}"),
        )),
    }
}

fn load(message: &Value) -> Result<Bring, Wrong> {
    if let Some(slug) = message["scenario"].as_str() {
        let found = Preset::find(slug).ok_or_else(|| {
            let slugs: Vec<&str> = PRESETS.iter().map(|preset| preset.slug).collect();
            Wrong::new(
                "scenario",
                format!("no scenario \u{201c}{slug}\u{201d} ships"),
                format!("take one of {}, or bring a board", slugs.join(", ")),
            )
        })?;
        return Ok(Bring::Preset(found.slug));
    }
    if let Some(link) = message["link"].as_str() {
        let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
        return match Shared::read(fragment) {
            Ok(Some(shared)) => Ok(Bring::Link(Box::new(shared))),
            Ok(None) => Err(Wrong::new(
                "link",
                "there is no board in it",
                "copy the whole link from the share dialog, or what follows its #",
            )),
            Err(error) => Err(Wrong::new(
                "link",
                error.to_string(),
                "send the link anew, or the board itself",
            )),
        };
    }
    let Some(board) = message.get("board") else {
        return Err(Wrong::new(
            "do",
            "the message does not say what to load",
            "add scenario with the name of one that ships, link with a share link, or board with a scenario file",
        ));
    };
    let text = board
        .as_str()
        .map_or_else(|| board.to_string(), str::to_owned);
    let board = Scenario::load(&text).map_err(|error| {
        Wrong::new(
            "board",
            error.to_string(),
            "set it right in the file: `tailback run FILE` says the same",
        )
    })?;
    Ok(Bring::Board(Box::new(board)))
}

fn speed(value: &Value) -> Result<usize, Wrong> {
    let place = value
        .as_f64()
        .and_then(|value| SPEEDS.iter().position(|speed| (speed - value).abs() < 1e-9));
    place.ok_or_else(|| {
        let speeds: Vec<String> = SPEEDS.iter().map(f64::to_string).collect();
        Wrong::new(
            "value",
            format!("{value} is no speed"),
            format!("write one of {}", speeds.join(", ")),
        )
    })
}

fn settings(values: &Value) -> Result<Vec<Setting>, Wrong> {
    let values = values.as_object().filter(|values| !values.is_empty());
    let values = values.ok_or_else(|| {
        Wrong::new(
            "values",
            "there are no values to set",
            "write an object of paths in the file and values, such as {\"nodes.database.threads\": 32}",
        )
    })?;
    let setting = |(path, value): (&String, &Value)| {
        Setting::of(path, value.clone()).map_err(|what| {
            Wrong::new(
                "values",
                what,
                "write the path as errors and the file name it",
            )
        })
    };
    values.iter().map(setting).collect()
}

fn fault(message: &Value) -> Result<Fault, Wrong> {
    let mut written = Map::new();
    for key in ["on", "edge", "kind"] {
        if let Some(value) = message.get(key) {
            written.insert(key.into(), value.clone());
        }
    }
    let fault: Fault =
        serde_json::from_str(&Value::from(written).to_string()).map_err(|error| {
            Wrong::new(
                "do",
                format!("the fault cannot be read: {error}"),
                "write it as in a file: on (a node) or edge, and kind, such as {\"slow\": 10}",
            )
        })?;
    fault
        .kind
        .check()
        .map_err(|what| Wrong::new("kind", what, "write a strength within these bounds"))?;
    Ok(fault)
}

/// The node or edge that a message names, if it names one.
fn target(message: &Value) -> Result<Option<Target>, Wrong> {
    let named = |key: &str| message.get(key).map(|id| id.as_str().unwrap_or_default());
    let no = |key: &str| {
        Wrong::new(
            key,
            "that is no id",
            "write an id as the board's file has it",
        )
    };
    if let Some(id) = named("on") {
        return NodeId::new(id)
            .map(|id| Some(id.into()))
            .ok_or_else(|| no("on"));
    }
    if let Some(id) = named("edge") {
        return EdgeId::new(id)
            .map(|id| Some(id.into()))
            .ok_or_else(|| no("edge"));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sim::scenario::FaultKind;
    use sim::units::Ratio;

    fn done(message: &Value) -> Ask {
        read(message).unwrap().unwrap()
    }

    fn wrong(message: &Value) -> Wrong {
        read(message).unwrap().unwrap_err()
    }

    #[test]
    fn messages_of_others_are_left_alone() {
        for message in [
            json!(null),
            json!("ping"),
            json!({ "type": "webpackOk" }),
            json!([1]),
        ] {
            assert_eq!(read(&message), None);
        }
    }

    #[test]
    fn every_deed_is_read() {
        let database = NodeId::new("database").unwrap();
        for (message, ask) in [
            (json!({"tailback": 1, "do": "play"}), Ask::Play(true)),
            (json!({"tailback": 1, "do": "pause"}), Ask::Play(false)),
            (json!({"tailback": 1, "do": "step"}), Ask::Step),
            (json!({"tailback": 1, "do": "reset"}), Ask::Reset),
            (json!({"tailback": 1, "do": "undo"}), Ask::Undo),
            (json!({"tailback": 1, "do": "figures"}), Ask::Figures),
            (json!({"tailback": 1, "do": "board"}), Ask::Board),
            (
                json!({"tailback": 1, "do": "speed", "value": 0.05}),
                Ask::Speed(0),
            ),
            (
                json!({"tailback": 1, "do": "load", "scenario": "spike"}),
                Ask::Load(Bring::Preset("spike")),
            ),
            (json!({"tailback": 1, "do": "heal"}), Ask::Heal(None)),
            (
                json!({"tailback": 1, "do": "heal", "on": "database"}),
                Ask::Heal(Some(database.clone().into())),
            ),
            (
                json!({"tailback": 1, "do": "fault", "on": "database", "kind": {"slow": 10}, "active": false}),
                Ask::Fault(
                    Fault {
                        on: database.into(),
                        kind: FaultKind::Slow(Ratio::whole(10)),
                    },
                    false,
                ),
            ),
            (
                json!({"tailback": 1, "do": "set", "values": {"seed": 9}}),
                Ask::Set(vec![Setting::of("seed", json!(9)).unwrap()]),
            ),
        ] {
            assert_eq!(done(&message), ask, "{message}");
        }
        let board = json!({"name": "Mine", "nodes": {}});
        let text = board.to_string();
        for board in [board, json!(text)] {
            let Ask::Load(Bring::Board(read)) =
                done(&json!({"tailback": 1, "do": "load", "board": board}))
            else {
                panic!("{board}");
            };
            assert_eq!(read.name, "Mine");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_a_way_out() {
        for (message, at, word) in [
            (
                json!({"tailback": 2, "do": "play"}),
                "tailback",
                "version 2",
            ),
            (json!({"tailback": 1}), "do", "what to do"),
            (json!({"tailback": 1, "do": "dance"}), "do", "dance"),
            (json!({"tailback": 1, "do": "load"}), "do", "what to load"),
            (
                json!({"tailback": 1, "do": "load", "scenario": "shoop"}),
                "scenario",
                "shoop",
            ),
            (
                json!({"tailback": 1, "do": "load", "link": "https://a.org/"}),
                "link",
                "no board",
            ),
            (
                json!({"tailback": 1, "do": "load", "link": "https://a.org/#s=9.a"}),
                "link",
                "version 9",
            ),
            (
                json!({"tailback": 1, "do": "load", "board": {"nodes": 3}}),
                "board",
                "ids as keys",
            ),
            (
                json!({"tailback": 1, "do": "speed", "value": 3}),
                "value",
                "3",
            ),
            (json!({"tailback": 1, "do": "set"}), "values", "no values"),
            (
                json!({"tailback": 1, "do": "set", "values": {"a..b": 1}}),
                "values",
                "a..b",
            ),
            (
                json!({"tailback": 1, "do": "fault", "on": "a", "kind": "sloow"}),
                "do",
                "sloow",
            ),
            (
                json!({"tailback": 1, "do": "fault", "on": "a", "kind": {"errors": 7}}),
                "kind",
                "1",
            ),
            (
                json!({"tailback": 1, "do": "fault", "on": "a", "kind": "hang", "active": 2}),
                "active",
                "2",
            ),
            (json!({"tailback": 1, "do": "heal", "on": 7}), "on", "no id"),
        ] {
            let error = wrong(&message);
            assert_eq!(error.at, at, "{message}: {error:?}");
            assert!(error.what.contains(word), "{message}: {error:?}");
            assert!(error.fix.len() > 10, "{message}: {error:?}");
        }
    }

    #[test]
    fn an_answer_carries_the_id_of_its_message() {
        let fine = answer(Some(&json!("a7")), Ok(Map::new()));
        assert_eq!(fine, json!({"tailback": 1, "id": "a7", "ok": true}));
        let bad = answer(None, Err(Wrong::new("do", "w", "f")));
        assert_eq!(
            bad,
            json!({"tailback": 1, "ok": false, "error": {"what": "w", "where": "do", "fix": "f"}})
        );
        assert_eq!(
            event("ready", ("name", json!("x"))),
            json!({"tailback": 1, "event": "ready", "name": "x"})
        );
    }

    proptest! {
        #[test]
        fn no_message_whatever_stops_the_page(deed in "[a-z]{0,8}|load|set|fault|heal|speed", key in "[a-z]{0,9}|values|board|on|kind", value in "[\\[\\]{}\":,a-z0-9. ]{0,40}") {
            let value: Value = serde_json::from_str(&value).unwrap_or(Value::String(value));
            let _ = read(&json!({"tailback": 1, "do": deed, key: value}));
        }
    }
}
