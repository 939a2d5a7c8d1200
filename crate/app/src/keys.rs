//! Keys: what a stroke does, by the one table of everything that can be done.

mod table;

use crate::store::{Action, Selection, Store};
pub(crate) use table::KEYS;

/// Something that is done by a key or from a menu.
pub(crate) struct Key {
    /// How the key is written; alternatives stand apart by " or ". Nothing where there is none.
    pub(crate) keys: &'static str,
    /// What it does.
    pub(crate) words: &'static str,
    /// On which context menus it stands.
    on: &'static [On],
    /// Whether the browser tells of these keys in a way of its own.
    heard_elsewhere: bool,
    /// The action, as things stand; none where it would do nothing.
    act: fn(&Store) -> Option<Action>,
}

/// What a context menu is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Board,
    Node,
    Edge,
    Many,
}

impl On {
    const fn of(selection: &Selection) -> On {
        match selection {
            Selection::Nothing => On::Board,
            Selection::Node(_) => On::Node,
            Selection::Edge(_) => On::Edge,
            Selection::Many(_) => On::Many,
        }
    }
}

const fn key(keys: &'static str, words: &'static str, act: fn(&Store) -> Option<Action>) -> Key {
    Key {
        keys,
        words,
        on: &[],
        heard_elsewhere: false,
        act,
    }
}

/// Something that has no key.
const fn only(words: &'static str, act: fn(&Store) -> Option<Action>) -> Key {
    key("", words, act)
}

impl Key {
    /// It stands on these context menus.
    const fn on(self, on: &'static [On]) -> Key {
        Key { on, ..self }
    }

    const fn heard_elsewhere(self) -> Key {
        Key {
            heard_elsewhere: true,
            ..self
        }
    }
}

/// Something that can be done now: what, by which keys, and the action.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deed {
    pub(crate) words: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) action: Action,
}

/// What can be done now, by groups.
fn deeds(store: &Store, fits: impl Fn(&Key) -> bool) -> Vec<(&'static str, Vec<Deed>)> {
    // Their keys are taken even when there is nothing to take back, lest the browser does something of its own.
    let (back, forth) = (store.history.can_undo(), store.history.can_redo());
    let idle =
        |action: &Action| *action == Action::Undo && !back || *action == Action::Redo && !forth;
    let deed = |key: &Key| {
        Some(Deed {
            words: key.words,
            keys: key.keys,
            action: (key.act)(store).filter(|action| !idle(action) && store.may(action))?,
        })
    };
    let groups = KEYS.iter().map(|(group, keys)| {
        let deeds = keys.iter().filter(|key| fits(key)).filter_map(deed);
        (*group, deeds.collect::<Vec<_>>())
    });
    groups.filter(|(_, deeds)| !deeds.is_empty()).collect()
}

/// All that can be done now by a key or a menu.
pub(crate) fn all(store: &Store) -> Vec<(&'static str, Vec<Deed>)> {
    deeds(store, |key| {
        !key.keys.contains("Ctrl+K") && key.keys != "Escape"
    })
}

/// What the context menu of what is selected offers.
pub(crate) fn menu(store: &Store) -> Vec<(&'static str, Vec<Deed>)> {
    let on = On::of(&store.selection);
    deeds(store, |key| key.on.contains(&on))
}

/// Whether a key is a mere letter or sign, which people who speak to their computer may want to be without.
pub(crate) fn is_single(way: &str) -> bool {
    let name = if way.ends_with('+') {
        "+"
    } else {
        way.rsplit('+').next().unwrap_or(way)
    };
    name.chars().count() == 1 && !way.starts_with("Ctrl") && !way.starts_with("Alt")
}

/// Whether an input of this type wants this key for itself.
pub(crate) fn of_input(kind: Option<&str>, key: &str) -> bool {
    match kind {
        Some("range") => {
            key.starts_with("Arrow") || key.starts_with("Page") || key == "Home" || key == "End"
        }
        Some("checkbox") => key == " ",
        Some("radio") => key == " " || key.starts_with("Arrow"),
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
    let fits = |key: &&Key| {
        !key.heard_elsewhere
            && key
                .keys
                .split(" or ")
                .any(|way| stroke.is(way) && (store.letters || !is_single(way)))
    };
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
            "Menu" => self.key == "ContextMenu",
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
        Some(key) if !key.keys.is_empty() => format!("{words} ({})", key.keys),
        Some(_) | None => words.to_owned(),
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
            ..stroke("j", "KeyJ")
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
    fn single_keys_can_be_switched_off() {
        let mut store = Store::new(None, Theme::Dark, true);
        let id = EdgeId::new("checkout-payments").unwrap();
        store.update(Action::Select(Selection::Edge(id)));
        store.update(Action::Letters(false));
        for (key, code) in [
            ("s", "KeyS"),
            ("k", "KeyK"),
            (".", "Period"),
            ("+", "BracketRight"),
            ("?", "Slash"),
        ] {
            assert_eq!(action(stroke(key, code), &store), None, "{key}");
        }
        let whole = Stroke {
            shift: true,
            ..stroke("!", "Digit1")
        };
        assert_eq!(action(whole, &store), None);
        assert!(action(stroke(" ", "Space"), &store).is_some());
        assert!(action(stroke("Delete", "Delete"), &store).is_some());
        let undo = Stroke {
            ctrl: true,
            ..stroke("z", "KeyZ")
        };
        assert_eq!(action(undo, &store), Some(Action::Undo));
        store.update(Action::Letters(true));
        assert!(action(stroke("s", "KeyS"), &store).is_some());
    }

    #[test]
    fn no_key_is_given_twice() {
        let mut all: Vec<&str> = KEYS
            .iter()
            .flat_map(|(_, k)| k.iter())
            .flat_map(|k| k.keys.split(" or "))
            .filter(|way| !way.is_empty())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
