//! Hedging: a second attempt while the first one is still under way; the first good answer wins.
//!
//! Helps against a tail that is one replica's bad luck: sent after the 95th percentile it costs a twentieth more
//! attempts. Hurts where everything waits in the same queue, for it adds load there; and where work is not idempotent,
//! for both may be done. It goes inward several times beside each other, so that what is inside of it (a timeout, a
//! bulkhead) acts on each of its attempts. Sources: Dean and Barroso, "The Tail at Scale"; gRPC A6, hedging policy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cancel;
use super::budget::{self, Budget, Rules};
use crate::field::{Control, Field, access, choice};
use crate::outcome::Outcome;
use crate::units::{Ratio, Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct Hedge {
    /// How long to wait for an answer before the next attempt.
    pub delay: Span,
    /// Attempts in all, the first one included.
    pub most: u32,
    /// Whether one that timed out leads to the next at once.
    pub on_timeout: bool,
    /// Whether one that failed does.
    pub on_error: bool,
    /// Whether one that was refused does.
    pub on_refused: bool,
    /// What becomes of the work of those that did not win.
    pub cancel: Cancel,
    /// Whether a replica that has one of them gets no other, as long as there is one.
    pub elsewhere: bool,
    /// By what rule the further attempts of all calls together are rationed.
    pub budget: Budget,
    /// Ratio: further attempts for each first one.
    pub budget_share: Ratio,
    /// Ratio: over what time.
    pub budget_window: Span,
    /// Ratio: further attempts a second that are always allowed.
    pub budget_reserve: u32,
    /// Token bucket: how many tokens it holds.
    pub tokens_max: u32,
    /// Token bucket: the part of a token that a success gives back.
    pub tokens_ratio: Ratio,
}

impl Default for Hedge {
    fn default() -> Self {
        Hedge {
            delay: Span::millis(50),
            most: 2,
            on_timeout: true,
            on_error: true,
            on_refused: true,
            cancel: Cancel::None,
            elsewhere: true,
            budget: Budget::None,
            budget_share: Ratio::percent(5),
            budget_window: Span::secs(10),
            budget_reserve: 0,
            tokens_max: 10,
            tokens_ratio: Ratio::percent(10),
        }
    }
}

/// What becomes of a call whose attempt has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It has its outcome; those that are under way are given up.
    Done,
    /// The next attempt is sent at once.
    Send,
    /// Those that are under way are waited for.
    Wait,
}

impl Hedge {
    /// The rule by which further attempts are rationed.
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

    /// Whether there may be another attempt after so many; if so, it is taken off the budget.
    pub fn allows(&self, state: &mut budget::State, sent: u32, now: Time) -> bool {
        sent < self.most && state.allows(&self.rules(), now)
    }

    /// One of so many attempts has ended, and others are `open` or not.
    pub fn ended(
        &self,
        state: &mut budget::State,
        outcome: Outcome,
        (sent, open): (u32, bool),
        now: Time,
    ) -> Next {
        state.ended(&self.rules(), outcome.is_ok());
        if !outcome.fails_as(self.on_error, self.on_timeout, self.on_refused) {
            Next::Done
        } else if self.allows(state, sent, now) {
            Next::Send
        } else if open {
            Next::Wait
        } else {
            Next::Done
        }
    }

