//! The run beside: design A, drawn next to the board, its figures next to those of the board, on one clock.

use std::rc::Rc;

use sim::Scenario;
use sim::run::Score;
use sim::scenario::{Difference, Fault, diff};
use sim::units::Time;
use worker::protocol::{self, Board, Line};
use yew::prelude::*;

use super::App;
use crate::board::{self, Flow};
use crate::compare_panel::ComparePanel;
use crate::live::Live;
use crate::series::Series;
use crate::store::{self, Action, Store, Theme};

/// What is known of the run beside. Its board is a store of its own that nobody acts on.
pub(super) struct Side {
    pub(super) store: Store,
    pub(super) live: Live,
    pub(super) series: Series,
    pub(super) flow: Flow,
    pub(super) dots: NodeRef,
    since: Option<Time>,
    scores: Option<[Score; 2]>,
    /// What the two boards have otherwise, and the boards that were compared.
    differences: Rc<Vec<Difference>>,
    of: Option<(Rc<Scenario>, Rc<Scenario>)>,
}

impl Side {
    fn new(since: Option<Time>) -> Side {
        Side {
            store: Store::new(
                Some((Scenario::default(), String::new())),
                Theme::Light,
                false,
            ),
            live: Live::default(),
            series: Series::default(),
            flow: Flow::default(),
            dots: NodeRef::default(),
            since,
            scores: None,
            differences: Rc::default(),
            of: None,
        }
    }
}

/// A board as it came over the wall.
pub(super) fn read(board: &Board) -> Option<(Scenario, Vec<Fault>)> {
    let scenario = Scenario::load(&board.scenario).ok()?;
    let clicked = serde_json::from_str(&board.clicked).unwrap_or_default();
    Some((scenario, clicked))
}

impl App {
    /// The engine tells of the line of time.
    pub(super) fn hear_line(&mut self, line: Line) {
        let board = line.board.as_ref().and_then(read);
        let (end, edits) = (line.end, line.edits);
        for effect in self.store.update(Action::Follow { end, edits, board }) {
            self.perform(effect);
        }
        self.series.cut(end);
    }

    /// The engine tells of the run beside, or that there is none. True if that is new.
    pub(super) fn hear_beside(&mut self, beside: Option<protocol::Beside>, jump: bool) -> bool {
        let Some(beside) = beside else {
            let was = self.beside.take().is_some();
            self.store.beside = store::Beside::Nothing;
            return was;
        };
        let is_new = self.beside.is_none();
        let side = self
            .beside
            .get_or_insert_with(|| Box::new(Side::new(beside.since)));
        side.since = beside.since;
        if let Some((scenario, clicked)) = beside.board.as_ref().and_then(read) {
            side.store.display(scenario, clicked);
        }
        if is_new && beside.since.is_some() {
            // Until they parted, the two were one run.
            side.series = self.series.clone();
        }
        if jump {
            side.live = Live::default();
            side.flow.clear();
        }
        side.live.fold(&beside.frame);
        side.series.fold(&beside.frame);
        if self.store.dots {
            let pace = self.store.pace();
            let edges = &side.store.scenario.edges;
            let latency = |id: &_| {
                edges
                    .get(id)
                    .map_or(0.0, |edge| edge.latency.mean().as_secs_f64())
            };
            side.flow
                .fold(&beside.frame, &side.store.scene, pace, latency);
        }
        if let Some(scores) = beside.scores {
            side.scores = Some(scores);
        }
        self.store.beside = store::Beside::Run;
        self.mirror();
        is_new
    }

    /// The picture beside is looked at as the board is.
    pub(super) fn mirror(&mut self) {
        let Some(side) = &mut self.beside else {
            return;
        };
        side.store.camera = self.store.camera;
        side.store.view = self.store.view;
        let (a, b) = (&side.store.scenario, &self.store.scenario);
        let known = |(x, y): &(Rc<Scenario>, Rc<Scenario>)| Rc::ptr_eq(x, a) && Rc::ptr_eq(y, b);
        if !side.of.as_ref().is_some_and(known) {
            side.differences = Rc::new(diff::differences(a, b));
            side.of = Some((Rc::clone(a), Rc::clone(b)));
        }
    }

    /// How the board and the picture beside share the room: the whole board is to be as large as it can.
    pub(super) fn halves(&self) -> Option<&'static str> {
        self.beside.as_ref()?;
        Some("halves")
    }

    /// Design A, next to the board.
    pub(super) fn picture(&self) -> Html {
        let Some(side) = &self.beside else {
            return Html::default();
        };
        let name = match side.since {
            None => "A · as the run began".to_owned(),
            Some(at) => format!("A · as it went on from {:.1} s", at.as_secs_f64()),
        };
        html! {
            <div class="half other">
                { board::picture(&side.store, side.live.shown(), &side.dots) }
                <p class="half-name">{ name }</p>
            </div>
        }
    }

    /// What the board itself is called while there are two.
    pub(super) fn half_name(&self) -> Html {
        match &self.beside {
            None => Html::default(),
            Some(side) => html! {
                <p class="half-name">{ if side.since.is_some() { "B · changed" } else { "B · the board now" } }</p>
            },
        }
    }

    /// The score of both, and what differs.
    pub(super) fn compare_panel(&self) -> Html {
        let Some(side) = &self.beside else {
            return Html::default();
        };
        html! {
            <ComparePanel scores={side.scores} differences={Rc::clone(&side.differences)}
                scenario={Rc::clone(&self.store.scenario)} other={Rc::clone(&side.store.scenario)}
                since={side.since.map(Time::as_secs_f64)} act={&self.hands.act} />
        }
    }
}
