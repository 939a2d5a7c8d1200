//! The idempotent consumer: identities of finished work are kept, so that a copy is acknowledged without its
//! effect.
//!
//! Helps against duplicates of messages and of retried requests; it finds only what its window still holds.
//! An identity is stored together with the effect, in one transaction: of two copies that are worked on at
//! once both pass the look-up, and the one that ends later fails on the unique identity, its work for nothing.

use std::collections::{BTreeMap, VecDeque};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::field::{Control, Field, access};
use crate::units::{Limit, Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dedup {
    /// Whether copies are looked for.
    pub on: bool,
    /// How many identities are kept.
    pub entries: Limit,
    /// For how long each is kept; 0 is for ever.
    pub window: Span,
    /// How long a look-up takes.
    pub lookup: Dist,
}

impl Default for Dedup {
    fn default() -> Self {
        Dedup {
            on: false,
            entries: Limit::Of(100_000),
            window: Span::ZERO,
            lookup: Dist::Constant(Span::millis(1)),
        }
    }
}

impl Dedup {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Dedup>] = &[
        Field::new(
            "on",
            "Idempotent consumer",
            Control::Flag,
            access!(Flag, on),
            "Work that was done before is answered or acknowledged without doing it again. It serves messages and \
             retried requests.",
            "microservices.io, Idempotent Consumer; Stripe, Idempotent requests",
        ),
        Field::new(
            "entries",
            "Window, entries",
            Control::Limit(1, 10_000_000),
            access!(Limit, entries),
            "How many identities are kept; the oldest goes first.",
            "Tailback",
        ),
        Field::new(
            "window",
            "Window, time",
            Control::Span(Span::ZERO, Span::secs(86_400)),
            access!(Span, window),
            "For how long an identity is kept, from when its work was done. 0 keeps it for ever.",
            "SQS FIFO: 5 min; Stripe: 24 h",
        ),
        Field::new(
            "lookup",
            "Look-up takes",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, lookup),
            "How long a thread looks an identity up before it begins the work.",
            "Tailback: one read of a table",
        ),
    ];
}

/// The identities that are kept.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    at: BTreeMap<u64, Time>,
    order: VecDeque<(Time, u64)>,
}

impl Seen {
    /// Whether work with this identity was done within the window.
    pub fn has(&mut self, dedup: &Dedup, identity: u64, now: Time) -> bool {
        self.expire(dedup, now);
        self.at.contains_key(&identity)
    }

    /// Work with this identity is done; false if it was done before, within the window.
    pub fn insert(&mut self, dedup: &Dedup, identity: u64, now: Time) -> bool {
        if self.has(dedup, identity, now) {
            return false;
        }
        self.at.insert(identity, now);
        self.order.push_back((now, identity));
        self.expire(dedup, now);
        true
    }

    fn expire(&mut self, dedup: &Dedup, now: Time) {
        let keeps = |count: usize| {
            dedup
                .entries
                .number()
                .is_none_or(|most| count <= most as usize)
        };
        while let Some((at, identity)) = self.order.front().copied() {
            let fresh = dedup.window == Span::ZERO || now.since(at) < dedup.window;
            if fresh && keeps(self.order.len()) {
                return;
            }
            self.order.pop_front();
            self.at.remove(&identity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_bounded_by_entries_and_by_time() {
        let dedup = Dedup {
            entries: Limit::Of(2),
            window: Span::secs(10),
            ..Dedup::default()
        };
        let at = |secs| Time::ZERO + Span::secs(secs);
        let mut seen = Seen::default();
        assert!(seen.insert(&dedup, 1, at(0)));
        assert!(!seen.insert(&dedup, 1, at(1)), "a copy");
        assert!(seen.insert(&dedup, 2, at(2)) && seen.insert(&dedup, 3, at(3)));
        assert!(!seen.has(&dedup, 1, at(3)), "the oldest of three went");
        assert!(seen.has(&dedup, 2, at(11)) && !seen.has(&dedup, 2, at(12)));
        assert!(seen.has(&dedup, 3, at(12)));
    }
}