    /// What a person can set.
    pub const FIELDS: &'static [Field<Hedge>] = &[
        Field::new(
            "delay",
            "Delay",
            Control::Span(Span::ZERO, Span::secs(60)),
            access!(Span, delay),
            "How long an attempt may be without an answer before the next one is sent beside it. The 95th percentile costs \
             one more in twenty; 0 sends all at once.",
            "The Tail at Scale: after the 95th percentile; Polly: 2 s",
        ),
        Field::new(
            "most",
            "Attempts at most",
            Control::Count(1, 10),
            access!(Count, most),
            "How many in all, the first one included.",
            "gRPC A6, maxAttempts: at most 5; Polly, MaxHedgedAttempts: 1 more",
        ),
        Field::new(
            "on_timeout",
            "Next after a timeout",
            Control::Flag,
            access!(Flag, on_timeout),
            "Whether an attempt that timed out leads to the next one at once. If not, it ends the call.",
            "gRPC A6, nonFatalStatusCodes",
        ),
        Field::new(
            "on_error",
            "Next after an error",
            Control::Flag,
            access!(Flag, on_error),
            "The same for an attempt that failed.",
            "gRPC A6, nonFatalStatusCodes; Polly, ShouldHandle: any exception",
        ),
        Field::new(
            "on_refused",
            "Next after a refusal",
            Control::Flag,
            access!(Flag, on_refused),
            "The same for an attempt that was refused.",
            "gRPC A6, nonFatalStatusCodes: UNAVAILABLE",
        ),
        Field::new(
            "cancel",
            "Cancellation",
            Control::Choice(&["none", "at dequeue", "cooperative", "immediate"]),
            choice!(cancel, Cancel::ALL),
            "What becomes of the work of the attempts that did not win: it goes on, it is not begun, it stops between \
             two pieces, or it stops at once.",
            "gRPC A6: all others are cancelled; whether the server stops is up to it",
        ),
        Field::new(
            "elsewhere",
            "To another replica",
            Control::Flag,
            access!(Flag, elsewhere),
            "A replica that has an attempt of the call gets no other one, as long as there is one without.",
            "The Tail at Scale; Envoy, retry_host_predicate: previous_hosts",
        ),
        Field::new(
            "budget",
            "Budget",
            Control::Choice(&["none", "ratio", "token bucket"]),
            choice!(budget, [Budget::None, Budget::Ratio, Budget::TokenBucket]),
            "By what rule the further attempts of all calls together are rationed, as those of a retry.",
            "gRPC A6, retryThrottling; Finagle BackupRequestFilter, maxExtraLoad",
        ),
        Field::new(
            "budget_share",
            "Extra share",
            Control::Share,
            access!(Ratio, budget_share),
            "Ratio: further attempts for each first one.",
            "Finagle BackupRequestFilter, maxExtraLoad",
        ),
        Field::new(
            "budget_window",
            "Budget window",
            Control::Span(Span::millis(1), Span::secs(60)),
            access!(Span, budget_window),
            "Ratio: over what time both are counted.",
            "Finagle: 10 s",
        ),
        Field::new(
            "budget_reserve",
            "Always allowed a second",
            Control::Count(0, 1_000),
            access!(Count, budget_reserve),
            "Ratio: further attempts a second that are allowed whatever was sent.",
            "Finagle BackupRequestFilter: none",
        ),
        Field::new(
            "tokens_max",
            "Tokens",
            Control::Count(1, 1_000),
            access!(Count, tokens_max),
            "Token bucket: how many it holds. A failure takes one; there is another attempt while more than half are left.",
            "gRPC A6, retryThrottling.maxTokens: 10 in its example",
        ),
        Field::new(
            "tokens_ratio",
            "Tokens for a success",
            Control::Factor(Ratio::micros(1_000), Ratio::whole(10)),
            access!(Ratio, tokens_ratio),
            "Token bucket: the part of a token that a success gives back.",
            "gRPC A6, retryThrottling.tokenRatio: 0.1 in its example",
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::By;

    fn ends(hedge: &Hedge, outcome: Outcome, sent: u32, open: bool) -> Next {
        let mut state = budget::State::new(&hedge.rules());
        hedge.ended(&mut state, outcome, (sent, open), Time::ZERO)
    }

    /// gRPC A6: a success ends the call, a fatal failure too; one that is not fatal sends the next attempt at once,
    /// and after the last one those under way are waited for.
    #[test]
    fn an_end_leads_on_as_in_a6() {
        let hedge = Hedge {
            most: 3,
            on_refused: false,
            ..Hedge::default()
        };
        let refused = Outcome::Refused(By::FullService);
        assert_eq!(ends(&hedge, Outcome::Ok, 1, true), Next::Done);
        assert_eq!(ends(&hedge, refused, 1, true), Next::Done);
        assert_eq!(ends(&hedge, Outcome::Cancelled, 1, true), Next::Done);
        assert_eq!(ends(&hedge, Outcome::Error, 1, false), Next::Send);
        assert_eq!(ends(&hedge, Outcome::TimedOut, 2, true), Next::Send);
        assert_eq!(ends(&hedge, Outcome::Error, 3, true), Next::Wait);
        assert_eq!(ends(&hedge, Outcome::Error, 3, false), Next::Done);
    }

    /// Below half of the tokens there is only the first attempt.
    #[test]
    fn an_empty_bucket_stops_hedges() {
        let hedge = Hedge {
            budget: Budget::TokenBucket,
            tokens_max: 4,
            ..Hedge::default()
        };
        let mut state = budget::State::new(&hedge.rules());
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(hedge.ended(&mut state, Outcome::Error, (1, false), Time::ZERO));
        }
        assert_eq!(told, [Next::Send, Next::Done, Next::Done]);
        assert!(!hedge.allows(&mut state, 1, Time::ZERO));
    }
}
