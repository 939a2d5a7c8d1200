//! A run: a plan of timed edits at work, with checkpoints along the way. It can be rewound, goes on exactly as it went
//! before, and becomes another run from where it is changed.

pub mod checkpoints;
pub mod plan;
pub mod score;

use std::sync::Arc;

pub use checkpoints::{Checkpoints, MOST_CHECKPOINTS};
pub use plan::{Edit, Plan, PlanError};
pub use score::Score;

use crate::frame::Frame;
use crate::scenario::{Fault, Scenario};
use crate::simulation::Simulation;
use crate::units::Time;

/// A plan and how far it has been run.
///
/// The run stands at [`Run::now`]; all edits of the plan until then are made. Edits after it are the future that a
/// rewind left behind: time that goes on makes them again, [`Run::adopt`] drops them.
#[derive(Debug, Clone)]
pub struct Run {
    plan: Plan,
    /// How many edits of the plan are made.
    made: usize,
    simulation: Simulation,
    kept: Checkpoints,
    /// The latest time it has been at with this plan.
    end: Time,
}

impl Run {
    /// A run at time zero.
    pub fn new(scenario: &Scenario, clicked: &[Fault]) -> Run {
        Run::of(Plan::new(scenario, clicked))
    }

    /// A run of this plan, at time zero.
    pub fn of(plan: Plan) -> Run {
        let simulation = Simulation::new(&plan.first().scenario);
        let mut run = Run {
            plan,
            made: 0,
            kept: Checkpoints::new(&simulation),
            simulation,
            end: Time::ZERO,
        };
        run.make_due();
        run
    }

    /// All edits, those of the future included.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The edit that is in force: the board as it is now.
    pub fn board(&self) -> &Edit {
        &self.plan.edits()[self.made.max(1) - 1]
    }

    /// The time it is.
    pub const fn now(&self) -> Time {
        self.simulation.now()
    }

    /// The latest time it has been at.
    pub fn end(&self) -> Time {
        self.end.max(self.now())
    }

    /// How many edits of the plan are made.
    pub const fn made(&self) -> usize {
        self.made
    }

    /// The simulation, to look at.
    pub const fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// How many checkpoints it holds.
    pub fn checkpoints(&self) -> usize {
        self.kept.len()
    }

    /// What happened since the last frame, with at most so many dots.
    pub fn frame(&mut self, dots: usize) -> Frame {
        self.simulation.frame(dots)
    }

    /// Carries on with this board and these clicked faults from now on; see [`Simulation::adopt`]. What was to come
    /// is dropped, unless the change makes no difference to the run: a card that is moved is only noted.
    ///
    /// Whether the run has become another one than it was to be.
    pub fn adopt(&mut self, scenario: &Scenario, clicked: &[Fault]) -> bool {
        let before = self.board();
        if before.scenario.runs_like(scenario) && before.clicked == clicked {
            self.plan.redraw(self.made.max(1) - 1, scenario);
            return false;
        }
        let (was, made) = (self.now(), self.made);
        let had_future = self.end() > was || made < self.plan.edits().len();
        self.simulation.adopt(scenario, clicked);
        let edit = Edit {
            at: self.now(),
            scenario: Arc::new(scenario.clone()),
            clicked: clicked.to_vec(),
        };
        self.plan.fork(made, edit);
        self.made = made + 1;
        self.kept.forget_after(was, made);
        self.end = self.now();
        had_future
    }

    /// Runs until this time, and the edits on the way.
    pub fn run_until(&mut self, until: Time) {
        while !self.run_slice(until, u32::MAX) {}
    }

    /// Runs at most `most` events towards this time; whether it has come there.
    pub fn run_slice(&mut self, until: Time, most: u32) -> bool {
        let mut left = most;
        while self.now() < until {
            let mark = self.kept.next_after(self.now());
            let edit = self.next_edit().map_or(until, |edit| edit.at);
            let stop = until.min(mark).min(edit);
            let before = self.simulation.events();
            if !self.simulation.run_slice(stop, left) {
                return false;
            }
            left = left.saturating_sub((self.simulation.events() - before) as u32);
            // Before the edits of this instant, so that a change at this very time leaves the checkpoint good.
            if stop == mark {
                self.kept.keep(self.made, &self.simulation);
            }
            self.make_due();
            if left == 0 && self.now() < until {
                return false;
            }
        }
        true
    }

    /// Runs the next event, or makes the next edit if that comes first.
    pub fn step(&mut self) {
        match self.next_edit().map(|edit| edit.at) {
            Some(at) => {
                if self.simulation.run_slice(at, 1) {
                    self.make_due();
                }
            }
            None => self.simulation.step(),
        }
        self.end = self.end();
    }

    /// Stands at a time between zero and [`Run::end`], exactly as it stood there, or would have; nothing of the plan is
    /// lost. It costs the copy of a checkpoint and what lies between that and the time.
    pub fn seek(&mut self, to: Time) {
        self.end = self.end();
        let to = to.min(self.end);
        let near = self.kept.before(to);
        // Going on from here is shorter where no checkpoint lies between; at this very instant the run may stand
        // between its events, after single steps.
        if self.now() >= to || near.at() > self.now() {
            self.simulation = near.simulation().clone();
            self.made = near.made();
        }
        self.run_until(to);
        self.make_due();
    }

    fn next_edit(&self) -> Option<&Edit> {
        self.plan.edits().get(self.made)
    }

    /// Makes the edits of this instant.
    fn make_due(&mut self) {
        while let Some(edit) = self.plan.edits().get(self.made)
            && edit.at <= self.simulation.now()
        {
            // A simulation begins with the first board, but without clicked faults.
            if self.made > 0 || !edit.clicked.is_empty() {
                self.simulation.adopt(&edit.scenario, &edit.clicked);
            }
            self.made += 1;
        }
    }
}
