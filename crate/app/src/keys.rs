//! Keys: one table of every key, its words and what it does. Tooltips and the list of keys are made of it.

use sim::scenario::Fault;

use crate::store::{Action, Arrange, Selection, Store, Way};

/// A key that does something.
pub(crate) struct Key {
    /// How it is written; alternatives stand apart by " or ".
    pub(crate) keys: &'static str,
    /// What it does.
    pub(crate) words: &'static str,
    /// The action, as things stand.
    act: fn(&Store) -> Option<Action>,
}

const fn key(keys: &'static str, words: &'static str, act: fn(&Store) -> Option<Action>) -> Key {
    Key { keys, words, act }
}

/// Every key, in groups.
pub(crate) const KEYS: &[(&str, &[Key])] = &[
    (
        "Run",
        &[
            key("Space or K", "Play or pause", |s| {
                Some(Action::Play(!s.playing))
            }),
            key(".", "Step: run the next event", |_| Some(Action::Step)),
            key("[", "Slower", |s| {
                Some(Action::Speed(s.speed.saturating_sub(1)))
            }),
            key("]", "Faster", |s| Some(Action::Speed(s.speed + 1))),
            key("Alt+R", "Reset to 0 s", |_| Some(Action::Reset)),
        ],
    ),
    (
        "Selection",
        &[
            key("S", "Switch the edge between sync and async", switch),
            key("X", "Fault on or off", fault),
            key("C", "Connect to another node", connect),
            key("Enter", "Go to the settings", |_| Some(Action::Enter)),
            key("Delete or Backspace", "Delete", |_| Some(Action::Delete)),
            key("Escape", "Cancel, then deselect", |_| Some(Action::Escape)),
        ],
    ),
    (
        "Several at once",
        &[
            key("Ctrl+A", "Select all", |_| Some(Action::SelectAll)),
            key("Ctrl+D", "Duplicate", |s| several(s, 1, Action::Duplicate)),
            // The browser's own events for these bring the clipboard along: see `app/clipboard.rs`.
            key("Ctrl+C", "Copy, as text", |_| None),
            key("Ctrl+X", "Cut", |_| None),
            key("Ctrl+V", "Paste", |_| None),
            key("Ctrl+Shift+ArrowUp", "Align in a row", |s| {
                several(s, 2, Action::Arrange(Arrange::Row))
            }),
            key("Ctrl+Shift+ArrowLeft", "Align in a column", |s| {
                several(s, 2, Action::Arrange(Arrange::Column))
            }),
            key("Ctrl+Shift+ArrowRight", "Spread evenly across", |s| {
                several(s, 3, Action::Arrange(Arrange::Across))
            }),
            key("Ctrl+Shift+ArrowDown", "Spread evenly downwards", |s| {
                several(s, 3, Action::Arrange(Arrange::Down))
            }),
        ],
    ),
    (
        "Board",
        &[
            key("A", "Add: go to the palette", |_| Some(Action::Palette)),
            key("ArrowLeft", "Nearest node to the left", |_| {
                Some(Action::Walk(Way::Left))
            }),
            key("ArrowRight", "Nearest node to the right", |_| {
                Some(Action::Walk(Way::Right))
            }),
            key("ArrowUp", "Nearest node above", |_| {
                Some(Action::Walk(Way::Up))
            }),
            key("ArrowDown", "Nearest node below", |_| {
                Some(Action::Walk(Way::Down))
            }),
            key("Shift+ArrowLeft", "Move to the left", |_| {
                Some(Action::Nudge(Way::Left))
            }),
            key("Shift+ArrowRight", "Move to the right", |_| {
                Some(Action::Nudge(Way::Right))
            }),
            key("Shift+ArrowUp", "Move up", |_| Some(Action::Nudge(Way::Up))),
            key("Shift+ArrowDown", "Move down", |_| {
                Some(Action::Nudge(Way::Down))
            }),
        ],
    ),
    (
        "View and history",
        &[
            key("Ctrl+Z", "Undo", |_| Some(Action::Undo)),
            key("Ctrl+Shift+Z or Ctrl+Y", "Redo", |_| Some(Action::Redo)),
            key("Shift+1", "Show the whole board", |_| Some(Action::Fit)),
            key("+", "Zoom in", |s| Some(zoom(s, 1.2))),
            key("-", "Zoom out", |s| Some(zoom(s, 1.0 / 1.2))),
            key("0", "Zoom to 100 %", |_| Some(Action::Actual)),
            key("?", "This list of keys", |s| Some(Action::Sheet(!s.sheet))),
        ],
    ),
];

fn switch(store: &Store) -> Option<Action> {
    match &store.selection {
        Selection::Edge(id) => Some(Action::Switch(id.clone())),
        Selection::Node(_) | Selection::Nothing | Selection::Many(_) => None,
    }
}

/// The fault that a click gives a node or an edge first, or the one it has.
fn fault(store: &Store) -> Option<Action> {
    let (on, kinds) = store.selected_target()?;
    if store.clicked_on(&on).next().is_some() {
        return Some(Action::Heal(on));
    }
    let kind = kinds.first().copied()?;
    Some(Action::Fault(Fault { on, kind }))
}

/// What wants so many nodes to be selected.
fn several(store: &Store, least: usize, action: Action) -> Option<Action> {
    (store.selection.nodes().len() >= least).then_some(action)
}

