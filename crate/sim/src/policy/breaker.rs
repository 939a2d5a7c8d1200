//! Circuit breaker: after too many failures it refuses at once, and lets a few calls through to see whether
//! they do better.
//!
//! Helps where a failing callee costs its callers threads and time; hurts where it opens on failures that
//! are few or not the callee's. It sees only calls that end: without a timeout inside it, a callee that
//! hangs never opens it. States, thresholds and corner cases are those of resilience4j's
//! `CircuitBreakerStateMachine`: results count at completion, against the state of that time.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entry, Pass};
use crate::field::{Control, Field, access, choice};
use crate::outcome::Outcome;
use crate::units::{Ratio, Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Breaker {
    /// What the window holds.
    pub window: Window,
    /// How much: calls, or seconds.
    pub size: u32,
    /// Below so many calls nothing is judged.
    pub minimum_calls: u32,
    /// It opens when at least this share failed.
    pub failure_rate: Ratio,
    /// It opens when at least this share was slow.
    pub slow_rate: Ratio,
    /// A call is slow if it takes longer.
    pub slow_after: Span,
    /// How long it is open.
    pub open_for: Span,
    /// Calls it lets through when half-open.
    pub half_open_calls: u32,
    /// How long it may be half-open before it opens again; zero: for ever.
    pub half_open_for: Span,
    /// Whether a timeout is a failure; if not, it does not count at all.
    pub on_timeout: bool,
    /// Whether an error is a failure; if not, it does not count at all.
    pub on_error: bool,
    /// Whether a refusal is a failure; if not, it does not count at all.
    pub on_refused: bool,
}

/// What the window of a breaker holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The last calls.
    Count,
    /// The calls of the last whole seconds, the current one included.
    Time,
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker {
            window: Window::Count,
            size: 100,
            minimum_calls: 100,
            failure_rate: Ratio::percent(50),
            slow_rate: Ratio::ONE,
            slow_after: Span::secs(60),
            open_for: Span::secs(60),
            half_open_calls: 10,
            half_open_for: Span::ZERO,
            on_timeout: true,
            on_error: true,
            on_refused: true,
        }
    }
}

