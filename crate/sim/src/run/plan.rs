//! A plan: the board a run begins with and every edit of it, each with its time. Together with the seed in the board it
//! is the whole run: replayed, it gives the same facts to the bit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::scenario::{Fault, LoadError, Scenario};
use crate::units::{Span, Time};

/// The version of the file that this program writes.
pub const VERSION: u32 = 1;

/// The longest file that is read, in bytes: every edit holds a whole board.
pub const LONGEST_FILE: usize = 16 << 20;

/// The board from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// From when, in simulated time.
    pub at: Time,
    /// The board.
    pub scenario: Arc<Scenario>,
    /// The faults that were clicked and not yet healed.
    pub clicked: Vec<Fault>,
}

/// Edits in the order of their times, the first of them at time zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    edits: Vec<Edit>,
}

/// Why a file is no run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// It cannot be read as one.
    #[error(
        "{0}. A saved run is {{\"version\": 1, \"run\": [{{\"at\": \"0s\", \"scenario\": ...}}, ...]}}"
    )]
    Misfit(String),
    /// A newer program wrote it.
    #[error(
        "version: the run is of version {found}, this program knows versions up to {VERSION}. Reload the page or update the program"
    )]
    Newer {
        /// The version in the file.
        found: u32,
    },
    /// It is too long.
    #[error("the file has {0} bytes; a run has at most {LONGEST_FILE}")]
    TooLong(usize),
    /// An edit is out of order.
    #[error("run[{place}].at: {what}")]
    Order {
        /// Which edit, from 0.
        place: usize,
        /// What is wrong with its time, and what to do.
        what: &'static str,
    },
    /// An edit has a seed of its own.
    #[error(
        "run[{place}].scenario.seed: a run has one seed, that of its first board; give all boards the same"
    )]
    Seed {
        /// Which edit, from 0.
        place: usize,
    },
    /// A board in it cannot be read.
    #[error("run[{place}].scenario: {error}")]
    Board {
        /// Which edit, from 0.
        place: usize,
        /// Why not.
        error: LoadError,
    },
}

/// An edit as files have it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at: Span,
    scenario: serde_json::Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    clicked: Vec<Fault>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    run: Vec<Written>,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Plan {
    /// A board that nobody changes.
    pub fn new(scenario: &Scenario, clicked: &[Fault]) -> Plan {
        let first = Edit {
            at: Time::ZERO,
            scenario: Arc::new(scenario.clone()),
            clicked: clicked.to_vec(),
        };
        Plan { edits: vec![first] }
    }

    /// All edits; there is at least one, at time zero.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The board it begins with.
    pub fn first(&self) -> &Edit {
        &self.edits[0]
    }

    /// The board it ends with.
    pub fn last(&self) -> &Edit {
        &self.edits[self.edits.len() - 1]
    }

    /// The same trouble, clicked at the same times, for one design that is never changed.
    #[must_use]
    pub fn with_design(&self, design: &Scenario) -> Plan {
        let mut design = design.clone();
        design.seed = self.first().scenario.seed;
        let design = Arc::new(design);
        let mut edits: Vec<Edit> = Vec::new();
        for edit in &self.edits {
            if edits.last().is_none_or(|last| last.clicked != edit.clicked) {
                edits.push(Edit {
                    at: edit.at,
                    scenario: Arc::clone(&design),
                    clicked: edit.clicked.clone(),
                });
            }
        }
        Plan { edits }
    }

    /// Drops all edits but the first so many, and adds this one.
    pub(super) fn fork(&mut self, made: usize, edit: Edit) {
        self.edits.truncate(made.max(1));
        self.edits.push(edit);
    }

    /// Notes how the cards of a board stand now.
    pub(super) fn redraw(&mut self, place: usize, scenario: &Scenario) {
        if *self.edits[place].scenario != *scenario {
            self.edits[place].scenario = Arc::new(scenario.clone());
        }
    }

    /// Whether a file is meant to be a run and not a scenario.
    pub fn is_run(text: &str) -> bool {
        #[derive(Deserialize)]
        struct Which {
            run: Option<serde::de::IgnoredAny>,
        }
        serde_json::from_str::<Which>(text).is_ok_and(|which| which.run.is_some())
    }

    /// Its file.
    pub fn save(&self) -> String {
        let written = |edit: &Edit| Written {
            at: Span::nanos(edit.at.as_nanos()),
            scenario: serde_json::from_str(&edit.scenario.save()).unwrap_or_default(),
            clicked: edit.clicked.clone(),
        };
        let file = File {
            version: VERSION,
            run: self.edits.iter().map(written).collect(),
        };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads such a file.
    ///
    /// # Errors
    /// Says what is wrong, where in the file, and what to do.
    pub fn load(text: &str) -> Result<Plan, PlanError> {
        if text.len() > LONGEST_FILE {
            return Err(PlanError::TooLong(text.len()));
        }
        let misfit = |error: serde_json::Error| PlanError::Misfit(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(misfit)?;
        if head.version > VERSION {
            return Err(PlanError::Newer {
                found: head.version,
            });
        }
        let file: File = serde_json::from_str(text).map_err(misfit)?;
        let mut edits: Vec<Edit> = Vec::new();
        for (place, written) in file.run.into_iter().enumerate() {
            let at = Time::ZERO + written.at;
            match edits.last() {
                None if at > Time::ZERO => {
                    let what = "the first board stands at 0s";
                    return Err(PlanError::Order { place, what });
                }
                Some(before) if at < before.at => {
                    let what = "it is earlier than the one before; put the edits in the order of their times";
                    return Err(PlanError::Order { place, what });
                }
                None | Some(_) => {}
            }
            let scenario = Scenario::load(&written.scenario.to_string())
                .map_err(|error| PlanError::Board { place, error })?;
            if edits
                .first()
                .is_some_and(|first| first.scenario.seed != scenario.seed)
            {
                return Err(PlanError::Seed { place });
            }
            edits.push(Edit {
                at,
                scenario: Arc::new(scenario),
                clicked: written.clicked,
            });
        }
        if edits.is_empty() {
            return Err(PlanError::Misfit(
                "run: it has no edit, and so no board".into(),
            ));
        }
        Ok(Plan { edits })
    }
}
