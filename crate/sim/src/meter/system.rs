//! The whole system: what all clients, services and edges make together.
//!
//! Each figure is a sum or a share of what the tallies hold, over the window of the report (since the start, or since
//! the end of the warm-up); the blast radius is read and recovery is judged as the buckets of 100 ms close.

use serde::Serialize;

use super::histogram::Histogram;
use super::recovery::Verdict;
use super::report::{Times, share};
use super::{EdgeTally, Meter, NodeTally};
use crate::event::EdgeIx;
use crate::frame::{RecoveryFrame, SystemFrame};
use crate::scenario::NodeId;
use crate::simulation::world::World;
use crate::units::Time;

/// The whole system.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SystemReport {
    /// Requests that clients sent.
    pub requests: u64,
    /// Of those, answered ok within their client's deadline.
    pub good: u64,
    /// Of those, refused.
    pub refused: u64,
    /// Offered load: requests that clients sent, first attempts, per second.
    pub offered_per_s: f64,
    /// Throughput: requests answered, well or badly, per second.
    pub throughput_per_s: f64,
    /// Goodput: requests answered ok within their client's deadline, per second.
    pub goodput_per_s: f64,
    /// Goodput divided by offered load.
    pub goodput_share: f64,
    /// Availability: requests answered ok, in time or late, divided by requests sent, at most 1. What is still in
    /// flight at the end counts as not answered.
    pub availability: f64,
    /// Of ok answers, from the request.
    pub latency: Times,
    /// From the answer to the last effect, of requests with an effect that came by a message.
    pub staleness: Times,
    /// Attempts sent over all edges.
    pub attempts: u64,
    /// Of those, first attempts that no retry or redelivery led to: what would have been sent without any.
    pub first_attempts: u64,
    /// Attempts divided by first attempts, over all edges.
    pub amplification: Option<f64>,
    /// The same over the edges to services that call nobody: there the retries of all layers multiply.
    pub leaf_amplification: Option<f64>,
    /// Wasted work, in thread seconds: the whole time of jobs that nobody waited for at their end.
    pub wasted_thread_s: f64,
    /// That divided by the time of all busy threads, waiting included.
    pub wasted_share: f64,
    /// Of all busy thread time, the share after the caller had given up.
    pub wasted_after_giveup_share: f64,
    /// Requests answered ok whose last effect came within the effect deadline.
    pub effects_in_time: u64,
    /// Requests answered ok of which an effect was lost.
    pub effects_lost: u64,
    /// Requests answered ok whose effects are still to come.
    pub effects_pending: u64,
    /// Pieces of work that a service did a second time.
    pub effects_duplicated: u64,
    /// How many services there are.
    pub services: usize,
    /// Blast radius now: the services that are neither healthy nor idle.
    pub not_healthy: Vec<String>,
    /// Blast radius at its worst: the first bucket with the most of them.
    pub worst_not_healthy: Vec<String>,
    /// When that was, in seconds.
    pub worst_at_s: Option<f64>,
    /// What became of the last fault.
    pub recovery: RecoveryReport,
}

/// Recovery after the last fault of the run, the warm-up included.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RecoveryReport {
    /// The verdict.
    pub verdict: Verdict,
    /// When the last fault ended, in seconds.
    pub fault_ended_s: Option<f64>,
    /// From there to the start of the first five seconds with a goodput of at least 95 % of the offered load.
    pub recovery_s: Option<f64>,
}

/// The most services that were not healthy at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Blast {
    at: Option<Time>,
    ids: Vec<NodeId>,
}

impl Meter {
    /// Reads what the bucket that closes says of the whole.
    pub(super) fn close_system(&mut self, world: &World, at: Time, offered_good: (u32, u32)) {
        let on = !self.blind && !world.trouble.active.is_empty();
        self.recovery.close(at, on, offered_good);
        if !std::mem::take(&mut self.blast_is_old) {
            return;
        }
        let count = self.hurt(world).count();
        if count > self.blast.ids.len() {
            let ids = self.hurt(world).cloned().collect();
            self.blast = Blast { at: Some(at), ids };
        }
    }

    /// The services that are neither healthy nor idle.
    fn hurt<'a>(&'a self, world: &'a World) -> impl Iterator<Item = &'a NodeId> {
        let hurt = |(_, ix): &(&NodeId, &crate::event::NodeIx)| match &self.nodes[ix.0 as usize] {
            NodeTally::Client(_) | NodeTally::Broker(_) => false,
            NodeTally::Service(tally) => !tally.condition.state.is_well(),
        };
        world.node_ix.iter().filter(hurt).map(|(id, _)| id)
    }

    /// The edges to services that call nobody.
    fn is_leaf(world: &World, edge: EdgeIx) -> bool {
        let to = world.server(world.link(edge).to);
        to.is_some_and(|server| server.plan.is_empty())
    }

