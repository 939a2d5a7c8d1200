//! Closing a bucket: the figures of its 100 ms, and the state that each service is in.

use std::collections::VecDeque;

use super::gauge;
use super::tally::{SECOND, ServiceAreas, ServiceCounts, percentiles};
use super::{KEPT_BUCKETS, Meter, NodeTally};
use crate::broker::log::Partition;
use crate::event::{EdgeIx, NodeIx};
use crate::frame::{BUCKET, Bucket, Change, EdgeBucket, ServiceBucket};
use crate::health::{FULL, State, Vitals, judge};
use crate::scenario::EdgeId;
use crate::simulation::world::World;
use crate::units::Time;

/// How fast the usual load follows the load, per bucket: a tenth of a second out of ten.
const FOLLOW: f64 = 0.01;

/// Buckets in which a state must show before it counts.
const HOLDS: u32 = 3;

/// Buckets over which a backlog must fall to be called draining: three seconds.
const TREND: usize = 30;

impl Meter {
    /// When the open bucket closes.
    pub fn closes(&self) -> Time {
        self.closes
    }

    /// Closes the buckets that end up to this time.
    pub fn close_until(&mut self, world: &World, at: Time) {
        while self.closes <= at {
            self.close(world);
        }
    }

    /// Closes the open bucket.
    fn close(&mut self, world: &World) {
        let at = self.closes;
        self.closes += BUCKET;
        for node in &mut self.nodes {
            match node {
                NodeTally::Client(tally) => {
                    tally.recent.close(tally.counts);
                    tally.operations.close();
                }
                NodeTally::Service(tally, _) => {
                    let reading = (tally.counts, tally.areas(at));
                    tally.recent.close(reading);
                }
                NodeTally::Broker(tally) => tally.recent.close(tally.taken_in),
            }
        }
        for tally in &mut self.edges {
            let reading = (tally.counts, tally.areas(at));
            tally.recent.close(reading);
        }
        self.judge_all(world, at);
        let bucket = self.bucket(world, at);
        self.close_system(world, at, (bucket.offered, bucket.good));
        self.buckets.push_back(bucket);
        if self.buckets.len() > KEPT_BUCKETS {
            self.buckets.pop_front();
        }
    }

    fn bucket(&mut self, world: &World, at: Time) -> Bucket {
        let mut bucket = Bucket {
            at,
            ..Bucket::default()
        };
        let mut spans = Vec::new();
        for node in &self.nodes {
            if let NodeTally::Client(tally) = node {
                let (before, after) = tally.recent.bucket();
                bucket.offered += (after.offered - before.offered) as u32;
                bucket.answered += (after.answered - before.answered) as u32;
                bucket.good += (after.good - before.good) as u32;
                spans.extend(tally.recent.spans());
            }
        }
        bucket.latency = percentiles(spans.into_iter(), &mut self.scratch);
        for ix in world.node_ix.values() {
            if let NodeTally::Service(tally, _) = &self.nodes[ix.0 as usize] {
                let (before, after) = tally.recent.bucket();
                bucket.services.push(service_bucket(&before, &after));
            }
        }
        for ix in world.edge_ix.values() {
            let (before, after) = self.edges[ix.0 as usize].recent.bucket();
            bucket.edges.push(EdgeBucket {
                ready: of_bucket(before.1.ready, after.1.ready),
                oldest: oldest(world, *ix, at),
                calls: (after.0.calls - before.0.calls) as u32,
                attempts: (after.0.attempts - before.0.attempts) as u32,
            });
        }
        bucket
    }

