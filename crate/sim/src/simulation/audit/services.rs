//! The audit of services: what is under way at a replica, and who sits or stands in line there.

use crate::broker::Kind;
use crate::event::{NodeIx, ReplicaIx};
use crate::probe::Which;
use crate::simulation::Simulation;
use crate::simulation::loops::{Loops, Seat, Stand};
use crate::simulation::probe::Probes;
use crate::simulation::work::{Job, Origin, Place, Station};
use crate::simulation::world::{NodeState, Server};

impl Simulation {
    /// Busy threads are jobs, of a service that is there.
    pub(super) fn audit_services(&self, found: &mut Vec<String>) {
        let world = self.world();
        for job in world.jobs.values() {
            if world.replica(job.at).is_none() {
                found.push(format!("a job at {:?}, which is not there", job.at));
            }
        }
        for (place, node) in world.nodes.iter().enumerate() {
            let NodeState::Service(server) = node else {
                continue;
            };
            if server.replicas.is_empty() {
                found.push(format!("{} has no replica", server.id));
            }
            let node = NodeIx(place as u32);
            for at in server.all(node) {
                self.audit_replica(server, at, found);
            }
        }
    }

    /// A replica's books agree with what is under way there; nothing is where it is down.
    fn audit_replica(&self, server: &Server, at: ReplicaIx, found: &mut Vec<String>) {
        let world = self.world();
        let Some(replica) = server.replica(at.number) else {
            found.push(format!(
                "{} does not find its replica {}",
                server.id, at.number
            ));
            return;
        };
        let id = format!("{} #{}", server.id, at.number);
        let jobs = world.jobs.values().filter(|job| job.at == at).count();
        let probes = replica.probes.as_deref();
        let jobs = jobs + probes.map_or(0, Probes::threads);
        if jobs != replica.busy {
            found.push(format!("{id}: {} busy threads, {jobs} jobs", replica.busy));
        }
        self.audit_lanes(&id, at, replica.loops.as_deref(), found);
        let prefetched: usize = replica
            .inboxes
            .iter()
            .map(|(_, inbox)| inbox.buffer.len())
            .sum();
        if prefetched != replica.buffered {
            found.push(format!(
                "{id}: {prefetched} prefetched, {} counted",
                replica.buffered
            ));
        }
        for (edge, inbox) in &replica.inboxes {
            let unacked = world
                .messages
                .values()
                .filter(|m| m.by == *edge && m.replica == at.number)
                .filter(|m| !matches!(m.place, Station::Ready | Station::Delayed))
                // The bus keeps the message itself.
                .filter(|m| m.kind == Kind::Queue || m.copy_of.is_some())
                .count();
            let active = world
                .jobs
                .values()
                .filter(|job| job.at == at && job.edge == *edge)
                .filter(|job| matches!(job.origin, Origin::Message(_) | Origin::Disowned))
                .count();
            if (unacked, active) != (inbox.unacked, inbox.active) {
                found.push(format!(
                    "{id}: {} unacked and {} active, messages {unacked} {active}",
                    inbox.unacked, inbox.active
                ));
            }
        }
        if !replica.up() && (jobs > 0 || replica.has_waiting()) {
            found.push(format!("{id}: something is under way while it is down"));
        }
        let asked = |probes: &Probes| probes.watches[Which::Readiness as usize].is_some();
        let asks = server.spec.readiness.on && replica.up() && !replica.draining;
        if asks && !probes.is_some_and(asked) || !server.spec.readiness.on && !replica.ready {
            found.push(format!("{id}: nobody asks if it is ready"));
        }
        let under_way = |probes: &Probes| probes.line.len() + probes.working.len() > 0;
        if !replica.up() && probes.is_some_and(under_way) {
            found.push(format!("{id}: a probe is under way while it is down"));
        }
        if !replica.stall.adds_up() || replica.stall.stands() && !replica.up() {
            found.push(format!("{id}: what waits for it to go on waits in vain"));
        }
        if replica.leaked > 0 && !replica.up() {
            found.push(format!("{id}: it leaks while it is down"));
        }
        if replica.cache.as_ref().is_some_and(|cache| !cache.adds_up()) {
            found.push(format!("{id}: its cache does not add up"));
        }
        let works = |job: &&Job| job.at == at && job.works;
        let working = world.jobs.values().filter(works).count();
        let usage = replica.usage.as_ref();
        if usage.is_some() != server.scaler.is_some()
            || usage.map_or(0, |usage| usage.working) != working
        {
            found.push(format!("{id}: {working} jobs work, {usage:?}"));
        }
        if replica.fresh && !replica.starting {
            found.push(format!("{id}: it is new, but does not start up"));
        }
        if replica.draining && replica.is_empty() {
            found.push(format!("{id}: it has nothing left and does not go"));
        }
        for waiting in &replica.accept {
            if world.attempts.get(waiting.key).map(|a| a.place) != Some(Place::Queued) {
                found.push(format!("{id}: an attempt in the accept queue is elsewhere"));
            }
        }
    }

    /// Whoever sits or stands in line is where it should be, and nobody waits beside a free seat.
    fn audit_lanes(&self, id: &str, at: ReplicaIx, loops: Option<&Loops>, found: &mut Vec<String>) {
        let world = self.world();
        let lanes = loops.map_or(&[][..], |loops| &loops.lanes);
        let mut seated = vec![0; lanes.len()];
        let mut standing = 0;
        for (key, job) in world.jobs.iter().filter(|(_, job)| job.at == at) {
            let Seat::Lane { lane, stand, .. } = job.seat else {
                continue;
            };
            let Some(of) = lanes.get(lane as usize) else {
                found.push(format!("{id}: a job of a lane that is not there"));
                continue;
            };
            match stand {
                Stand::Seated => seated[lane as usize] += 1,
                Stand::Line => {
                    standing += 1;
                    if of.line.iter().filter(|other| **other == key).count() != 1 {
                        found.push(format!("{id}: a job is not once in its line"));
                    }
                }
                Stand::Away => {
                    if job.awaits == 0 {
                        found.push(format!("{id}: a job without a seat waits for nothing"));
                    }
                }
            }
        }
        let queued: usize = lanes.iter().map(|lane| lane.line.len()).sum();
        if queued != standing {
            found.push(format!("{id}: {queued} in line, {standing} jobs"));
        }
        for (lane, seated) in lanes.iter().zip(seated) {
            if lane.taken != seated || lane.taken < lane.seats && !lane.line.is_empty() {
                found.push(format!("{id}: {seated} jobs sit: {lane:?}"));
            }
        }
    }
}
