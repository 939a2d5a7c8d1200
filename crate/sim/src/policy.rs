//! Policies: the resilience patterns an edge can carry, an ordered list, outermost first.
//!
//! A call goes inward through its layers (`enter`), is sent as an attempt, and its outcome comes back
//! outward through the same layers (`settle`). A policy knows neither the board nor who calls.

pub mod adaptive;
pub mod breaker;
pub mod budget;
pub mod bulkhead;
pub mod fallback;
pub mod hedge;
pub mod permits;
pub mod pool;
pub mod rate_limit;
pub mod retry;
pub mod slices;
pub mod throttle;
pub mod timeout;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::criticality::Criticality;
use crate::field::check;
use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::units::{Span, Time};
pub use adaptive::Adaptive;
pub use breaker::Breaker;
pub use bulkhead::Bulkhead;
pub use fallback::Fallback;
pub use hedge::Hedge;
use permits::Permits;
pub use pool::Pool;
pub use rate_limit::RateLimit;
pub use retry::Retry;
use slices::Slices;
pub use throttle::Throttle;
pub use timeout::{Cancel, Timeout};

/// A resilience pattern with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Policy {
    /// Make do with an answer of its own.
    Fallback(Fallback),
    /// Try again after a failure.
    Retry(Retry),
    /// Try once more while the first attempt is still under way.
    Hedge(Hedge),
    /// Refuse at once after too many failures.
    Breaker(Breaker),
    /// At most so many calls in a time.
    RateLimit(RateLimit),
    /// Refuse by itself what would be refused anyway.
    Throttle(Throttle),
    /// Give up waiting after a while.
    Timeout(Timeout),
    /// At most so many calls at once, as latency and drops show that they can be had.
    AdaptiveLimit(Adaptive),
    /// At most so many calls at once.
    Bulkhead(Bulkhead),
    /// Borrow one of so many connections.
    Pool(Pool),
}

/// What a policy remembers of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layer {
    /// Outcomes that have come back to this layer so far in this call.
    pub outcomes: u32,
    /// The last wait before it went inward once more.
    pub wait: Span,
}

/// What a policy remembers of all calls of one caller over an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// Nothing.
    None,
    /// What has been retried.
    Budget(budget::State),
    /// The breaker.
    Breaker(breaker::State),
    /// The rate limit.
    RateLimit(rate_limit::State),
    /// Requests and accepts.
    Throttle(Slices),
    /// Permits in use.
    Permits(Permits),
    /// Permits in use, and how many there are.
    Adaptive(adaptive::State),
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
    /// Go inward several times beside each other.
    Hedge,
}

