//! Retry budget: how many retries all calls of a caller together may make.
//!
//! Helps where retries would keep an overload alive: with a budget of a tenth they add a tenth. *Ratio*: the
//! retries of a sliding window are at most a share of the first attempts in it, besides a reserve a second
//! (Finagle's `RetryBudget`). *Token bucket*: a failure takes a token, a success gives a part of one back,
//! and there are retries while more than half of them are left (gRPC A6, `retryThrottling`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::slices::Slices;
use crate::units::{Ratio, Span, Time};

/// By what rule retries are rationed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// Not at all.
    None,
    /// As a share of first attempts.
    Ratio,
    /// By the tokens that failures leave.
    TokenBucket,
}

/// The rule with its parameters: see [`Retry`](super::Retry), whose settings they are.
#[allow(missing_docs, reason = "they are named and told there")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub budget: Budget,
    pub budget_share: Ratio,
    pub budget_window: Span,
    pub budget_reserve: u32,
    pub tokens_max: u32,
    pub tokens_ratio: Ratio,
}

/// What all calls of a caller share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// First attempts, and retries.
    window: Slices,
    /// In millionths.
    tokens: u64,
}

impl State {
    /// Nothing has been sent, and the bucket is full.
    pub fn new(rules: &Rules) -> Self {
        State {
            window: Slices::default(),
            tokens: full(rules),
        }
    }

    /// The settings changed.
    #[must_use]
    pub fn adapt(self, rules: &Rules) -> Self {
        State {
            tokens: self.tokens.min(full(rules)),
            ..self
        }
    }

    /// A call begins: its first attempt sets out.
    pub fn first(&mut self, rules: &Rules, now: Time) {
        if rules.budget == Budget::Ratio {
            self.window.count(now, rules.budget_window, 0);
        }
    }

    /// An attempt has ended.
    pub fn ended(&mut self, rules: &Rules, ok: bool) {
        if rules.budget == Budget::TokenBucket {
            self.tokens = if ok {
                (self.tokens + rules.tokens_ratio.as_micros()).min(full(rules))
            } else {
                self.tokens.saturating_sub(Ratio::ONE.as_micros())
            };
        }
    }

    /// Whether there may be a retry; if so, it is taken off the budget.
    pub fn allows(&mut self, rules: &Rules, now: Time) -> bool {
        match rules.budget {
            Budget::None => true,
            Budget::TokenBucket => self.tokens > full(rules) / 2,
            Budget::Ratio => {
                let [first, retries] = self.window.sums(now, rules.budget_window);
                let one = Ratio::ONE.as_micros();
                let share = first * rules.budget_share.as_micros();
                let window = rules.budget_window.as_nanos() / 1_000;
                let reserve = u64::from(rules.budget_reserve) * window;
                let allowed = (retries + 1) * one <= share + reserve;
                if allowed {
                    self.window.count(now, rules.budget_window, 1);
                }
                allowed
            }
        }
    }
}

fn full(rules: &Rules) -> u64 {
    u64::from(rules.tokens_max) * Ratio::ONE.as_micros()
}

#[cfg(test)]
mod tests {
    use super::super::Retry;
    use super::*;
    use crate::units::Span;

    /// The vector of gRPC A6 for a maximum of ten tokens and a ratio of a tenth.
    #[test]
    fn tokens_stop_retries_at_half() {
        let retry = Retry {
            budget: Budget::TokenBucket,
            tokens_max: 10,
            tokens_ratio: Ratio::percent(10),
            ..Retry::default()
        }
        .rules();
        let mut state = State::new(&retry);
        let mut seen = Vec::new();
        for ok in [false, false, false, false, false, true] {
            state.ended(&retry, ok);
            seen.push((state.tokens, state.allows(&retry, Time::ZERO)));
        }
        let token = 1_000_000;
        assert_eq!(
            seen,
            [
                (9 * token, true),
                (8 * token, true),
                (7 * token, true),
                (6 * token, true),
                (5 * token, false),
                (5_100_000, true)
            ]
        );
    }

    #[test]
    fn a_share_of_the_window_and_a_reserve() {
        let retry = Retry {
            budget: Budget::Ratio,
            budget_share: Ratio::percent(10),
            budget_reserve: 0,
            ..Retry::default()
        }
        .rules();
        let mut state = State::new(&retry);
        for _ in 0..39 {
            state.first(&retry, Time::ZERO);
        }
        let mut taken =
            |at: Time, retry: &Rules| (0..9).filter(|_| state.allows(retry, at)).count();
        assert_eq!(taken(Time::ZERO, &retry), 3);
        let later = Time::ZERO + Span::secs(10);
        assert_eq!(taken(later, &retry), 0, "no first attempt in the window");
        let reserved = Rules {
            budget_reserve: 1,
            budget_window: Span::secs(5),
            ..retry
        };
        assert_eq!(taken(later + Span::secs(60), &reserved), 5);
    }
}
