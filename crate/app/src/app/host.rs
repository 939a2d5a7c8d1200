//! The host: the page around an embedded one. What it asks for by message is done and answered; and whether anybody
//! sees the frame is watched.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::{Array, JSON, Object};
use lessons::Preset;
use lessons::setting::{self, Unset};
use serde_json::{Map, Value};
use sim::frame::{BrokerFrame, ClientFrame, EdgeFrame, ServiceFrame};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, MessageEvent, Window};
use yew::Callback;

use super::{App, address, effects};
use crate::embed::{self, Ask, Bring, Host, Wrong};
use crate::figures::figures;
use crate::store::Action;

/// Watches whether any of the page is seen, scrolled to in whatever page is around it.
pub(super) struct Watch {
    observer: IntersectionObserver,
    _heard: Closure<dyn FnMut(Array)>,
}

impl Watch {
    /// Tells at once and at every change; nothing where the browser cannot tell.
    pub(super) fn start(seen: Callback<bool>) -> Option<Watch> {
        let heard = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            let newest: IntersectionObserverEntry = entries.pop().unchecked_into();
            seen.emit(newest.is_intersecting());
        });
        let observer = IntersectionObserver::new(heard.as_ref().unchecked_ref()).ok()?;
        let root = web_sys::window()?.document()?.document_element()?;
        observer.observe(&root);
        Some(Watch {
            observer,
            _heard: heard,
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Hears what other pages say to this one.
pub(super) fn listener(tell: Callback<MessageEvent>) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "message", move |event| {
        if let Some(event) = event.dyn_ref::<MessageEvent>() {
            tell.emit(event.clone());
        }
    }))
}

/// The page around this one, if there is one.
fn around() -> Option<Window> {
    let window = web_sys::window()?;
    let parent = window.parent().ok()??;
    (!Object::is(&parent, &window)).then_some(parent)
}

/// Sends a message; one whose origin is not the named one does not get it.
fn post(to: &Window, message: &Value, origin: &str) {
    // Pages from a file and in closed frames have no origin that could be named.
    let origin = if origin == "null" { "*" } else { origin };
    if let Ok(message) = JSON::parse(&message.to_string()) {
        // An origin that is no origin was refused when the address was read.
        let _ = to.post_message(&message, origin);
    }
}

impl App {
    /// A message came.
    pub(super) fn message(&mut self, event: &MessageEvent) -> bool {
        let Some(host) = around() else {
            return false;
        };
        let by_host = event
            .source()
            .is_some_and(|source| Object::is(&source, &host));
        if !by_host || !event.data().is_object() {
            return false;
        }
        let text = JSON::stringify(&event.data())
            .ok()
            .and_then(|text| text.as_string());
        let Some(message) = text.and_then(|text| serde_json::from_str::<Value>(&text).ok()) else {
            return false;
        };
        let Some(asked) = embed::read(&message) else {
            return false;
        };
        let origin = event.origin();
        let done = if self.visit.host.hears(&origin) {
            asked.and_then(|ask| self.obey(ask))
        } else {
            Err(Wrong::new(
                "origin",
                format!("this frame takes no messages from {origin}"),
                format!(
                    "add origin={origin} to the frame's address, or origin=* to take them from any page"
                ),
            ))
        };
        post(&host, &embed::answer(message.get("id"), done), &origin);
        true
    }

    /// Tells the host something, if there is one that may hear it.
    pub(super) fn tell_host(&self, name: &str, more: (&str, Value)) {
        let origin = match &self.visit.host {
            Host::Nobody => return,
            Host::Origin(origin) => origin,
            Host::Any => "*",
        };
        if let Some(host) = around() {
            post(&host, &embed::event(name, more), origin);
        }
    }

    /// The page is ready: says so to the host once.
    pub(super) fn tell_ready(&mut self) {
        effects::mark_page("ready", "1");
        if !std::mem::replace(&mut self.sight.told, true) {
            let name = self.store.scenario.name.as_str().into();
            self.tell_host("ready", ("name", name));
        }
    }

    /// Tells the host when it plays and when it no longer does.
    pub(super) fn tell_playing(&self, before: bool) {
        if self.store.playing != before {
            self.tell_host("playing", ("playing", self.store.playing.into()));
        }
    }

