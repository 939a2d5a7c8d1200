//! The app: owns the store, lets actions in, performs the effects that come out, and lays out the page.

mod clipboard;
mod effects;
mod layout;
mod pulse;

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use sim::Scenario;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};
use worker::Report;
use yew::prelude::*;

use crate::board::{self, Flow, Hands};
use crate::charts::{self, CHARTS, Entry};
use crate::files;
use crate::geometry::Pt;
use crate::gesture::{Gesture, Phase, Pointer};
use crate::ink::Inks;
use crate::keys::{self, Stroke};
use crate::live::Live;
use crate::pinch::Pinch;
use crate::recovery;
use crate::series::Series;
use crate::store::{Action, Effect, Focus, Kind, Selection, Store, Theme};
use crate::story::Story;
use crate::wall::Wall;
use clipboard::Clip;
use pulse::Pulse;

/// The page.
pub(crate) struct App {
    store: Store,
    /// Why the remembered board could not be read, if so.
    unread: Option<String>,
    wall: Wall,
    live: Live,
    series: Series,
    story: Story,
    flow: Flow,
    gesture: Gesture,
    pinch: Pinch,
    pulse: Pulse,
    inks: Inks,
    hands: Hands,
    palette: layout::PaletteHands,
    refs: Refs,
    legends: [Rc<Vec<Entry>>; CHARTS.len()],
    spoken: [AttrValue; CHARTS.len()],
    /// Where the keyboard goes after the next drawing.
    focus: Option<Focus>,
    voice: effects::Voice,
    /// Whether the engine has answered.
    answered: bool,
    _listeners: Vec<EventListener>,
}

/// Parts of the page that are written to by hand.
#[derive(Default)]
struct Refs {
    board: NodeRef,
    svg: NodeRef,
    dots: NodeRef,
    charts: [NodeRef; CHARTS.len()],
}

/// What comes to the app.
#[expect(
    clippy::large_enum_variant,
    reason = "a message is moved once, and there is one at a time"
)]
pub(crate) enum Msg {
    Act(Action),
    Report(Report),
    /// The screen is about to be drawn; real time in milliseconds.
    Frame(f64),
    Pointer(Phase, PointerEvent),
    Wheel(WheelEvent),
    Key(KeyboardEvent),
    /// Something is taken from the palette.
    Lift(Kind, PointerEvent),
    /// Something in the palette was pressed, perhaps by the keyboard.
    Press(Kind, bool),
    Clip(clipboard::Clip, web_sys::ClipboardEvent),
    /// The keyboard came to something on the board.
    Focus(FocusEvent),
}

