//! Adaptive throttling: a caller that is refused a lot refuses more and more of its calls itself.
//!
//! Helps a callee that spends its time on refusing; hurts callers of low rate, whose window says little. Source:
//! SRE book, chapter 21: a call is refused with probability `(requests - k accepts) / (requests + 1)`, over
//! two minutes; what was refused here counts as a request.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::slices::Slices;
use crate::field::{Control, Field, access};
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::{Ratio, Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// How many requests it sends for each that is accepted.
    pub k: Ratio,
    /// Over what time it counts.
    pub window: Span,
}

impl Default for Throttle {
    fn default() -> Self {
        Throttle {
            k: Ratio::whole(2),
            window: Span::secs(120),
        }
    }
}

impl Throttle {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Throttle>] = &[
        Field::new(
            "k",
            "Requests per accept",
            Control::Factor(Ratio::ONE, Ratio::whole(100)),
            access!(Ratio, k),
            "So many calls are sent for each that is accepted: 2 sends one that is refused for each accepted one.",
            "SRE book ch. 21: K = 2",
        ),
        Field::new(
            "window",
            "Window",
            Control::Span(Span::secs(1), Span::secs(3_600)),
            access!(Span, window),
            "Over what time it counts.",
            "SRE book ch. 21: two minutes",
        ),
    ];

    /// A call comes.
    pub fn enter(&self, state: &mut Slices, now: Time, luck: Luck) -> Entry {
        let [requests, accepts] = state.sums(now, self.window);
        state.count(now, self.window, 0);
        let excess = requests as f64 - self.k.as_f64() * accepts as f64;
        if excess > 0.0 && luck.stream().unit() <= excess / (requests + 1) as f64 {
            Entry::Refuse
        } else {
            Entry::Pass(0)
        }
    }

    /// A call that was let in has ended: an error is an accept, a refusal or a timeout is none.
    pub fn settle(&self, state: &mut Slices, now: Time, outcome: Outcome) {
        if matches!(outcome, Outcome::Ok | Outcome::Error) {
            state.count(now, self.window, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::By;

    /// With a callee that accepts every tenth call that reaches it, k = 2 settles where half of what is sent is
    /// accepted or, as here, where the callee's share is below that, at as many sent as 2 accepts allow.
    #[test]
    fn it_sends_about_k_calls_for_each_that_is_accepted() {
        let throttle = Throttle::default();
        let mut state = Slices::default();
        let (mut sent, mut accepted) = (0u32, 0u32);
        for n in 0..200_000u64 {
            let now = Time::ZERO + Span::millis(n);
            if throttle.enter(&mut state, now, Luck::of_seed(1).part(n)) == Entry::Refuse {
                continue;
            }
            // A callee with room for a hundred a second.
            let room = accepted < (n / 10) as u32;
            let outcome = if room {
                Outcome::Ok
            } else {
                Outcome::Refused(By::FullService)
            };
            throttle.settle(&mut state, now, outcome);
            if n > 120_000 {
                sent += 1;
            }
            accepted += u32::from(room);
        }
        let per_accept = f64::from(sent) / 8_000.0;
        assert!((1.9..2.1).contains(&per_accept), "{per_accept}");
    }

    #[test]
    fn nothing_is_refused_while_all_is_accepted() {
        let throttle = Throttle::default();
        let mut state = Slices::default();
        for n in 0..1_000 {
            let luck = Luck::of_seed(2).part(n);
            assert_eq!(throttle.enter(&mut state, Time::ZERO, luck), Entry::Pass(0));
            throttle.settle(&mut state, Time::ZERO, Outcome::Error);
        }
    }
}
