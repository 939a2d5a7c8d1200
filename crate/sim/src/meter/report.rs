//! The report: every figure since the start (or since the end of the warm-up), per node and per edge.

use std::collections::BTreeMap;

use serde::Serialize;

pub use super::broker_tally::BrokerReport;
use super::bucket::oldest;
pub use super::operations::OperationReport;
pub use super::queue_report::{ByReason, PartitionReport, QueueReport};
use super::replica::ReplicaFigures;
pub use super::system::SystemReport;
use super::system::drain;
pub use super::times::Times;
use super::why::ErrorsBy;
pub(super) use super::window::{Window, share};
use super::{ClientTally, EdgeTally, Meter, NodeTally, ServiceTally};
use crate::broker::Kind;
use crate::event::EdgeIx;
use crate::scenario::Mode;
use crate::simulation::world::World;
use crate::units::Time;

/// Figures of a whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// From when, in seconds.
    pub from_s: f64,
    /// To when, in seconds.
    pub to_s: f64,
    /// Events since the start of the run.
    pub events: u64,
    /// Digest of all facts since the start of the run, in hexadecimal.
    pub digest: String,
    /// The whole system.
    pub system: SystemReport,
    /// The clients, by id.
    pub clients: Vec<ClientReport>,
    /// The services, by id.
    pub services: Vec<ServiceReport>,
    /// The brokers that are nodes, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brokers: Vec<BrokerReport>,
    /// The edges, by id.
    pub edges: Vec<EdgeReport>,
}

/// A client.
#[derive(Debug, Clone, Serialize)]
pub struct ClientReport {
    /// Its id.
    pub id: String,
    /// Requests sent.
    pub offered: u64,
    /// Requests sent, per second.
    pub offered_per_s: f64,
    /// Requests answered, well or badly.
    pub answered: u64,
    /// Ok answers.
    pub ok: u64,
    /// Ok answers within the deadline.
    pub good: u64,
    /// The same, per second.
    pub goodput_per_s: f64,
    /// Good answers divided by requests sent.
    pub goodput_share: f64,
    /// Ended in an error.
    pub errors: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Refused.
    pub refused: u64,
    /// The same by who refused.
    pub refused_by: BTreeMap<&'static str, u64>,
    /// Ran through an element that was taken off the board.
    pub cancelled: u64,
    /// In flight, mean.
    pub in_flight: f64,
    /// Of ok answers, from the request.
    pub latency: Times,
    /// Answered ok; last effect within the effect deadline.
    pub effects_in_time: u64,
    /// Answered ok; last effect later than that.
    pub effects_late: u64,
    /// Answered ok; an effect was lost.
    pub effects_lost: u64,
    /// Answered ok; effects still to come.
    pub effects_pending: u64,
    /// From the answer to the last effect, of requests with an effect that came by a message.
    pub staleness: Times,
    /// The same by operation, where its requests have any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationReport>,
}

/// A service.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceReport {
    /// Its id.
    pub id: String,
    /// Its state at the end.
    pub state: &'static str,
    /// Requests and messages that came.
    pub offered: u64,
    /// Taken by a thread.
    pub started: u64,
    /// Refused.
    pub refused: u64,
    /// The same by why.
    pub refused_by: BTreeMap<&'static str, u64>,
    /// The same by how much they mattered.
    pub refused_by_criticality: BTreeMap<&'static str, u64>,
    /// Refused divided by came.
    pub refused_share: f64,
    /// Done, well or badly.
    pub completed: u64,
    /// The same, per second.
    pub throughput_per_s: f64,
    /// Of those, ended in an error.
    pub errors: u64,
    /// The same by cause.
    pub errors_by: ErrorsBy,
    /// Work done a second time.
    pub duplicates: u64,
    /// Threads busy, mean.
    pub busy: f64,
    /// Of those, at work.
    pub working: f64,
    /// Of those, waiting.
    pub waiting: f64,
    /// The same by the edge they wait on, mean.
    pub waiting_on: BTreeMap<String, f64>,
    /// In flight, mean: on a thread or without one.
    pub in_flight: f64,
    /// In line for a loop or a carrier, mean.
    pub in_line: f64,
    /// Busy divided by threads; none for an unbounded pool.
    pub utilisation: Option<f64>,
    /// In the accept queue, mean.
    pub queue: f64,
    /// In the accept queue: mean time of the requests that a thread took, in milliseconds.
    pub queue_wait_ms: Option<f64>,
    /// Prefetched messages that wait for a thread, mean.
    pub prefetched: f64,
    /// From arrival to end.
    pub latency: Times,
    /// Threads held, mean, by work whose caller has gone.
    pub wasted_after_giveup: f64,
    /// Threads held, mean, by work whose caller had gone at its end: all of its time.
    pub wasted_all: f64,
    /// Memory held, mean, in bytes.
    pub memory_bytes: f64,
    /// Of a cache: requests looked up.
    pub lookups: u64,
    /// Of those, found.
    pub hits: u64,
    /// Found divided by looked up; none where nothing was looked up.
    pub hit_rate: Option<f64>,
    /// Crashes and kills.
    pub kills: u64,
    /// Replicas that run, mean.
    pub running: f64,
    /// Those at the end.
    pub running_at_end: i64,
    /// How many its autoscaler found that would do, mean; none without one.
    pub wanted: Option<f64>,
    /// How often it made them more.
    pub scaled_up: u64,
    /// How often it made them fewer.
    pub scaled_down: u64,
    /// Of those, kills for a failed liveness probe.
    pub unhealthy: u64,
    /// Probes answered or not.
    pub probes: u64,
    /// Of those, refused or not answered in time.
    pub probes_failed: u64,
    /// Replicas that are not ready, mean.
    pub unready: f64,
    /// How often it ran again after it was down.
    pub restarts: u64,
    /// How long killed replicas waited before they were started again, in seconds, all together.
    pub backoff_s: f64,
    /// Threads that collect garbage, mean, by the work that began: a part of those at work.
    pub gc: f64,
    /// Its replicas, once there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<ReplicaFigures>,
}

