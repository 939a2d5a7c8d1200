//! A glance: the frame of the interval since the last one.

use super::broker_tally::BrokerAreas;
use super::bucket::oldest;
use super::edge_tally::{EdgeAreas, EdgeTally};
use super::gauge::{Gauge, mean};
use super::replica::ReplicaAreas;
use super::system::drain;
use super::tally::{ClientTally, ServiceAreas, ServiceTally, percentiles};
use super::{Meter, NodeTally};
use crate::event::{EdgeIx, NodeIx};
use crate::frame::{ClientFrame, ClientTotal, EdgeFrame, Flight, Frame, QueueFrame, ServiceFrame};
use crate::health::State;
use crate::scenario::{EdgeId, NodeId};
use crate::simulation::world::World;
use crate::units::Time;

/// The readings at the last frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Glance {
    at: Time,
    clients: Vec<i128>,
    services: Vec<ServiceAreas>,
    replicas: Vec<Vec<ReplicaAreas>>,
    brokers: Vec<BrokerAreas>,
    edges: Vec<EdgeAreas>,
}

/// A mean since the last frame; the level itself where no time has passed.
fn mean_or_level(from: Time, before: i128, now: Time, gauge: &Gauge) -> f32 {
    if from == now {
        return gauge.level() as f32;
    }
    mean((from, before), (now, gauge.area_at(now))) as f32
}

