//! The shelf: the boards that this browser keeps, each with its earlier states. It knows no browser: what it writes into
//! may be missing, full, or written to by another tab at any time, and then it says so and overwrites nothing.
//!
//! Each board is one entry of its own, so that two tabs with two boards never meet.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sim::Scenario;

use crate::share::{pack, unpack};

/// What all keys of boards begin with.
pub(crate) const PREFIX: &str = "tailback.boards/";
/// Between two earlier states that are kept, in milliseconds.
const APART: f64 = 120_000.0;
/// How many earlier states a board has at most.
const MOST: usize = 12;

/// Where texts are kept.
pub(crate) trait Drawer {
    fn get(&self, key: &str) -> Option<String>;
    /// # Errors
    /// Says why the text is not kept; what was there before is.
    fn put(&mut self, key: &str, text: &str) -> Result<(), Refused>;
    fn remove(&mut self, key: &str);
    fn keys(&self) -> Vec<String>;
}

/// Why something is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The browser keeps nothing here.
    Missing,
    Full,
}

/// What became of a board that was to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saved {
    Kept,
    /// Another tab had changed it since: it is kept as a board of its own beside that one.
    Apart,
    Not(Refused),
}

/// A board on the shelf.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) preset: String,
    /// When it was saved, in milliseconds since 1970.
    pub(crate) saved: f64,
    /// The board or, if it cannot be read, why.
    pub(crate) board: Result<Scenario, String>,
    /// When its earlier states were saved, the newest one first.
    pub(crate) past: Vec<f64>,
}

/// The boards that are kept, and what this tab knows of them.
pub(crate) struct Shelf<D> {
    pub(crate) drawer: D,
    /// Names this tab among all.
    tab: String,
    /// How much was written by this tab.
    count: u32,
    /// The state in which this tab last read or wrote each board.
    seen: BTreeMap<String, String>,
}

impl<D: Drawer> Shelf<D> {
    pub(crate) fn new(drawer: D, tab: String) -> Shelf<D> {
        Shelf {
            drawer,
            tab,
            count: 0,
            seen: BTreeMap::new(),
        }
    }

    fn record(&self, id: &str) -> Option<Value> {
        let text = self.drawer.get(&format!("{PREFIX}{id}"))?;
        Some(serde_json::from_str(&text).unwrap_or_else(|_| json!({ "name": id, "board": text })))
    }

    /// Writes a record; makes room by forgetting earlier states if it must.
    fn write(&mut self, id: &str, mut record: Value) -> Result<(), Refused> {
        self.count += 1;
        let state = format!("{}-{}", self.tab, self.count);
        record["state"] = state.clone().into();
        let key = format!("{PREFIX}{id}");
        let mut done = self.drawer.put(&key, &record.to_string());
        if done == Err(Refused::Full) {
            record["past"] = json!([]);
            done = self.drawer.put(&key, &record.to_string());
        }
        let others = self.ids();
        let mut others = others.iter().filter(|other| *other != id);
        while done == Err(Refused::Full)
            && let Some(other) = others.next()
        {
            let Some(mut of_other) = self.record(other) else {
                continue;
            };
            of_other["past"] = json!([]);
            // It becomes shorter, so that it fits where it was.
            let _ = self
                .drawer
                .put(&format!("{PREFIX}{other}"), &of_other.to_string());
            done = self.drawer.put(&key, &record.to_string());
        }
        if done.is_ok() {
            self.seen.insert(id.to_owned(), state);
        }
        done
    }

    fn ids(&self) -> Vec<String> {
        let keys = self.drawer.keys();
        let ids = keys.iter().filter_map(|key| key.strip_prefix(PREFIX));
        ids.map(str::to_owned).collect()
    }

    fn fresh(&self, now: f64) -> String {
        format!("{:x}-{}-{}", now as u64, self.tab, self.count)
    }

    /// Whether another tab has changed a board since this one read or wrote it.
    pub(crate) fn is_foreign(&self, id: &str) -> bool {
        let state = |record: &Value| record["state"].as_str().unwrap_or_default().to_owned();
        self.record(id)
            .is_some_and(|record| self.seen.get(id) != Some(&state(&record)))
    }

