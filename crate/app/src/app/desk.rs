//! The desk: keeps the board that is open on the shelf, and tells a person when that does not go well. Nothing is
//! overwritten that another tab wrote, and a board that nobody changed is not kept at all.

use std::collections::BTreeMap;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Date, Math};
use lessons::Preset;
use sim::Scenario;
use sim::run::Plan;
use sim::run::plan::LONGEST_FILE;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, StorageEvent};
use yew::Callback;

use super::{App, Msg};
use crate::export::Format;
use crate::files::{self, Browser};
use crate::home_panel::DeskAct;
use crate::shelf::{Deleted, Entry, PREFIX, Refused, Saved, Shelf};
use crate::store::{Action, Panel};
use crate::{drawing, share_panel::Tell};

/// Something that a person should know about the board's keeping, and what can be done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) act: Option<(&'static str, DeskAct)>,
}

/// What the app knows of the shelf.
pub(super) struct Desk {
    shelf: Shelf<Browser>,
    /// Under which id each of this visit's boards is kept.
    homes: BTreeMap<u32, String>,
    /// The boards as they were listed last.
    pub(super) listing: Rc<Vec<Entry>>,
    pub(super) notice: Option<Notice>,
    deleted: Option<Deleted>,
    /// Which board was open when it was last asked.
    doc: u32,
    /// What was told already: it is not told at every change.
    told: Option<Refused>,
}

impl Desk {
    /// A desk without a board on it.
    pub(super) fn apart() -> Desk {
        let tab = format!("{:x}", (Math::random() * f64::from(u32::MAX)) as u32);
        Desk {
            shelf: Shelf::new(Browser, tab),
            homes: BTreeMap::new(),
            listing: Rc::default(),
            notice: None,
            deleted: None,
            doc: 0,
            told: None,
        }
    }

    /// The shelf of this browser, the board to begin with if it keeps one, and what is wrong if it cannot be read.
    pub(super) fn start() -> (Desk, Option<(Scenario, String)>, Option<String>) {
        let mut desk = Desk::apart();
        if let Some((file, preset)) = files::take_old_board() {
            match Scenario::load(&file) {
                Ok(board) => {
                    let (id, _) = desk.shelf.save(None, &board, &preset, Date::now());
                    desk.homes.insert(0, id.clone());
                    files::keep_open(&format!("board:{id}"));
                    return (desk, Some((board, preset)), None);
                }
                Err(error) => {
                    let place = files::set_aside(&file);
                    let what = format!(
                        "The board of your last visit could not be read: {error}. \
                         This browser keeps it under \u{201c}{place}\u{201d}."
                    );
                    return (desk, None, Some(what));
                }
            }
        }
        let last = files::open_last().unwrap_or_default();
        if let Some(slug) = last.strip_prefix("preset:") {
            let board = Preset::find(slug).and_then(|preset| preset.scenario().ok());
            return (desk, board.map(|board| (board, slug.to_owned())), None);
        }
        let Some(entry) = last
            .strip_prefix("board:")
            .and_then(|id| desk.shelf.open(id))
        else {
            return (desk, None, None);
        };
        match entry.board {
            Ok(board) => {
                desk.homes.insert(0, entry.id);
                (desk, Some((board, entry.preset)), None)
            }
            Err(error) => {
                let what = format!(
                    "Your board \u{201c}{}\u{201d} could not be read: {error}. It is kept in the list of boards as it is.",
                    entry.name
                );
                (desk, None, Some(what))
            }
        }
    }

    fn list(&mut self) {
        self.listing = Rc::new(self.shelf.list());
    }

    pub(super) fn say(&mut self, text: impl Into<String>, act: Option<(&'static str, DeskAct)>) {
        let text = text.into();
        self.notice = Some(Notice { text, act });
    }

    /// Tells, once, that something was not kept.
    fn refused(&mut self, why: Refused) {
        if self.told == Some(why) {
            return;
        }
        self.told = Some(why);
        let what = match why {
            Refused::Missing => {
                "This browser keeps nothing for this page: the board lives as long as this tab. Save it as a file to keep it."
            }
            Refused::Full => {
                "The browser's storage for this page is full: this board's last changes are not kept. Delete boards you no \
                 longer need, or save this one as a file."
            }
        };
        self.say(what, Some(("Save as a file", DeskAct::SaveFile)));
    }
}

impl App {
    /// The id under which the open board is kept.
    pub(super) fn home(&self) -> Option<&String> {
        self.desk.homes.get(&self.store.doc)
    }

