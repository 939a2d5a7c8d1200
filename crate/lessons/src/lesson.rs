//! Lessons: a board, a few steps that each do one thing, and a puzzle. Every claim in them is data, and proven by running it.
//!
//! A lesson's file says what happens; the words are apart, a folder a language (see [`words`]). A step begins where the
//! one before it ended, or anew at time zero, does one thing and watches for a while. Page, terminal and tests run the
//! very same steps on the same engine, so that with the same seed they see the same figures to the last digit.

/// Hands the slugs of all lessons, in their order, to another macro.
macro_rules! every_lesson {
    ($then:ident! $($before:tt)*) => {
        $then! { $($before)* "one-thread"
            "what-a-queue-is"
            "slow-dependency"
            "flip-the-edge"
            "queue-buys-time"
            "retries-multiply"
            "metastable"
            "everyone-at-once"
            "charged-twice"
            "waiting-looks-idle"
            "async-that-blocked"
            "poison-message" }
    };
}

pub mod condition;
pub mod course;
pub mod gauge;
pub mod proof;
pub mod proven;
pub mod unit;
pub mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;
use sim::scenario::Fault;
use sim::units::Span;

use crate::experiment::Expression;
use condition::Condition;
pub use course::Leg;
pub use gauge::Gauge;
pub use proof::{Proof, Row, prove};
pub use unit::Unit;
pub use words::{Language, Words};

/// A lesson.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Its name in links and on the command line.
    pub slug: String,
    /// How long it takes in a class, in minutes.
    pub minutes: u32,
    /// Where the real incident behind it is told.
    pub sources: Vec<Source>,
    /// The charts that show it best, by their names on the page; a projector shows these alone.
    pub charts: Vec<String>,
    /// The board: a whole scenario file.
    pub board: Value,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The puzzle at the end.
    pub puzzle: Puzzle,
}

/// Where something is told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Who tells it, what it is called, and when it was published.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// One thing to do, and what is seen then.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// It begins anew at time zero, with these settings put into the lesson's board; else where the step before ended.
    pub fresh: Option<Vec<String>>,
    /// What is done; time goes on with it.
    #[serde(default)]
    pub act: Act,
    /// Figures begin so long after it.
    pub settles: Span,
    /// And end so long after it.
    pub lasts: Span,
    /// What is to be guessed beforehand, if anything.
    pub ask: Option<Ask>,
    /// Figures of this very run, for the explanation.
    #[serde(default)]
    pub figures: BTreeMap<String, Figure>,
    /// What holds, for every seed.
    pub claims: Vec<Claim>,
}

/// Something to guess before it is seen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// For each answer, the condition under which it is right. In every run it is the first one and no other; the page
    /// shows them in another order.
    pub answers: Vec<Condition>,
    /// What the figure of the right one is written as.
    #[serde(rename = "as", default)]
    pub unit: Unit,
}

/// Something a person can do on the board.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Puts values into the board, as `path=value`; see [`crate::Setting`].
    #[serde(default)]
    pub set: Vec<String>,
    /// Ends all clicked faults.
    #[serde(default)]
    pub heal: bool,
    /// Clicks these faults on.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// A figure to be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// How it is had from the gauge; see [`Gauge::figures`].
    pub what: Expression,
    /// What it is written as.
    #[serde(rename = "as", default)]
    pub unit: Unit,
}

/// Something that holds in the stretch of a step that is watched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What holds.
    pub that: Condition,
    /// What its first figure is written as.
    #[serde(rename = "as", default)]
    pub unit: Unit,
    /// It holds when this is done in the step's place: what is tempting and does not help, or what would have helped too.
    pub instead: Option<Act>,
}

/// A board, a goal, and the ways there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Puzzle {
    /// Settings put into the lesson's board.
    #[serde(default)]
    pub with: Vec<String>,
    /// Figures begin so long after the start of the run.
    pub settles: Span,
    /// And end so long after it.
    pub lasts: Span,
    /// All of these have to hold then.
    pub goals: Vec<Goal>,
    /// What has to stay as it is, as `path=value`.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Ways to reach the goal, as settings.
    pub ways: Vec<Vec<String>>,
    /// What is tempting and does not reach it.
    pub traps: Vec<Vec<String>>,
}

/// A part of a puzzle's goal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// What has to hold.
    pub that: Condition,
    /// What its first figure is written as.
    #[serde(rename = "as", default)]
    pub unit: Unit,
}

macro_rules! shipped {
    ($($slug:literal)*) => {
        &[$(include_str!(concat!("../lesson/", $slug, ".json"))),*]
    };
}

/// The files of all lessons, in their order.
const FILES: &[&str] = every_lesson!(shipped!);

impl Lesson {
    /// Reads a lesson's file.
    ///
    /// # Errors
    /// Says in which line what is wrong.
    pub fn read(file: &str) -> Result<Lesson, String> {
        serde_json::from_str(file).map_err(|error| format!("this is no lesson: {error}"))
    }

    /// All lessons, in their order.
    pub fn all() -> &'static [Lesson] {
        static ALL: OnceLock<Vec<Lesson>> = OnceLock::new();
        // The tests read every file; one that could not be read would be missing.
        ALL.get_or_init(|| {
            FILES
                .iter()
                .filter_map(|file| Lesson::read(file).ok())
                .collect()
        })
    }

    /// The lesson with this name.
    pub fn find(slug: &str) -> Option<&'static Lesson> {
        Lesson::all().iter().find(|lesson| lesson.slug == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_lesson() {
        for file in FILES {
            Lesson::read(file).unwrap();
        }
        assert_eq!(Lesson::all().len(), FILES.len());
        for lesson in Lesson::all() {
            assert!(std::ptr::eq(Lesson::find(&lesson.slug).unwrap(), lesson));
        }
    }
}
