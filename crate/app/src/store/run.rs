//! The run: play, speed, reset, faults that are clicked, and the guide that follows along.

use std::rc::Rc;

use lessons::{Act, Guide};
use sim::scenario::{EdgeId, Edit, Fault, NodeId, Target};

use super::{Beside, Effect, Line, Store};

/// How many simulated seconds go by in a real one.
pub(crate) const SPEEDS: [f64; 11] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0];
/// The place of 1× among them.
pub(super) const NORMAL: usize = 4;

/// A speed as people say it.
pub(crate) fn speed_word(place: usize) -> String {
    format!("{}×", SPEEDS[place.min(SPEEDS.len() - 1)])
}

impl Store {
    /// Simulated seconds in a real one.
    pub(crate) fn pace(&self) -> f64 {
        SPEEDS[self.speed.min(SPEEDS.len() - 1)]
    }

    pub(super) fn play(&mut self, on: bool) -> Vec<Effect> {
        self.playing = on;
        vec![Effect::Say(if on { "Playing" } else { "Paused" }.into())]
    }

    pub(super) fn step(&mut self) -> Vec<Effect> {
        self.playing = false;
        vec![Effect::Step]
    }

    pub(super) fn set_speed(&mut self, place: usize) -> Vec<Effect> {
        self.speed = place.min(SPEEDS.len() - 1);
        vec![Effect::Say(format!("Speed {}", speed_word(self.speed)))]
    }

    /// A new run from time zero: clicked faults are over, the guide begins anew.
    pub(super) fn reset(&mut self) -> Vec<Effect> {
        self.run += 1;
        self.line = Line::default();
        self.ahead = None;
        self.beside = Beside::Nothing;
        self.clicked = Rc::default();
        self.guided.done = 0;
        self.playing = false;
        vec![Effect::Load, Effect::Say("Back at 0 seconds".into())]
    }

    pub(super) fn seed(&mut self, seed: u64) -> Vec<Effect> {
        self.keep(Some(Edit::SetSeed(seed)))
    }

    pub(super) fn fault(&mut self, fault: Fault) -> Vec<Effect> {
        if !self.scenario.befalls(&fault.on, fault.kind) {
            return vec![];
        }
        let name = self.scenario.target_name(&fault.on);
        let mut clicked = (*self.clicked).clone();
        let said = if let Some(place) = clicked.iter().position(|other| *other == fault) {
            clicked.remove(place);
            format!("{name}: {} is over", fault.kind.describe())
        } else {
            // One fault of a kind at a time: the stronger word would hide the weaker.
            clicked.retain(|other| other.on != fault.on || other.kind.word() != fault.kind.word());
            let said = format!("{name}: {}", fault.kind.describe());
            clicked.push(fault);
            said
        };
        self.leave_future();
        self.line.end = self.line.at;
        self.clicked = Rc::new(clicked);
        vec![Effect::Adopt, Effect::Say(said)]
    }

    /// Ends the clicked faults on a node or an edge, or on all.
    pub(super) fn heal(&mut self, on: Option<&Target>) -> Vec<Effect> {
        let healed = |fault: &Fault| on.is_none_or(|on| fault.on == *on);
        if !self.clicked.iter().any(healed) {
            return vec![];
        }
        let left = self
            .clicked
            .iter()
            .filter(|fault| !healed(fault))
            .cloned()
            .collect();
        self.leave_future();
        self.line.end = self.line.at;
        self.clicked = Rc::new(left);
        let who = on.map_or("All".to_owned(), |on| self.scenario.target_name(on));
        let said = format!("{who} healed");
        vec![Effect::Adopt, Effect::Say(said)]
    }

    /// Does what a step of the guide says, if it is not so already.
    pub(super) fn guide_act(&mut self, step: usize) -> Vec<Effect> {
        let Some(step) = Guide::of(self.preset).and_then(|guide| guide.steps.get(step)) else {
            return vec![];
        };
        match step.act {
            Act::Play => self.play(true),
            Act::Inject(id, kind) => match NodeId::new(id) {
                Some(on) if !self.shows(step.act) => self.fault(Fault {
                    on: on.into(),
                    kind,
                }),
                _ => vec![],
            },
            Act::Switch(id, _) => match EdgeId::new(id) {
                Some(id) if !self.shows(step.act) => self.switch(&id),
                _ => vec![],
            },
            Act::Compare if self.beside == Beside::Nothing => self.compare(),
            Act::Compare => vec![],
            Act::Heal(id) => {
                NodeId::new(id).map_or_else(Vec::new, |id| self.heal(Some(&id.into())))
            }
        }
    }

    /// Whether the board shows that a step of the guide was done.
    fn shows(&self, act: Act) -> bool {
        match act {
            Act::Play => self.playing,
            Act::Compare => self.beside == Beside::Run,
            Act::Inject(id, kind) => NodeId::new(id)
                .is_some_and(|id| self.clicked_on(&id.into()).any(|f| f.kind == kind)),
            Act::Switch(id, mode) => EdgeId::new(id)
                .and_then(|id| self.scenario.edges.get(&id))
                .is_some_and(|e| e.mode == mode),
            Act::Heal(id) => {
                NodeId::new(id).is_none_or(|id| self.clicked_on(&id.into()).next().is_none())
            }
        }
    }

    /// Ticks off the steps of the guide that are done; what follows is told.
    pub(super) fn follow_guide(&mut self) -> Vec<Effect> {
        let Some(guide) = self.guide() else {
            return vec![];
        };
        let mut effects = Vec::new();
        while let Some(step) = guide.steps.get(self.guided.done)
            && self.shows(step.act)
        {
            self.guided.done += 1;
            effects.push(Effect::Say(step.notice.into()));
        }
        effects
    }
}