impl Breaker {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Breaker>] = &[
        Field::new(
            "window",
            "Window",
            Control::Choice(&["count", "time"]),
            choice!(window, [Window::Count, Window::Time]),
            "Whether it judges by the last calls or by the last seconds.",
            "resilience4j slidingWindowType: COUNT_BASED",
        ),
        Field::new(
            "size",
            "Window size",
            Control::Count(1, 10_000),
            access!(Count, size),
            "How many calls, or seconds, the window holds.",
            "resilience4j slidingWindowSize: 100",
        ),
        Field::new(
            "minimum_calls",
            "Minimum calls",
            Control::Count(1, 10_000),
            access!(Count, minimum_calls),
            "With fewer calls in the window it does not judge. In a count window it is at most its size.",
            "resilience4j minimumNumberOfCalls: 100",
        ),
        Field::new(
            "failure_rate",
            "Failure rate",
            Control::Share,
            access!(Ratio, failure_rate),
            "It opens when at least this share of the calls failed.",
            "resilience4j failureRateThreshold: 50 %, reached or passed",
        ),
        Field::new(
            "slow_rate",
            "Slow-call rate",
            Control::Share,
            access!(Ratio, slow_rate),
            "It opens when at least this share of the calls was slow.",
            "resilience4j slowCallRateThreshold: 100 %",
        ),
        Field::new(
            "slow_after",
            "Slow after",
            Control::Span(Span::millis(1), Span::secs(600)),
            access!(Span, slow_after),
            "A call is slow if it takes longer than this, whether it ends well or not.",
            "resilience4j slowCallDurationThreshold: 60 s",
        ),
        Field::new(
            "open_for",
            "Open for",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, open_for),
            "How long it refuses every call; the first one after that finds it half-open.",
            "resilience4j waitDurationInOpenState: 60 s",
        ),
        Field::new(
            "half_open_calls",
            "Half-open calls",
            Control::Count(1, 1_000),
            access!(Count, half_open_calls),
            "How many calls it lets through when half-open; by them it closes or opens again.",
            "resilience4j permittedNumberOfCallsInHalfOpenState: 10",
        ),
        Field::new(
            "half_open_for",
            "Half-open for at most",
            Control::Span(Span::ZERO, Span::secs(3_600)),
            access!(Span, half_open_for),
            "After this it opens again; zero: it may wait for its calls for ever.",
            "resilience4j maxWaitDurationInHalfOpenState: 0, no limit",
        ),
        Field::new(
            "on_timeout",
            "Timeouts count",
            Control::Flag,
            access!(Flag, on_timeout),
            "Whether a timeout is a failure; if not, it is as if the call had not been.",
            "resilience4j recordExceptions: all",
        ),
        Field::new(
            "on_error",
            "Errors count",
            Control::Flag,
            access!(Flag, on_error),
            "Whether an error is a failure; if not, it is as if the call had not been.",
            "resilience4j recordExceptions: all",
        ),
        Field::new(
            "on_refused",
            "Refusals count",
            Control::Flag,
            access!(Flag, on_refused),
            "Whether a refusal is a failure; if not, it is as if the call had not been.",
            "resilience4j recordExceptions: all",
        ),
    ];

    /// A closed breaker with an empty window.
    pub fn state(&self) -> State {
        State {
            place: Place::Closed,
            calls: self.ring(),
            probes: Ring::default(),
            probing: 0,
        }
    }

    fn ring(&self) -> Ring {
        let counts = self.window == Window::Count;
        Ring {
            size: self.size as usize,
            seconds: !counts,
            ..Ring::default()
        }
    }

    /// A call comes.
    pub fn enter(&self, state: &mut State, now: Time) -> Entry {
        state.place = self.place(state, now);
        if let Place::Open { since } = state.place
            && now > since + self.open_for
        {
            state.probing += 1;
            state.probes = Ring {
                size: self.half_open_calls as usize,
                ..Ring::default()
            };
            state.place = Place::HalfOpen {
                since: now,
                permits: self.half_open_calls,
            };
        }
        match &mut state.place {
            Place::Closed => Entry::Pass(0),
            Place::HalfOpen { permits, .. } if *permits > 0 => {
                *permits -= 1;
                Entry::Pass(state.probing)
            }
            Place::Open { .. } | Place::HalfOpen { .. } => Entry::Refuse,
        }
    }

    /// A call that was let in has ended.
    pub fn settle(&self, state: &mut State, pass: Pass, outcome: Outcome) {
        let failed = outcome.fails_as(self.on_error, self.on_timeout, self.on_refused);
        if !failed && !outcome.is_ok() {
            self.cancel(state, pass);
            return;
        }
        let now = pass.now;
        state.place = self.place(state, now);
        let slow = now.since(pass.began) > self.slow_after;
        let result = Tally::of(failed, slow);
        let least = match state.place {
            Place::HalfOpen { .. } => {
                state.probes.add(now, result);
                self.minimum_calls.min(self.half_open_calls)
            }
            Place::Closed | Place::Open { .. } => {
                state.calls.add(now, result);
                match self.window {
                    Window::Count => self.minimum_calls.min(self.size),
                    Window::Time => self.minimum_calls,
                }
            }
        };
        let tally = match state.place {
            Place::Open { .. } => return,
            Place::Closed => state.calls.sum,
            Place::HalfOpen { .. } => state.probes.sum,
        };
        if tally.calls < least {
            return;
        }
        let reached = |count: u32, share: Ratio| {
            u64::from(count) * Ratio::ONE.as_micros() >= share.as_micros() * u64::from(tally.calls)
        };
        if reached(tally.failed, self.failure_rate) || reached(tally.slow, self.slow_rate) {
            state.place = Place::Open { since: now };
        } else if matches!(state.place, Place::HalfOpen { .. }) {
            state.place = Place::Closed;
            state.calls = self.ring();
        }
    }

    /// A call that was let in is given up, or its end does not count: its permit is free again.
    pub fn cancel(&self, state: &mut State, pass: Pass) {
        state.place = self.place(state, pass.now);
        if let Place::HalfOpen { permits, .. } = &mut state.place
            && pass.ticket == state.probing
        {
            *permits += 1;
        }
    }

    /// What its next call will find.
    pub fn phase(&self, state: &State, now: Time) -> Phase {
        match self.place(state, now) {
            Place::Closed => Phase::Closed,
            Place::Open { since } if now > since + self.open_for => Phase::HalfOpen,
            Place::Open { .. } => Phase::Open,
            Place::HalfOpen { .. } => Phase::HalfOpen,
        }
    }

    /// The settings changed: the window is begun anew if its size is another, the state stays.
    #[must_use]
    pub fn adapt(&self, state: &State) -> State {
        let ring = self.ring();
        let mut new = state.clone();
        if (new.calls.size, new.calls.seconds) != (ring.size, ring.seconds) {
            new.calls = ring;
        }
        if let Place::HalfOpen { permits, .. } = &mut new.place {
            *permits = (*permits).min(self.half_open_calls);
        }
        new
    }

    /// Where it is now: a half-open one may have waited too long.
    fn place(&self, state: &State, now: Time) -> Place {
        match state.place {
            Place::HalfOpen { since, .. }
                if self.half_open_for > Span::ZERO && now >= since + self.half_open_for =>
            {
                Place::Open {
                    since: since + self.half_open_for,
                }
            }
            Place::Closed | Place::Open { .. } | Place::HalfOpen { .. } => state.place,
        }
    }
}

