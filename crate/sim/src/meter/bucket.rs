//! Closing a bucket: the figures of its 100 ms, and the state that each service is in.

use super::condition::{self, Turn};
use super::flow::mean;
use super::tally::{SECOND, percentiles};
use super::{Meter, NodeTally};
use crate::broker::log::Partition;
use crate::event::{EdgeIx, NodeIx};
use crate::frame::{BUCKET, Bucket, Change, EdgeBucket, ServiceBucket};
use crate::health::State;
use crate::scenario::EdgeId;
use crate::simulation::world::World;
use crate::units::Time;

/// A bucket in nanoseconds.
const NANOS: f64 = BUCKET.as_nanos() as f64;

impl Meter {
    /// When the open bucket closes.
    pub fn closes(&self) -> Time {
        self.closes
    }

    /// Closes the open bucket: all that is awake takes part.
    pub fn close(&mut self, world: &World) {
        let at = self.closes;
        self.close_edges(world, at);
        self.close_brokers(at);
        let whole = self.close_clients(at);
        let turns = self.close_services(world, at);
        self.closes += BUCKET;
        self.tell(world, at, turns);
        self.close_system(world, at, (whole.offered, whole.good));
        self.ribbon.close(whole);
    }

    fn close_edges(&mut self, world: &World, at: Time) {
        let mut awake = std::mem::take(&mut self.awake.edges);
        awake.retain(|ix| {
            let tally = &mut self.edges[ix.0 as usize];
            let moved = tally.calm.close();
            tally.recent.close(tally.flow(at));
            let bucket = tally.recent.bucket();
            let figures = EdgeBucket {
                ready: mean(bucket.ready, NANOS),
                oldest: oldest(world, *ix, at),
                calls: bucket.calls as u32,
                attempts: bucket.attempts as u32,
            };
            let calm = !self.awake.always && tally.calm.buckets() > SECOND as u32;
            let still = calm && never_ages(world, *ix);
            if still {
                tally.calm.sleep(at);
            }
            let to = NodeIx(tally.to);
            self.ribbon.edge(*ix, figures);
            if moved {
                // What waits on the edge waits for the service.
                self.service(to, |_| {});
            }
            !still
        });
        self.awake.edges = awake;
    }

    fn close_brokers(&mut self, at: Time) {
        let Meter { nodes, awake, .. } = self;
        let always = awake.always;
        awake.brokers.retain(|ix| {
            let NodeTally::Broker(tally) = &mut nodes[ix.0 as usize] else {
                return false;
            };
            tally.calm.close();
            tally.recent.close(tally.flow(at));
            let still = !always && tally.calm.buckets() > SECOND as u32;
            if still {
                tally.calm.sleep(at);
            }
            !still
        });
    }

    fn close_clients(&mut self, at: Time) -> Bucket {
        let mut whole = Bucket {
            at,
            latency: self.latency,
            ..Bucket::default()
        };
        let mut others = false;
        for ix in &self.awake.clients {
            if let NodeTally::Client(tally) = &mut self.nodes[ix.0 as usize] {
                tally.calm.close();
                others |= tally.recent.close(tally.flow());
                tally.operations.close();
                let bucket = tally.recent.bucket();
                whole.offered += bucket.offered as u32;
                whole.answered += bucket.answered as u32;
                whole.good += bucket.good as u32;
            }
        }
        let nodes = &mut self.nodes;
        if others {
            let spans = self
                .awake
                .clients
                .iter()
                .filter_map(|ix| match &nodes[ix.0 as usize] {
                    NodeTally::Client(tally) => Some(tally.recent.spans()),
                    NodeTally::Service(_) | NodeTally::Broker(_) => None,
                });
            whole.latency = percentiles(spans.flatten(), &mut self.scratch);
            self.latency = whole.latency;
        }
        let always = self.awake.always;
        self.awake.clients.retain(|ix| {
            let NodeTally::Client(tally) = &mut nodes[ix.0 as usize] else {
                return false;
            };
            let still = !always && tally.calm.buckets() > SECOND as u32;
            if still {
                tally.calm.sleep(at);
            }
            !still
        });
        whole
    }

    /// Those that changed their state, with what they were.
    fn close_services(&mut self, world: &World, at: Time) -> Vec<(NodeIx, Turn)> {
        let mut turns = Vec::new();
        let Meter {
            nodes,
            edges,
            ribbon,
            awake,
            ..
        } = self;
        let always = awake.always;
        awake.services.retain(|ix| {
            let NodeTally::Service(tally) = &mut nodes[ix.0 as usize] else {
                return false;
            };
            tally.calm.close();
            tally.recent.close(tally.flow(at));
            let held = tally.held_area(at);
            let memory = (held - tally.held_read) as f64 / NANOS;
            tally.held_read = held;
            let bucket = tally.recent.bucket();
            let (busy, waiting) = (mean(bucket.busy, NANOS), mean(bucket.waiting, NANOS));
            let figures = ServiceBucket {
                working: (busy - waiting).max(0.0),
                waiting,
                queue: mean(bucket.queue, NANOS),
                memory: memory as f32,
                running: mean(bucket.up, NANOS),
                offered: bucket.offered as u32,
                completed: bucket.completed as u32,
                errors: bucket.errors as u32,
                refused: bucket.refused as u32,
            };
            ribbon.service(*ix, figures);
            let still = if let Some(server) = world.server(*ix) {
                let ready = |edge: &EdgeIx| edges[edge.0 as usize].ready.level();
                let queued: i64 = server.ins.iter().map(ready).sum();
                let now = condition::Now {
                    up: server.up(),
                    waits: tally.queue.level() + tally.buffered.level() + queued,
                    threads: tally.threads.level(),
                };
                let turn = tally.condition.judge(&tally.recent, now);
                turns.extend(turn.map(|turn| (*ix, turn)));
                tally.condition.is_settled(tally.calm.buckets())
            } else {
                tally.calm.buckets() >= condition::SETTLES
            };
            if still && !always {
                tally.calm.sleep(at);
            }
            !still || always
        });
        turns
    }

