//! Adaptive concurrency limit: at most so many calls at once, as many as the callee's own answers show that it bears.
//!
//! Helps where nobody knows the right number, or where it changes: the limit falls as soon as latency rises or calls are
//! dropped, and what is above it is refused at once. Hurts where latency changes by itself, for slow work looks like
//! overload. Source: Netflix concurrency-limits (`AIMDLimit`, `VegasLimit`, `Gradient2Limit`, `SimpleLimiter`,
//! `BlockingLimiter`, `AbstractPartitionedLimiter`).

mod rules;
mod share;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entry, Pass};
use crate::criticality::Criticality;
use crate::field::{Control, Field, access, choice, join};
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::{Ratio, Span};
use rules::Estimate;
pub use share::Shares;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Adaptive {
    /// By what rule the limit follows.
    pub algorithm: Algorithm,
    /// The limit at the start.
    pub initial: u32,
    /// It never falls below this.
    pub least: u32,
    /// It never rises above this.
    pub most: u32,
    /// How long a call above the limit waits for a permit, holding its thread; then it is refused.
    pub max_wait: Span,
    /// AIMD: by what it is multiplied after a drop.
    pub backoff: Ratio,
    /// AIMD: what took longer is a drop.
    pub timeout: Span,
    /// Gradient: latency may be so many times the usual one before the limit falls.
    pub tolerance: Ratio,
    /// Gradient: the part of the way to its new value that the limit goes each time.
    pub smoothing: Ratio,
    /// Gradient: over how many calls the usual latency is averaged.
    pub window: u32,
    /// Gradient: how many more calls than without queueing it asks for.
    pub headroom: u32,
    /// Vegas: after so many calls for each one of the limit the latency without queueing is measured anew.
    pub probe: u32,
    /// What part of it is for whom.
    pub share: Shares,
}

/// By what rule a limit follows what calls show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Additive increase, multiplicative decrease: by drops and timeouts alone.
    Aimd,
    /// By the queue that latency above the least one shows.
    Vegas,
    /// By how much latency is above its long average.
    Gradient2,
}

impl Default for Adaptive {
    fn default() -> Self {
        Adaptive {
            algorithm: Algorithm::Gradient2,
            initial: 20,
            least: 20,
            most: 200,
            max_wait: Span::ZERO,
            backoff: Ratio::percent(90),
            timeout: Span::secs(5),
            tolerance: Ratio::percent(150),
            smoothing: Ratio::percent(20),
            window: 600,
            headroom: 4,
            probe: 30,
            share: Shares::default(),
        }
    }
}

/// What all calls of a caller share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    in_use: u32,
    /// The same by class.
    by_class: [u32; 4],
    estimate: Estimate,
}

impl State {
    /// How many calls are under way.
    pub const fn in_use(&self) -> u32 {
        self.in_use
    }

    /// The limit as it is.
    pub fn limit(&self) -> u32 {
        self.estimate.limit()
    }
}

impl Adaptive {
    /// Nothing is under way, and the limit is where it begins.
    pub fn state(&self) -> State {
        State {
            in_use: 0,
            by_class: [0; 4],
            estimate: Estimate::new(self),
        }
    }

    /// The settings changed: what was learned is kept, within the new bounds.
    pub fn adapt(&self, state: &State) -> State {
        State {
            in_use: 0,
            by_class: [0; 4],
            estimate: state.estimate.within(self),
        }
    }

    /// A call comes; its ticket says how many are under way with it.
    pub fn enter(&self, state: &mut State, class: Criticality) -> Entry {
        let limit = state.limit();
        let of_class = &mut state.by_class[class as usize];
        let own = self.share.on && *of_class < self.share.of(class, limit);
        if state.in_use < limit || own {
            *of_class += 1;
            state.in_use += 1;
            Entry::Pass(state.in_use)
        } else if self.max_wait == Span::ZERO {
            Entry::Refuse
        } else {
            Entry::Wait(self.max_wait)
        }
    }

    /// A call that was let in has ended. A good answer shows how long it took; what timed out or was refused is a
    /// drop; an error shows nothing.
    pub fn settle(&self, state: &mut State, pass: Pass, outcome: Outcome, luck: Luck) {
        state.in_use -= 1;
        state.by_class[pass.class as usize] -= 1;
        let dropped = match outcome {
            Outcome::Ok => false,
            Outcome::TimedOut | Outcome::Refused(_) => true,
            Outcome::Error | Outcome::Cancelled => return,
        };
        let took = pass.now.since(pass.began);
        state
            .estimate
            .update(self, took, pass.ticket, dropped, luck);
    }

