//! Effects: what the store wants to happen outside, done in the browser.

use lessons::lesson::Leg;
use sim::scenario::Fault;
use sim::units::{Span, Time};
use sim::{Frame, Scenario};
use web_sys::{HtmlElement, HtmlInputElement, MediaQueryList, SvgElement, Window};
use worker::Command;
use worker::protocol::Board;

use super::App;
use crate::files;
use crate::ink::Inks;
use crate::live::Live;
use crate::series::Series;
use crate::store::{Effect, Focus, Over, Selection, Theme};
use crate::story::Story;
use wasm_bindgen::JsCast;

/// Dots in a frame, at most.
pub(super) const DOTS: u16 = 10;
/// Between two things said unasked, in milliseconds.
const PAUSE: f64 = 2_500.0;

/// What is said to people who do not see the screen.
#[derive(Debug, Default)]
pub(super) struct Voice {
    pub(super) said: String,
    waiting: Option<String>,
    last: f64,
}

impl Voice {
    /// Says what was left to say, if the last time is long enough ago.
    pub(super) fn beat(&mut self, now: f64) {
        if now - self.last >= PAUSE
            && let Some(text) = self.waiting.take()
        {
            self.said = text;
            self.last = now;
        }
    }

    /// Answers a person at once.
    fn answer(&mut self, text: String, now: f64) {
        self.said = text;
        self.last = now;
    }
}

impl App {
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Load => {
                self.forget_run();
                let (run, board) = (self.store.run, self.crossing());
                self.wall.tell(Command::Load { run, board });
            }
            Effect::Replay(plan) => {
                self.forget_run();
                let (run, plan) = (self.store.run, plan.save());
                self.wall.tell(Command::Replay { run, plan });
            }
            Effect::SaveRun => self.wall.tell(Command::Plan),
            Effect::Walk(legs) => {
                self.forget_run();
                let walked = legs.last().map_or(Span::ZERO, |leg| leg.until);
                self.live = Live::from(Time::ZERO + walked);
                let leg = |leg: &Leg| (crossing(&leg.board, &leg.faults), leg.until.as_nanos());
                let (run, legs) = (self.store.run, legs.iter().map(leg).collect());
                self.wall.tell(Command::Walk { run, legs });
            }
            Effect::Gauge(from, to) => self.begin_gauge(from, to),
            Effect::Ungauge => self.gauge = None,
            Effect::Fullscreen(on) => super::present::fullscreen(on),
            Effect::KeepProgress => self.keep_progress(),
            Effect::Adopt => {
                let board = self.crossing();
                self.wall.tell(Command::Adopt { board });
                // The engine tells when a future was left beside, but not unasked.
                self.wall.tell(Command::advance(Span::ZERO, 0));
            }
            Effect::Seek(to) => {
                self.gauge = None;
                self.wall.seek(to);
            }
            Effect::Compare => self.wall.tell(Command::Compare),
            Effect::Alone => self.wall.tell(Command::Alone),
            Effect::Export(format) => self.export(format),
            Effect::Step => self.wall.tell(Command::Step { dots: DOTS }),
            Effect::Remember => {
                self.remember();
                // The address names a board that is another one now.
                if !self.visit.embed {
                    super::address::clear();
                }
            }
            Effect::Theme { remember } => {
                let word = self.store.theme.word();
                mark_page("theme", word);
                self.inks = read_inks();
                if remember {
                    files::keep_theme(word);
                }
            }
            Effect::Letters => files::keep_letters(self.store.letters),
            Effect::Glide(from) => {
                if !prefers("(prefers-reduced-motion: reduce)") {
                    self.store.glide(&from, 0.0);
                    self.gliding = Some((self.pulse.now(), from));
                }
            }
            Effect::Focus(focus) => self.focus = Some(focus),
            Effect::Copy(text) => self.copy(text),
            Effect::AskPaste => self.ask_paste(),
            Effect::Say(text) => self.voice.answer(text, self.pulse.now()),
        }
    }

    /// A new run begins: nothing is known of it yet.
    fn forget_run(&mut self) {
        self.live = Live::default();
        self.series = Series::default();
        self.story = Story::default();
        self.flow.clear();
        self.beside = None;
        self.pulse.redraw();
    }

    /// The board as it crosses the wall.
    fn crossing(&self) -> Board {
        crossing(&self.store.scenario, &self.store.clicked)
    }

    /// Whether the engine runs the nodes and edges that the board shows.
    fn agrees(&self, frame: &Frame) -> bool {
        let board = &self.store.scenario;
        let clients = frame.clients.iter().map(|frame| &frame.id);
        let services = frame.services.iter().map(|frame| &frame.id);
        let brokers = frame.brokers.iter().map(|frame| &frame.id);
        let mut nodes = clients.chain(services).chain(brokers);
        let edges = frame.edges.iter().map(|frame| &frame.id);
        let count = frame.clients.len() + frame.services.len() + frame.brokers.len();
        count == board.nodes.len()
            && nodes.all(|id| board.nodes.contains_key(id))
            && edges.eq(board.edges.keys())
    }

    /// Takes in what the engine reports of an interval.
    pub(super) fn fold(&mut self, frame: &Frame) {
        mark_page("agrees", if self.agrees(frame) { "1" } else { "0" });
        self.store.stand_at(frame.at);
        self.live.fold(frame);
        self.series.fold(frame);
        self.fold_gauge(frame);
        if let Some(news) = self.story.fold(&self.store.scenario, frame) {
            self.voice.waiting = Some(news);
        }
        if self.store.dots {
            let edges = &self.store.scenario.edges;
            let latency = |id: &_| {
                edges
                    .get(id)
                    .map_or(0.0, |edge| edge.latency.mean().as_secs_f64())
            };
            self.flow
                .fold(frame, &self.store.scene, self.store.pace(), latency);
        }
        if !frame.buckets.is_empty() {
            self.pulse.redraw_charts();
        }
    }

    /// Sends the keyboard where an action wanted it, now that it is drawn.
    pub(super) fn send_focus(&mut self) {
        let Some(focus) = self.focus.take() else {
            return;
        };
        let id = match (focus, &self.store.selection) {
            (Focus::Selected, Selection::Nothing | Selection::Many(_)) => "diagram".to_owned(),
            (Focus::Selected, Selection::Node(id)) => format!("node-{id}"),
            (Focus::Selected, Selection::Edge(id)) => format!("edge-{id}"),
            (Focus::Inspector, _) => "inspected".to_owned(),
            (Focus::Name, _) => "node-name".to_owned(),
            (Focus::Lesson, _) => "lesson-title".to_owned(),
            (Focus::Over, _) => match self.store.over {
                Some(Over::Menu(_)) => "menu".to_owned(),
                Some(Over::Add(_) | Over::Commands) => "finder".to_owned(),
                Some(Over::Sheet) => "sheet".to_owned(),
                None => return,
            },
        };
        let found = window()
            .document()
            .and_then(|document| document.get_element_by_id(&id));
        // A menu has the keyboard in its first row.
        let found = match self.store.over {
            Some(Over::Menu(_)) if focus == Focus::Over => {
                found.and_then(|menu| menu.query_selector("button").ok().flatten())
            }
            Some(_) | None => found,
        };
        let Some(element) = found else { return };
        // An element that cannot take the keyboard leaves it where it is.
        let _ = match element.dyn_ref::<HtmlElement>() {
            Some(html) => {
                if let (Focus::Name, Some(input)) = (focus, html.dyn_ref::<HtmlInputElement>()) {
                    input.select();
                }
                html.focus()
            }
            None => element
                .dyn_ref::<SvgElement>()
                .map_or(Ok(()), SvgElement::focus),
        };
    }
}

