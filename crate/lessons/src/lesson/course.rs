//! The course of a lesson: which board stands at the beginning of each step, which faults are on, and how the run got there.

use sim::Scenario;
use sim::scenario::Fault;
use sim::units::Span;

use super::{Act, Lesson};
use crate::setting::{self, Setting};

/// A stretch of a run with one board and the same clicked faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The board.
    pub board: Scenario,
    /// The clicked faults that are on.
    pub faults: Vec<Fault>,
    /// When it ends, from the start of the run.
    pub until: Span,
}

impl Act {
    /// Does this on a board with these clicked faults.
    ///
    /// # Errors
    /// Says which setting has no place on this board, or what is wrong with the board then.
    pub fn apply(
        &self,
        board: &Scenario,
        faults: &[Fault],
    ) -> Result<(Scenario, Vec<Fault>), String> {
        let board = with(board, &self.set)?;
        let mut on = if self.heal {
            Vec::new()
        } else {
            faults.to_vec()
        };
        for fault in &self.faults {
            if !board.befalls(&fault.on, fault.kind) {
                return Err(format!(
                    "{} cannot befall {:?}",
                    fault.kind.word(),
                    fault.on
                ));
            }
            on.retain(|other| other.on != fault.on || other.kind.word() != fault.kind.word());
            on.push(fault.clone());
        }
        Ok((board, on))
    }

    /// Whether a board with these clicked faults shows that it was done.
    pub fn shows(&self, board: &Scenario, faults: &[Fault]) -> bool {
        let set = self.set.is_empty() || with(board, &self.set).is_ok_and(|done| done == *board);
        let healed = !self.heal || faults.iter().all(|fault| self.faults.contains(fault));
        set && healed && self.faults.iter().all(|fault| faults.contains(fault))
    }
}

/// A board with settings put into it.
///
/// # Errors
/// Says which one has no place, or what is wrong with the board then.
pub fn with(board: &Scenario, settings: &[String]) -> Result<Scenario, String> {
    if settings.is_empty() {
        return Ok(board.clone());
    }
    let settings: Vec<Setting> = settings
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    setting::load(&board.save(), &settings).map_err(|error| error.to_string())
}

impl Lesson {
    /// The board as its file has it.
    ///
    /// # Errors
    /// None for a lesson that ships; the tests read them all.
    pub fn scenario(&self) -> Result<Scenario, String> {
        Scenario::load(&self.board.to_string()).map_err(|error| error.to_string())
    }

    /// How the run gets to the beginning of a step, from time zero. The last leg has the board and the faults with
    /// which the step begins; the one after the last step is the puzzle.
    ///
    /// # Errors
    /// None for a lesson that ships.
    pub fn legs(&self, step: usize) -> Result<Vec<Leg>, String> {
        let Some(asked) = self.steps.get(step) else {
            return Ok(vec![Leg {
                board: with(&self.scenario()?, &self.puzzle.with)?,
                faults: Vec::new(),
                until: Span::ZERO,
            }]);
        };
        if step == 0 || asked.fresh.is_some() {
            return Ok(vec![Leg {
                board: with(
                    &self.scenario()?,
                    asked.fresh.as_deref().unwrap_or_default(),
                )?,
                faults: Vec::new(),
                until: Span::ZERO,
            }]);
        }
        let mut legs = self.legs(step - 1)?;
        let before = &self.steps[step - 1];
        let last = legs.last().ok_or("a run without a beginning")?;
        let (board, faults) = before.act.apply(&last.board, &last.faults)?;
        let until = last.until + before.lasts;
        legs.push(Leg {
            board,
            faults,
            until,
        });
        Ok(legs)
    }
}
