//! Retry: try again after a failure, with exponential back-off and jitter.
//!
//! Helps against rare, independent failures; hurts under overload, where every retry is more load. A
//! blocking caller's thread is held through the back-off. Source of the formula: gRPC retry design (A6):
//! the wait after the n-th attempt is `min(cap, base * multiplier^(n-1))`; jitter as in the AWS back-off
//! simulator: *full* draws from 0 to it, *equal* from half of it to all of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::field::{Control, Field, access};
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::{Ratio, Span};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// The wait after the first attempt.
    pub base: Span,
    /// By how much each further wait is longer.
    pub multiplier: Ratio,
    /// The longest wait.
    pub cap: Span,
    /// How the wait is spread.
    pub jitter: Jitter,
    /// Whether an attempt that timed out is tried again.
    pub on_timeout: bool,
    /// Whether an attempt that failed is tried again.
    pub on_error: bool,
    /// Whether an attempt that was refused is tried again.
    pub on_refused: bool,
}

/// How the waits of many callers are spread, so that they do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Not at all.
    None,
    /// From half the wait to all of it.
    Equal,
    /// From nothing to all of it.
    Full,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            attempts: 3,
            base: Span::millis(100),
            multiplier: Ratio::whole(2),
            cap: Span::secs(20),
            jitter: Jitter::Full,
            on_timeout: true,
            on_error: true,
            on_refused: true,
        }
    }
}

impl Retry {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Retry>] = &[
        Field::new(
            "attempts",
            "Attempts",
            Control::Count(1, 10),
            access!(Count, attempts),
            "How many times in all, the first one included.",
            "resilience4j Retry, maxAttempts: 3 (counts the first)",
        ),
        Field::new(
            "base",
            "First wait",
            Control::Span(Span::ZERO, Span::secs(60)),
            access!(Span, base),
            "The back-off after the first attempt. A blocking caller's thread is held while it waits.",
            "AWS SDK standard mode: base 100 ms",
        ),
        Field::new(
            "multiplier",
            "Multiplier",
            Control::Factor(Ratio::ONE, Ratio::whole(10)),
            access!(Ratio, multiplier),
            "Each further wait is so many times longer; 1 keeps it constant.",
            "gRPC A6, backoffMultiplier; exponential back-off doubles",
        ),
        Field::new(
            "cap",
            "Longest wait",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, cap),
            "No wait is longer than this, before jitter.",
            "AWS SDK standard mode: at most 20 s",
        ),
        Field::new(
            "jitter",
            "Jitter",
            Control::Choice(&["none", "equal", "full"]),
            (
                |of| crate::field::Value::Choice(of.jitter as usize),
                |of, value| {
                    if let crate::field::Value::Choice(place) = value {
                        of.jitter = [Jitter::None, Jitter::Equal, Jitter::Full][place.min(2)];
                    }
                },
            ),
            "Spreads the waits of many callers: equal draws from half the wait up, full from zero up.",
            "AWS Architecture Blog, Exponential Backoff And Jitter",
        ),
        Field::new(
            "on_timeout",
            "After a timeout",
            Control::Flag,
            access!(Flag, on_timeout),
            "Whether an attempt that timed out is tried again. The first one may still be at work.",
            "gRPC A6, retryableStatusCodes",
        ),
        Field::new(
            "on_error",
            "After an error",
            Control::Flag,
            access!(Flag, on_error),
            "Whether an attempt that failed is tried again.",
            "gRPC A6, retryableStatusCodes",
        ),
        Field::new(
            "on_refused",
            "After a refusal",
            Control::Flag,
            access!(Flag, on_refused),
            "Whether an attempt that was turned away is tried again.",
            "Envoy retry_on: refused-stream, connect-failure",
        ),
    ];

    /// The verdict on the outcome of attempt number `attempt`, counted from 1.
    pub(super) fn settle(&self, attempt: u32, outcome: Outcome, luck: Luck) -> Verdict {
        let wanted = match outcome {
            Outcome::Ok | Outcome::Cancelled => false,
            Outcome::Error => self.on_error,
            Outcome::TimedOut => self.on_timeout,
            Outcome::Refused(_) => self.on_refused,
        };
        if wanted && attempt < self.attempts {
            Verdict::Again(self.wait(attempt, luck))
        } else {
            Verdict::Pass(outcome)
        }
    }

    /// The back-off after attempt number `attempt`, counted from 1.
    fn wait(&self, attempt: u32, luck: Luck) -> Span {
        let mut wait = self.base.min(self.cap);
        for _ in 1..attempt {
            wait = wait.times(self.multiplier).min(self.cap);
        }
        let full = wait.as_nanos();
        let mut stream = luck.stream();
        match self.jitter {
            Jitter::None => wait,
            Jitter::Equal => Span::nanos(full / 2 + stream.below(full - full / 2 + 1)),
            Jitter::Full => Span::nanos(stream.below(full + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::By;

    fn waits(retry: &Retry) -> Vec<u64> {
        (1..=5)
            .map(|n| retry.wait(n, Luck::of_seed(1)).as_nanos() / 1_000_000)
            .collect()
    }

    /// gRPC A6: initialBackoff * multiplier^(n-1), capped by maxBackoff.
    #[test]
    fn back_off_doubles_up_to_the_cap() {
        let retry = Retry {
            jitter: Jitter::None,
            cap: Span::millis(1000),
            ..Retry::default()
        };
        assert_eq!(waits(&retry), [100, 200, 400, 800, 1000]);
        let constant = Retry {
            multiplier: Ratio::ONE,
            ..retry
        };
        assert_eq!(waits(&constant), [100; 5]);
    }

    #[test]
    fn jitter_keeps_its_bounds_and_its_mean() {
        let mean = |jitter| {
            let retry = Retry {
                jitter,
                base: Span::millis(1000),
                ..Retry::default()
            };
            let n = 20_000;
            let sum: f64 = (0..n)
                .map(|i| {
                    let wait = retry.wait(1, Luck::of_seed(5).part(i)).as_millis_f64();
                    let least = if jitter == Jitter::Equal { 500.0 } else { 0.0 };
                    assert!((least..=1000.0).contains(&wait));
                    wait
                })
                .sum();
            sum / n as f64
        };
        assert!((mean(Jitter::Full) - 500.0).abs() < 10.0);
        assert!((mean(Jitter::Equal) - 750.0).abs() < 5.0);
    }

    #[test]
    fn attempts_count_the_first_and_only_wanted_outcomes_are_retried() {
        let retry = Retry {
            attempts: 2,
            on_refused: false,
            ..Retry::default()
        };
        let luck = Luck::of_seed(1);
        assert!(matches!(
            retry.settle(1, Outcome::Error, luck),
            Verdict::Again(_)
        ));
        assert_eq!(
            retry.settle(2, Outcome::Error, luck),
            Verdict::Pass(Outcome::Error)
        );
        assert_eq!(
            retry.settle(1, Outcome::Ok, luck),
            Verdict::Pass(Outcome::Ok)
        );
        let refused = Outcome::Refused(By::FullService);
        assert_eq!(retry.settle(1, refused, luck), Verdict::Pass(refused));
        assert_eq!(
            retry.settle(1, Outcome::Cancelled, luck),
            Verdict::Pass(Outcome::Cancelled)
        );
    }
}