/// A board with its clicked faults as it crosses the wall.
fn crossing(board: &Scenario, clicked: &[Fault]) -> Board {
    Board {
        scenario: board.save(),
        clicked: serde_json::to_string(clicked).unwrap_or_default(),
    }
}

/// The page's window: this program runs nowhere else.
fn window() -> Window {
    web_sys::window().unwrap_or_else(|| unreachable!("the screen runs in a page"))
}

/// Says something on the page's root element, for styles and tests.
pub(super) fn mark_page(name: &str, value: &str) {
    let root = window()
        .document()
        .and_then(|document| document.document_element());
    let root = root.and_then(|root| root.dyn_into::<HtmlElement>().ok());
    if let Some(root) = root
        && root.dataset().get(name).as_deref() != Some(value)
    {
        // The names are ours and valid.
        let _ = root.dataset().set(name, value);
    }
}

/// The colours of the theme that is on.
fn read_inks() -> Inks {
    let window = window();
    let root = window
        .document()
        .and_then(|document| document.document_element());
    let style = root.and_then(|root| window.get_computed_style(&root).ok().flatten());
    Inks::read(|name| {
        style
            .as_ref()
            .and_then(|style| style.get_property_value(name).ok())
            .unwrap_or_default()
    })
}

/// Whether the browser says yes to a media query.
pub(super) fn prefers(query: &str) -> bool {
    window()
        .match_media(query)
        .ok()
        .flatten()
        .is_some_and(|list| list.matches())
}

/// Tells when the system turns dark.
pub(super) fn system_theme() -> Option<MediaQueryList> {
    window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
}

/// The theme a person chose, or else the system's.
pub(super) fn remembered_theme() -> Theme {
    match files::theme().as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ if prefers("(prefers-color-scheme: dark)") => Theme::Dark,
        _ => Theme::Light,
    }
}

/// `?worker=off` keeps the engine on the page's own thread: for tests, and for hosts that forbid workers.
pub(super) fn wants_no_worker() -> bool {
    window()
        .location()
        .search()
        .is_ok_and(|query| query.split(['?', '&']).any(|part| part == "worker=off"))
}