    /// A call that was let in was given up from outside: a drop.
    pub fn cancel(&self, state: &mut State, pass: Pass, luck: Luck) {
        self.settle(state, pass, Outcome::TimedOut, luck);
    }

    /// What a person can set.
    pub const FIELDS: &'static [Field<Adaptive>] =
        &join::<_, { Self::OWN.len() + share::FIELDS.len() }>(&[Self::OWN, share::FIELDS]);

    const OWN: &'static [Field<Adaptive>] = &[
        Field::new(
            "algorithm",
            "Algorithm",
            Control::Choice(&["AIMD", "Vegas", "gradient"]),
            choice!(
                algorithm,
                [Algorithm::Aimd, Algorithm::Vegas, Algorithm::Gradient2]
            ),
            "AIMD: one more while calls do well, a share less after a drop. Vegas: by the queue that latency above the \
             least one shows. Gradient: by how much latency is above its long average.",
            "Netflix concurrency-limits: AIMDLimit, VegasLimit, Gradient2Limit",
        ),
        Field::new(
            "initial",
            "Limit at the start",
            Control::Count(1, 10_000),
            access!(Count, initial),
            "How many calls may be under way at once before anything is known.",
            "Netflix concurrency-limits, initialLimit: 20",
        ),
        Field::new(
            "least",
            "Limit at least",
            Control::Count(1, 10_000),
            access!(Count, least),
            "It never falls below this.",
            "Netflix concurrency-limits, minLimit: 20 (Vegas: 1)",
        ),
        Field::new(
            "most",
            "Limit at most",
            Control::Count(1, 10_000),
            access!(Count, most),
            "It never rises above this; where it is less than the least one, that counts.",
            "Netflix concurrency-limits, maxConcurrency: 200 (Vegas: 1,000)",
        ),
        Field::new(
            "max_wait",
            "Wait for a permit",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, max_wait),
            "How long a call above the limit waits, holding its thread; then it is refused.",
            "Netflix concurrency-limits, SimpleLimiter: refuses at once",
        ),
        Field::new(
            "backoff",
            "Back-off",
            Control::Share,
            access!(Ratio, backoff),
            "AIMD: by what the limit is multiplied after a drop.",
            "Netflix AIMDLimit, backoffRatio: 0.9",
        ),
        Field::new(
            "timeout",
            "A drop after",
            Control::Span(Span::millis(1), Span::secs(600)),
            access!(Span, timeout),
            "AIMD: a call that took longer counts as dropped.",
            "Netflix AIMDLimit, timeout: 5 s",
        ),
        Field::new(
            "tolerance",
            "Latency tolerated",
            Control::Factor(Ratio::ONE, Ratio::whole(10)),
            access!(Ratio, tolerance),
            "Gradient: latency may be so many times its long average before the limit falls.",
            "Netflix Gradient2Limit, rttTolerance: 1.5",
        ),
        Field::new(
            "smoothing",
            "Smoothing",
            Control::Factor(Ratio::micros(1_000), Ratio::ONE),
            access!(Ratio, smoothing),
            "Gradient: the part of the way to its new value that the limit goes with each call.",
            "Netflix Gradient2Limit, smoothing: 0.2",
        ),
        Field::new(
            "window",
            "Long average over",
            Control::Count(1, 100_000),
            access!(Count, window),
            "Gradient: over how many calls the usual latency is averaged, exponentially.",
            "Netflix Gradient2Limit, longWindow: 600",
        ),
        Field::new(
            "headroom",
            "Queue allowed",
            Control::Count(0, 1_000),
            access!(Count, headroom),
            "Gradient: how many calls more than latency asks for, so that the limit can grow.",
            "Netflix Gradient2Limit, queueSize: 4",
        ),
        Field::new(
            "probe",
            "Probe after",
            Control::Count(1, 1_000),
            access!(Count, probe),
            "Vegas: after half to all of so many calls for each one of the limit, the latency without queueing is \
             measured anew.",
            "Netflix VegasLimit, probeMultiplier: 30",
        ),
    ];
}
