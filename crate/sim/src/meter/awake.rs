//! Who is awake: the tallies whose bucket has to be closed, for something happened to them or still shows.
//!
//! A tally to which nothing has happened for as long as its figures look back falls asleep: each of its buckets is
//! like the last one. It wakes up before something happens to it again. So a bucket costs what has moved.

use super::edge_tally::EdgeTally;
use super::tally::ServiceTally;
use super::{Meter, NodeTally};
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
    /// Something happens; whether it may have to be woken for it.
    #[inline]
    pub const fn was_broken(&mut self) -> bool {
        let still = self.buckets > 0;
        self.buckets = 0;
        still
    }

    /// Since when it sleeps, if it does; it is awake from here on.
    pub const fn wake(&mut self) -> Option<Time> {
        self.asleep.take()
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

    /// The end of the last bucket that has closed.
    fn closed(&self) -> Time {
        Time::from_nanos(self.closes.as_nanos() - BUCKET.as_nanos())
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

    /// Something happens to a node that nothing happened to in this bucket.
    #[cold]
    pub(super) fn wake_node(&mut self, ix: NodeIx) {
        let closed = self.closed();
        // Counts say by themselves where they are; areas grow, and have to be read before the levels change.
        match &mut self.nodes[ix.0 as usize] {
            NodeTally::Client(tally) => {
                if tally.calm.wake().is_some() {
                    self.awake.clients.push(ix);
                }
            }
            NodeTally::Broker(tally) => {
                if tally.calm.wake().is_some() {
                    self.awake.brokers.push(ix);
                }
            }
            NodeTally::Service(tally) => {
                if tally.wake(closed).is_some() {
                    self.awake.services.push(ix);
                }
            }
        }
    }

    /// Something happens to an edge that nothing happened to in this bucket.
    #[cold]
    pub(super) fn wake_edge(&mut self, ix: EdgeIx) {
        let closed = self.closed();
        if self.edges[ix.0 as usize].wake(closed).is_some() {
            self.awake.edges.push(ix);
        }
    }
}

impl ServiceTally {
    /// Something happens to it; since when it slept, if it did. It is as if its buckets had closed so far.
    fn wake(&mut self, closed: Time) -> Option<Time> {
        let since = self.calm.wake()?;
        self.recent.wake(self.flow(closed));
        self.held_read = self.held_area(closed);
        let missed = closed.since(since).as_nanos() / BUCKET.as_nanos();
        self.condition.catch_up(missed as u32);
        Some(since)
    }
}

impl EdgeTally {
    /// Something happens to it; since when it slept, if it did. It is as if its buckets had closed so far.
    fn wake(&mut self, closed: Time) -> Option<Time> {
        let since = self.calm.wake()?;
        self.recent.wake(self.flow(closed));
        Some(since)
    }
}