    /// The figures of the whole, from the start of the figures to now.
    pub fn system(&self, world: &World, now: Time) -> SystemReport {
        let window = self.window(now);
        let mut of = SystemReport::default();
        let (mut offered, mut answered, mut ok, mut good) = (0, 0, 0, 0);
        let mut refused = 0;
        let (mut latency, mut staleness) = (Histogram::default(), Histogram::default());
        let (mut busy, mut orphans, mut wasted) = (0, 0, 0);
        for ix in world.node_ix.values() {
            match &self.nodes[ix.0 as usize] {
                NodeTally::Client(tally) => {
                    let counts = &tally.counts;
                    offered += counts.offered;
                    answered += counts.answered;
                    ok += counts.ok;
                    good += counts.good;
                    refused += counts.refused;
                    latency.merge(&tally.latency);
                    staleness.merge(&tally.staleness);
                    of.effects_in_time += counts.effects_in_time;
                    of.effects_lost += counts.effects_lost;
                    of.effects_pending += tally.effects_open.level().unsigned_abs();
                }
                NodeTally::Service(tally) => {
                    of.services += 1;
                    of.effects_duplicated += tally.counts.duplicates;
                    wasted += tally.counts.wasted;
                    busy += tally.busy.area_at(window.now);
                    orphans += tally.orphans.area_at(window.now);
                }
                NodeTally::Broker(_) => {}
            }
        }
        let (mut leaf, mut leaf_first) = (0, 0);
        for ix in world.edge_ix.values() {
            let counts = &self.edges[ix.0 as usize].counts;
            of.attempts += counts.attempts;
            of.first_attempts += counts.first;
            if Self::is_leaf(world, *ix) {
                leaf += counts.attempts;
                leaf_first += counts.first;
            }
        }
        let of_busy = |part: f64| if busy > 0 { part / busy as f64 } else { 0.0 };
        let names = |ids: &mut dyn Iterator<Item = &NodeId>| -> Vec<String> {
            ids.map(ToString::to_string).collect()
        };
        SystemReport {
            requests: offered,
            good,
            refused,
            offered_per_s: window.rate(offered),
            throughput_per_s: window.rate(answered),
            goodput_per_s: window.rate(good),
            goodput_share: share(good, offered),
            availability: share(ok, offered).min(1.0),
            latency: (&latency).into(),
            staleness: (&staleness).into(),
            amplification: factor(of.attempts, of.first_attempts),
            leaf_amplification: factor(leaf, leaf_first),
            wasted_thread_s: wasted as f64 / 1e9,
            wasted_share: of_busy(wasted as f64),
            wasted_after_giveup_share: of_busy(orphans as f64),
            not_healthy: names(&mut self.hurt(world)),
            worst_not_healthy: names(&mut self.blast.ids.iter()),
            worst_at_s: self.blast.at.map(Time::as_secs_f64),
            recovery: RecoveryReport {
                verdict: self.recovery.verdict(),
                fault_ended_s: self.recovery.ended().map(Time::as_secs_f64),
                recovery_s: self.recovery.time().map(crate::units::Span::as_secs_f64),
            },
            ..of
        }
    }

    /// The whole for the screen: rates and shares of the last full second.
    pub(super) fn system_frame(&self, world: &World) -> SystemFrame {
        let (mut offered, mut answered, mut ok, mut good) = (0, 0, 0, 0);
        let (mut busy, mut orphans) = (0, 0);
        let mut secs = 0.0;
        for ix in world.node_ix.values() {
            match &self.nodes[ix.0 as usize] {
                NodeTally::Client(tally) => {
                    let (second, over) = tally.recent.second();
                    secs = over.max(secs);
                    offered += second.offered;
                    answered += second.answered;
                    ok += second.ok;
                    good += second.good;
                }
                NodeTally::Service(tally) => {
                    let (second, _) = tally.recent.second();
                    busy += second.busy;
                    orphans += second.orphans;
                }
                NodeTally::Broker(_) => {}
            }
        }
        let (mut attempts, mut first) = (0, 0);
        for ix in world.edge_ix.values() {
            let (second, _) = self.edges[ix.0 as usize].recent.second();
            attempts += second.attempts;
            first += second.first;
        }
        let rate = |count: u64| {
            if secs > 0.0 {
                (count as f64 / secs) as f32
            } else {
                0.0
            }
        };
        SystemFrame {
            offered: rate(offered),
            throughput: rate(answered),
            good: rate(good),
            ok_share: (answered > 0).then(|| share(ok, answered) as f32),
            amplification: factor(attempts, first).map(|by| by as f32),
            wasted_share: if busy > 0 {
                (orphans as f64 / busy as f64) as f32
            } else {
                0.0
            },
            not_healthy: self.hurt(world).cloned().collect(),
            worst_not_healthy: self.blast.ids.clone(),
            worst_at: self.blast.at,
            recovery: RecoveryFrame {
                verdict: self.recovery.verdict(),
                fault_ended: self.recovery.ended(),
                time: self.recovery.time(),
            },
        }
    }
}

/// How many attempts there are to one first attempt.
fn factor(attempts: u64, first: u64) -> Option<f64> {
    (first > 0).then(|| share(attempts, first))
}

/// In how many seconds a queue is empty: its backlog divided by what the consumer takes off it beyond what comes, by
/// the last full second. A consumer with a backlog before it works as fast as it can, so what it takes is its
/// capacity. None while the backlog does not fall.
pub(super) fn drain(tally: &EdgeTally, backlog: f64) -> Option<f64> {
    let (second, secs) = tally.recent.second();
    let capacity = second.consumed as f64;
    let arrivals = second.published as f64;
    (capacity > arrivals && backlog >= 1.0).then(|| backlog * secs / (capacity - arrivals))
}
