//! Fallback: where the call fails, the caller makes do with an answer of its own.
//!
//! Helps where a stale or partial answer is worth something; hurts where it hides that nothing works: calls
//! that end in a fallback count as ok and are counted apart. Source: Hystrix `getFallback`, Polly's fallback
//! strategy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::field::{Control, Field, access};
use crate::outcome::Outcome;
use crate::units::Span;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fallback {
    /// How long the caller needs for it.
    pub takes: Span,
    /// Whether it answers a timeout.
    pub on_timeout: bool,
    /// Whether it answers an error.
    pub on_error: bool,
    /// Whether it answers a refusal.
    pub on_refused: bool,
}

impl Default for Fallback {
    fn default() -> Self {
        Fallback {
            takes: Span::ZERO,
            on_timeout: true,
            on_error: true,
            on_refused: true,
        }
    }
}

impl Fallback {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Fallback>] = &[
        Field::new(
            "takes",
            "Takes",
            Control::Span(Span::ZERO, Span::secs(60)),
            access!(Span, takes),
            "How long the caller needs to make its own answer.",
            "Tailback: none, a constant or a value at hand",
        ),
        Field::new(
            "on_timeout",
            "Timeouts count",
            Control::Flag,
            access!(Flag, on_timeout),
            "Whether it answers where the call timed out.",
            "Polly FallbackStrategyOptions, ShouldHandle",
        ),
        Field::new(
            "on_error",
            "Errors count",
            Control::Flag,
            access!(Flag, on_error),
            "Whether it answers where the call failed.",
            "Polly FallbackStrategyOptions, ShouldHandle",
        ),
        Field::new(
            "on_refused",
            "Refusals count",
            Control::Flag,
            access!(Flag, on_refused),
            "Whether it answers where the call was refused.",
            "Polly FallbackStrategyOptions, ShouldHandle",
        ),
    ];

    /// What becomes of an outcome.
    pub const fn settle(&self, outcome: Outcome) -> Verdict {
        if !outcome.fails_as(self.on_error, self.on_timeout, self.on_refused) {
            Verdict::Pass(outcome)
        } else if self.takes.as_nanos() == 0 {
            Verdict::Pass(Outcome::Ok)
        } else {
            Verdict::Later(self.takes, Outcome::Ok)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_what_it_is_set_to_and_nothing_else() {
        let fallback = Fallback {
            on_timeout: false,
            ..Fallback::default()
        };
        assert_eq!(fallback.settle(Outcome::Error), Verdict::Pass(Outcome::Ok));
        for outcome in [Outcome::Ok, Outcome::TimedOut, Outcome::Cancelled] {
            assert_eq!(fallback.settle(outcome), Verdict::Pass(outcome));
        }
        let slow = Fallback {
            takes: Span::millis(3),
            ..fallback
        };
        assert_eq!(
            slow.settle(Outcome::Error),
            Verdict::Later(Span::millis(3), Outcome::Ok)
        );
    }
}
