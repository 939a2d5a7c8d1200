//! The autoscaler of a service at work: it reads metrics, judges, and lets replicas come and go.

use std::collections::VecDeque;

use super::outbox::Outbox;
use super::prober;
use super::relay;
use super::replica::Replica;
use super::scaling;
use super::usage::{Areas, Usage};
use super::world::{Server, World};
use crate::autoscale::advice::{Pod, by_average, by_total, by_utilization};
use crate::autoscale::behavior::{Behavior, bound};
use crate::autoscale::{Autoscale, Metric};
use crate::event::{Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::units::{Limit, Time};

/// What it remembers.
#[derive(Debug, Clone)]
pub struct Scaler {
    /// Its settings when it last planned what it does next.
    spec: Autoscale,
    /// What it recommended and did.
    behavior: Behavior,
    /// What was read and is still to be used, in order.
    readings: VecDeque<Reading>,
    /// The areas of each replica when they were last read, and when that was.
    last: (Time, Vec<(u32, Areas)>),
}

/// Metrics as they were read.
#[derive(Debug, Clone)]
struct Reading {
    at: Time,
    /// The replicas of which there are metrics, with their means since the reading before.
    means: Vec<(u32, Mean)>,
    /// Messages ready in the queues before the service.
    ready: u64,
}

/// Means in thousandths.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    working: u64,
    in_flight: u64,
    waiting: u64,
}

/// Makes the autoscaler of a service be as its settings say.
pub fn follow(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let now = out.now;
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let spec = &server.spec.autoscale;
    match &mut server.scaler {
        None if !spec.on => return,
        Some(scaler) if spec.on => {
            if scaler.spec == *spec {
                return;
            }
            scaler.spec = spec.clone();
        }
        Some(_) => {
            server.scaler = None;
            server.scaler_epoch += 1;
            for replica in &mut server.replicas {
                replica.usage = None;
            }
            for job in world.jobs.values_mut().filter(|job| job.at.node == node) {
                job.works = false;
            }
            return;
        }
        None => {
            let current = server.replicas.iter().filter(|r| !r.draining).count() as u32;
            let unused = |replica: &Replica| (replica.number, Areas::default());
            let last = (now, server.replicas.iter().map(unused).collect());
            server.scaler = Some(Box::new(Scaler {
                spec: spec.clone(),
                behavior: Behavior::new(now, current),
                readings: VecDeque::new(),
                last,
            }));
            for replica in &mut server.replicas {
                replica.usage = Some(Box::new(Usage::new(now)));
            }
            watch(world, node);
        }
    }
    let Some(server) = world.server_mut(node) else {
        return;
    };
    server.scaler_epoch += 1;
    let epoch = server.scaler_epoch;
    let (window, sync) = (server.spec.autoscale.window, server.spec.autoscale.sync);
    out.after(window, Event::Measure(node, epoch));
    out.after(sync, Event::Scale(node, epoch));
}

/// Counts the jobs that do own work already.
fn watch(world: &mut World, node: NodeIx) {
    let mut working = Vec::new();
    for job in world.jobs.values_mut() {
        // One that has calls waits for them.
        if job.at.node == node && job.seat.holds() && job.awaits == 0 {
            job.works = true;
            working.push(job.at);
        }
    }
    for at in working {
        if let Some(usage) = world.replica_mut(at).and_then(|r| r.usage.as_mut()) {
            usage.working += 1;
        }
    }
}

fn is_now(world: &World, node: NodeIx, epoch: u32) -> bool {
    world
        .server(node)
        .is_some_and(|server| server.scaler.is_some() && server.scaler_epoch == epoch)
}

/// The metrics are read.
pub fn measure(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, epoch: u32) {
    if !is_now(world, node, epoch) {
        return;
    }
    let now = out.now;
    let ready = ready(world, node);
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let window = server.spec.autoscale.window;
    out.after(window, Event::Measure(node, epoch));
    let Some(mut scaler) = server.scaler.take() else {
        return;
    };
    let (since, before) = std::mem::take(&mut scaler.last);
    let span = u128::from(now.since(since).as_nanos()).max(1);
    let mut means = Vec::new();
    let mut areas = Vec::new();
    for replica in &mut server.replicas {
        let up = replica.up();
        let Some((used, up_since)) = replica.used(now) else {
            continue;
        };
        areas.push((replica.number, used));
        let old = before.iter().find(|(number, _)| *number == replica.number);
        // Only one that ran all the time has used what it has used in all the time.
        if let Some((_, old)) = old.filter(|_| up && up_since <= since) {
            let mean = |now: u128, then: u128| ((now - then) * 1_000 / span) as u64;
            let mean = Mean {
                working: mean(used.working, old.working),
                in_flight: mean(used.in_flight, old.in_flight),
                waiting: mean(used.waiting, old.waiting),
            };
            means.push((replica.number, mean));
        }
    }
    scaler.last = (now, areas);
    scaler.readings.push_back(Reading {
        at: now,
        means,
        ready,
    });
    // Of those that have arrived only the newest is of use.
    let delay = server.spec.autoscale.delay;
    let arrived = scaler.readings.iter();
    let arrived = arrived.filter(|reading| now.since(reading.at) >= delay);
    let useless = arrived.count().saturating_sub(1);
    scaler.readings.drain(..useless);
    server.scaler = Some(scaler);
}