    /// Keeps the board as it is now.
    pub(super) fn remember(&mut self) {
        if self.visit.embed {
            return;
        }
        let home = self.home().cloned();
        if home
            .as_ref()
            .is_some_and(|id| self.desk.shelf.is_foreign(id))
        {
            let old = self.store.scenario.name.clone();
            self.desk.homes.remove(&self.store.doc);
            self.store.call(format!("{old} (this tab)"));
            let text = format!(
                "Another tab has changed \u{201c}{old}\u{201d} since. Both are kept: yours is \u{201c}{old} (this tab)\u{201d} from here on."
            );
            self.desk.say(text, None);
        }
        let home = self.home().cloned();
        let (board, preset) = (Rc::clone(&self.store.scenario), self.store.preset);
        let (id, saved) = self
            .desk
            .shelf
            .save(home.as_deref(), &board, preset, Date::now());
        match saved {
            Saved::Kept | Saved::Apart => {
                self.desk.told = None;
                files::keep_open(&format!("board:{id}"));
                self.desk.homes.insert(self.store.doc, id);
            }
            Saved::Not(why) => self.desk.refused(why),
        }
    }

    /// Takes note of which board is open, for the next visit; the address names one that came by it, and no other.
    pub(super) fn follow_desk(&mut self, by_link: bool) {
        if self.desk.doc == self.store.doc || self.visit.embed {
            return;
        }
        self.desk.doc = self.store.doc;
        if !by_link {
            super::address::clear();
        }
        match self.home() {
            Some(id) => files::keep_open(&format!("board:{id}")),
            None if !self.store.preset.is_empty() => {
                files::keep_open(&format!("preset:{}", self.store.preset));
            }
            None => {}
        }
    }

    /// The list is about to be seen.
    pub(super) fn list_boards(&mut self) {
        self.desk.list();
    }

    /// Another tab wrote something; without a key it took all away.
    pub(super) fn elsewhere(&mut self, key: Option<&str>) -> bool {
        if self.store.panel == Some(Panel::Home) {
            self.desk.list();
        }
        let Some(id) = self.home().cloned() else {
            return true;
        };
        if key.is_some_and(|key| key.strip_prefix(PREFIX) != Some(&id)) {
            return true;
        }
        let name = self.store.scenario.name.clone();
        if self.desk.shelf.entry(&id).is_none() {
            self.desk.say(
                format!("\u{201c}{name}\u{201d} was deleted in another tab. It is still here, and is kept again with your next change."),
                None,
            );
        } else if self.desk.shelf.is_foreign(&id) {
            self.desk.say(
                format!("Another tab has changed \u{201c}{name}\u{201d}. If you go on here, your board is kept beside that one."),
                Some(("Show the other tab's", DeskAct::Open(id))),
            );
        }
        true
    }

    pub(super) fn desk_act(&mut self, act: DeskAct) -> bool {
        let mut done = Ok(());
        match act {
            DeskAct::Open(id) => return self.take_up(&id),
            DeskAct::Earlier(id, back) => {
                let Some(state) = self.desk.shelf.earlier(&id, back) else {
                    return false;
                };
                if self.home() != Some(&id) {
                    self.take_up(&id);
                }
                self.act(Action::Panel(None));
                return self.act(Action::Revert(Rc::new(state)));
            }
            DeskAct::Rename(id, name) if self.home() == Some(&id) => {
                self.act(Action::Keep(Some(sim::scenario::Edit::SetName(name))));
            }
            DeskAct::Rename(id, name) => done = self.desk.shelf.rename(&id, &name),
            DeskAct::Duplicate(id) => done = self.desk.shelf.duplicate(&id, Date::now()),
            DeskAct::Delete(id) => {
                self.desk.deleted = self.desk.shelf.delete(&id);
                if let Some(deleted) = &self.desk.deleted {
                    let text = format!("Deleted \u{201c}{}\u{201d}.", deleted.name);
                    self.desk.say(text, Some(("Undo", DeskAct::PutBack)));
                }
            }
            DeskAct::PutBack => {
                self.desk.notice = None;
                if let Some(deleted) = self.desk.deleted.take() {
                    done = self.desk.shelf.put_back(deleted);
                }
            }
            DeskAct::SaveFile => return self.act(Action::Export(Format::Json)),
            DeskAct::Dismiss => self.desk.notice = None,
        }
        if let Err(why) = done {
            self.desk.told = None;
            self.desk.refused(why);
        }
        self.desk.list();
        true
    }