/// An edge.
#[derive(Debug, Clone, Serialize)]
pub struct EdgeReport {
    /// Its id.
    pub id: String,
    /// Its mode at the end.
    pub mode: Mode,
    /// Its broker at the end, in use in the async mode.
    pub broker: Kind,
    /// Calls begun.
    pub calls: u64,
    /// Attempts sent.
    pub attempts: u64,
    /// Further attempts beside those under way.
    pub hedges: u64,
    /// Attempts that a policy of the caller's own did not let out.
    pub barred: u64,
    /// Calls that its adaptive limit allows at once, at the end.
    pub adaptive_limit: Option<u32>,
    /// Attempts divided by the calls that sent at least one.
    pub amplification: Option<f64>,
    /// Calls that ended well.
    pub ok: u64,
    /// Calls that ended badly.
    pub failed: u64,
    /// Attempts that timed out.
    pub timed_out: u64,
    /// Attempts that were refused.
    pub refused: u64,
    /// Those and the ones that did not get out, by who refused.
    pub refused_by: BTreeMap<&'static str, u64>,
    /// Requests, answers, messages and acks that were lost on their way.
    pub lost: u64,
    /// Calls under way, mean.
    pub in_flight: f64,
    /// From begin to end of calls.
    pub latency: Times,
    /// Its queue.
    pub queue: QueueReport,
}

impl Meter {
    /// The figures since the start; the caller fills in what it alone knows.
    pub fn report(&self, world: &World, now: Time) -> Report {
        let window = self.window(now);
        let mut report = Report {
            system: self.system(world, now),
            from_s: self.start.as_secs_f64(),
            to_s: now.as_secs_f64(),
            events: 0,
            digest: String::new(),
            clients: Vec::new(),
            services: Vec::new(),
            brokers: Vec::new(),
            edges: Vec::new(),
        };
        for (id, ix) in &world.node_ix {
            match &self.nodes[ix.0 as usize] {
                NodeTally::Client(tally) => {
                    report.clients.push(client(id.as_str(), tally, window));
                }
                NodeTally::Service(tally) => {
                    let waits =
                        self.waits(world, *ix, |_, tally| window.mean(&tally.waiting) as f32);
                    let waiting_on = waits.into_iter().map(|(id, n)| (id.to_string(), n.into()));
                    report.services.push(ServiceReport {
                        waiting_on: waiting_on.collect(),
                        ..service(id.as_str(), tally.condition.state.word(), tally, window)
                    });
                }
                NodeTally::Broker(tally) => {
                    let broker = tally.report(world.exchange(*ix), &self.edges, window);
                    report.brokers.extend(broker);
                }
            }
        }
        for (id, ix) in &world.edge_ix {
            let tally = &self.edges[ix.0 as usize];
            report
                .edges
                .push(edge(id.as_str(), tally, (world, *ix), window));
        }
        report
    }
}

fn client(id: &str, tally: &ClientTally, window: Window) -> ClientReport {
    let counts = &tally.counts;
    ClientReport {
        id: id.into(),
        offered: counts.offered,
        offered_per_s: window.rate(counts.offered),
        answered: counts.answered,
        ok: counts.ok,
        good: counts.good,
        goodput_per_s: window.rate(counts.good),
        goodput_share: share(counts.good, counts.offered),
        errors: counts.errors,
        timed_out: counts.timed_out,
        refused: counts.refused,
        refused_by: tally.refused_by.told(),
        cancelled: counts.cancelled,
        in_flight: window.mean(&tally.in_flight),
        latency: (&tally.latency).into(),
        effects_in_time: counts.effects_in_time,
        effects_late: counts.effects_late,
        effects_lost: counts.effects_lost,
        effects_pending: tally.effects_open.level().unsigned_abs(),
        staleness: (&tally.staleness).into(),
        operations: tally.operations.report(window),
    }
}

