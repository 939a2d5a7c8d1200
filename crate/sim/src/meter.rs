//! The meter: facts in, figures out. It alone counts.

mod bucket;
pub mod gauge;
mod glance;
mod held;
pub mod histogram;
mod recent;
pub mod recovery;
pub mod report;
pub mod system;
mod tally;
mod why;

use std::collections::VecDeque;

use tally::{ClientTally, EdgeTally, ServiceTally};

use crate::event::{EdgeIx, NodeIx};
use crate::fact::Fact;
use crate::frame::{Bucket, Change, FlightKind, Mark, MarkKind};
use crate::health::State;
use crate::outcome::Outcome;
use crate::scenario::{Mode, NodeId};
use crate::simulation::world::{NodeState, World};
use crate::units::Time;

/// At most so many buckets wait for a reader: ten minutes. Who reads more seldom gets the last of them.
const KEPT_BUCKETS: usize = 6_000;
/// At most so many dots wait for a reader.
const KEPT_FLIGHTS: usize = 4_000;

/// All that is counted.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    nodes: Vec<NodeTally>,
    edges: Vec<EdgeTally>,
    /// The end of the bucket that is open.
    closes: Time,
    /// Where figures since the start begin.
    start: Time,
    glance: glance::Glance,
    recovery: recovery::Recovery,
    blast: system::Blast,
    buckets: VecDeque<Bucket>,
    changes: Vec<Change>,
    marks: Vec<Mark>,
    flights: Vec<(EdgeIx, FlightKind, Time)>,
    sampler: Sampler,
    scratch: Vec<u64>,
}

/// A node's tally.
#[derive(Debug, Clone)]
enum NodeTally {
    Client(Box<ClientTally>),
    Service(Box<ServiceTally>, State),
}

/// Which requests are shown as dots: all dots of a request or none of them.
#[derive(Debug, Clone, Copy, Default)]
struct Sampler {
    /// A request is shown if this many low bits of its name are zero.
    bits: u32,
}

impl Meter {
    /// A meter for a board.
    pub fn new(now: Time) -> Self {
        Meter {
            closes: now + crate::frame::BUCKET,
            start: now,
            ..Meter::default()
        }
    }

    /// Takes over the board as it is now: makes room for what is new, and notes what the figures need to know
    /// of the settings.
    pub fn follow(&mut self, world: &World, now: Time) {
        for (place, node) in world.nodes.iter().enumerate() {
            if place == self.nodes.len() {
                self.nodes.push(match node {
                    NodeState::Client(_) => NodeTally::Client(Box::default()),
                    NodeState::Service(_) | NodeState::Gone => {
                        NodeTally::Service(Box::default(), State::Idle)
                    }
                });
            }
            match (&mut self.nodes[place], node) {
                (NodeTally::Client(tally), NodeState::Client(source)) => tally.follow(source),
                (NodeTally::Service(tally, _), NodeState::Service(server)) => {
                    tally.follow(server, now);
                }
                (NodeTally::Client(_) | NodeTally::Service(..), _) => {}
            }
        }
        for (place, link) in world.edges.iter().enumerate() {
            if place == self.edges.len() {
                self.edges.push(EdgeTally {
                    id: Some(link.id.clone()),
                    from: link.from.0,
                    to: link.to.0,
                    ..EdgeTally::default()
                });
            }
        }
    }

    fn client(&mut self, ix: NodeIx, with: impl FnOnce(&mut ClientTally)) {
        if let Some(NodeTally::Client(tally)) = self.nodes.get_mut(ix.0 as usize) {
            with(tally);
        }
    }

    fn service(&mut self, ix: NodeIx, with: impl FnOnce(&mut ServiceTally)) {
        if let Some(NodeTally::Service(tally, _)) = self.nodes.get_mut(ix.0 as usize) {
            with(tally);
        }
    }

    fn edge(&mut self, ix: EdgeIx) -> &mut EdgeTally {
        &mut self.edges[ix.0 as usize]
    }

