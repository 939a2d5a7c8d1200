//! The second run: design A beside the page's own, on the same clock, under the same trouble.

use std::sync::Arc;

use sim::Scenario;
use sim::run::{Run, Score};
use sim::scenario::Fault;
use sim::units::Time;

use super::written;
use crate::protocol::Beside;

/// Milliseconds between two scores: they are read off whole reports.
const PAUSE: f64 = 400.0;

/// A run beside the main one.
#[derive(Debug)]
pub(super) struct Second {
    pub(super) run: Run,
    /// Where the two part; none: they are two designs from the start.
    since: Option<Time>,
    /// The board and the clicked faults that the page was told.
    told: Option<(Arc<Scenario>, Vec<Fault>)>,
    /// When the scores were read last: real time, and simulated.
    scored: Option<(f64, Time)>,
}

impl Second {
    pub(super) fn new(run: Run, since: Option<Time>) -> Second {
        Second {
            run,
            since,
            told: None,
            scored: None,
        }
    }

    /// What befalls one design befalls the other.
    pub(super) fn befall(&mut self, clicked: &[Fault]) {
        let board = Arc::clone(&self.run.board().scenario);
        self.run.adopt(&board, clicked);
    }

    /// Stands at this time.
    pub(super) fn come_to(&mut self, at: Time) {
        // Where it has been before, there are checkpoints on the way.
        if at < self.run.now() || at <= self.run.end() && at > self.run.now() {
            self.run.seek(at);
        }
        self.run.run_until(at);
    }

    /// What the page is told of the interval.
    pub(super) fn tell(&mut self, main: &Run, dots: usize, now: f64) -> Beside {
        let now_on = self.run.board();
        let known = self.told.as_ref().is_some_and(|(told, clicked)| {
            Arc::ptr_eq(told, &now_on.scenario) && *clicked == now_on.clicked
        });
        let board = (!known).then(|| written(&self.run));
        if !known {
            self.told = Some((Arc::clone(&now_on.scenario), now_on.clicked.clone()));
        }
        let due = self.scored.is_none_or(|(last, at)| {
            at != main.now() && (now - last >= PAUSE || at > main.now() || !known)
        });
        let scores = due.then(|| {
            self.scored = Some((now, main.now()));
            [&self.run, main].map(|run| {
                let system = run.simulation().system();
                Score::of(&system, &run.board().scenario)
            })
        });
        Beside {
            frame: self.run.frame(dots),
            board,
            since: self.since,
            scores,
        }
    }
}
