//! Rate limit: at most so many calls in a time, whatever becomes of them.
//!
//! Helps to keep a known bound; it knows nothing of the callee's health, so it cannot stop a failure that has
//! begun. The token bucket fills in steps and refuses when it is empty (Envoy, `token_bucket.proto`). The
//! fixed window is resilience4j's `AtomicRateLimiter`: a call may reserve a permit of a window to come and
//! waits for it; where that would take too long it waits all of its patience and is refused then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::field::{Control, Field, access, choice};
use crate::units::{Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// How permits come.
    pub algorithm: Algorithm,
    /// Permits that come in each period.
    pub limit: u32,
    /// How long a period is.
    pub period: Span,
    /// Permits that a token bucket holds at most, and at the start.
    pub burst: u32,
    /// How long a call waits for a permit of a fixed window.
    pub wait: Span,
}

/// How permits come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// What is not used is kept, up to the burst.
    TokenBucket,
    /// What is not used is gone with its period.
    FixedWindow,
}

impl Default for RateLimit {
    fn default() -> Self {
        RateLimit {
            algorithm: Algorithm::TokenBucket,
            limit: 50,
            period: Span::secs(1),
            burst: 50,
            wait: Span::secs(5),
        }
    }
}

impl RateLimit {
    /// What a person can set.
    pub const FIELDS: &'static [Field<RateLimit>] = &[
        Field::new(
            "algorithm",
            "Algorithm",
            Control::Choice(&["token bucket", "fixed window"]),
            choice!(algorithm, [Algorithm::TokenBucket, Algorithm::FixedWindow]),
            "Token bucket: unused permits are kept up to the burst. Fixed window: each period has its own.",
            "Envoy token_bucket.proto; resilience4j AtomicRateLimiter",
        ),
        Field::new(
            "limit",
            "Calls per period",
            Control::Count(1, 1_000_000),
            access!(Count, limit),
            "How many permits come in each period.",
            "resilience4j limitForPeriod: 50; Envoy tokens_per_fill",
        ),
        Field::new(
            "period",
            "Period",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, period),
            "How long a period is.",
            "Envoy fill_interval; resilience4j limitRefreshPeriod, whose 500 ns would limit nothing",
        ),
        Field::new(
            "burst",
            "Burst",
            Control::Count(1, 1_000_000),
            access!(Count, burst),
            "How many permits the token bucket holds at most; it begins full.",
            "Envoy max_tokens",
        ),
        Field::new(
            "wait",
            "Wait for a permit",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, wait),
            "Fixed window: how long a call waits, holding its thread. It waits as long if it is refused.",
            "resilience4j timeoutDuration: 5 s",
        ),
    ];

    /// A full bucket, or a fresh window.
    pub fn state(&self, now: Time) -> State {
        State {
            permits: i64::from(match self.algorithm {
                Algorithm::TokenBucket => self.burst,
                Algorithm::FixedWindow => self.limit,
            }),
            period: self.period_at(now),
        }
    }

    /// The settings changed: what is left is kept, within the new bounds.
    #[must_use]
    pub fn adapt(&self, state: &State, now: Time) -> State {
        let fresh = self.state(now);
        State {
            permits: state.permits.min(fresh.permits),
            ..fresh
        }
    }

    fn period_at(&self, now: Time) -> i64 {
        (now.as_nanos() / self.period.as_nanos().max(1)).cast_signed()
    }

    /// A call comes.
    pub fn enter(&self, state: &mut State, now: Time) -> Entry {
        let period = self.period_at(now);
        let limit = i64::from(self.limit);
        let most = match self.algorithm {
            Algorithm::TokenBucket => i64::from(self.burst),
            Algorithm::FixedWindow => limit,
        };
        let came = limit.saturating_mul(period - state.period);
        state.permits = state.permits.saturating_add(came).min(most);
        state.period = period;
        if state.permits >= 1 {
            state.permits -= 1;
            return Entry::Pass(0);
        }
        if self.algorithm == Algorithm::TokenBucket || self.wait == Span::ZERO {
            return Entry::Refuse;
        }
        // Whole periods after the next one that must come before there is a permit.
        let missing = 1 - (state.permits + limit);
        let whole = missing.max(0).unsigned_abs().div_ceil(limit.unsigned_abs());
        let length = self.period.as_nanos().max(1);
        let rest = length - now.as_nanos() % length;
        let wait = Span::nanos(length.saturating_mul(whole).saturating_add(rest));
        if wait <= self.wait {
            state.permits -= 1;
            Entry::Pause(wait, 0)
        } else {
            Entry::PauseRefuse(self.wait)
        }
    }
}

/// What all calls of a caller share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Below zero: reserved ahead.
    permits: i64,
    period: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Time {
        Time::ZERO + Span::millis(ms)
    }

    fn entries(limit: &RateLimit, times: &[u64]) -> Vec<Entry> {
        let mut state = limit.state(Time::ZERO);
        times
            .iter()
            .map(|at| limit.enter(&mut state, ms(*at)))
            .collect()
    }

    const PASS: Entry = Entry::Pass(0);
    const NO: Entry = Entry::Refuse;

    #[test]
    fn a_bucket_begins_full_fills_in_steps_and_keeps_at_most_its_burst() {
        let bucket = RateLimit {
            limit: 2,
            burst: 3,
            ..RateLimit::default()
        };
        assert_eq!(
            entries(&bucket, &[0, 0, 0, 0, 999, 1_000, 1_000, 1_000]),
            [PASS, PASS, PASS, NO, NO, PASS, PASS, NO]
        );
        assert_eq!(
            entries(&bucket, &[60_000, 60_000, 60_000, 60_000]),
            [PASS, PASS, PASS, NO]
        );
    }

    #[test]
    fn a_window_is_reserved_ahead_as_far_as_patience_goes() {
        let window = RateLimit {
            algorithm: Algorithm::FixedWindow,
            limit: 2,
            wait: Span::millis(1_500),
            ..RateLimit::default()
        };
        let pause = |ms| Entry::Pause(Span::millis(ms), 0);
        assert_eq!(
            entries(&window, &[600, 600, 600, 600, 600, 600]),
            [
                PASS,
                PASS,
                pause(400),
                pause(400),
                pause(1_400),
                pause(1_400)
            ]
        );
        // The next window but one is too far away: all of the patience, for nothing.
        assert_eq!(
            entries(&window, &[400, 400, 400, 400, 400]),
            [
                PASS,
                PASS,
                pause(600),
                pause(600),
                Entry::PauseRefuse(Span::millis(1_500))
            ]
        );
    }

    /// Twice the limit can pass around the edge of a window, and unused permits are gone with it.
    #[test]
    fn windows_do_not_save() {
        let window = RateLimit {
            algorithm: Algorithm::FixedWindow,
            limit: 2,
            wait: Span::ZERO,
            ..RateLimit::default()
        };
        assert_eq!(
            entries(&window, &[999, 999, 1_000, 1_000, 1_000]),
            [PASS, PASS, PASS, PASS, Entry::Refuse]
        );
        assert_eq!(
            entries(&window, &[9_000, 9_000, 9_000]),
            [PASS, PASS, Entry::Refuse]
        );
    }
}
