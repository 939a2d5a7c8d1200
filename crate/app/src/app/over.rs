//! What lies over the page: how it is opened by pointer, finger and key, and how it is drawn.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::{MouseEvent, PointerEvent};
use yew::prelude::*;

use super::commands::commands;
use super::{App, Msg};
use crate::board;
use crate::finder::{Entry, Finder};
use crate::geometry::Pt;
use crate::gesture::{Phase, snapped};
use crate::icon::kind_name;
use crate::keys;
use crate::menu::Menu;
use crate::scene::Hit;
use crate::sheet::Sheet;
use crate::store::{Action, Kind, Over, Selection, Store};

/// How long a finger rests on something until its menu opens, in milliseconds.
const LONG: u32 = 500;
/// How far a pointer may miss, in pixels.
const REACH: f64 = 11.0;

impl App {
    /// What lies over the page.
    pub(super) fn over(&self) -> Html {
        let (store, act) = (&self.store, &self.hands.act);
        match store.over {
            None => Html::default(),
            Some(Over::Sheet) => html! { <Sheet letters={store.letters} {act} /> },
            Some(Over::Menu(at)) => {
                let corner = self.corner();
                let at = at + crate::geometry::pt(corner.0, corner.1);
                html! { <Menu title={title(store)} {at} groups={keys::menu(store)} {act} /> }
            }
            Some(Over::Commands) => {
                let entries = Rc::new(commands(store));
                html! { <Finder title="All commands" asks="Do what, or go where? Type to search" {entries} {act} /> }
            }
            Some(Over::Add(at)) => {
                let entries = Rc::new(kinds(at));
                html! { <Finder title="Add to the board" asks="What? Type to search" {entries} {act} /> }
            }
        }
    }

    /// A finger that rests on something for long opens its menu.
    pub(super) fn hold(&mut self, phase: Phase, event: &PointerEvent) {
        match phase {
            Phase::Down => {
                let at = self.place(event);
                let held = self.link.callback(Msg::Held);
                self.holding = Some(Timeout::new(LONG, move || held.emit(at)));
            }
            Phase::Move => {}
            Phase::Up | Phase::Cancel => self.holding = None,
        }
    }

    /// The finger has rested for long, unless it moved.
    pub(super) fn held(&mut self, at: Pt) -> bool {
        self.holding = None;
        self.gesture.is_pressed() && self.open_menu(at)
    }

    /// The menu of what is at a place; what is there is selected, unless it is one of several that are.
    pub(super) fn open_menu(&mut self, at: Pt) -> bool {
        if matches!(self.store.over, Some(Over::Menu(_))) {
            return false;
        }
        for action in self.gesture.cancel() {
            self.act(action);
        }
        let camera = self.store.camera;
        let hit = self
            .store
            .scene
            .hit(camera.to_world(at), REACH / camera.zoom);
        let selection = match hit {
            Hit::Nothing => Selection::Nothing,
            Hit::Node(id) | Hit::Port(id) if self.store.selection.holds(&id) => {
                self.store.selection.clone()
            }
            Hit::Node(id) | Hit::Port(id) => Selection::Node(id),
            Hit::Edge(id) | Hit::End(id, _) => Selection::Edge(id),
        };
        self.act(Action::LinkEnd);
        self.act(Action::Select(selection));
        self.act(Action::Over(Some(Over::Menu(at))))
    }

    /// The browser asks for a context menu: by the right button, a long press, or a key.
    pub(super) fn asked_for_menu(&mut self, event: &MouseEvent) -> bool {
        event.prevent_default();
        let at = board::place((event.client_x(), event.client_y()), self.corner());
        self.open_menu(at)
    }

    /// Two presses on an empty place ask what to add there; on a node or an edge they lead to its settings.
    pub(super) fn twice(&mut self, event: &MouseEvent) -> bool {
        let at = board::place((event.client_x(), event.client_y()), self.corner());
        let world = self.store.camera.to_world(at);
        let reach = REACH / self.store.camera.zoom;
        match self.store.scene.hit(world, reach) {
            Hit::Nothing => self.act(Action::Over(Some(Over::Add(Some(world))))),
            Hit::Node(_) | Hit::Edge(_) => self.act(Action::Enter),
            Hit::Port(_) | Hit::End(..) => false,
        }
    }
}

/// What a context menu is about.
fn title(store: &Store) -> String {
    match &store.selection {
        Selection::Nothing => "Board".into(),
        Selection::Node(id) => store.scenario.node_name(id).to_owned(),
        Selection::Edge(id) => store.scenario.edge_name(id),
        Selection::Many(all) => format!("{} nodes", all.len()),
    }
}

/// What can be added, at a place or where there is room.
fn kinds(at: Option<Pt>) -> Vec<Entry> {
    let at = at.map(|at| snapped(at, false));
    let entry = |kind: Kind| Entry {
        words: kind.word().into(),
        about: kind.about().into(),
        keys: "",
        sign: kind_name(kind),
        action: Action::Add(kind, at),
    };
    Kind::ALL.into_iter().map(entry).collect()
}