/// What a layer knows of something it let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The ticket it was given.
    pub ticket: u32,
    /// How much it matters, where that is asked.
    pub class: Criticality,
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
    /// Every kind with its defaults, in the documented default order, outermost first (resilience4j's aspect
    /// order: retry, circuit breaker, rate limiter, time limiter, bulkhead).
    pub fn all() -> Vec<Policy> {
        vec![
            Policy::Fallback(Fallback::default()),
            Policy::Retry(Retry::default()),
            Policy::Hedge(Hedge::default()),
            Policy::Breaker(Breaker::default()),
            Policy::RateLimit(RateLimit::default()),
            Policy::Throttle(Throttle::default()),
            Policy::Timeout(Timeout::default()),
            Policy::AdaptiveLimit(Adaptive::default()),
            Policy::Bulkhead(Bulkhead::default()),
            Policy::Pool(Pool::default()),
        ]
    }

    /// Its word.
    pub const fn name(&self) -> &'static str {
        match self {
            Policy::Fallback(_) => "Fallback",
            Policy::Retry(_) => "Retry",
            Policy::Hedge(_) => "Hedging",
            Policy::Breaker(_) => "Circuit breaker",
            Policy::RateLimit(_) => "Rate limit",
            Policy::Throttle(_) => "Adaptive throttling",
            Policy::Timeout(_) => "Timeout",
            Policy::AdaptiveLimit(_) => "Adaptive concurrency",
            Policy::Bulkhead(_) => "Bulkhead",
            Policy::Pool(_) => "Connection pool",
        }
    }

    /// Its key in files.
    pub const fn key(&self) -> &'static str {
        match self {
            Policy::Fallback(_) => "fallback",
            Policy::Retry(_) => "retry",
            Policy::Hedge(_) => "hedge",
            Policy::Breaker(_) => "breaker",
            Policy::RateLimit(_) => "rate_limit",
            Policy::Throttle(_) => "throttle",
            Policy::Timeout(_) => "timeout",
            Policy::AdaptiveLimit(_) => "adaptive_limit",
            Policy::Bulkhead(_) => "bulkhead",
            Policy::Pool(_) => "pool",
        }
    }

    /// Checks its settings; says of each that is out of bounds what is allowed.
    pub fn check(&self, say: impl FnMut(&str, String)) {
        match self {
            Policy::Fallback(of) => check(Fallback::FIELDS, of, say),
            Policy::Retry(of) => check(Retry::FIELDS, of, say),
            Policy::Hedge(of) => check(Hedge::FIELDS, of, say),
            Policy::Breaker(of) => check(Breaker::FIELDS, of, say),
            Policy::RateLimit(of) => check(RateLimit::FIELDS, of, say),
            Policy::Throttle(of) => check(Throttle::FIELDS, of, say),
            Policy::Timeout(of) => check(Timeout::FIELDS, of, say),
            Policy::AdaptiveLimit(of) => check(Adaptive::FIELDS, of, say),
            Policy::Bulkhead(of) => check(Bulkhead::FIELDS, of, say),
            Policy::Pool(of) => check(Pool::FIELDS, of, say),
        }
    }

    /// The timeout, if it is one.
    pub const fn timeout(&self) -> Option<&Timeout> {
        if let Policy::Timeout(timeout) = self {
            Some(timeout)
        } else {
            None
        }
    }

    /// The hedging, if it is that.
    pub const fn hedge(&self) -> Option<&Hedge> {
        if let Policy::Hedge(hedge) = self {
            Some(hedge)
        } else {
            None
        }
    }

    /// How long this layer waits for what is inside it before it does something, if it has such a limit.
    pub fn arm(&self) -> Option<Span> {
        let hedge = || self.hedge().map(|hedge| hedge.delay);
        self.timeout().map(|timeout| timeout.after).or_else(hedge)
    }

    /// A fresh memory for the calls of one caller.
    pub fn memory(&self, now: Time) -> Memory {
        match self {
            Policy::Fallback(_) | Policy::Timeout(_) => Memory::None,
            Policy::Retry(retry) => Memory::Budget(budget::State::new(&retry.rules())),
            Policy::Hedge(hedge) => Memory::Budget(budget::State::new(&hedge.rules())),
            Policy::Breaker(breaker) => Memory::Breaker(breaker.state()),
            Policy::RateLimit(limit) => Memory::RateLimit(limit.state(now)),
            Policy::Throttle(_) => Memory::Throttle(Slices::default()),
            Policy::Bulkhead(_) | Policy::Pool(_) => Memory::Permits(Permits::default()),
            Policy::AdaptiveLimit(limit) => Memory::Adaptive(limit.state()),
        }
    }

    /// The memory after the settings changed: what can be kept is kept. Permits in use stay with the calls that
    /// have them, so that here all are free.
    #[must_use]
    pub fn adapt(&self, memory: &Memory, now: Time) -> Memory {
        match (self, memory) {
            (Policy::Retry(retry), Memory::Budget(state)) => {
                Memory::Budget(state.adapt(&retry.rules()))
            }
            (Policy::Hedge(hedge), Memory::Budget(state)) => {
                Memory::Budget(state.adapt(&hedge.rules()))
            }
            (Policy::Breaker(breaker), Memory::Breaker(state)) => {
                Memory::Breaker(breaker.adapt(state))
            }
            (Policy::RateLimit(limit), Memory::RateLimit(state)) => {
                Memory::RateLimit(limit.adapt(state, now))
            }
            (Policy::Throttle(_), Memory::Throttle(_)) => memory.clone(),
            (Policy::AdaptiveLimit(limit), Memory::Adaptive(state)) => {
                Memory::Adaptive(limit.adapt(state))
            }
            _ => self.memory(now),
        }
    }

    /// Whether it asks how much a call matters.
    pub const fn asks_class(&self) -> bool {
        matches!(self, Policy::AdaptiveLimit(limit) if limit.share.on)
    }

    /// A call comes to this layer from outside. Its class is the usual one unless `asks_class`.
    pub fn enter(&self, memory: &mut Memory, now: Time, luck: Luck, class: Criticality) -> Entry {
        match (self, memory) {
            (Policy::Retry(retry), Memory::Budget(state)) => {
                state.first(&retry.rules(), now);
                Entry::Pass(0)
            }
            (Policy::Hedge(hedge), Memory::Budget(state)) => {
                state.first(&hedge.rules(), now);
                Entry::Hedge
            }
            (Policy::Breaker(breaker), Memory::Breaker(state)) => breaker.enter(state, now),
            (Policy::RateLimit(limit), Memory::RateLimit(state)) => limit.enter(state, now),
            (Policy::Throttle(throttle), Memory::Throttle(state)) => {
                throttle.enter(state, now, luck)
            }
            (Policy::Bulkhead(bulkhead), Memory::Permits(state)) => bulkhead.enter(state),
            (Policy::Pool(pool), Memory::Permits(state)) => pool.enter(state),
            (Policy::AdaptiveLimit(limit), Memory::Adaptive(state)) => limit.enter(state, class),
            _ => Entry::Pass(0),
        }
    }

    /// An outcome comes back to this layer from inside.
    pub fn settle(
        &self,
        memory: &mut Memory,
        layer: &mut Layer,
        pass: Pass,
        outcome: Outcome,
        luck: Luck,
    ) -> Verdict {
        layer.outcomes += 1;
        match (self, memory) {
            (Policy::Fallback(fallback), _) => return fallback.settle(outcome),
            (Policy::Retry(retry), Memory::Budget(state)) => {
                return retry.settle(state, layer, outcome, pass.now, luck);
            }
            (Policy::Breaker(breaker), Memory::Breaker(state)) => {
                breaker.settle(state, pass, outcome);
            }
            (Policy::Throttle(throttle), Memory::Throttle(state)) => {
                throttle.settle(state, pass.now, outcome);
            }
            (Policy::Bulkhead(_) | Policy::Pool(_), Memory::Permits(state)) => state.leave(),
            (Policy::AdaptiveLimit(limit), Memory::Adaptive(state)) => {
                limit.settle(state, pass, outcome, luck);
            }
            _ => {}
        }
        Verdict::Pass(outcome)
    }

    /// What was let in was given up from outside.
    pub fn cancel(&self, memory: &mut Memory, pass: Pass, luck: Luck) {
        match (self, memory) {
            (Policy::Breaker(breaker), Memory::Breaker(state)) => breaker.cancel(state, pass),
            (Policy::Bulkhead(_) | Policy::Pool(_), Memory::Permits(state)) => state.leave(),
            (Policy::AdaptiveLimit(limit), Memory::Adaptive(state)) => {
                limit.cancel(state, pass, luck);
            }
            _ => {}
        }
    }

    /// As whom this layer refuses what it does not let in.
    pub const fn refuses_as(&self) -> By {
        match self {
            Policy::Breaker(_) => By::OpenBreaker,
            Policy::RateLimit(_) => By::RateLimit,
            Policy::Throttle(_) => By::Throttle,
            Policy::Pool(_) => By::NoConnection,
            Policy::AdaptiveLimit(_) => By::ConcurrencyLimit,
            // The others refuse nothing.
            Policy::Bulkhead(_)
            | Policy::Fallback(_)
            | Policy::Retry(_)
            | Policy::Hedge(_)
            | Policy::Timeout(_) => By::FullBulkhead,
        }
    }
}