    /// Saves a board under its id or, where it has none yet, under a new one; says under which.
    pub(crate) fn save(
        &mut self,
        id: Option<&str>,
        board: &Scenario,
        preset: &str,
        now: f64,
    ) -> (String, Saved) {
        let apart = id.is_some_and(|id| self.is_foreign(id));
        let id = match id {
            Some(id) if !apart => id.to_owned(),
            Some(_) | None => self.fresh(now),
        };
        let file = board.save();
        let before = self.record(&id);
        let past = before
            .as_ref()
            .map_or_else(|| json!([]), |before| aged(before, &file));
        let record = json!({
            "name": board.name, "preset": preset, "saved": now, "board": file, "past": past,
        });
        let saved = match self.write(&id, record) {
            Ok(()) if apart => Saved::Apart,
            Ok(()) => Saved::Kept,
            Err(why) => Saved::Not(why),
        };
        (id, saved)
    }

    /// All boards, the newest one first.
    pub(crate) fn list(&self) -> Vec<Entry> {
        let mut all: Vec<Entry> = self.ids().iter().filter_map(|id| self.entry(id)).collect();
        all.sort_by(|a, b| b.saved.total_cmp(&a.saved));
        all
    }

    pub(crate) fn entry(&self, id: &str) -> Option<Entry> {
        let record = self.record(id)?;
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let times = record["past"].as_array().into_iter().flatten();
        Some(Entry {
            id: id.to_owned(),
            name: text("name").to_owned(),
            preset: text("preset").to_owned(),
            saved: record["saved"].as_f64().unwrap_or(0.0),
            board: Scenario::load(text("board")).map_err(|error| error.to_string()),
            past: times
                .rev()
                .map(|one| one["saved"].as_f64().unwrap_or(0.0))
                .collect(),
        })
    }

    /// Takes a board off the shelf to work on it.
    pub(crate) fn open(&mut self, id: &str) -> Option<Entry> {
        let state = self.record(id)?["state"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        self.seen.insert(id.to_owned(), state);
        self.entry(id)
    }

    /// An earlier state of a board, counted from the newest.
    pub(crate) fn earlier(&self, id: &str, back: usize) -> Option<Scenario> {
        let record = self.record(id)?;
        let past = record["past"].as_array()?;
        let packed = past.iter().rev().nth(back)?["board"].as_str()?;
        Scenario::load(&unpack(packed).ok()?).ok()
    }

    /// Gives a board that is not open another name.
    pub(crate) fn rename(&mut self, id: &str, name: &str) -> Result<(), Refused> {
        let Some(mut record) = self.record(id) else {
            return Ok(());
        };
        record["name"] = name.into();
        let board = record["board"].as_str().unwrap_or_default();
        if let Ok(mut board) = Scenario::load(board) {
            name.clone_into(&mut board.name);
            record["board"] = board.save().into();
        }
        self.write(id, record)
    }

    /// Puts a copy of a board beside it.
    pub(crate) fn duplicate(&mut self, id: &str, now: f64) -> Result<(), Refused> {
        let Some(mut record) = self.record(id) else {
            return Ok(());
        };
        let copy = self.fresh(now);
        let name = format!("{} (copy)", record["name"].as_str().unwrap_or_default());
        record["saved"] = now.into();
        self.write(&copy, record)?;
        self.rename(&copy, &name)
    }

    /// Takes a board off the shelf; what is handed back puts it there again.
    pub(crate) fn delete(&mut self, id: &str) -> Option<Deleted> {
        let record = self.record(id)?;
        self.drawer.remove(&format!("{PREFIX}{id}"));
        self.seen.remove(id);
        let (id, name) = (
            id.to_owned(),
            record["name"].as_str().unwrap_or_default().to_owned(),
        );
        Some(Deleted { id, name, record })
    }

    pub(crate) fn put_back(&mut self, deleted: Deleted) -> Result<(), Refused> {
        self.write(&deleted.id, deleted.record)
    }
}

/// A board that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deleted {
    pub(crate) id: String,
    pub(crate) name: String,
    record: Value,
}