/// Messages ready in the queues that lead to a service; two edges may share one.
fn ready(world: &World, node: NodeIx) -> u64 {
    let Some(server) = world.server(node) else {
        return 0;
    };
    let mut homes: Vec<_> = server
        .ins
        .iter()
        .map(|edge| world.link(*edge).home)
        .collect();
    homes.sort_unstable();
    homes.dedup();
    let queued = homes
        .iter()
        .map(|home| world.link(*home).books.backlog.ready().len());
    let visible = server.ins.iter().filter_map(|edge| {
        let bus = world.link(*edge).bus.as_ref()?;
        Some(bus.messages.visible())
    });
    queued.chain(visible).sum::<usize>() as u64
}

/// It judges how many replicas there should be.
pub fn judge(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, epoch: u32) {
    if !is_now(world, node, epoch) {
        return;
    }
    let now = out.now;
    let Some(server) = world.server_mut(node) else {
        return;
    };
    out.after(server.spec.autoscale.sync, Event::Scale(node, epoch));
    let Some(mut scaler) = server.scaler.take() else {
        return;
    };
    let spec = &server.spec.autoscale;
    let current = server.replicas.iter().filter(|r| !r.draining).count() as u32;
    let to = if current == bound(spec, current) {
        match advise(server, &scaler, now, current) {
            Some(wanted) => {
                out.say(Fact::Advised { node, wanted });
                scaler.behavior.decide(spec, now, current, wanted)
            }
            // Without a metric it does nothing.
            None => current,
        }
    } else {
        let to = bound(spec, current);
        scaler.behavior.note(now, current, to);
        to
    };
    let startup = spec.startup;
    server.scaler = Some(scaler);
    if to != current {
        out.say(Fact::Scaled {
            node,
            from: current,
            to,
        });
        scaling::resize(world, out, node, to as usize, startup);
        prober::follow(world, out, node);
    }
}

/// The recommendation by the newest reading that has arrived.
fn advise(server: &Server, scaler: &Scaler, now: Time, current: u32) -> Option<u32> {
    let spec = &server.spec.autoscale;
    let mut readings = scaler.readings.iter().rev();
    let reading = readings.find(|reading| now.since(reading.at) >= spec.delay)?;
    let pods = |of: fn(&Mean) -> u64| -> Vec<Pod> {
        let replicas = server.replicas.iter().filter(|replica| !replica.draining);
        let pod = |replica: &Replica| {
            let read = reading.means.iter();
            match read.clone().find(|(number, _)| *number == replica.number) {
                Some((_, mean)) => Pod::Metric(of(mean)),
                None if replica.up() || replica.fresh => Pod::Unready,
                None => Pod::Missing,
            }
        };
        replicas.map(pod).collect()
    };
    match spec.metric {
        Metric::Cpu => {
            let Limit::Of(threads) = server.spec.workers() else {
                return None;
            };
            let request = u64::from(threads) * 1_000;
            let pods = pods(|mean| mean.working);
            by_utilization(current, &pods, request, spec.utilization, spec.tolerance)
        }
        Metric::Concurrency => {
            let pods = pods(|mean| mean.in_flight);
            by_average(current, &pods, spec.average, spec.tolerance)
        }
        Metric::Queue => {
            let pods = pods(|mean| mean.waiting);
            by_average(current, &pods, spec.average, spec.tolerance)
        }
        Metric::Backlog => by_total(current, reading.ready * 1_000, spec.average, spec.tolerance),
    }
}

/// A new replica has started up.
pub fn ready_now(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, life: u32) {
    let Some(replica) = world
        .replica_mut(at)
        .filter(|replica| replica.fresh && replica.life == life)
    else {
        return;
    };
    (replica.fresh, replica.starting) = (false, false);
    if !replica.up() {
        return;
    }
    replica.up_since = out.now;
    if let Some(usage) = &mut replica.usage {
        usage.up_since = out.now;
    }
    out.say(Fact::Ready {
        node: at.node,
        replica: at.number,
    });
    prober::rise(world, out, at);
    relay::rise(world, out, at.node);
    if let Some(server) = world.server(at.node) {
        for edge in &server.ins {
            out.soon(Event::Pump(*edge));
        }
    }
}