    /// Takes in one fact.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a fact: the list is the point"
    )]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see Outbox::say")]
    pub fn take(&mut self, now: Time, fact: &Fact) {
        match *fact {
            Fact::Arrived { client, .. } => self.client(client, |tally| {
                tally.counts.offered += 1;
                tally.in_flight.add(now, 1);
            }),
            Fact::Replied {
                client,
                outcome,
                took,
                ..
            } => self.client(client, |tally| tally.replied(now, outcome, took)),
            Fact::Completed {
                client,
                lost,
                stale,
                took,
                ..
            } => self.client(client, |tally| tally.completed(now, lost, stale, took)),

            Fact::Called { edge, waits, .. } => {
                let tally = self.edge(edge);
                tally.counts.calls += 1;
                tally.in_flight.add(now, 1);
                if waits {
                    self.thread_waits(now, edge, 1);
                }
            }
            Fact::Sent {
                edge,
                request,
                attempt,
                mode,
                orphan,
                again,
            } => {
                let tally = self.edge(edge);
                tally.counts.attempts += 1;
                tally.counts.first += u64::from(!again);
                tally.counts.retries += u64::from(attempt > 1);
                tally.counts.sent_calls += u64::from(attempt == 1);
                let kind = match mode {
                    Mode::Async => FlightKind::Message,
                    Mode::Sync if orphan => FlightKind::Orphan,
                    Mode::Sync if attempt > 1 => FlightKind::Retry,
                    Mode::Sync => FlightKind::Request,
                };
                self.fly(edge, kind, request, now);
            }
            Fact::Answered {
                edge,
                request,
                outcome,
                late,
            } => {
                if let Outcome::Refused(by) = outcome
                    && !late
                {
                    let tally = self.edge(edge);
                    tally.counts.refused += 1;
                    tally.refused_by.count(by);
                }
                self.fly(edge, FlightKind::of_answer(outcome, late), request, now);
            }
            Fact::TimedOut { edge, .. } => self.edge(edge).counts.timed_out += 1,
            Fact::Settled {
                edge,
                outcome,
                took,
                waited,
                ..
            } => {
                let tally = self.edge(edge);
                tally.in_flight.add(now, -1);
                tally.counts.settled += 1;
                tally.counts.ok += u64::from(outcome.is_ok());
                tally.counts.failed += u64::from(!outcome.is_ok());
                tally.latency.record(took);
                tally.recent.record(took);
                if waited {
                    self.thread_waits(now, edge, -1);
                }
            }

            Fact::Offered { node, .. } => self.service(node, |tally| tally.counts.offered += 1),
            Fact::Queued { node, .. } => self.service(node, |tally| tally.queue.add(now, 1)),
            Fact::Dequeued { node, .. } => self.service(node, |tally| tally.queue.add(now, -1)),
            Fact::TurnedAway { node, by, .. } => self.service(node, |tally| {
                tally.counts.refused += 1;
                tally.refused_by.count(by);
            }),
            Fact::Started {
                node,
                waited,
                message,
                orphan,
                ..
            } => self.service(node, |tally| {
                tally.counts.started += 1;
                if !message {
                    tally.counts.let_in += 1;
                    tally.counts.waited += u128::from(waited.as_nanos());
                }
                tally.busy.add(now, 1);
                if orphan {
                    tally.orphans.add(now, 1);
                }
            }),
            Fact::Orphaned { node, .. } => self.service(node, |tally| tally.orphans.add(now, 1)),
            Fact::Finished {
                node,
                outcome,
                cause,
                held,
                took,
                orphan,
                ..
            } => self.service(node, |tally| {
                tally.busy.add(now, -1);
                tally.counts.completed += 1;
                if !outcome.is_ok() {
                    tally.counts.errors += 1;
                    tally.causes.count(outcome, cause);
                }
                if orphan {
                    tally.orphans.add(now, -1);
                    tally.counts.wasted += u128::from(held.as_nanos());
                }
                tally.latency.record(took);
                tally.recent.record(took);
            }),
            Fact::Duplicate { node, edge, .. } => {
                self.edge(edge).counts.duplicates += 1;
                self.service(node, |tally| tally.counts.duplicates += 1);
            }

            Fact::Stored { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.published += 1;
                tally.ready.add(now, 1);
            }
            Fact::Rejected { edge, .. } => self.edge(edge).counts.rejected += 1,
            Fact::Dropped { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.dropped += 1;
                tally.ready.add(now, -1);
            }
            Fact::Delivered {
                edge,
                request,
                delivery,
            } => {
                let tally = self.edge(edge);
                tally.ready.add(now, -1);
                tally.unacked.add(now, 1);
                tally.counts.redelivered += u64::from(delivery > 1);
                self.fly(edge, FlightKind::Delivery, request, now);
            }
            Fact::Prefetched { edge, .. } => {
                self.consumer(edge, |tally| tally.buffered.add(now, 1));
            }
            Fact::Unbuffered { edge, .. } => {
                self.consumer(edge, |tally| tally.buffered.add(now, -1));
            }
            Fact::Acked { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.consumed += 1;
                tally.unacked.add(now, -1);
            }
            Fact::Requeued { edge, .. } => {
                let tally = self.edge(edge);
                tally.unacked.add(now, -1);
                tally.ready.add(now, 1);
            }
            Fact::DeadLettered { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.dead_lettered += 1;
                tally.unacked.add(now, -1);
            }
            Fact::Removed { edge, ready, .. } => {
                let tally = self.edge(edge);
                tally.counts.removed += 1;
                let level = if ready {
                    &mut tally.ready
                } else {
                    &mut tally.unacked
                };
                level.add(now, -1);
            }

            Fact::FaultOn { node, kind } => {
                self.recovery.begins();
                self.mark(now, node, |id| MarkKind::FaultOn(id, kind.describe()));
            }
            Fact::FaultOff { node, kind } => {
                self.recovery.ends(now);
                self.mark(now, node, |id| MarkKind::FaultOff(id, kind.describe()));
            }
            Fact::Down { node, memory } => {
                self.service(node, |tally| {
                    tally.counts.kills += 1;
                    tally.up.set(now, 0);
                });
                if memory {
                    self.mark(now, node, MarkKind::OutOfMemory);
                }
            }
            Fact::Up { node } => {
                self.service(node, |tally| tally.up.set(now, 1));
                self.mark(now, node, MarkKind::Restarted);
            }
            Fact::Switched { edge, mode } => {
                let id = self.edge(edge).id.clone();
                let kind = id.map(|id| MarkKind::Switched(id, mode));
                self.marks.extend(kind.map(|kind| Mark { at: now, kind }));
            }
            Fact::Barred { edge, by, .. } => {
                let tally = self.edge(edge);
                tally.counts.barred += 1;
                tally.refused_by.count(by);
            }
            Fact::BackedOff { .. } | Fact::Adopted => {}
        }
    }

    /// A thread of the edge's caller begins or ends to wait.
    fn thread_waits(&mut self, now: Time, edge: EdgeIx, by: i64) {
        let tally = self.edge(edge);
        tally.waiting.add(now, by);
        let from = NodeIx(tally.from);
        self.service(from, |tally| tally.waiting.add(now, by));
    }

    fn consumer(&mut self, edge: EdgeIx, with: impl FnOnce(&mut ServiceTally)) {
        let to = NodeIx(self.edge(edge).to);
        self.service(to, with);
    }

    fn mark(&mut self, now: Time, node: NodeIx, kind: impl FnOnce(NodeId) -> MarkKind) {
        let id = match &self.nodes[node.0 as usize] {
            NodeTally::Client(tally) => &tally.id,
            NodeTally::Service(tally, _) => &tally.id,
        };
        let kind = id.clone().map(kind);
        self.marks.extend(kind.map(|kind| Mark { at: now, kind }));
    }

    fn fly(&mut self, edge: EdgeIx, kind: FlightKind, request: u64, now: Time) {
        let shown = request.trailing_zeros() >= self.sampler.bits;
        if shown && self.flights.len() < KEPT_FLIGHTS {
            self.flights.push((edge, kind, now));
        }
    }

    /// Figures since the start begin anew here: a warm-up is over.
    pub fn restart(&mut self, now: Time) {
        self.start = now;
        for node in &mut self.nodes {
            match node {
                NodeTally::Client(tally) => tally.restart(now),
                NodeTally::Service(tally, _) => tally.restart(now),
            }
        }
        for tally in &mut self.edges {
            tally.restart(now);
        }
        self.glance = glance::Glance::default();
        self.blast = system::Blast::default();
    }
}
