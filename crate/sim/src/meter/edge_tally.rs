//! The tally of an edge: its calls, its attempts and the messages of its queue.

use super::awake::Calm;
use super::flow::EdgeFlow;
use super::gauge::Gauge;
use super::histogram::Histogram;
use super::recent::Recent;
use super::why::ByWhom;
use crate::broker::Reason;
use crate::fact::Spot;
use crate::scenario::EdgeId;
use crate::units::Time;

/// Counts of an edge.
#[derive(Debug, Clone, Copy, Default)]
pub struct EdgeCounts {
    pub calls: u64,
    pub settled: u64,
    pub attempts: u64,
    /// Calls of which at least one attempt was sent.
    pub sent_calls: u64,
    /// Calls that ended without any.
    pub unsent: u64,
    /// Attempts and messages that came to the callee.
    pub reached: u64,
    pub retries: u64,
    /// Times that a call went inward once more beside what was under way.
    pub hedges: u64,
    /// Attempts that no retry or redelivery led to.
    pub first: u64,
    /// Attempts that a policy of the caller's own did not let out.
    pub barred: u64,
    pub ok: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub refused: u64,
    pub published: u64,
    pub consumed: u64,
    pub rejected: u64,
    pub dropped: u64,
    pub redelivered: u64,
    /// Given up and kept in the dead-letter queue, by reason.
    pub dead: [u64; 4],
    /// Lost on their way over the network, either way.
    pub lost_on_way: u64,
    /// Of those, on their way to the callee.
    pub lost_out: u64,
    /// Given up and lost, by reason.
    pub lost: [u64; 4],
    /// Lost at the consumer, acknowledged when sent.
    pub lost_handed: u64,
    /// Lost with their broker, for they were not durable.
    pub wiped: u64,
    /// Refused, and the publisher was not told.
    pub lost_untold: u64,
    pub removed: u64,
    pub duplicates: u64,
    /// Copies that were found and had no effect.
    pub deduplicated: u64,
    pub out_of_order: u64,
    /// Unread records that a consumer passed over.
    pub skipped: u64,
    /// How often the partitions of a log were given out.
    pub rebalances: u64,
}

impl EdgeCounts {
    /// A queue gave up a message.
    pub fn give_up(&mut self, why: Reason, kept: bool) {
        let counts = if kept { &mut self.dead } else { &mut self.lost };
        counts[why as usize] += 1;
    }

    /// All in the dead-letter queue.
    pub fn dead_lettered(&self) -> u64 {
        self.dead.iter().sum()
    }

    /// All that were given up for their age.
    pub fn expired(&self) -> u64 {
        self.dead[Reason::Expired as usize] + self.lost[Reason::Expired as usize]
    }

    /// All that was lost.
    pub fn lost(&self) -> u64 {
        self.lost.iter().sum::<u64>()
            + self.lost_handed
            + self.lost_untold
            + self.skipped
            + self.wiped
    }
}

/// Areas under the levels of an edge at an instant.
#[derive(Debug, Clone, Copy, Default)]
pub struct EdgeAreas {
    pub in_flight: i128,
    pub waiting: i128,
    pub ready: i128,
    pub unacked: i128,
}

/// An edge's tally.
#[derive(Debug, Clone, Default)]
pub struct EdgeTally {
    pub counts: EdgeCounts,
    pub in_flight: Gauge,
    pub waiting: Gauge,
    pub ready: Gauge,
    pub unacked: Gauge,
    /// Messages that wait for their next delivery.
    pub delayed: Gauge,
    /// Rows in the publisher's outbox.
    pub outbox: Gauge,
    /// From begin to end of calls.
    pub latency: Histogram,
    pub recent: Recent<EdgeFlow>,
    pub calm: Calm,
    /// Attempts refused out there, and those that did not get out.
    pub refused_by: ByWhom,
    pub id: Option<EdgeId>,
    pub from: u32,
    pub to: u32,
}

impl EdgeTally {
    /// Something was lost on its way out or `back`.
    pub fn lost_on_way(&mut self, back: bool) {
        self.counts.lost_on_way += 1;
        self.counts.lost_out += u64::from(!back);
    }

    /// A message is in the queue no more; `ready` says where it was.
    pub fn leaves(&mut self, now: Time, ready: bool) {
        let level = if ready {
            &mut self.ready
        } else {
            &mut self.unacked
        };
        level.add(now, -1);
    }

    /// A ready message was received too often and is kept as a dead letter.
    pub fn buried(&mut self, now: Time) {
        self.taken(now, Reason::DeliveryLimit, (true, true));
    }

    /// A message was taken off the queue: whether it is kept elsewhere, and whether it was ready.
    pub fn taken(&mut self, now: Time, why: Reason, (kept, ready): (bool, bool)) {
        self.counts.give_up(why, kept);
        self.leaves(now, ready);
    }

    /// A consumer passed over an unread record.
    pub fn skipped(&mut self, now: Time) {
        self.counts.skipped += 1;
        self.leaves(now, true);
    }

    /// The queue gave up a message.
    pub fn given_up(&mut self, now: Time, why: Reason, kept: bool) {
        self.counts.give_up(why, kept);
        match why {
            Reason::DeliveryLimit | Reason::Rejected => self.unacked.add(now, -1),
            Reason::Expired => self.ready.add(now, -1),
            // It was refused: it never was in the queue.
            Reason::MaxLength => {}
        }
    }

    /// A message went with its edge.
    pub fn removed(&mut self, now: Time, from: Spot) {
        self.counts.removed += 1;
        self.leaves_from(now, from);
    }

    /// A message was lost with its broker.
    pub fn wiped(&mut self, now: Time, from: Spot) {
        self.counts.wiped += 1;
        self.leaves_from(now, from);
    }

    fn leaves_from(&mut self, now: Time, from: Spot) {
        match from {
            Spot::Unacked => self.unacked.add(now, -1),
            Spot::Ready => self.ready.add(now, -1),
            Spot::Delayed => self.delayed.add(now, -1),
            Spot::Handed => {}
            Spot::Outbox => self.outbox.add(now, -1),
        }
    }

    /// Counts anew from here; what is under way stays.
    pub fn restart(&mut self, now: Time) {
        let gauges = [
            self.in_flight,
            self.waiting,
            self.ready,
            self.unacked,
            self.delayed,
            self.outbox,
        ];
        let [in_flight, waiting, ready, unacked, delayed, outbox] = gauges.map(|mut gauge| {
            gauge.restart(now);
            gauge
        });
        *self = EdgeTally {
            in_flight,
            waiting,
            ready,
            unacked,
            delayed,
            outbox,
            id: self.id.take(),
            from: self.from,
            to: self.to,
            ..EdgeTally::default()
        };
    }

    /// The areas at an instant.
    pub fn areas(&self, now: Time) -> EdgeAreas {
        EdgeAreas {
            in_flight: self.in_flight.area_at(now),
            waiting: self.waiting.area_at(now),
            ready: self.ready.area_at(now),
            unacked: self.unacked.area_at(now),
        }
    }
}
