//! Tallies: what is counted of each client, service and edge, all of it growing since the start.
//!
//! A figure of an interval is the difference of two readings, so frames, buckets and reports read the
//! same tallies without disturbing each other.

use super::awake::Calm;
use super::backoff::BackOffs;
use super::condition::Condition;
use super::flow::{ClientFlow, ServiceFlow};
use super::gauge::Gauge;
use super::held::Held;
use super::histogram::Histogram;
use super::operations::Operations;
pub use super::recent::{Recent, SECOND};
use super::replica::ReplicaTally;
use super::why::{ByClass, ByWhom, Causes};
use crate::criticality::Criticality;
use crate::event::OpIx;
use crate::outcome::{By, Outcome};
use crate::scenario::NodeId;
use crate::simulation::world::{Server, Source, World};
use crate::units::{Span, Time};

/// Counts of a client.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientCounts {
    pub offered: u64,
    pub answered: u64,
    pub ok: u64,
    pub good: u64,
    pub errors: u64,
    pub timed_out: u64,
    pub refused: u64,
    pub cancelled: u64,
    pub effects_in_time: u64,
    pub effects_late: u64,
    pub effects_lost: u64,
}

/// Counts of a service.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServiceCounts {
    pub offered: u64,
    pub completed: u64,
    pub errors: u64,
    pub refused: u64,
    pub refused_class: ByClass,
    pub kills: u64,
    /// Kills for its memory.
    pub out_of_memory: u64,
    pub restarts: u64,
    /// Kills for a failed liveness probe.
    pub unhealthy: u64,
    pub probes: u64,
    pub probes_failed: u64,
    /// Thread time that garbage collection took of work, as it began, in nanoseconds.
    pub collected: u128,
    /// Requests that a cache looked up, and those that were there.
    pub lookups: u64,
    pub hits: u64,
    pub duplicates: u64,
    /// What its autoscaler did: it found a recommendation, it made replicas more, or fewer.
    pub advised: u64,
    pub scaled_up: u64,
    pub scaled_down: u64,
    /// Requests and messages that a thread took.
    pub started: u64,
    /// Requests that a thread took.
    pub let_in: u64,
    /// Thread time of jobs that nobody waited for at their end, whole, in nanoseconds.
    pub wasted: u128,
    /// Time that those requests were in the accept queue, in nanoseconds.
    pub waited: u128,
}

/// Areas under the levels of a service at an instant.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServiceAreas {
    pub busy: i128,
    pub off: i128,
    pub line: i128,
    pub queue: i128,
    pub buffered: i128,
    pub orphans: i128,
    pub memory: i128,
    pub up: i128,
}

/// A client's tally.
#[derive(Debug, Clone, Default)]
pub struct ClientTally {
    pub counts: ClientCounts,
    pub in_flight: Gauge,
    /// Requests answered ok whose effects are still to come.
    pub effects_open: Gauge,
    /// Ok answers.
    pub latency: Histogram,
    /// From the answer to the last effect that came by a message.
    pub staleness: Histogram,
    pub recent: Recent<ClientFlow>,
    pub calm: Calm,
    pub refused_by: ByWhom,
    pub operations: Operations,
    pub id: Option<NodeId>,
    /// For goodput.
    pub deadline: Span,
    /// For effects in time.
    pub effect_deadline: Span,
}

/// A service's tally.
#[derive(Debug, Clone, Default)]
pub struct ServiceTally {
    pub counts: ServiceCounts,
    pub busy: Gauge,
    /// In flight without a thread, a loop or a carrier; of those, in line for one.
    pub off: Gauge,
    pub line: Gauge,
    pub waiting: Gauge,
    pub queue: Gauge,
    pub buffered: Gauge,
    pub orphans: Gauge,
    /// How many of its replicas run.
    pub up: Gauge,
    /// How many its autoscaler found that would do.
    pub wanted: Gauge,
    pub memory: Held,
    pub backoff: BackOffs,
    /// Replicas that are not ready.
    pub unready: Gauge,
    /// What its replicas leaked, in bytes.
    pub leaked: Gauge,
    /// The size of all its pools together; 0 while they are unbounded.
    pub threads: Gauge,
    /// The size of one replica's pool; 0 while it is unbounded.
    pub pool: i64,
    /// Its replicas, in order of their numbers.
    pub replicas: Vec<ReplicaTally>,
    /// Whether they are told apart: once there were several.
    pub several: bool,
    /// From arrival to end, of what ended well or badly.
    pub latency: Histogram,
    pub recent: Recent<ServiceFlow>,
    pub calm: Calm,
    pub condition: Condition,
    /// The area under its memory at the end of the last bucket.
    pub held_read: i128,
    pub refused_by: ByWhom,
    pub causes: Causes,
    pub id: Option<NodeId>,
}

/// Median, 95th and 99th percentile of spans in nanoseconds, in seconds (nearest rank).
pub fn percentiles(spans: impl Iterator<Item = u64>, scratch: &mut Vec<u64>) -> Option<[f32; 3]> {
    scratch.clear();
    scratch.extend(spans);
    let n = scratch.len();
    if n == 0 {
        return None;
    }
    // Each is sought among those that the one before it has left above itself.
    let mut from = 0;
    Some([0.5, 0.95, 0.99].map(|share| {
        let rank = ((share * n as f64).ceil() as usize).clamp(1, n) - 1;
        let (_, value, _) = scratch[from..].select_nth_unstable(rank - from);
        from = rank;
        (*value as f64 / 1e9) as f32
    }))
}