    /// Opens what the address asks for.
    pub(super) fn arrive(&mut self) {
        let visit = &self.visit;
        if let Some(came) = address::came() {
            let _ = self.store.update(Action::Receive(came));
            self.follow_desk(true);
        } else if let Some(slug) = visit.scenario {
            let _ = self.store.update(Action::Open(slug));
            self.follow_desk(true);
        }
        let visit = &self.visit;
        if !visit.wrong.is_empty() {
            let wrong = visit.wrong.join(" \u{2022} ");
            self.desk
                .say(format!("In the address of this page: {wrong}."), None);
        }
        if visit.embed {
            self.store.speed = visit.speed.unwrap_or(self.store.speed);
            self.store.readonly = visit.readonly;
            self.store.embedded = true;
            // The board before is nobody's.
            self.store.history = crate::history::History::default();
        }
    }

    /// The frame has come into sight, or gone out of it.
    pub(super) fn seen(&mut self, seen: bool) -> bool {
        self.sight.seen = seen;
        effects::mark_page("seen", if seen { "1" } else { "0" });
        let still = effects::prefers("(prefers-reduced-motion: reduce)");
        if seen && std::mem::take(&mut self.sight.autoplay) && !still {
            return self.act(Action::Play(true));
        }
        false
    }

    /// Does what the host asks. The host may change a board that its readers may not.
    fn obey(&mut self, ask: Ask) -> Result<Map<String, Value>, Wrong> {
        let readonly = std::mem::replace(&mut self.store.readonly, false);
        let done = self.done(ask);
        self.store.readonly = readonly;
        done
    }

    fn done(&mut self, ask: Ask) -> Result<Map<String, Value>, Wrong> {
        let mut more = Map::new();
        let action = match ask {
            Ask::Figures => return Ok(self.told_figures()),
            Ask::Board => {
                let board = serde_json::from_str(&self.store.scenario.save());
                more.insert("board".into(), board.unwrap_or_default());
                return Ok(more);
            }
            Ask::Load(Bring::Preset(slug)) => Action::Open(slug),
            Ask::Load(Bring::Board(board)) => Action::Bring(Rc::new(*board), "".into()),
            Ask::Load(Bring::Link(shared)) => Action::Receive(Ok(Rc::new(*shared))),
            Ask::Play(on) => Action::Play(on),
            Ask::Step => Action::Step,
            Ask::Reset => Action::Reset,
            Ask::Speed(place) => Action::Speed(place),
            Ask::Undo => Action::Undo,
            Ask::Set(settings) => {
                let set = setting::load(&self.store.scenario.save(), &settings);
                let board = set.map_err(|error| match error {
                    Unset::Path { path, what } => Wrong::new(
                        &format!("values.{path}"),
                        what,
                        "ask for the board to see its paths; `tailback explain` lists what can be set",
                    ),
                    Unset::File(error) => {
                        Wrong::new("values", error.to_string(), "set another value; nothing was changed")
                    }
                })?;
                Action::Put(Rc::new(board))
            }
            Ask::Fault(fault, on) => {
                if !self.store.scenario.befalls(&fault.on, fault.kind) {
                    return Err(Wrong::new(
                        "kind",
                        format!(
                            "there is nothing of that id on the board that can be {}",
                            fault.kind.describe()
                        ),
                        "ask for the board to see its ids; the README lists what can befall what",
                    ));
                }
                if self.store.clicked.contains(&fault) == on {
                    return Ok(more);
                }
                Action::Fault(fault)
            }
            Ask::Heal(None) => Action::HealAll,
            Ask::Heal(Some(target)) => Action::Heal(target),
        };
        self.act(action);
        Ok(more)
    }