fn service(id: &str, state: &'static str, tally: &ServiceTally, window: Window) -> ServiceReport {
    let counts = &tally.counts;
    let (busy, waiting) = (window.mean(&tally.busy), window.mean(&tally.waiting));
    let pool = window.mean(&tally.threads);
    let (queue, prefetched) = (window.mean(&tally.queue), window.mean(&tally.buffered));
    ServiceReport {
        id: id.into(),
        state,
        offered: counts.offered,
        started: counts.started,
        refused: counts.refused,
        refused_by: tally.refused_by.told(),
        refused_by_criticality: counts.refused_class.told(),
        refused_share: share(counts.refused, counts.offered),
        completed: counts.completed,
        throughput_per_s: window.rate(counts.completed),
        errors: counts.errors,
        errors_by: tally.causes.told(),
        duplicates: counts.duplicates,
        busy,
        working: busy - waiting,
        waiting,
        waiting_on: BTreeMap::new(),
        in_flight: busy + window.mean(&tally.off),
        in_line: window.mean(&tally.line),
        utilisation: (pool > 0.0).then(|| busy / pool),
        queue,
        queue_wait_ms: (counts.let_in > 0)
            .then(|| counts.waited as f64 / 1e6 / counts.let_in as f64),
        prefetched,
        latency: (&tally.latency).into(),
        wasted_after_giveup: window.mean(&tally.orphans),
        wasted_all: counts.wasted as f64 / (window.secs * 1e9).max(1.0),
        memory_bytes: window.mean_of(tally.held_area(window.now)),
        lookups: counts.lookups,
        hits: counts.hits,
        hit_rate: (counts.lookups > 0).then(|| share(counts.hits, counts.lookups)),
        kills: counts.kills,
        running: window.mean(&tally.up),
        running_at_end: tally.up.level(),
        wanted: (counts.advised > 0).then(|| window.mean(&tally.wanted)),
        scaled_up: counts.scaled_up,
        scaled_down: counts.scaled_down,
        unhealthy: counts.unhealthy,
        probes: counts.probes,
        probes_failed: counts.probes_failed,
        unready: window.mean(&tally.unready),
        restarts: counts.restarts,
        backoff_s: tally.backoff.spent(window.now).as_secs_f64(),
        gc: counts.collected as f64 / (window.secs * 1e9).max(1.0),
        replicas: tally.replica_figures(window.now, &[], window.secs * 1e9),
    }
}

fn edge(id: &str, tally: &EdgeTally, (world, ix): (&World, EdgeIx), window: Window) -> EdgeReport {
    let counts = &tally.counts;
    let partitions = PartitionReport::all(world.link(ix), window.now);
    EdgeReport {
        id: id.into(),
        mode: world.link(ix).spec.mode,
        broker: world.link(ix).spec.broker,
        calls: counts.calls,
        attempts: counts.attempts,
        hedges: counts.hedges,
        barred: counts.barred,
        adaptive_limit: world.adaptive_limit(ix),
        amplification: (counts.sent_calls > 0).then(|| share(counts.attempts, counts.sent_calls)),
        ok: counts.ok,
        failed: counts.failed,
        timed_out: counts.timed_out,
        refused: counts.refused,
        refused_by: tally.refused_by.told(),
        lost: counts.lost_on_way,
        in_flight: window.mean(&tally.in_flight),
        latency: (&tally.latency).into(),
        queue: QueueReport {
            ready: window.mean(&tally.ready),
            ready_at_end: tally.ready.level(),
            unacked: window.mean(&tally.unacked),
            unacked_at_end: tally.unacked.level(),
            oldest_s: oldest(world, ix, window.now),
            drain_s: drain(tally, (tally.ready.level() + tally.unacked.level()) as f64),
            published: counts.published,
            consumed: counts.consumed,
            rejected: counts.rejected,
            dropped: counts.dropped,
            redelivered: counts.redelivered,
            dead_lettered: counts.dead_lettered(),
            dead_letters: counts.dead.into(),
            lost: counts.lost(),
            lost_by: counts.lost.into(),
            lost_after_ack: counts.lost_handed,
            lost_with_broker: counts.wiped,
            lost_unconfirmed: counts.lost_untold,
            delayed: window.mean(&tally.delayed),
            outbox: window.mean(&tally.outbox),
            outbox_at_end: tally.outbox.level(),
            expired: counts.expired(),
            delayed_at_end: world.link(ix).delayed()
                + tally.delayed.level().unsigned_abs() as usize,
            removed: counts.removed,
            duplicates: counts.duplicates,
            deduplicated: counts.deduplicated,
            out_of_order: counts.out_of_order,
            skipped: counts.skipped,
            rebalances: counts.rebalances,
            members: world.link(ix).members(),
            lag_max: partitions.iter().map(|of| of.lag).max().unwrap_or(0),
            partitions,
        },
    }
}