    /// Opens a board of the shelf.
    fn take_up(&mut self, id: &str) -> bool {
        self.desk.notice = None;
        let Some(entry) = self.desk.shelf.open(id) else {
            return false;
        };
        match entry.board {
            Ok(board) => {
                let bring = Action::Bring(Rc::new(board), entry.preset.as_str().into());
                for effect in self.store.update(bring) {
                    self.perform(effect);
                }
                self.desk.homes.insert(self.store.doc, id.to_owned());
                self.follow_desk(false);
                true
            }
            Err(what) => self.act(Action::Panel(Some(Panel::Trouble {
                title: "This board could not be opened",
                what: what.as_str().into(),
            }))),
        }
    }

    /// Opens the text of a file, or says why not.
    pub(super) fn open_file(&mut self, name: &str, text: Option<&str>) -> bool {
        if let Some(text) = text.filter(|text| Plan::is_run(text)) {
            let action = match Plan::load(text) {
                Ok(plan) => Action::Replay(Rc::new(plan)),
                Err(error) => Action::Panel(Some(Panel::Trouble {
                    title: "This run could not be opened",
                    what: format!("{name}: {error}.").into(),
                })),
            };
            return self.act(action);
        }
        let loaded = match text {
            Some(text) => Scenario::load(text).map_err(|error| format!("{error}.")),
            None => Err(format!(
                "It cannot be read as text, or is longer than {} kB. Choose the .json file of a board.",
                LONGEST_FILE / 1024
            )),
        };
        match loaded {
            Ok(mut board) => {
                if board.name.is_empty() {
                    name.trim_end_matches(".json").clone_into(&mut board.name);
                }
                self.act(Action::Bring(Rc::new(board), "".into()))
            }
            Err(what) => self.act(Action::Panel(Some(Panel::Trouble {
                title: "This file could not be opened",
                what: format!("{name}: {what}").into(),
            }))),
        }
    }

    /// Hands the run to the person as a file.
    pub(super) fn hand_over_run(&self, plan: &str) {
        let name = Format::Json.file_name(&self.store.scenario);
        let name = format!("{}-run.json", name.trim_end_matches(".json"));
        let _ = files::save(&name, Format::Json.media_type(), plan);
    }

    /// Hands the board to the person as a file.
    pub(super) fn export(&self, format: Format) {
        let (board, theme) = (&self.store.scenario, self.store.theme);
        let name = format.file_name(board);
        if format == Format::Png {
            let (svg, size) = drawing::svg(board, theme);
            let act = self.hands.act.clone();
            spawn_local(async move {
                if files::save_picture(&name, &svg, size).await.is_none() {
                    act.emit(Action::Panel(Some(Panel::Trouble {
                        title: "The picture could not be made",
                        what: "This browser, or the page around this one, does not let a page draw pictures. Save the board as SVG instead.".into(),
                    })));
                }
            });
            return;
        }
        // Where a frame allows no files nothing is said to the page; the text can be copied from the dialog.
        let _ = files::save(&name, format.media_type(), &format.text(board, theme));
    }
}

/// Reads a file and tells its name and, if it is a text of a bearable length, what it says.
pub(crate) fn read_file(file: File, tell: Tell) {
    spawn_local(async move {
        let text = if file.size() <= LONGEST_FILE as f64 {
            files::read(&file).await
        } else {
            None
        };
        tell.emit((file.name(), text));
    });
}

/// Hears of files that are dropped anywhere on the page, and of what other tabs write.
pub(super) fn listeners(link: &yew::html::Scope<App>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else {
        return vec![];
    };
    let tell: Tell = link.callback(|(name, text)| Msg::File(name, text));
    let files_of = |event: &web_sys::Event| {
        let data = event.dyn_ref::<DragEvent>()?.data_transfer()?;
        data.types().includes(&"Files".into(), 0).then_some(data)
    };
    let options = EventListenerOptions::enable_prevent_default;
    let over = EventListener::new_with_options(&window, "dragover", options(), move |event| {
        if files_of(event).is_some() {
            event.prevent_default();
        }
    });
    let drop = EventListener::new_with_options(&window, "drop", options(), move |event| {
        if let Some(data) = files_of(event) {
            event.prevent_default();
            if let Some(file) = data.files().and_then(|files| files.get(0)) {
                read_file(file, tell.clone());
            }
        }
    });
    let elsewhere: Callback<Option<String>> = link.callback(Msg::Elsewhere);
    let stored = EventListener::new(&window, "storage", move |event| {
        if let Some(event) = event.dyn_ref::<StorageEvent>() {
            elsewhere.emit(event.key());
        }
    });
    vec![over, drop, stored]
}
