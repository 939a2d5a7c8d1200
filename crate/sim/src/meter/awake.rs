//! Who is awake: the tallies whose bucket has to be closed, for something happened to them or still shows.
//!
//! A tally to which nothing has happened for as long as its figures look back falls asleep: each of its buckets is
//! like the last one. It wakes up before something happens to it again. So a bucket costs what has moved.

use super::Meter;
use super::broker_tally::BrokerTally;
use super::edge_tally::EdgeTally;
use super::tally::ServiceTally;
use crate::event::{EdgeIx, NodeIx};
use crate::frame::BUCKET;
use crate::units::Time;

/// The tallies that are awake.
#[derive(Debug, Clone, Default)]
pub(super) struct Awake {
    pub clients: Vec<NodeIx>,
    pub services: Vec<NodeIx>,
    pub brokers: Vec<NodeIx>,
    pub edges: Vec<EdgeIx>,
    /// Whether nobody falls asleep.
    pub always: bool,
}

/// How long nothing has happened to a tally.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calm {
    /// Buckets that have closed since the last one in which something happened, that one included.
    buckets: u32,
    /// Since the end of which bucket it sleeps.
    asleep: Option<Time>,
}

impl Calm {
    /// Whether something has happened in the open bucket.
    #[inline]
    pub const fn is_broken(&self) -> bool {
        self.buckets == 0
    }

    /// Something happens, for the first time in the open bucket. If it slept it is on the list of those awake again;
    /// since when it slept is told.
    #[cold]
    pub fn wake<Ix>(&mut self, awake: &mut Vec<Ix>, ix: Ix) -> Option<Time> {
        self.buckets = 0;
        let since = self.asleep.take()?;
        awake.push(ix);
        Some(since)
    }

    /// A bucket closes; whether something happened in it.
    pub const fn close(&mut self) -> bool {
        self.buckets = self.buckets.saturating_add(1);
        self.buckets == 1
    }

    /// Buckets since something happened.
    pub const fn buckets(&self) -> u32 {
        self.buckets
    }

    /// It falls asleep.
    pub const fn sleep(&mut self, at: Time) {
        self.asleep = Some(at);
    }
}

impl Meter {
    /// Nobody falls asleep from here on: slower, with the same figures. Tests compare.
    pub fn without_sleep(&mut self) {
        self.wake_all();
        self.awake.always = true;
    }

    /// Wakes all: the board has changed, or figures begin anew.
    pub(super) fn wake_all(&mut self) {
        for place in 0..self.nodes.len() {
            let ix = NodeIx(place as u32);
            self.client(ix, |_| {});
            self.service(ix, |_| {});
            self.broker(ix, |_| {});
        }
        for place in 0..self.edges.len() {
            self.edge(EdgeIx(place as u32));
        }
    }
}

/// The end of the last bucket that has closed, where the open one will at this time.
fn last_end(closes: Time) -> Time {
    Time::from_nanos(closes.as_nanos() - BUCKET.as_nanos())
}

impl ServiceTally {
    /// Something happens to it, for the first time in the open bucket. If it slept it is as if its buckets had closed.
    #[cold]
    pub fn wake(&mut self, closes: Time, awake: &mut Vec<NodeIx>, ix: NodeIx) {
        if let Some(since) = self.calm.wake(awake, ix) {
            // Areas have to be read before levels change.
            let end = last_end(closes);
            self.recent.wake(self.flow(end));
            self.held_read = self.held_area(end);
            let missed = end.since(since).as_nanos() / BUCKET.as_nanos();
            self.condition.catch_up(missed as u32);
        }
    }
}

impl BrokerTally {
    /// The same.
    #[cold]
    pub fn wake(&mut self, closes: Time, awake: &mut Vec<NodeIx>, ix: NodeIx) {
        if self.calm.wake(awake, ix).is_some() {
            self.recent.wake(self.flow(last_end(closes)));
        }
    }
}

impl EdgeTally {
    /// The same.
    #[cold]
    pub fn wake(&mut self, closes: Time, awake: &mut Vec<EdgeIx>, ix: EdgeIx) {
        if self.calm.wake(awake, ix).is_some() {
            self.recent.wake(self.flow(last_end(closes)));
        }
    }
}