    /// Judges each service by its last second; those that changed are told.
    fn judge_all(&mut self, world: &World, at: Time) {
        let before: Vec<State> = self.nodes.iter().map(NodeTally::state).collect();
        for (id, ix) in &world.node_ix {
            let Some(server) = world.server(*ix) else {
                continue;
            };
            let stuck = server.ins.iter().any(|edge| {
                let state = before[world.link(*edge).from.0 as usize];
                state.is_trouble() || matches!(state, State::Starved | State::Draining)
            });
            let queued: i64 = server
                .ins
                .iter()
                .map(|edge| self.edges[edge.0 as usize].ready.level())
                .sum();
            let NodeTally::Service(tally, was) = &mut self.nodes[ix.0 as usize] else {
                continue;
            };
            let waits = tally.queue.level() + tally.buffered.level() + queued;
            push(&mut tally.backlog, TREND, waits as f64);
            let (last, now) = tally.recent.bucket();
            let busy = of_bucket(last.1.busy, now.1.busy);
            let whole = tally.threads.level() as f32;
            push(&mut tally.full, SECOND, whole > 0.0 && busy >= FULL * whole);
            let ((counts, areas), (counts_now, areas_now), secs) = tally.recent.second();
            let offered = (counts_now.offered - counts.offered) as f32;
            if !stuck && secs >= 1.0 {
                // A plain mean at first, then one that follows slowly.
                tally.learned += 1;
                let weight = (1.0 / f64::from(tally.learned)).max(FOLLOW);
                tally.usual += (f64::from(offered) / secs - tally.usual) * weight;
            }
            let vitals = Vitals {
                up: server.up(),
                offered,
                completed: (counts_now.completed - counts.completed) as f32,
                errors: (counts_now.errors - counts.errors) as f32,
                refused: (counts_now.refused - counts.refused) as f32,
                busy: (areas_now.busy - areas.busy + areas_now.off - areas.off) as f32
                    / (secs * 1e9) as f32,
                full: tally.full.iter().filter(|full| **full).count() as f32 / SECOND as f32,
                backlog: waits as f32,
                backlog_before: tally.backlog.front().copied().unwrap_or(0.0) as f32,
                usual: tally.usual as f32,
                starved: *was == State::Starved,
                callers_stuck: stuck,
            };
            let seen = judge(&vitals);
            tally.lasts = if seen == tally.seen {
                tally.lasts + 1
            } else {
                1
            };
            tally.seen = seen;
            // What shows in a few buckets only is chance, and one burst does not feed a starved service; a
            // service that is down is down at once.
            let long = if *was == State::Starved {
                SECOND as u32
            } else {
                HOLDS
            };
            let holds = tally.lasts >= long || seen == State::Restarting || *was == State::Idle;
            let now = if holds { seen } else { *was };
            if now != *was {
                let change = Change {
                    at,
                    id: id.clone(),
                    was: std::mem::replace(was, now),
                    now,
                    busy,
                    waiting: None,
                    refused: if offered > 0.0 {
                        vitals.refused / offered
                    } else {
                        0.0
                    },
                };
                let waiting = self.longest_wait(world, *ix);
                self.changes.push(Change { waiting, ..change });
            }
        }
    }

    /// The edge on which most threads of a service waited in the last bucket.
    fn longest_wait(&self, world: &World, node: NodeIx) -> Option<(EdgeId, f32)> {
        self.waits(world, node, |_, tally| {
            let (before, after) = tally.recent.bucket();
            of_bucket(before.1.waiting, after.1.waiting)
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
}

/// Adds to a ring that holds so many values.
fn push<V>(ring: &mut VecDeque<V>, most: usize, value: V) {
    ring.push_back(value);
    if ring.len() > most {
        ring.pop_front();
    }
}

/// The mean of a level over one bucket, from its areas.
fn of_bucket(before: i128, after: i128) -> f32 {
    let end = Time::ZERO + BUCKET;
    gauge::mean((Time::ZERO, before), (end, after)) as f32
}

fn service_bucket(
    before: &(ServiceCounts, ServiceAreas),
    after: &(ServiceCounts, ServiceAreas),
) -> ServiceBucket {
    let mean = |level: fn(&ServiceAreas) -> i128| of_bucket(level(&before.1), level(&after.1));
    let (busy, waiting) = (mean(|a| a.busy), mean(|a| a.waiting));
    let count = |which: fn(&ServiceCounts) -> u64| (which(&after.0) - which(&before.0)) as u32;
    ServiceBucket {
        working: (busy - waiting).max(0.0),
        waiting,
        queue: mean(|a| a.queue),
        memory: mean(|a| a.memory),
        running: mean(|a| a.up),
        offered: count(|c| c.offered),
        completed: count(|c| c.completed),
        errors: count(|c| c.errors),
        refused: count(|c| c.refused),
    }
}

/// The age of the oldest message of a queue, in seconds.
pub(super) fn oldest(world: &World, edge: EdgeIx, now: Time) -> f32 {
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
    let first = ready.into_iter().chain(unacked).chain(bus).chain(log).min();
    first.map_or(0.0, |published| now.since(published).as_secs_f64() as f32)
}