    /// Tells whose state has changed, in the order of the ids, and what that means for those they call.
    fn tell(&mut self, world: &World, at: Time, mut turns: Vec<(NodeIx, Turn)>) {
        if turns.is_empty() {
            return;
        }
        self.blast_is_old = true;
        turns.sort_by_cached_key(|(ix, _)| world.id(*ix));
        for (ix, turn) in turns {
            let now = self.state(ix);
            if is_stuck(now) != is_stuck(turn.was) {
                for edge in &world.edges {
                    if edge.from == ix && edge.alive {
                        self.look_up(world, edge.to);
                    }
                }
            }
            self.changes.extend(world.id(ix).map(|id| Change {
                at,
                id,
                was: turn.was,
                now,
                busy: turn.busy,
                waiting: self.longest_wait(world, ix),
                refused: turn.refused,
            }));
        }
    }

    /// A service takes note of whether a caller of it is stuck.
    pub(super) fn look_up(&mut self, world: &World, ix: NodeIx) {
        let Some(server) = world.server(ix) else {
            return;
        };
        let callers = || server.ins.iter().map(|edge| world.link(*edge).from);
        let stuck = callers().any(|from| is_stuck(self.state(from)));
        self.service(ix, |tally| tally.condition.stuck = stuck);
    }

    /// The edge on which most threads of a service waited in the last bucket.
    fn longest_wait(&self, world: &World, node: NodeIx) -> Option<(EdgeId, f32)> {
        self.waits(world, node, |_, tally| {
            mean(tally.recent.bucket().waiting, NANOS)
        })
        .into_iter()
        .next()
    }

    /// How many threads of a service wait on which edge, by a reading of the edge; the most first.
    pub(super) fn waits(
        &self,
        world: &World,
        node: NodeIx,
        reading: impl Fn(EdgeIx, &super::EdgeTally) -> f32,
    ) -> Vec<(EdgeId, f32)> {
        let Some(server) = world.server(node) else {
            return Vec::new();
        };
        let mut waits: Vec<(EdgeId, f32)> = server
            .plan
            .iter()
            .flat_map(|step| &step.edges)
            .map(|ix| (*ix, reading(*ix, &self.edges[ix.0 as usize])))
            .filter(|(_, n)| *n > 0.005)
            .map(|(ix, n)| (world.link(ix).id.clone(), n))
            .collect();
        waits.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        waits
    }

    /// A service's state; a client is always well.
    pub(super) fn state(&self, ix: NodeIx) -> State {
        match &self.nodes[ix.0 as usize] {
            NodeTally::Client(_) | NodeTally::Broker(_) => State::Healthy,
            NodeTally::Service(tally) => tally.condition.state,
        }
    }
}

/// Whether a service in this state sends less than it would.
fn is_stuck(state: State) -> bool {
    state.is_trouble() || matches!(state, State::Starved | State::Draining)
}

/// Whether nothing on an edge grows older as time goes by: it has no messages, and no other edge puts some on its books.
fn never_ages(world: &World, edge: EdgeIx) -> bool {
    let link = world.link(edge);
    let own = link.home == edge && link.books.members.len() <= 1;
    !link.alive || own && first(world, edge).is_none()
}

/// The age of the oldest message of a queue, in seconds.
pub(super) fn oldest(world: &World, edge: EdgeIx, now: Time) -> f32 {
    first(world, edge).map_or(0.0, |published| now.since(published).as_secs_f64() as f32)
}

/// When the oldest message of a queue was published.
fn first(world: &World, edge: EdgeIx) -> Option<Time> {
    let books = &world.link(world.link(edge).home).books;
    let ready = books
        .backlog
        .ready()
        .next()
        .map(|key| world.messages[key].published);
    let unacked = books.unacked.first().map(|(published, _)| *published);
    let bus = world
        .link(edge)
        .bus
        .as_ref()
        .and_then(|bus| bus.messages.oldest());
    let log = world
        .link(edge)
        .log
        .as_ref()
        .and_then(|log| log.partitions.iter().filter_map(Partition::oldest).min());
    ready.into_iter().chain(unacked).chain(bus).chain(log).min()
}