/// What a call finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is let through.
    Closed,
    /// It is refused.
    Open,
    /// It is let through if it is one of the first few.
    HalfOpen,
}

/// What all calls of a caller share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    place: Place,
    calls: Ring,
    probes: Ring,
    /// Which half-open time this is, or was the last.
    probing: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Closed,
    Open { since: Time },
    HalfOpen { since: Time, permits: u32 },
}

/// Calls, and how many of them failed and were slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    calls: u32,
    failed: u32,
    slow: u32,
}

impl Tally {
    fn of(failed: bool, slow: bool) -> Self {
        Tally {
            calls: 1,
            failed: u32::from(failed),
            slow: u32::from(slow),
        }
    }

    const fn add(&mut self, other: Tally) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.slow += other.slow;
    }

    const fn take(&mut self, other: Tally) {
        self.calls -= other.calls;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}

/// The last calls, or seconds of calls, with their sum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Ring {
    size: usize,
    seconds: bool,
    cells: VecDeque<Tally>,
    /// The second of the newest cell.
    second: u64,
    sum: Tally,
}

impl Ring {
    fn add(&mut self, now: Time, result: Tally) {
        if self.seconds {
            let second = now.as_nanos() / Span::secs(1).as_nanos();
            if self.cells.is_empty() {
                self.second = second;
                self.cells.push_back(Tally::default());
            }
            // Beyond its size all is forgotten anyway.
            for _ in 0..(second - self.second).min(self.size as u64) {
                self.push(Tally::default());
            }
            self.second = second;
            if let Some(cell) = self.cells.back_mut() {
                cell.add(result);
            }
        } else {
            self.push(result);
        }
        self.sum.add(result);
    }

