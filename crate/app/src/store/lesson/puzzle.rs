//! The puzzle of a lesson: its ways and traps, what has to stay, and what somebody made of its board.

use lessons::lesson::Leg;
use lessons::lesson::course::with;
use sim::units::Span;

use crate::store::{Effect, Store};

impl Store {
    /// Puts one of the puzzle's ways or traps on the board, and runs it.
    pub(super) fn try_way(&mut self, trap: bool, place: usize) -> Vec<Effect> {
        let Some(taught) = &self.taught else {
            return vec![];
        };
        let puzzle = &taught.lesson.puzzle;
        let settings = if trap { &puzzle.traps } else { &puzzle.ways };
        let start = taught.lesson.legs(taught.lesson.steps.len());
        let board = start.ok().and_then(|legs| {
            let start = legs.into_iter().next()?.board;
            let seed = self.scenario.seed;
            let board = with(&start, settings.get(place)?).ok()?;
            Some(sim::Scenario { seed, ..board })
        });
        let Some(board) = board else {
            return vec![];
        };
        let leg = Leg {
            board: board.clone(),
            faults: Vec::new(),
            until: Span::ZERO,
        };
        let effects = self.begin_run(board, Vec::new(), vec![leg]);
        self.playing = true;
        effects
    }

    /// A step's board is the lesson's, and always to be had again; what is made for the puzzle is kept with the lesson.
    pub(in crate::store) fn keep_for_lesson(&self, effects: &mut Vec<Effect>) {
        let puzzled = (self.taught.as_ref()).is_some_and(|taught| taught.step().is_none());
        for effect in &mut *effects {
            if puzzled && *effect == Effect::Remember {
                *effect = Effect::KeepProgress;
            }
        }
        effects.retain(|effect| *effect != Effect::Remember);
    }

    /// Whether something of the puzzle was changed that has to stay.
    pub(crate) fn breaks_rules(&self) -> bool {
        self.taught.as_ref().is_some_and(|taught| {
            let keep = &taught.lesson.puzzle.keep;
            taught.step().is_none()
                && !with(&self.scenario, keep).is_ok_and(|kept| kept == *self.scenario)
        })
    }
}
