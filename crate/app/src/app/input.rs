//! What comes in by pointer, wheel and keyboard, on its way to gestures and actions.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};
use yew::prelude::*;

use super::{App, Msg, address, clipboard, effects};
use crate::board;
use crate::files;
use crate::geometry::Pt;
use crate::gesture::{Phase, Pointer};
use crate::keys::{self, Stroke};
use crate::scene::Hit;
use crate::store::{Action, Focus, Over, Selection, Theme};

impl App {
    /// Where an event is on the board's view.
    pub(super) fn place(&self, event: &PointerEvent) -> Pt {
        board::place((event.client_x(), event.client_y()), self.corner())
    }

    pub(super) fn corner(&self) -> (f64, f64) {
        let corner = self
            .refs
            .board
            .cast::<Element>()
            .map(|board| board.get_bounding_client_rect());
        corner.map_or((0.0, 0.0), |rect| (rect.left(), rect.top()))
    }

    pub(super) fn pointer(&mut self, phase: Phase, event: &PointerEvent) -> bool {
        if event.pointer_type() == "touch"
            && let Some(mut actions) = self.pinch.on(phase, event.pointer_id(), self.place(event))
        {
            if phase == Phase::Down {
                capture(event);
                actions = self.gesture.cancel();
                self.holding = None;
            }
            let drawn = !actions.is_empty();
            for action in actions {
                self.act(action);
            }
            return drawn;
        }
        if phase == Phase::Down && (event.button() != 0 || !event.is_primary()) {
            return false;
        }
        if event.pointer_type() == "touch" {
            self.hold(phase, event);
        }
        let at = self.place(event);
        let world = self.store.camera.to_world(at);
        let view = self.store.view;
        let pointer = Pointer {
            at,
            world,
            hit: self.hit(world, board::reach(event, self.store.camera.zoom)),
            inside: (0.0..view.x).contains(&at.x) && (0.0..view.y).contains(&at.y),
            free: event.shift_key(),
            add: event.ctrl_key() || event.meta_key(),
            group: match (&self.store.selection, self.store.scene.node_at(world)) {
                (Selection::Many(all), Some(id)) if all.contains(&id) => (**all).clone(),
                _ => std::collections::BTreeSet::new(),
            },
        };
        self.store.pointer = (pointer.inside && event.pointer_type() != "touch").then_some(at);
        let linking = self.store.link.as_ref().map(|link| link.from.clone());
        let scene = Rc::clone(&self.store.scene);
        let actions = self.gesture.on(phase, &pointer, &scene, linking.as_ref());
        if phase == Phase::Down {
            capture(event);
            self.focus = Some(Focus::Selected);
        }
        let changed = !actions.is_empty() || phase == Phase::Down;
        for action in actions {
            self.act(action);
        }
        changed
    }

    /// What is at a place of the board: the handles of the selected edge lie over everything.
    fn hit(&self, at: Pt, reach: f64) -> Hit {
        let scene = &self.store.scene;
        if let Selection::Edge(id) = &self.store.selection
            && let Some(end) = scene.handle_at(id, at, reach)
        {
            return Hit::End(id.clone(), end);
        }
        scene.hit(at, reach)
    }

    pub(super) fn wheel(&mut self, event: &WheelEvent) -> bool {
        // In a frame the wheel is for the page around it, as with maps.
        if self.visit.embed && !event.ctrl_key() && !event.meta_key() {
            return false;
        }
        event.prevent_default();
        let about = board::place((event.client_x(), event.client_y()), self.corner());
        // Lines and pages as some mice count them, in pixels.
        let unit = [1.0, 16.0, 400.0][(event.delta_mode() as usize).min(2)];
        let factor = (-event.delta_y() * unit * 0.0016).clamp(-0.5, 0.5).exp();
        self.act(Action::Zoom { factor, about })
    }

    pub(super) fn key(&mut self, event: &KeyboardEvent) -> bool {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let tag = target
            .as_ref()
            .map_or(String::new(), Element::tag_name)
            .to_ascii_uppercase();
        let key = event.key();
        let stands_apart = match tag.as_str() {
            "INPUT" => {
                let kind = target
                    .as_ref()
                    .and_then(|input| input.get_attribute("type"));
                keys::of_input(kind.as_deref(), &key)
            }
            "SELECT" | "TEXTAREA" => key != "Escape",
            "BUTTON" | "SUMMARY" | "A" => key == " " || key == "Enter" || key.starts_with("Arrow"),
            _ => false,
        };
        // A dialog has all keys to itself.
        if self.store.panel.is_some() {
            return false;
        }
        // Wherever the keyboard is: it is no key of any field, and closes what it opened.
        if key.eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            let open = self.store.over != Some(Over::Commands);
            return self.act(Action::Over(open.then_some(Over::Commands)));
        }
        if stands_apart || self.store.over.is_some() && key != "Escape" && key != "?" {
            return false;
        }
        let (key, code) = (key, event.code());
        let stroke = Stroke {
            key: &key,
            code: &code,
            ctrl: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            shift: event.shift_key(),
        };
        let Some(action) = keys::action(stroke, &self.store) else {
            return false;
        };
        event.prevent_default();
        self.act(action)
    }

    /// Selection follows the keyboard over the board.
    pub(super) fn focused(&mut self, event: &FocusEvent) -> bool {
        use sim::scenario::{EdgeId, NodeId};
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let id = |name: &str| {
            target
                .as_ref()
                .and_then(|element| element.get_attribute(name))
        };
        let node = id("data-node")
            .and_then(|id| NodeId::new(&id))
            .map(Selection::Node);
        let edge = id("data-edge")
            .and_then(|id| EdgeId::new(&id))
            .map(Selection::Edge);
        match node.or(edge) {
            Some(selection) if selection != self.store.selection => {
                self.act(Action::GoTo(selection))
            }
            _ => false,
        }
    }
}

/// Lets a drag go on outside of where it began: on the diagram, or on a button of the palette.
pub(super) fn capture(event: &PointerEvent) {
    // Yew hears all events at the root, so that the current target would be the page.
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let whole = target.and_then(|element| element.closest("#diagram, button").ok().flatten());
    if let Some(element) = whole {
        // A pointer that has gone already cannot be captured.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// What is heard wherever it happens on the page.
pub(super) fn listeners(link: &yew::html::Scope<App>) -> Vec<EventListener> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return vec![];
    };
    let keys = link.callback(Msg::Key);
    let hear = move |event: &Event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            keys.emit(event.clone());
        }
    };
    let options = EventListenerOptions::enable_prevent_default();
    let mut all = vec![EventListener::new_with_options(
        &document, "keydown", options, hear,
    )];
    let clip = link.callback(|(clip, event)| Msg::Clip(clip, event));
    all.extend(clipboard::listeners(&document, &clip));
    all.extend(address::listener(
        &link.callback(|came| Msg::Act(Action::Receive(came))),
    ));
    if let Some(system) = effects::system_theme() {
        let act = link.callback(Msg::Act);
        let follow = system.clone();
        all.push(EventListener::new(&system, "change", move |_| {
            if files::theme().is_none() {
                let theme = if follow.matches() {
                    Theme::Dark
                } else {
                    Theme::Light
                };
                act.emit(Action::Theme(theme, false));
            }
        }));
    }
    all
}