/// The board of the last visit with its preset or, where it cannot be read, why and where it is kept.
fn remembered() -> (Option<(Scenario, String)>, Option<String>) {
    let Some((file, preset)) = files::board() else {
        return (None, None);
    };
    match Scenario::load(&file) {
        Ok(scenario) => (Some((scenario, preset)), None),
        Err(error) => {
            let place = files::set_aside(&file);
            let what = format!(
                "The board of your last visit could not be read: {error}. \
                 This browser keeps it under \u{201c}{place}\u{201d}."
            );
            (None, Some(what))
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let (remembered, unread) = remembered();
        let theme = effects::remembered_theme();
        let store = Store::new(
            remembered,
            theme,
            !effects::prefers("(prefers-reduced-motion: reduce)"),
        );
        let mut app = App {
            store,
            unread,
            wall: Wall::start(link.callback(Msg::Report), effects::wants_no_worker()),
            live: Live::default(),
            series: Series::default(),
            story: Story::default(),
            flow: Flow::default(),
            gesture: Gesture::default(),
            pinch: Pinch::default(),
            pulse: Pulse::start(link.callback(Msg::Frame)),
            inks: Inks::default(),
            hands: Hands {
                pointer: link.callback(|(phase, event)| Msg::Pointer(phase, event)),
                wheel: link.callback(Msg::Wheel),
                act: link.callback(Msg::Act),
                focus: link.callback(Msg::Focus),
            },
            palette: layout::PaletteHands::of(link),
            refs: Refs::default(),
            legends: Default::default(),
            spoken: std::array::from_fn(|place| charts::spoken(place, &[])),
            focus: None,
            voice: effects::Voice::default(),
            answered: false,
            _listeners: listeners(link),
        };
        app.perform(Effect::Theme { remember: false });
        app.perform(Effect::Load);
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => self.act(action),
            Msg::Report(report) => self.hear(report),
            Msg::Frame(now) => self.frame(now),
            Msg::Pointer(phase, event) => self.pointer(phase, &event),
            Msg::Wheel(event) => self.wheel(&event),
            Msg::Key(event) => self.key(&event),
            Msg::Lift(kind, event) => {
                self.gesture = Gesture::lift(kind, self.place(&event));
                capture(&event);
                false
            }
            Msg::Press(kind, by_keyboard) => {
                (by_keyboard || self.gesture.click_is_free()) && self.act(Action::Add(kind, None))
            }
            Msg::Clip(clip, event) => self.clip(clip, &event),
            Msg::Focus(event) => self.focused(&event),
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        self.layout()
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.send_focus();
        if self.answered && self.store.view != Pt::default() {
            effects::mark_page("ready", "1");
        }
    }
}

impl App {
    /// Does something, and everything that follows.
    fn act(&mut self, action: Action) -> bool {
        self.pulse.redraw();
        for effect in self.store.update(action) {
            self.perform(effect);
        }
        true
    }

    /// The engine reports.
    fn hear(&mut self, report: Report) -> bool {
        match report {
            Report::Ready => {}
            Report::Broke { what } => recovery::show(&what),
            Report::Frame { run, frame, .. } => {
                self.wall.answered();
                // What an older run still had to say is of no interest.
                if run == self.store.run {
                    self.fold(&frame);
                    let first = !std::mem::replace(&mut self.answered, true);
                    effects::mark_page("engine", self.wall.place());
                    return first;
                }
            }
        }
        false
    }

    /// Where an event is on the board's view.
    fn place(&self, event: &PointerEvent) -> Pt {
        board::place((event.client_x(), event.client_y()), self.corner())
    }

    fn corner(&self) -> (f64, f64) {
        let corner = self
            .refs
            .board
            .cast::<Element>()
            .map(|board| board.get_bounding_client_rect());
        corner.map_or((0.0, 0.0), |rect| (rect.left(), rect.top()))
    }

    fn pointer(&mut self, phase: Phase, event: &PointerEvent) -> bool {
        if event.pointer_type() == "touch"
            && let Some(mut actions) = self.pinch.on(phase, event.pointer_id(), self.place(event))
        {
            if phase == Phase::Down {
                capture(event);
                actions = self.gesture.cancel();
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
        let at = self.place(event);
        let world = self.store.camera.to_world(at);
        let view = self.store.view;
        let pointer = Pointer {
            at,
            world,
            hit: self
                .store
                .scene
                .hit(world, board::reach(event, self.store.camera.zoom)),
            inside: (0.0..view.x).contains(&at.x) && (0.0..view.y).contains(&at.y),
            free: event.shift_key(),
            add: event.ctrl_key() || event.meta_key(),
            group: match (&self.store.selection, self.store.scene.node_at(world)) {
                (Selection::Many(all), Some(id)) if all.contains(&id) => (**all).clone(),
                _ => std::collections::BTreeSet::new(),
            },
        };
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

    fn wheel(&mut self, event: &WheelEvent) -> bool {
        event.prevent_default();
        let about = board::place((event.client_x(), event.client_y()), self.corner());
        // Lines and pages as some mice count them, in pixels.
        let unit = [1.0, 16.0, 400.0][(event.delta_mode() as usize).min(2)];
        let factor = (-event.delta_y() * unit * 0.0016).clamp(-0.5, 0.5).exp();
        self.act(Action::Zoom { factor, about })
    }

    fn key(&mut self, event: &KeyboardEvent) -> bool {
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
        if stands_apart || self.store.sheet && key != "Escape" && key != "?" {
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

    fn clip(&mut self, clip: Clip, event: &web_sys::ClipboardEvent) -> bool {
        if clip == Clip::Paste {
            return clipboard::get(event).is_some_and(|text| self.act(Action::Paste(text)));
        }
        let Some(part) = self.store.part() else {
            return false;
        };
        clipboard::put(event, &part.save());
        clip == Clip::Cut && self.act(Action::Delete)
    }

    /// Selection follows the keyboard over the board.
    fn focused(&mut self, event: &FocusEvent) -> bool {
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
                self.act(Action::Select(selection))
            }
            _ => false,
        }
    }
}

/// Lets a drag go on outside of where it began: on the diagram, or on a button of the palette.
fn capture(event: &PointerEvent) {
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
fn listeners(link: &yew::html::Scope<App>) -> Vec<EventListener> {
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