impl ClientTally {
    /// Takes over the settings that the figures need.
    pub fn follow(&mut self, source: &Source, world: &World) {
        self.operations.follow(source, world);
        self.id = Some(source.id.clone());
        self.deadline = source.spec.deadline;
        self.effect_deadline = source.spec.effect_deadline;
    }

    /// A client sent a request.
    pub fn arrived(&mut self, now: Time, operation: OpIx) {
        self.counts.offered += 1;
        self.operations.arrived(operation);
        self.in_flight.add(now, 1);
    }

    /// A client has its answer.
    pub fn replied(&mut self, now: Time, operation: OpIx, outcome: Outcome, took: Span) {
        let deadline = self.deadline;
        self.operations.replied(operation, outcome, took, deadline);
        self.in_flight.add(now, -1);
        self.counts.answered += 1;
        match outcome {
            Outcome::Ok => {
                self.counts.ok += 1;
                self.counts.good += u64::from(took <= self.deadline);
                self.latency.record(took);
                self.recent.record(took);
                self.effects_open.add(now, 1);
            }
            Outcome::Error => self.counts.errors += 1,
            Outcome::TimedOut => self.counts.timed_out += 1,
            Outcome::Refused(by) => {
                self.counts.refused += 1;
                self.refused_by.count(by);
            }
            Outcome::Cancelled => self.counts.cancelled += 1,
        }
    }

    /// All that an ok-answered request caused is done.
    pub fn completed(&mut self, now: Time, lost: bool, stale: Option<Span>, took: Span) {
        self.effects_open.add(now, -1);
        if lost {
            self.counts.effects_lost += 1;
            return;
        }
        if let Some(stale) = stale {
            self.staleness.record(stale);
        }
        let in_time = took <= self.effect_deadline;
        self.counts.effects_in_time += u64::from(in_time);
        self.counts.effects_late += u64::from(!in_time);
    }

    /// Counts anew from here; what is under way stays.
    pub fn restart(&mut self, now: Time) {
        let (mut in_flight, mut effects_open) = (self.in_flight, self.effects_open);
        in_flight.restart(now);
        effects_open.restart(now);
        *self = ClientTally {
            in_flight,
            effects_open,
            id: self.id.take(),
            operations: {
                let mut operations = std::mem::take(&mut self.operations);
                operations.restart();
                operations
            },
            deadline: self.deadline,
            effect_deadline: self.effect_deadline,
            ..ClientTally::default()
        };
    }
}

impl ServiceTally {
    /// It did not let a request in.
    pub fn turned_away(&mut self, by: By, criticality: Criticality) {
        self.counts.refused += 1;
        self.refused_by.count(by);
        self.counts.refused_class.count(criticality);
    }

    /// Takes over the settings that the figures need.
    pub fn follow(&mut self, server: &Server, now: Time) {
        self.id = Some(server.id.clone());
        self.pool = i64::from(server.spec.workers().number().unwrap_or(0));
        if self.replicas.is_empty() {
            for replica in &server.replicas {
                self.joined(now, replica.number, replica.up());
            }
        }
        self.resize(now);
        let before = self.held_area(now);
        self.memory = Held::new(&server.spec);
        let anew = self.held_area(now);
        self.memory.carry(before - anew);
    }

    /// The area under its memory, in bytes times nanoseconds.
    pub fn held_area(&self, now: Time) -> i128 {
        let [up, busy, off, queue, buffered] =
            [self.up, self.busy, self.off, self.queue, self.buffered].map(|of| of.area_at(now));
        self.memory.area([up, busy + off, queue, buffered]) + self.leaked.area_at(now)
    }

    /// What it holds in memory now, in bytes.
    pub fn held(&self) -> f64 {
        let [up, busy, off, queue, buffered] =
            [self.up, self.busy, self.off, self.queue, self.buffered].map(|of| of.level());
        let levels = [up, busy + off, queue, buffered];
        (self.memory.level(levels.map(i128::from)) + i128::from(self.leaked.level())) as f64
    }

    /// Counts anew from here; what is under way stays.
    pub fn restart(&mut self, now: Time) {
        let old = std::mem::take(self);
        let anew = |mut gauge: Gauge| {
            gauge.restart(now);
            gauge
        };
        *self = ServiceTally {
            busy: anew(old.busy),
            off: anew(old.off),
            line: anew(old.line),
            waiting: anew(old.waiting),
            queue: anew(old.queue),
            buffered: anew(old.buffered),
            orphans: anew(old.orphans),
            up: anew(old.up),
            leaked: anew(old.leaked),
            unready: anew(old.unready),
            wanted: anew(old.wanted),
            backoff: old.backoff.anew(now),
            memory: old.memory.anew(),
            id: old.id,
            threads: anew(old.threads),
            pool: old.pool,
            replicas: {
                let mut replicas = old.replicas;
                for one in &mut replicas {
                    one.restart(now);
                }
                replicas
            },
            several: old.several,
            condition: old.condition,
            ..ServiceTally::default()
        };
    }

    /// The areas at an instant.
    pub fn areas(&self, now: Time) -> ServiceAreas {
        ServiceAreas {
            busy: self.busy.area_at(now),
            off: self.off.area_at(now),
            line: self.line.area_at(now),
            queue: self.queue.area_at(now),
            buffered: self.buffered.area_at(now),
            orphans: self.orphans.area_at(now),
            memory: self.held_area(now),
            up: self.up.area_at(now),
        }
    }
}