/// The earlier states of a board that is about to be another one: its state now joins them, unless one did just before.
fn aged(before: &Value, next: &str) -> Value {
    let mut past = before["past"].as_array().cloned().unwrap_or_default();
    let saved = before["saved"].as_f64().unwrap_or(0.0);
    let last = past.last().and_then(|last| last["saved"].as_f64());
    let board = before["board"].as_str().unwrap_or_default();
    if board != next && last.is_none_or(|last| saved - last >= APART) {
        past.push(json!({ "saved": saved, "board": pack(board) }));
        if past.len() > MOST {
            past.remove(0);
        }
    }
    past.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// A storage that several tabs share, with room for so many bytes; none is none at all.
    #[derive(Clone, Default)]
    struct Chest {
        texts: Rc<RefCell<BTreeMap<String, String>>>,
        room: Rc<RefCell<Option<usize>>>,
    }

    impl Drawer for Chest {
        fn get(&self, key: &str) -> Option<String> {
            self.texts.borrow().get(key).cloned()
        }

        fn put(&mut self, key: &str, text: &str) -> Result<(), Refused> {
            let room = self.room.borrow().ok_or(Refused::Missing)?;
            let mut texts = self.texts.borrow_mut();
            let others: usize = texts
                .iter()
                .filter(|(k, _)| *k != key)
                .map(|(k, t)| k.len() + t.len())
                .sum();
            if others + key.len() + text.len() > room {
                return Err(Refused::Full);
            }
            texts.insert(key.into(), text.into());
            Ok(())
        }

        fn remove(&mut self, key: &str) {
            self.texts.borrow_mut().remove(key);
        }

        fn keys(&self) -> Vec<String> {
            self.texts.borrow().keys().cloned().collect()
        }
    }

    fn chest(room: usize) -> Chest {
        let chest = Chest::default();
        *chest.room.borrow_mut() = Some(room);
        chest
    }

    fn board(name: &str, seed: u64) -> Scenario {
        Scenario {
            name: name.into(),
            seed,
            ..Scenario::default()
        }
    }

    const MINUTE: f64 = 60_000.0;

    #[test]
    fn boards_are_kept_listed_renamed_copied_and_deleted_and_come_back() {
        let mut shelf = Shelf::new(chest(1 << 20), "t".into());
        let (a, saved) = shelf.save(None, &board("A", 1), "shop", 1.0);
        assert_eq!(saved, Saved::Kept);
        let (b, _) = shelf.save(None, &board("B", 2), "", 2.0);
        assert_ne!(a, b);
        assert_eq!(
            shelf.save(Some(&a), &board("A", 3), "shop", 3.0),
            (a.clone(), Saved::Kept)
        );
        let names =
            |shelf: &Shelf<Chest>| shelf.list().into_iter().map(|e| e.name).collect::<Vec<_>>();
        assert_eq!(names(&shelf), ["A", "B"]);
        shelf.rename(&b, "Bee").unwrap();
        shelf.duplicate(&b, 4.0).unwrap();
        assert_eq!(names(&shelf), ["Bee (copy)", "A", "Bee"]);
        assert_eq!(shelf.list()[0].board, Ok(board("Bee (copy)", 2)));
        let gone = shelf.delete(&a).unwrap();
        assert_eq!(names(&shelf), ["Bee (copy)", "Bee"]);
        shelf.put_back(gone).unwrap();
        let back = shelf.entry(&a).unwrap();
        assert_eq!(
            (back.board, back.preset.as_str()),
            (Ok(board("A", 3)), "shop")
        );
    }

    #[test]
    fn earlier_states_are_kept_some_minutes_apart_and_not_without_end() {
        let mut shelf = Shelf::new(chest(1 << 20), "t".into());
        let (id, _) = shelf.save(None, &board("A", 0), "", 0.0);
        for second in 1_u32..=600 {
            let now = f64::from(second) * 1_000.0;
            shelf.save(Some(&id), &board("A", second.into()), "", now);
        }
        let past = shelf.entry(&id).unwrap().past;
        assert_eq!(past, [480e3, 360e3, 240e3, 120e3, 0.0]);
        assert_eq!(shelf.earlier(&id, 1), Some(board("A", 360)));
        assert_eq!(shelf.earlier(&id, 9), None);
        for minute in 20..80 {
            shelf.save(
                Some(&id),
                &board("A", minute),
                "",
                minute as f64 * 2.0 * MINUTE,
            );
        }
        assert_eq!(shelf.entry(&id).unwrap().past.len(), MOST);
    }

    #[test]
    fn two_tabs_never_overwrite_each_other() {
        let chest = chest(1 << 20);
        let mut one = Shelf::new(chest.clone(), "one".into());
        let mut two = Shelf::new(chest, "two".into());
        let (id, _) = one.save(None, &board("A", 1), "", 1.0);
        two.open(&id);
        two.save(Some(&id), &board("A", 2), "", 2.0);
        assert!(one.is_foreign(&id) && !two.is_foreign(&id));
        let (other, saved) = one.save(Some(&id), &board("A", 3), "", 3.0);
        assert_eq!(saved, Saved::Apart);
        assert_ne!(other, id);
        assert_eq!(one.entry(&id).unwrap().board, Ok(board("A", 2)));
        assert_eq!(one.entry(&other).unwrap().board, Ok(board("A", 3)));
        // From here on each has its own.
        assert_eq!(
            one.save(Some(&other), &board("A", 4), "", 4.0).1,
            Saved::Kept
        );
        assert_eq!(two.save(Some(&id), &board("A", 5), "", 5.0).1, Saved::Kept);
        // One that was deleted elsewhere is kept again, under its own id.
        two.delete(&other);
        assert_eq!(
            one.save(Some(&other), &board("A", 6), "", 6.0),
            (other, Saved::Kept)
        );
    }

    #[test]
    fn a_full_or_missing_storage_says_so_and_keeps_what_it_has() {
        let mut nowhere = Shelf::new(Chest::default(), "t".into());
        assert_eq!(
            nowhere.save(None, &board("A", 1), "", 1.0).1,
            Saved::Not(Refused::Missing)
        );
        assert!(nowhere.list().is_empty());

        let chest = chest(1 << 20);
        let mut shelf = Shelf::new(chest.clone(), "t".into());
        let (a, _) = shelf.save(None, &board("A", 1), "", 0.0);
        shelf.save(Some(&a), &board("A", 2), "", 5.0 * MINUTE);
        let (b, _) = shelf.save(None, &board("B", 1), "", 6.0 * MINUTE);
        assert_eq!(shelf.entry(&a).unwrap().past.len(), 1);
        let used: usize = chest
            .texts
            .borrow()
            .iter()
            .map(|(k, t)| k.len() + t.len())
            .sum();
        *chest.room.borrow_mut() = Some(used);
        // Earlier states make room first.
        let longer = board("A name that is somewhat longer", 1);
        assert_eq!(
            shelf.save(Some(&b), &longer, "", 7.0 * MINUTE).1,
            Saved::Kept
        );
        assert_eq!(shelf.entry(&a).unwrap().past.len(), 0);
        let huge = board(&"long ".repeat(500), 1);
        assert_eq!(
            shelf.save(Some(&b), &huge, "", 8.0 * MINUTE).1,
            Saved::Not(Refused::Full)
        );
        assert_eq!(shelf.entry(&b).unwrap().board, Ok(longer));
        assert_eq!(shelf.entry(&a).unwrap().board, Ok(board("A", 2)));
    }

    #[test]
    fn what_cannot_be_read_is_listed_and_not_lost() {
        let mut chest = chest(1 << 20);
        chest.put(&format!("{PREFIX}x"), "no record").unwrap();
        chest.put("another.page", "its own").unwrap();
        let mut shelf = Shelf::new(chest, "t".into());
        let all = shelf.list();
        assert_eq!(all.len(), 1);
        assert!(all[0].board.is_err());
        let gone = shelf.delete("x").unwrap();
        shelf.put_back(gone).unwrap();
        assert_eq!(shelf.list().len(), 1);
    }
}
