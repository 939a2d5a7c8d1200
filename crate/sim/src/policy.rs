//! Policies: the resilience patterns an edge can carry, an ordered list, outermost first.
//!
//! A call goes inward through its layers (`arm`), is sent as an attempt, and its outcome comes back
//! outward through the same layers (`settle`). A policy knows neither the board nor the clock.

pub mod retry;
pub mod timeout;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::units::{Span, Time};
pub use retry::Retry;
pub use timeout::{Cancel, Timeout};

/// A resilience pattern with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Policy {
    /// Try again after a failure.
    Retry(Retry),
    /// Give up waiting after a while.
    Timeout(Timeout),
}

/// What a policy remembers of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layer {
    /// Outcomes that have come back to this layer so far in this call.
    pub outcomes: u32,
}

/// What a layer says to a call that comes to it from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Go inward; the ticket comes back in `Pass`.
    Pass(u32),
    /// Not let in: the call is refused here and now.
    Refuse,
    /// Stand in the layer's line for a permit, at most so long; then be refused.
    Wait(Span),
    /// Wait so long, then go inward: a permit is reserved. The ticket comes back in `Pass`.
    Pause(Span, u32),
    /// Wait so long, then be refused.
    PauseRefuse(Span),
}

/// What a layer knows of something it let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The ticket it was given.
    pub ticket: u32,
    /// When it was let in.
    pub began: Time,
    /// Now.
    pub now: Time,
}

/// What a policy says of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it outward.
    Pass(Outcome),
    /// Go inward once more, after waiting so long.
    Again(Span),
    /// Hand this outward, after waiting so long.
    Later(Span, Outcome),
}

impl Policy {
    /// Every kind with its defaults, in the documented default order, outermost first
    /// (resilience4j's aspect order: retry outside, time limiter inside).
    pub fn all() -> Vec<Policy> {
        vec![
            Policy::Retry(Retry::default()),
            Policy::Timeout(Timeout::default()),
        ]
    }

    /// Its word.
    pub const fn name(&self) -> &'static str {
        match self {
            Policy::Retry(_) => "Retry",
            Policy::Timeout(_) => "Timeout",
        }
    }

    /// The longest this layer waits for what is inside it, if it has such a limit.
    pub const fn arm(&self) -> Option<Span> {
        match self {
            Policy::Retry(_) => None,
            Policy::Timeout(timeout) => Some(timeout.after),
        }
    }

    /// The timeout, if it is one.
    pub const fn timeout(&self) -> Option<&Timeout> {
        match self {
            Policy::Timeout(timeout) => Some(timeout),
            Policy::Retry(_) => None,
        }
    }

    /// A fresh memory for the calls of one caller.
    pub fn memory(&self, _now: Time) -> Memory {
        match self {
            Policy::Retry(_) | Policy::Timeout(_) => Memory::None,
        }
    }

    /// The memory after the settings changed: what can be kept is kept.
    #[must_use]
    pub fn adapt(&self, _memory: &Memory, now: Time) -> Memory {
        self.memory(now)
    }

    /// A call comes to this layer from outside.
    pub fn enter(&self, _memory: &mut Memory, _now: Time, _luck: Luck) -> Entry {
        match self {
            Policy::Retry(_) | Policy::Timeout(_) => Entry::Pass(0),
        }
    }

    /// An outcome comes back to this layer from inside.
    pub fn settle(
        &self,
        _memory: &mut Memory,
        layer: &mut Layer,
        _pass: Pass,
        outcome: Outcome,
        luck: Luck,
    ) -> Verdict {
        layer.outcomes += 1;
        match self {
            Policy::Retry(retry) => retry.settle(layer.outcomes, outcome, luck),
            Policy::Timeout(_) => Verdict::Pass(outcome),
        }
    }

    /// What was let in was given up from outside.
    pub fn cancel(&self, _memory: &mut Memory, _pass: Pass) {
        match self {
            Policy::Retry(_) | Policy::Timeout(_) => {}
        }
    }

    /// By whom a call is refused that this layer does not let in.
    pub const fn refuses_as(&self) -> By {
        match self {
            Policy::Retry(_) | Policy::Timeout(_) => By::Loop,
        }
    }
}

/// What a policy remembers of all calls of one caller over an edge.
#[derive(Debug, Clone, PartialEq)]
pub enum Memory {
    /// Nothing.
    None,
}