    /// The run in numbers.
    fn told_figures(&self) -> Map<String, Value> {
        let (store, shown) = (&self.store, self.live.shown());
        let whole: Map<String, Value> = figures(&store.scenario, shown)
            .iter()
            .map(|figure| (figure.key.to_owned(), figure.number.into()))
            .collect();
        let mut told = Map::new();
        let mut put = |key: &str, value: Value| told.insert(key.to_owned(), value);
        put("at", shown.at.as_secs_f64().into());
        put("playing", store.playing.into());
        put("seen", self.sight.seen.into());
        put("speed", store.pace().into());
        put("seed", store.scenario.seed.into());
        put("name", store.scenario.name.as_str().into());
        put("figures", whole.into());
        put("clients", each(&shown.clients, client));
        put("services", each(&shown.services, service));
        put("brokers", each(&shown.brokers, broker));
        put("edges", each(&shown.edges, edge));
        told
    }
}

/// A record of each thing of a kind, by its id.
fn each<K: Display, V>(all: &BTreeMap<K, V>, of: fn(&V) -> Record) -> Value {
    let record = |(id, one): (&K, &V)| (id.to_string(), of(one).0.into());
    Value::Object(all.iter().map(record).collect())
}

/// Figures by their names; what there is nothing to tell of is left out.
#[derive(Default)]
struct Record(Map<String, Value>);

impl Record {
    fn of(figures: &[(&str, f32)]) -> Record {
        let figure = |(key, number): &(&str, f32)| ((*key).to_owned(), f64::from(*number).into());
        Record(figures.iter().map(figure).collect())
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Record {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Median, 95th and 99th percentile.
    fn times(mut self, latency: Option<[f32; 3]>) -> Record {
        for (key, time) in ["p50", "p95", "p99"]
            .into_iter()
            .zip(latency.into_iter().flatten())
        {
            self = self.with(key, f64::from(time));
        }
        self
    }
}

fn client(of: &ClientFrame) -> Record {
    Record::of(&[
        ("offered", of.offered),
        ("goodput", of.good),
        ("late", of.late),
        ("errors", of.errors),
        ("timed_out", of.timed_out),
        ("refused", of.refused),
        ("in_flight", of.in_flight),
    ])
    .times(of.latency)
}

fn service(of: &ServiceFrame) -> Record {
    Record::of(&[
        ("working", of.working),
        ("waiting", of.waiting_total()),
        ("queue", of.queue),
        ("memory", of.memory),
        ("offered", of.offered),
        ("completed", of.completed),
        ("errors", of.errors),
        ("refused", of.refused),
        ("running", of.running),
    ])
    .with("state", of.state.word())
    .times(of.latency)
}

fn broker(of: &BrokerFrame) -> Record {
    Record::of(&[
        ("messages", of.messages),
        ("taken_in", of.taken_in),
        ("memory", of.memory),
        ("blocked", of.blocked),
    ])
    .with("down", of.down)
}

fn edge(of: &EdgeFrame) -> Record {
    Record::of(&[
        ("calls", of.calls),
        ("attempts", of.attempts),
        ("ok", of.ok),
        ("failed", of.failed),
        ("timed_out", of.timed_out),
        ("refused", of.refused),
        ("in_flight", of.in_flight),
        ("ready", of.queue.ready),
        ("unacked", of.queue.unacked),
        ("oldest", of.queue.oldest),
    ])
    .with("dead_letters", of.queue.dead_lettered)
    .times(of.latency)
}

/// Whether anybody sees the frame.
pub(super) struct Sight {
    pub(super) seen: bool,
    /// Whether it is to play when it is seen first.
    autoplay: bool,
    /// Whether the host was told that the page is ready.
    told: bool,
    _watch: Option<Watch>,
}

impl Sight {
    /// A page of its own is seen; so is a frame where the browser cannot tell.
    pub(super) fn start(visit: &embed::Visit, tell: &Callback<bool>) -> Sight {
        let watch = if visit.embed {
            Watch::start(tell.clone())
        } else {
            None
        };
        if visit.embed && watch.is_none() {
            tell.emit(true);
        }
        Sight {
            seen: !visit.embed,
            autoplay: visit.autoplay,
            told: false,
            _watch: watch,
        }
    }
}

/// The slug of the preset that a board is, unchanged.
pub(super) fn shipped(board: &sim::Scenario, slug: &str) -> Option<&'static str> {
    let preset = Preset::find(slug)?;
    (preset.scenario().ok()? == *board).then_some(preset.slug)
}
