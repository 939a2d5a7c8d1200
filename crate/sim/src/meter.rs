//! The meter: facts in, figures out. It alone counts.

mod bucket;
pub mod gauge;
mod glance;
pub mod histogram;
pub mod report;
mod tally;

use tally::{ClientTally, EdgeTally, ServiceTally};

use crate::event::{EdgeIx, NodeIx};
use crate::fact::Fact;
use crate::frame::{Bucket, Change, FlightKind, Mark, MarkKind};
use crate::health::State;
use crate::outcome::Outcome;
use crate::scenario::Mode;
use crate::simulation::world::{NodeState, World};
use crate::units::Time;

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
    buckets: Vec<Bucket>,
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
    pub fn new(world: &World, now: Time) -> Self {
        let mut meter = Meter {
            closes: now + crate::frame::BUCKET,
            start: now,
            ..Meter::default()
        };
        meter.follow(world, now);
        meter
    }

    /// Makes room for what is new on the board.
    pub fn follow(&mut self, world: &World, now: Time) {
        for node in &world.nodes[self.nodes.len()..] {
            self.nodes.push(match node {
                NodeState::Client(_) => NodeTally::Client(Box::default()),
                NodeState::Service(_) | NodeState::Gone => {
                    let mut tally = ServiceTally::default();
                    tally.up.set(now, 1);
                    NodeTally::Service(Box::new(tally), State::Idle)
                }
            });
        }
        self.edges
            .resize_with(world.edges.len(), EdgeTally::default);
    }

    fn client(&mut self, ix: NodeIx) -> Option<&mut ClientTally> {
        match self.nodes.get_mut(ix.0 as usize) {
            Some(NodeTally::Client(tally)) => Some(tally),
            Some(NodeTally::Service(..)) | None => None,
        }
    }

    fn service(&mut self, ix: NodeIx) -> Option<&mut ServiceTally> {
        match self.nodes.get_mut(ix.0 as usize) {
            Some(NodeTally::Service(tally, _)) => Some(tally),
            Some(NodeTally::Client(_)) | None => None,
        }
    }

    fn edge(&mut self, ix: EdgeIx) -> &mut EdgeTally {
        &mut self.edges[ix.0 as usize]
    }

    /// Takes in one fact.
    pub fn take(&mut self, world: &World, now: Time, fact: &Fact) {
        match *fact {
            Fact::Arrived { .. } | Fact::Replied { .. } | Fact::Completed { .. } => {
                self.take_client(world, now, fact);
            }
            Fact::Called { .. }
            | Fact::Sent { .. }
            | Fact::Answered { .. }
            | Fact::TimedOut { .. }
            | Fact::BackedOff { .. }
            | Fact::Settled { .. } => self.take_call(world, now, fact),
            Fact::Offered { .. }
            | Fact::Queued { .. }
            | Fact::Dequeued { .. }
            | Fact::TurnedAway { .. }
            | Fact::Started { .. }
            | Fact::Orphaned { .. }
            | Fact::Finished { .. }
            | Fact::Duplicate { .. } => self.take_service(now, fact),
            Fact::Stored { .. }
            | Fact::Rejected { .. }
            | Fact::Dropped { .. }
            | Fact::Delivered { .. }
            | Fact::Prefetched { .. }
            | Fact::Unbuffered { .. }
            | Fact::Acked { .. }
            | Fact::Requeued { .. }
            | Fact::DeadLettered { .. }
            | Fact::Removed { .. } => self.take_message(world, now, fact),
            Fact::FaultOn { .. }
            | Fact::FaultOff { .. }
            | Fact::Down { .. }
            | Fact::Up { .. }
            | Fact::Switched { .. }
            | Fact::Adopted => self.take_board(world, now, fact),
        }
    }

    fn take_client(&mut self, world: &World, now: Time, fact: &Fact) {
        match *fact {
            Fact::Arrived { client, .. } => {
                if let Some(tally) = self.client(client) {
                    tally.counts.offered += 1;
                    tally.in_flight.add(now, 1);
                }
            }
            Fact::Replied {
                client,
                outcome,
                took,
                ..
            } => {
                let deadline = world.source(client).map(|source| source.spec.deadline);
                if let Some(tally) = self.client(client) {
                    tally.in_flight.add(now, -1);
                    tally.counts.answered += 1;
                    match outcome {
                        Outcome::Ok => {
                            tally.counts.ok += 1;
                            tally.counts.good += u64::from(Some(took) <= deadline);
                            tally.latency.record(took);
                            tally.recent.record(took);
                            tally.effects_open.add(now, 1);
                        }
                        Outcome::Error => tally.counts.errors += 1,
                        Outcome::TimedOut => tally.counts.timed_out += 1,
                        Outcome::Refused(_) => tally.counts.refused += 1,
                        Outcome::Cancelled => tally.counts.cancelled += 1,
                    }
                }
            }
            Fact::Completed {
                client,
                lost,
                stale,
                took,
                ..
            } => {
                let deadline = world
                    .source(client)
                    .map(|source| source.spec.effect_deadline);
                if let Some(tally) = self.client(client) {
                    tally.effects_open.add(now, -1);
                    if lost {
                        tally.counts.effects_lost += 1;
                    } else {
                        tally.staleness.record(stale);
                        if Some(took) <= deadline {
                            tally.counts.effects_in_time += 1;
                        } else {
                            tally.counts.effects_late += 1;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn take_call(&mut self, world: &World, now: Time, fact: &Fact) {
        match *fact {
            Fact::Called { edge, waits, .. } => {
                let tally = self.edge(edge);
                tally.counts.calls += 1;
                tally.in_flight.add(now, 1);
                if waits {
                    tally.waiting.add(now, 1);
                    self.thread_waits(world, now, edge, 1);
                }
            }
            Fact::Sent {
                edge,
                request,
                attempt,
                mode,
                orphan,
            } => {
                let tally = self.edge(edge);
                tally.counts.attempts += 1;
                tally.counts.retries += u64::from(attempt > 1);
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
                if matches!(outcome, Outcome::Refused(_)) {
                    self.edge(edge).counts.refused += 1;
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
                if outcome.is_ok() {
                    tally.counts.ok += 1;
                } else {
                    tally.counts.failed += 1;
                }
                tally.latency.record(took);
                tally.recent.record(took);
                if waited {
                    tally.waiting.add(now, -1);
                    self.thread_waits(world, now, edge, -1);
                }
            }
            _ => {}
        }
    }

    /// A thread of the edge's caller begins or ends to wait.
    fn thread_waits(&mut self, world: &World, now: Time, edge: EdgeIx, by: i64) {
        if let Some(tally) = self.service(world.link(edge).from) {
            tally.waiting.add(now, by);
        }
    }

    fn take_service(&mut self, now: Time, fact: &Fact) {
        let (Fact::Offered { node, .. }
        | Fact::Queued { node, .. }
        | Fact::Dequeued { node, .. }
        | Fact::TurnedAway { node, .. }
        | Fact::Started { node, .. }
        | Fact::Orphaned { node, .. }
        | Fact::Finished { node, .. }
        | Fact::Duplicate { node, .. }) = *fact
        else {
            return;
        };
        if let Fact::Duplicate { edge, .. } = *fact {
            self.edge(edge).counts.duplicates += 1;
        }
        let Some(tally) = self.service(node) else {
            return;
        };
        match *fact {
            Fact::Offered { .. } => tally.counts.offered += 1,
            Fact::Queued { .. } => tally.queue.add(now, 1),
            Fact::Dequeued { waited, .. } => {
                tally.queue.add(now, -1);
                tally.counts.waited += u128::from(waited.as_nanos());
            }
            Fact::TurnedAway { .. } => tally.counts.refused += 1,
            Fact::Started { orphan, .. } => {
                tally.counts.started += 1;
                tally.busy.add(now, 1);
                tally.orphans.add(now, i64::from(orphan));
            }
            Fact::Orphaned { .. } => tally.orphans.add(now, 1),
            Fact::Finished {
                outcome,
                held,
                took,
                orphan,
                ..
            } => {
                tally.busy.add(now, -1);
                tally.orphans.add(now, -i64::from(orphan));
                tally.counts.completed += 1;
                tally.counts.errors += u64::from(!outcome.is_ok());
                if orphan {
                    tally.counts.wasted += u128::from(held.as_nanos());
                }
                tally.latency.record(took);
                tally.recent.record(took);
            }
            Fact::Duplicate { .. } => tally.counts.duplicates += 1,
            _ => {}
        }
    }

    fn take_message(&mut self, world: &World, now: Time, fact: &Fact) {
        match *fact {
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
            Fact::Prefetched { edge, .. } | Fact::Unbuffered { edge, .. } => {
                let by = if matches!(fact, Fact::Prefetched { .. }) {
                    1
                } else {
                    -1
                };
                if let Some(tally) = self.service(world.link(edge).to) {
                    tally.buffered.add(now, by);
                }
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
            _ => {}
        }
    }

    fn take_board(&mut self, world: &World, now: Time, fact: &Fact) {
        let node_id = |ix: NodeIx| match &world.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source.id.clone()),
            NodeState::Service(server) => Some(server.id.clone()),
            NodeState::Gone => None,
        };
        let mark = match *fact {
            Fact::Down { node, memory } => {
                if let Some(tally) = self.service(node) {
                    tally.counts.kills += 1;
                    tally.up.set(now, 0);
                }
                node_id(node).filter(|_| memory).map(MarkKind::OutOfMemory)
            }
            Fact::Up { node } => {
                if let Some(tally) = self.service(node) {
                    tally.up.set(now, 1);
                }
                node_id(node).map(MarkKind::Restarted)
            }
            Fact::Switched { edge, mode } => {
                Some(MarkKind::Switched(world.link(edge).id.clone(), mode))
            }
            Fact::FaultOn { node, kind } => {
                node_id(node).map(|id| MarkKind::FaultOn(id, kind.describe()))
            }
            Fact::FaultOff { node, kind } => {
                node_id(node).map(|id| MarkKind::FaultOff(id, kind.describe()))
            }
            Fact::Adopted => {
                self.follow(world, now);
                None
            }
            _ => None,
        };
        self.marks.extend(mark.map(|kind| Mark { at: now, kind }));
    }

    fn fly(&mut self, edge: EdgeIx, kind: FlightKind, request: u64, now: Time) {
        if request.trailing_zeros() >= self.sampler.bits {
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
    }
}