fn connect(store: &Store) -> Option<Action> {
    match &store.selection {
        Selection::Node(id) => Some(Action::LinkFrom(id.clone())),
        Selection::Edge(_) | Selection::Nothing | Selection::Many(_) => None,
    }
}

fn zoom(store: &Store, factor: f64) -> Action {
    Action::Zoom {
        factor,
        about: store.view * 0.5,
    }
}

/// Whether an input of this type wants this key for itself.
pub(crate) fn of_input(kind: Option<&str>, key: &str) -> bool {
    match kind {
        Some("range") => {
            key.starts_with("Arrow") || key.starts_with("Page") || key == "Home" || key == "End"
        }
        Some("checkbox") => key == " ",
        _ => key != "Escape",
    }
}

/// A key that went down, as the browser tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke<'a> {
    pub(crate) key: &'a str,
    /// The key's place on the keyboard: with Alt or Shift the letter may be another one.
    pub(crate) code: &'a str,
    /// Control, or Command on a Mac.
    pub(crate) ctrl: bool,
    pub(crate) alt: bool,
    pub(crate) shift: bool,
}

/// What a stroke does now.
pub(crate) fn action(stroke: Stroke, store: &Store) -> Option<Action> {
    let all = KEYS.iter().flat_map(|(_, keys)| keys.iter());
    let fits = |key: &&Key| key.keys.split(" or ").any(|way| stroke.is(way));
    all.filter(fits).find_map(|key| (key.act)(store))
}

impl Stroke<'_> {
    fn is(self, way: &str) -> bool {
        let parts: Vec<&str> = if way == "+" {
            vec!["+"]
        } else {
            way.split('+').collect()
        };
        let (Some(name), modifiers) = (parts.last(), &parts[..parts.len() - 1]) else {
            return false;
        };
        let wants = |word: &str| modifiers.contains(&word);
        // "?" and "+" need Shift on most keyboards, so a sign says nothing about Shift.
        let sign = name.len() == 1 && !name.as_bytes()[0].is_ascii_alphanumeric();
        let shift = sign || wants("Shift") == self.shift;
        let named = match *name {
            "Space" => self.code == "Space",
            "1" => self.code == "Digit1",
            letter if letter.len() == 1 && letter.as_bytes()[0].is_ascii_alphabetic() => {
                self.key.eq_ignore_ascii_case(letter)
                    || wants("Alt") && self.code.strip_prefix("Key") == Some(letter)
            }
            "+" => self.key == "+" || self.key == "=",
            other => self.key == other,
        };
        named && shift && wants("Ctrl") == self.ctrl && wants("Alt") == self.alt
    }
}

/// The key of an action's words, for its tooltip: "Undo (Ctrl+Z)".
pub(crate) fn tip(words: &str) -> String {
    let all = KEYS.iter().flat_map(|(_, keys)| keys.iter());
    match all.into_iter().find(|key| key.words == words) {
        Some(key) => format!("{words} ({})", key.keys),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Theme;
    use sim::scenario::{EdgeId, NodeId};

    fn stroke<'a>(key: &'a str, code: &'a str) -> Stroke<'a> {
        Stroke {
            key,
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    #[test]
    fn keys_do_what_the_table_says() {
        let mut store = Store::new(None, Theme::Dark, true);
        assert_eq!(
            action(stroke(" ", "Space"), &store),
            Some(Action::Play(true))
        );
        assert_eq!(
            action(stroke("s", "KeyS"), &store),
            None,
            "nothing is selected"
        );
        let id = EdgeId::new("checkout-payments").unwrap();
        store.update(Action::Select(Selection::Edge(id.clone())));
        assert_eq!(
            action(stroke("s", "KeyS"), &store),
            Some(Action::Switch(id))
        );
        let control = Stroke {
            ctrl: true,
            ..stroke("s", "KeyS")
        };
        assert_eq!(action(control, &store), None, "the browser's own key");
        let redo = Stroke {
            ctrl: true,
            shift: true,
            ..stroke("Z", "KeyZ")
        };
        assert_eq!(action(redo, &store), Some(Action::Redo));
        let reset = Stroke {
            alt: true,
            ..stroke("®", "KeyR")
        };
        assert_eq!(action(reset, &store), Some(Action::Reset));
        let help = Stroke {
            shift: true,
            ..stroke("?", "Slash")
        };
        assert_eq!(action(help, &store), Some(Action::Sheet(true)));
        let fit = Stroke {
            shift: true,
            ..stroke("!", "Digit1")
        };
        assert_eq!(action(fit, &store), Some(Action::Fit));
    }

    #[test]
    fn x_is_fault_and_cure() {
        let mut store = Store::new(None, Theme::Dark, true);
        let id = NodeId::new("database").unwrap();
        store.update(Action::Select(Selection::Node(id.clone())));
        let first = action(stroke("x", "KeyX"), &store).unwrap();
        assert!(matches!(first, Action::Fault(_)));
        store.update(first);
        assert_eq!(
            action(stroke("x", "KeyX"), &store),
            Some(Action::Heal(id.into()))
        );
    }

    #[test]
    fn no_key_is_given_twice() {
        let mut all: Vec<&str> = KEYS
            .iter()
            .flat_map(|(_, k)| k.iter())
            .flat_map(|k| k.keys.split(" or "))
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
