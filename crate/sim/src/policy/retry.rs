//! Retry: try again after a failure, with exponential back-off and jitter.
//!
//! Helps against rare, independent failures; hurts under overload, where every retry is more load. A
//! blocking caller's thread is held through the back-off. Source of the formula: gRPC retry design (A6):
//! the wait after the n-th attempt is `min(cap, base * multiplier^(n-1))`; jitter as in the AWS back-off
//! simulator: *full* draws from 0 to it, *equal* from half of it to all of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::budget::{self, Budget, Rules};
use super::{Layer, Verdict};
use crate::field::{Control, Field, access, choice};
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::{Ratio, Span, Time};

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
    /// By which share up and down, where the jitter is proportional.
    pub jitter_share: Ratio,
    /// Whether an attempt that timed out is tried again.
    pub on_timeout: bool,
    /// Whether an attempt that failed is tried again.
    pub on_error: bool,
    /// Whether an attempt that was refused is tried again.
    pub on_refused: bool,
    /// By what rule the retries of all calls together are rationed.
    pub budget: Budget,
    /// Ratio: retries for each first attempt.
    pub budget_share: Ratio,
    /// Ratio: over what time.
    pub budget_window: Span,
    /// Ratio: retries a second that are always allowed.
    pub budget_reserve: u32,
    /// Token bucket: how many tokens it holds.
    pub tokens_max: u32,
    /// Token bucket: the part of a token that a success gives back.
    pub tokens_ratio: Ratio,
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
    /// From the first wait to three times the wait before.
    Decorrelated,
    /// A share up and down.
    Proportional,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            attempts: 3,
            base: Span::millis(100),
            multiplier: Ratio::whole(2),
            cap: Span::secs(20),
            jitter: Jitter::Full,
            jitter_share: Ratio::percent(20),
            on_timeout: true,
            on_error: true,
            on_refused: true,
            budget: Budget::None,
            budget_share: Ratio::percent(20),
            budget_window: Span::secs(10),
            budget_reserve: 10,
            tokens_max: 10,
            tokens_ratio: Ratio::percent(10),
        }
    }
}