impl Meter {
    /// What happened since the last frame, with at most so many dots.
    pub fn frame(&mut self, world: &World, now: Time, dots: usize) -> Frame {
        let mut last = std::mem::take(&mut self.glance);
        last.clients.resize(self.nodes.len(), 0);
        last.services
            .resize(self.nodes.len(), ServiceAreas::default());
        last.replicas.resize(self.nodes.len(), Vec::new());
        last.brokers
            .resize(self.nodes.len(), BrokerAreas::default());
        last.edges.resize(self.edges.len(), EdgeAreas::default());
        last.at = last.at.max(self.start);
        let mut frame = Frame {
            from: last.at,
            at: now,
            ..Frame::default()
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        for (id, ix) in &world.node_ix {
            let place = ix.0 as usize;
            match &self.nodes[place] {
                NodeTally::Client(tally) => {
                    let in_flight =
                        mean_or_level(last.at, last.clients[place], now, &tally.in_flight);
                    frame
                        .clients
                        .push(client_frame(id, tally, in_flight, &mut scratch));
                }
                NodeTally::Service(tally) => {
                    let mut service = service_frame(
                        id,
                        tally,
                        tally.condition.state,
                        (last.at, last.services[place]),
                        now,
                        &mut scratch,
                    );
                    service.waiting = self.waits_since(world, *ix, &last, now);
                    let span = now.since(last.at).as_nanos() as f64;
                    service.replicas = tally.replica_figures(now, &last.replicas[place], span);
                    service.working = (service.working - service.waiting_total()).max(0.0);
                    frame.services.push(service);
                }
                NodeTally::Broker(tally) => {
                    let Some(exchange) = world.exchange(*ix) else {
                        continue;
                    };
                    let level =
                        |area: i128, gauge: &Gauge| mean_or_level(last.at, area, now, gauge);
                    let edges = exchange.edges.iter().map(|edge| edge.0 as usize);
                    let in_queue = |edge: usize| {
                        let (before, tally) = (&last.edges[edge], &self.edges[edge]);
                        level(before.ready, &tally.ready)
                            + level(before.unacked, &tally.unacked)
                            + tally.delayed.level() as f32
                    };
                    let messages = edges.map(in_queue).sum();
                    let before = last.brokers[place];
                    frame
                        .brokers
                        .push(tally.frame(exchange, messages, before, level));
                }
            }
        }
        for (id, ix) in &world.edge_ix {
            let tally = &self.edges[ix.0 as usize];
            let before = (last.at, last.edges[ix.0 as usize]);
            let mut edge = edge_frame(
                id,
                tally,
                before,
                now,
                (world, oldest(world, *ix, now), *ix),
                &mut scratch,
            );
            edge.adaptive_limit = world.adaptive_limit(*ix);
            frame.edges.push(edge);
        }
        frame.system = self.system_frame(world);
        frame.buckets = self.ribbon.take();
        frame.changes = std::mem::take(&mut self.changes);
        frame.marks = std::mem::take(&mut self.marks);
        frame.flights = self.flights(world, dots);
        self.scratch = scratch;
        self.remember(last, now);
        frame
    }

    fn waits_since(
        &self,
        world: &World,
        node: NodeIx,
        last: &Glance,
        now: Time,
    ) -> Vec<(EdgeId, f32)> {
        self.waits(world, node, |ix, tally| {
            let before = last.edges[ix.0 as usize].waiting;
            mean_or_level(last.at, before, now, &tally.waiting)
        })
    }

    fn remember(&mut self, mut last: Glance, now: Time) {
        last.at = now;
        for (place, node) in self.nodes.iter().enumerate() {
            match node {
                NodeTally::Client(tally) => last.clients[place] = tally.in_flight.area_at(now),
                NodeTally::Service(tally) => {
                    last.services[place] = tally.areas(now);
                    last.replicas[place] = tally.replica_areas(now);
                }
                NodeTally::Broker(tally) => last.brokers[place] = tally.areas(now),
            }
        }
        for (place, tally) in self.edges.iter().enumerate() {
            last.edges[place] = tally.areas(now);
        }
        self.glance = last;
    }

    /// The dots since the last frame. Where there are too many, fewer requests are followed from now on.
    fn flights(&mut self, world: &World, dots: usize) -> Vec<Flight> {
        let all = std::mem::take(&mut self.flights);
        if all.len() > dots {
            self.sampler.bits = (self.sampler.bits + 1).min(20);
        } else if all.len() * 4 < dots {
            self.sampler.bits = self.sampler.bits.saturating_sub(1);
        }
        let mut places = vec![None; self.edges.len()];
        for (place, ix) in world.edge_ix.values().enumerate() {
            places[ix.0 as usize] = Some(place as u16);
        }
        let place = |edge: EdgeIx| places[edge.0 as usize];
        all.into_iter()
            .filter_map(|(edge, kind, at)| place(edge).map(|edge| Flight { edge, kind, at }))
            .take(dots)
            .collect()
    }
}

fn client_frame(
    id: &NodeId,
    tally: &ClientTally,
    in_flight: f32,
    scratch: &mut Vec<u64>,
) -> ClientFrame {
    let (second, secs) = tally.recent.second();
    let rate = |count: u64| per_second(count, secs);
    let good = second.good;
    let counts = &tally.counts;
    ClientFrame {
        id: id.clone(),
        offered: rate(second.offered),
        good: rate(good),
        late: rate(second.ok - good),
        errors: rate(second.errors + second.cancelled),
        timed_out: rate(second.timed_out),
        refused: rate(second.refused),
        latency: percentiles(tally.recent.spans(), scratch),
        in_flight,
        operations: tally.operations.frame(scratch),
        total: ClientTotal {
            offered: counts.offered,
            answered: counts.answered,
            good: counts.good,
            effects_pending: tally.effects_open.level().unsigned_abs(),
            effects_in_time: counts.effects_in_time,
            effects_late: counts.effects_late,
            effects_lost: counts.effects_lost,
        },
    }
}

/// A service's frame; its threads at work still hold those that wait.
fn service_frame(
    id: &NodeId,
    tally: &ServiceTally,
    state: State,
    (from, last): (Time, ServiceAreas),
    now: Time,
    scratch: &mut Vec<u64>,
) -> ServiceFrame {
    let (second, secs) = tally.recent.second();
    let level = |area: i128, gauge: &Gauge| mean_or_level(from, area, now, gauge);
    ServiceFrame {
        id: id.clone(),
        state,
        working: level(last.busy, &tally.busy),
        waiting: Vec::new(),
        off: [level(last.off, &tally.off), level(last.line, &tally.line)],
        queue: level(last.queue, &tally.queue),
        prefetched: level(last.buffered, &tally.buffered),
        memory: if from == now {
            tally.held() as f32
        } else {
            mean((from, last.memory), (now, tally.held_area(now))) as f32
        },
        orphans: level(last.orphans, &tally.orphans),
        offered: per_second(second.offered, secs),
        completed: per_second(second.completed, secs),
        errors: per_second(second.errors, secs),
        refused: per_second(second.refused, secs),
        refused_by: tally.counts.refused_class.all().collect(),
        latency: percentiles(tally.recent.spans(), scratch),
        hit_rate: (second.lookups > 0).then(|| second.hits as f32 / second.lookups as f32),
        kills: tally.counts.kills as u32,
        running: level(last.up, &tally.up),
        starting: tally.replicas.iter().filter(|one| one.fresh).count() as u32,
        wanted: (tally.counts.advised > 0).then(|| tally.wanted.level() as u32),
        unready: tally.unready.level().unsigned_abs() as u32,
        gc: if secs > 0.0 {
            second.collected as f32 / (secs * 1e9) as f32
        } else {
            0.0
        },
        replicas: Vec::new(),
    }
}

fn edge_frame(
    id: &EdgeId,
    tally: &EdgeTally,
    (from, last): (Time, EdgeAreas),
    now: Time,
    (world, oldest, ix): (&World, f32, EdgeIx),
    scratch: &mut Vec<u64>,
) -> EdgeFrame {
    let (second, secs) = tally.recent.second();
    let level = |area: i128, gauge: &Gauge| mean_or_level(from, area, now, gauge);
    let published = per_second(second.published, secs);
    let consumed = per_second(second.consumed, secs);
    let (ready, unacked) = (
        level(last.ready, &tally.ready),
        level(last.unacked, &tally.unacked),
    );
    let counts = &tally.counts;
    let link = world.link(ix);
    let lags = link.log.iter().flat_map(|log| log.partitions.iter());
    EdgeFrame {
        id: id.clone(),
        in_flight: level(last.in_flight, &tally.in_flight),
        calls: per_second(second.calls, secs),
        attempts: per_second(second.attempts, secs),
        retries: per_second(second.retries, secs),
        ok: per_second(second.ok, secs),
        failed: per_second(second.failed, secs),
        timed_out: per_second(second.timed_out, secs),
        refused: per_second(second.refused, secs),
        adaptive_limit: None,
        lost: tally.recent.read().lost_on_way,
        latency: percentiles(tally.recent.spans(), scratch),
        queue: QueueFrame {
            ready,
            unacked,
            oldest,
            published,
            consumed,
            drain: drain(tally, f64::from(ready + unacked)).map(|secs| secs as f32),
            rejected: counts.rejected,
            dropped: counts.dropped,
            redelivered: counts.redelivered,
            dead_lettered: counts.dead_lettered(),
            lost: counts.lost(),
            deduplicated: counts.deduplicated,
            out_of_order: counts.out_of_order,
            skipped: counts.skipped,
            rebalances: counts.rebalances,
            members: link.members() as u32,
            lags: lags.map(|partition| partition.lag() as u32).collect(),
            expired: counts.expired(),
            delayed: link.delayed() as u32 + tally.delayed.level().unsigned_abs() as u32,
            outbox: tally.outbox.level() as f32,
            duplicates: counts.duplicates,
        },
    }
}

fn per_second(count: u64, secs: f64) -> f32 {
    if secs > 0.0 {
        (count as f64 / secs) as f32
    } else {
        0.0
    }
}