    fn push(&mut self, cell: Tally) {
        self.cells.push_back(cell);
        if self.cells.len() > self.size
            && let Some(oldest) = self.cells.pop_front()
        {
            self.sum.take(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criticality::Criticality;
    use crate::outcome::Outcome::{Cancelled, Error, Ok};

    /// The setting of the conformance vectors.
    fn small() -> Breaker {
        Breaker {
            size: 10,
            minimum_calls: 10,
            half_open_calls: 3,
            ..Breaker::default()
        }
    }

    fn ms(ms: u64) -> Time {
        Time::ZERO + Span::millis(ms)
    }

    fn pass(ticket: u32, now: Time) -> Pass {
        Pass {
            class: Criticality::default(),
            ticket,
            began: now,
            now,
        }
    }

    /// A breaker after these results, all at time zero.
    fn after(breaker: &Breaker, results: &[Outcome]) -> State {
        let mut state = breaker.state();
        for outcome in results {
            breaker.settle(&mut state, pass(0, Time::ZERO), *outcome);
        }
        state
    }

    fn phase(breaker: &Breaker, results: &[Outcome]) -> Phase {
        breaker.phase(&after(breaker, results), Time::ZERO)
    }

    /// Open since zero, and half-open with this many calls let through just after a minute.
    fn probed(breaker: &Breaker, calls: u32) -> (State, Time, u32) {
        let mut state = after(breaker, &[Error; 10]);
        let now = ms(60_001);
        let mut ticket = 0;
        for _ in 0..calls {
            let Entry::Pass(given) = breaker.enter(&mut state, now) else {
                panic!("not let through");
            };
            ticket = given;
        }
        (state, now, ticket)
    }

    #[test]
    fn it_opens_when_the_rate_is_reached_on_enough_calls() {
        let breaker = small();
        assert_eq!(phase(&breaker, &[Error; 9]), Phase::Closed);
        assert_eq!(phase(&breaker, &[Error; 10]), Phase::Open);
        // The tenth call may be the success.
        let half = [Error, Error, Error, Error, Error, Ok, Ok, Ok, Ok, Ok];
        assert_eq!(phase(&breaker, &half), Phase::Open);
        assert_eq!(
            phase(&breaker, &[&half[1..], &[Ok]].concat()),
            Phase::Closed
        );
        // Only the last ten count.
        assert_eq!(
            phase(&breaker, &[&[Error; 4][..], &[Ok; 6], &[Error; 4]].concat()),
            Phase::Closed
        );
    }

    #[test]
    fn it_is_half_open_strictly_after_its_wait() {
        let breaker = small();
        let mut state = after(&breaker, &[Error; 10]);
        assert_eq!(breaker.enter(&mut state, ms(60_000)), Entry::Refuse);
        let just_after = ms(60_000) + Span::nanos(1);
        assert_eq!(breaker.phase(&state, just_after), Phase::HalfOpen);
        assert_eq!(breaker.enter(&mut state, just_after), Entry::Pass(1));
    }

    #[test]
    fn half_open_lets_a_few_through_and_decides_by_them() {
        let breaker = small();
        let (mut state, now, ticket) = probed(&breaker, 3);
        assert_eq!(breaker.enter(&mut state, now), Entry::Refuse, "a fourth");
        let mut fails = state.clone();
        for outcome in [Error, Ok, Error] {
            assert_eq!(breaker.phase(&fails, now), Phase::HalfOpen);
            breaker.settle(&mut fails, pass(ticket, now), outcome);
        }
        assert_eq!(breaker.phase(&fails, now), Phase::Open);
        for outcome in [Error, Ok, Ok] {
            breaker.settle(&mut state, pass(ticket, now), outcome);
        }
        assert_eq!(breaker.phase(&state, now), Phase::Closed);
        // The window is empty: nine failures do not open it.
        for _ in 0..9 {
            breaker.settle(&mut state, pass(0, now), Error);
        }
        assert_eq!(breaker.phase(&state, now), Phase::Closed);
    }

    #[test]
    fn fewer_minimum_calls_decide_early_and_old_calls_count_as_probes() {
        let early = Breaker {
            minimum_calls: 2,
            ..small()
        };
        let (mut state, now, ticket) = probed(&early, 3);
        for _ in 0..2 {
            early.settle(&mut state, pass(ticket, now), Ok);
        }
        assert_eq!(early.phase(&state, now), Phase::Closed);
        // Two results of calls that were let in while it was closed, and no probe has ended.
        let (mut state, now, _) = probed(&early, 1);
        for _ in 0..2 {
            early.settle(&mut state, pass(0, now), Error);
        }
        assert_eq!(early.phase(&state, now), Phase::Open);
    }

    #[test]
    fn probes_that_hang_keep_it_half_open_unless_that_is_bounded() {
        let breaker = small();
        let (mut state, now, _) = probed(&breaker, 3);
        let later = now + Span::secs(86_400);
        assert_eq!(breaker.phase(&state, later), Phase::HalfOpen);
        assert_eq!(breaker.enter(&mut state, later), Entry::Refuse);
        let bounded = Breaker {
            half_open_for: Span::secs(5),
            ..breaker
        };
        assert_eq!(
            bounded.phase(&state, now + Span::millis(4_999)),
            Phase::HalfOpen
        );
        assert_eq!(bounded.phase(&state, now + Span::secs(5)), Phase::Open);
        assert_eq!(bounded.phase(&state, now + Span::secs(65)), Phase::Open);
        assert_eq!(
            bounded.phase(&state, now + Span::secs(65) + Span::nanos(1)),
            Phase::HalfOpen
        );
    }

    #[test]
    fn slow_is_strictly_longer_and_counts_beside_failures() {
        let breaker = Breaker {
            slow_after: Span::secs(1),
            slow_rate: Ratio::percent(50),
            ..small()
        };
        let lasting = |nanos: u64| {
            let mut state = breaker.state();
            for _ in 0..10 {
                let pass = Pass {
                    class: Criticality::default(),
                    ticket: 0,
                    began: Time::ZERO,
                    now: Time::from_nanos(nanos),
                };
                breaker.settle(&mut state, pass, Ok);
            }
            breaker.phase(&state, Time::ZERO)
        };
        assert_eq!(lasting(1_000_000_000), Phase::Closed);
        assert_eq!(lasting(1_000_000_001), Phase::Open);
    }

    #[test]
    fn what_does_not_count_frees_its_permit() {
        let breaker = Breaker {
            on_refused: false,
            ..small()
        };
        let refused = Outcome::Refused(crate::outcome::By::FullService);
        for ignored in [Cancelled, refused] {
            let (mut state, now, ticket) = probed(&breaker, 3);
            breaker.settle(&mut state, pass(ticket, now), ignored);
            assert!(matches!(breaker.enter(&mut state, now), Entry::Pass(_)));
            assert_eq!(breaker.enter(&mut state, now), Entry::Refuse);
        }
        assert_eq!(phase(&breaker, &[refused; 50]), Phase::Closed);
    }

    #[test]
    fn a_time_window_forgets_whole_seconds() {
        let breaker = Breaker {
            window: Window::Time,
            size: 3,
            minimum_calls: 4,
            ..small()
        };
        let run = |times: [u64; 4]| {
            let mut state = breaker.state();
            for at in times {
                breaker.settle(&mut state, pass(0, ms(at)), Error);
            }
            breaker.phase(&state, ms(times[3]))
        };
        // The current second and the two before it.
        assert_eq!(run([0, 999, 1_500, 2_999]), Phase::Open);
        assert_eq!(run([999, 1_500, 2_999, 3_000]), Phase::Closed);
        assert_eq!(run([0, 1, 2, 1_000_000]), Phase::Closed);
    }
}
