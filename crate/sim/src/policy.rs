//! Policies: the resilience patterns an edge can carry, an ordered list, outermost first.
//!
//! A call goes inward through its layers (`arm`), is sent as an attempt, and its outcome comes back
//! outward through the same layers (`settle`). A policy knows neither the board nor the clock.

pub mod retry;
pub mod timeout;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::Span;
pub use retry::Retry;
pub use timeout::Timeout;

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

/// What a policy says of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it outward.
    Pass(Outcome),
    /// Go inward once more, after waiting so long.
    Again(Span),
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

    /// An outcome comes back to this layer from inside.
    pub fn settle(&self, layer: &mut Layer, outcome: Outcome, luck: Luck) -> Verdict {
        layer.outcomes += 1;
        match self {
            Policy::Retry(retry) => retry.settle(layer.outcomes, outcome, luck),
            Policy::Timeout(_) => Verdict::Pass(outcome),
        }
    }
}
