//! Checkpoints: copies of a simulation along its run, never more than so many; as the run gets longer, they lie
//! further apart.

use std::sync::Arc;

use crate::simulation::Simulation;
use crate::units::{Span, Time};

/// The most that are kept, the one at time zero besides: half an hour of ten seconds each. A copy of the shop is
/// about 0.4 MB.
pub const MOST_CHECKPOINTS: usize = 200;
/// How far apart they are at first.
const FIRST: Span = Span::secs(10);

/// A copy, taken before the edits of its instant.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// How many edits of the plan were made.
    made: usize,
    simulation: Simulation,
}

impl Checkpoint {
    /// When it was taken.
    pub(super) const fn at(&self) -> Time {
        self.simulation.now()
    }

    /// How many edits of the plan were made.
    pub(super) const fn made(&self) -> usize {
        self.made
    }

    /// The copy.
    pub(super) const fn simulation(&self) -> &Simulation {
        &self.simulation
    }
}

/// All of a run, in the order of their times. A copy of the list shares them.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    start: Arc<Checkpoint>,
    kept: Vec<Arc<Checkpoint>>,
    every: Span,
}

impl Checkpoints {
    /// The one at the start alone.
    pub(super) fn new(simulation: &Simulation) -> Checkpoints {
        Checkpoints {
            start: Arc::new(Checkpoint {
                made: 0,
                simulation: simulation.clone(),
            }),
            kept: Vec::new(),
            every: FIRST,
        }
    }

    /// How many there are besides the one at the start.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none but the one at the start.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The last one at this time or before it.
    pub(super) fn before(&self, at: Time) -> &Checkpoint {
        let after = self.kept.partition_point(|one| one.at() <= at);
        after
            .checked_sub(1)
            .map_or(&self.start, |last| &self.kept[last])
    }

    /// The next time at which one is wanted.
    pub(super) fn next_after(&self, now: Time) -> Time {
        let every = self.every.as_nanos();
        Time::from_nanos((now.as_nanos() / every + 1).saturating_mul(every))
    }

    /// Takes one, unless there is one of this time.
    pub(super) fn keep(&mut self, made: usize, simulation: &Simulation) {
        let at = simulation.now();
        let place = self.kept.partition_point(|one| one.at() < at);
        if self.kept.get(place).is_some_and(|one| one.at() == at) {
            return;
        }
        let simulation = simulation.clone();
        let one = Arc::new(Checkpoint { made, simulation });
        self.kept.insert(place, one);
        if self.kept.len() > MOST_CHECKPOINTS {
            self.every = self.every + self.every;
            let every = self.every.as_nanos();
            self.kept
                .retain(|one| one.at().as_nanos().is_multiple_of(every));
        }
    }

    /// Forgets what lies after a time, or was taken after edits that will not be made again.
    pub(super) fn forget_after(&mut self, at: Time, made: usize) {
        self.kept.retain(|one| one.at() <= at && one.made <= made);
    }
}