impl Retry {
    /// The rule by which retries are rationed.
    pub const fn rules(&self) -> Rules {
        Rules {
            budget: self.budget,
            budget_share: self.budget_share,
            budget_window: self.budget_window,
            budget_reserve: self.budget_reserve,
            tokens_max: self.tokens_max,
            tokens_ratio: self.tokens_ratio,
        }
    }

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
            Control::Choice(&["none", "equal", "full", "decorrelated", "proportional"]),
            choice!(
                jitter,
                [
                    Jitter::None,
                    Jitter::Equal,
                    Jitter::Full,
                    Jitter::Decorrelated,
                    Jitter::Proportional
                ]
            ),
            "Spreads the waits of many callers: equal from half the wait up, full from zero up, decorrelated up to \
             three times the last one, proportional by a share.",
            "AWS Architecture Blog, Exponential Backoff And Jitter; gRPC A6",
        ),
        Field::new(
            "jitter_share",
            "Jitter share",
            Control::Share,
            access!(Ratio, jitter_share),
            "Proportional jitter: the wait is up to this share shorter or longer.",
            "gRPC A6: 0.2",
        ),
        Field::new(
            "budget",
            "Retry budget",
            Control::Choice(&["none", "ratio", "token bucket"]),
            choice!(budget, [Budget::None, Budget::Ratio, Budget::TokenBucket]),
            "Rations the retries of all calls together: as a share of first attempts, or by the tokens that \
             failures leave.",
            "Finagle RetryBudget; gRPC A6 retryThrottling",
        ),
        Field::new(
            "budget_share",
            "Retries per call",
            Control::Share,
            access!(Ratio, budget_share),
            "Ratio: so many retries for each first attempt in the window.",
            "Finagle percentCanRetry: 20 %",
        ),
        Field::new(
            "budget_window",
            "Budget window",
            Control::Span(Span::millis(100), Span::secs(600)),
            access!(Span, budget_window),
            "Ratio: over what time retries and first attempts are counted, in ten slices.",
            "Finagle ttl: 10 s",
        ),
        Field::new(
            "budget_reserve",
            "Reserve per second",
            Control::Count(0, 10_000),
            access!(Count, budget_reserve),
            "Ratio: so many retries a second are allowed besides, for callers of low rate.",
            "Finagle minRetriesPerSec: 10",
        ),
        Field::new(
            "tokens_max",
            "Tokens",
            Control::Count(1, 1_000),
            access!(Count, tokens_max),
            "Token bucket: how many tokens it holds. A failure takes one; there are retries above half.",
            "gRPC A6 maxTokens: 10 in its example",
        ),
        Field::new(
            "tokens_ratio",
            "Tokens per success",
            Control::Share,
            access!(Ratio, tokens_ratio),
            "Token bucket: the part of a token that a success gives back.",
            "gRPC A6 tokenRatio: 0.1 in its example",
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

    /// The verdict on an outcome; the layer has counted it.
    pub fn settle(
        &self,
        state: &mut budget::State,
        layer: &mut Layer,
        outcome: Outcome,
        now: Time,
        luck: Luck,
    ) -> Verdict {
        let wanted = outcome.fails_as(self.on_error, self.on_timeout, self.on_refused);
        state.ended(&self.rules(), !wanted);
        if wanted && layer.outcomes < self.attempts && state.allows(&self.rules(), now) {
            layer.wait = self.wait(layer, luck);
            Verdict::Again(layer.wait)
        } else {
            Verdict::Pass(outcome)
        }
    }

    /// The back-off after this many outcomes.
    fn wait(&self, layer: &Layer, luck: Luck) -> Span {
        let mut wait = self.base.min(self.cap);
        for _ in 1..layer.outcomes {
            wait = wait.times(self.multiplier).min(self.cap);
        }
        let full = wait.as_nanos();
        let mut stream = luck.stream();
        let mut between =
            |least: u64, most: u64| Span::nanos(least + stream.below(most - least + 1));
        match self.jitter {
            Jitter::None => wait,
            Jitter::Equal => between(full / 2, full),
            Jitter::Full => between(0, full),
            Jitter::Decorrelated => {
                let base = self.base.as_nanos();
                let before = layer.wait.as_nanos().max(base);
                between(base, before.saturating_mul(3)).min(self.cap)
            }
            Jitter::Proportional => {
                let part = wait.times(self.jitter_share).as_nanos().min(full);
                between(full - part, full + part)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::By;

    fn nth(outcomes: u32) -> Layer {
        Layer {
            outcomes,
            wait: Span::ZERO,
        }
    }

    fn settle(retry: &Retry, n: u32, outcome: Outcome) -> Verdict {
        let mut state = budget::State::new(&retry.rules());
        retry.settle(
            &mut state,
            &mut nth(n),
            outcome,
            Time::ZERO,
            Luck::of_seed(1),
        )
    }

    /// AWS's simulator: each wait is drawn between the base and three times the one before.
    #[test]
    fn decorrelated_waits_depend_on_the_one_before() {
        let retry = Retry {
            jitter: Jitter::Decorrelated,
            cap: Span::millis(5_000),
            ..Retry::default()
        };
        let (mut second, n) = (0.0, 20_000);
        for i in 0..n {
            let mut layer = nth(1);
            for turn in 0..12 {
                let before = layer.wait.as_nanos().max(retry.base.as_nanos());
                layer.wait = retry.wait(&layer, Luck::of_seed(i).part(turn));
                assert!(layer.wait >= retry.base && layer.wait <= retry.cap);
                assert!(layer.wait.as_nanos() <= 3 * before);
                if turn == 1 {
                    second += layer.wait.as_millis_f64();
                }
            }
        }
        // E[first] = (100 + 300) / 2, E[second] = (100 + 3 E[first]) / 2.
        assert!((second / n as f64 - 350.0).abs() < 4.0, "{second}");
    }

    #[test]
    fn proportional_waits_are_spread_about_the_back_off() {
        let retry = Retry {
            jitter: Jitter::Proportional,
            ..Retry::default()
        };
        let draws: Vec<f64> = (0..20_000)
            .map(|i| retry.wait(&nth(2), Luck::of_seed(i)).as_millis_f64())
            .collect();
        assert!(draws.iter().all(|wait| (160.0..=240.0).contains(wait)));
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        assert!((mean - 200.0).abs() < 1.0, "{mean}");
    }

    fn waits(retry: &Retry) -> Vec<u64> {
        (1..=5)
            .map(|n| retry.wait(&nth(n), Luck::of_seed(1)).as_nanos() / 1_000_000)
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
                    let wait = retry
                        .wait(&nth(1), Luck::of_seed(5).part(i))
                        .as_millis_f64();
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
        assert!(matches!(
            settle(&retry, 1, Outcome::Error),
            Verdict::Again(_)
        ));
        let refused = Outcome::Refused(By::FullService);
        for (n, outcome) in [
            (2, Outcome::Error),
            (1, Outcome::Ok),
            (1, refused),
            (1, Outcome::Cancelled),
        ] {
            assert_eq!(settle(&retry, n, outcome), Verdict::Pass(outcome));
        }
    }
}
