//! The transactional outbox: a message is stored with the caller's own work, and published afterwards.
//!
//! Helps against the dual write: no message is lost because the broker is down, full or slow, and none is
//! sent for work that was rolled back. It costs time, and it makes duplicates: a relay that dies between the
//! publish and the mark publishes once more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, access};
use crate::units::{Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// Whether messages go through it.
    pub on: bool,
    /// How often the relay looks for new rows.
    pub poll: Span,
    /// How many rows it publishes each time.
    pub batch: u32,
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox {
            on: false,
            poll: Span::secs(1),
            batch: 100,
        }
    }
}

impl Outbox {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Outbox>] = &[
        Field::new(
            "on",
            "Outbox",
            Control::Flag,
            access!(Flag, on),
            "The message is a row in the caller's own database, written with its work; a relay publishes it later. The \
             caller waits for no confirm and loses nothing to a broker that is down or full.",
            "microservices.io, Transactional outbox",
        ),
        Field::new(
            "poll",
            "Polled every",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, poll),
            "How often the relay looks for rows: half of it is what a message waits on average.",
            "microservices.io, Polling publisher; 1 s is Tailback's",
        ),
        Field::new(
            "batch",
            "Batch",
            Control::Count(1, 10_000),
            access!(Count, batch),
            "How many rows the relay publishes each time it looks.",
            "microservices.io, Polling publisher",
        ),
    ];

    /// When the relay looks next, after `now`: it does so at whole multiples of its interval.
    pub fn next(&self, now: Time) -> Time {
        let every = self.poll.as_nanos().max(1);
        Time::from_nanos((now.as_nanos() / every + 1) * every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_looks_at_whole_multiples_of_its_interval() {
        let outbox = Outbox {
            poll: Span::millis(10),
            ..Outbox::default()
        };
        let at = |millis| Time::ZERO + Span::millis(millis);
        assert_eq!(outbox.next(at(0)), at(10));
        assert_eq!(outbox.next(at(9)), at(10));
        assert_eq!(outbox.next(at(10)), at(20));
    }
}
