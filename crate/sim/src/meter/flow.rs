//! Flows: what is read of a tally at the end of each bucket, all of it growing, as plain numbers.
//!
//! They count modulo 2^64: only the difference of two readings means anything, and that of one bucket or one second
//! always fits. So a reading costs one product and one sum a level, and sums of differences stay exact for ever.

use super::broker_tally::BrokerTally;
use super::edge_tally::EdgeTally;
use super::gauge::Gauge;
use super::tally::{ClientTally, ServiceTally};
use crate::units::Time;

/// Numbers that can be added up, each by itself.
pub trait Flow: Copy + Default + PartialEq {
    /// These and others.
    #[must_use]
    fn and(self, other: &Self) -> Self;
    /// These without others.
    #[must_use]
    fn less(self, other: &Self) -> Self;
}

macro_rules! flow {
    ($(#[$what:meta])* $name:ident { $($field:ident,)* }) => {
        $(#[$what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name { $(pub $field: u64,)* }

        impl Flow for $name {
            fn and(self, other: &Self) -> Self {
                $name { $($field: self.$field.wrapping_add(other.$field),)* }
            }
            fn less(self, other: &Self) -> Self {
                $name { $($field: self.$field.wrapping_sub(other.$field),)* }
            }
        }
    };
}

flow! {
    /// Of a client.
    ClientFlow { offered, answered, ok, good, errors, timed_out, refused, cancelled, }
}

flow! {
    /// Of an operation of a client.
    OperationFlow { offered, good, refused, }
}

flow! {
    /// Of a service; from `busy` on areas under its levels.
    ServiceFlow {
        offered, started, completed, errors, own_errors, call_errors, refused, lookups, hits, collected,
        busy, off, waiting, queue, orphans, up,
    }
}

flow! {
    /// Of an edge; from `ready` on areas under its levels.
    EdgeFlow {
        calls, sent_calls, unsent, attempts, first, retries, barred, reached, ok, failed, timed_out, refused,
        published, consumed, turned_back, given_up, redelivered, duplicates, lost_on_way, lost_out, ready, waiting,
    }
}

flow! {
    /// Of a broker node.
    BrokerFlow { taken_in, intake, blocked, }
}

fn area(gauge: &Gauge, now: Time) -> u64 {
    gauge.area_at(now) as u64
}

/// The mean of a level over so many nanoseconds, from what they add to its area.
pub fn mean(area: u64, nanos: f64) -> f32 {
    (area.cast_signed() as f64 / nanos) as f32
}

impl ClientTally {
    /// What it has come to.
    pub fn flow(&self) -> ClientFlow {
        let counts = &self.counts;
        ClientFlow {
            offered: counts.offered,
            answered: counts.answered,
            ok: counts.ok,
            good: counts.good,
            errors: counts.errors,
            timed_out: counts.timed_out,
            refused: counts.refused,
            cancelled: counts.cancelled,
        }
    }
}

impl ServiceTally {
    /// What it has come to at an instant.
    pub fn flow(&self, now: Time) -> ServiceFlow {
        let counts = &self.counts;
        ServiceFlow {
            offered: counts.offered,
            started: counts.started,
            completed: counts.completed,
            errors: counts.errors,
            own_errors: self.causes.own(),
            call_errors: self.causes.of_calls(),
            refused: counts.refused,
            lookups: counts.lookups,
            hits: counts.hits,
            collected: counts.collected as u64,
            busy: area(&self.busy, now),
            off: area(&self.off, now),
            waiting: area(&self.waiting, now),
            queue: area(&self.queue, now),
            orphans: area(&self.orphans, now),
            up: area(&self.up, now),
        }
    }
}

impl EdgeTally {
    /// What it has come to at an instant.
    pub fn flow(&self, now: Time) -> EdgeFlow {
        let counts = &self.counts;
        EdgeFlow {
            calls: counts.calls,
            sent_calls: counts.sent_calls,
            unsent: counts.unsent,
            attempts: counts.attempts,
            first: counts.first,
            retries: counts.retries,
            barred: counts.barred,
            reached: counts.reached,
            ok: counts.ok,
            failed: counts.failed,
            timed_out: counts.timed_out,
            refused: counts.refused,
            published: counts.published,
            consumed: counts.consumed,
            turned_back: counts.rejected + counts.dropped,
            given_up: counts.dead_lettered() + counts.lost(),
            redelivered: counts.redelivered,
            duplicates: counts.duplicates,
            lost_on_way: counts.lost_on_way,
            lost_out: counts.lost_out,
            ready: area(&self.ready, now),
            waiting: area(&self.waiting, now),
        }
    }
}

impl BrokerTally {
    /// What it has come to.
    pub fn flow(&self, now: Time) -> BrokerFlow {
        BrokerFlow {
            taken_in: self.taken_in,
            intake: area(&self.intake, now),
            blocked: area(&self.blocked, now),
        }
    }
}
