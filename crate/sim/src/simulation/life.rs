//! The life of a replica: killed for its memory, crashed, back again; and what becomes of what it had.

use super::delivery;
use super::express;
use super::group;
use super::job;
use super::leak;
use super::outbox::Outbox;
use super::probe;
use super::prober;
use super::relay;
use super::replica::Replica;
use super::scaling;
use super::stall::Stall;
use super::work::{Origin, Station};
use super::world::World;
use crate::event::{Event, Fail, JobKey, MessageKey, Owner, ReplicaIx};
use crate::fact::{Fact, Stop};
use crate::outcome::{Cause, Outcome};
use crate::policy::Cancel;
use crate::units::Span;

/// The replica is killed for its memory and starts anew after a while.
pub fn out_of_memory(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, life: u32) {
    let Some((server, replica)) = world
        .replica(at)
        .filter(|(_, replica)| replica.life == life && replica.up())
    else {
        return;
    };
    // What was let in at the same instant may have left again.
    if server
        .spec
        .memory
        .limit
        .is_none_or(|limit| replica.memory(&server.spec) <= limit.get())
    {
        return;
    }
    kill(world, out, at, Stop::Memory);
}

/// The replica has failed its liveness probe.
pub fn unhealthy(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, life: u32) {
    let same = |replica: &Replica| replica.life == life && replica.up();
    if world.replica(at).is_some_and(|(_, replica)| same(replica)) {
        kill(world, out, at, Stop::Liveness);
    }
}

/// A replica is killed, and started again after its back-off.
fn kill(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, why: Stop) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let wait = replica
        .crash_loop
        .killed(&spec.restart, out.now.since(replica.up_since));
    let takes = spec.memory.restart;
    replica.starting = true;
    stop(world, out, at, why);
    let Some(replica) = world.replica_mut(at) else {
        // It was to go anyway.
        return;
    };
    out.after(wait + takes, Event::Restart(at, replica.life));
    if wait > Span::ZERO {
        out.say(Fact::BackOff {
            node: at.node,
            replica: at.number,
            wait,
        });
    }
}

/// A killed replica is back.
pub fn restart(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, life: u32) {
    if let Some(replica) = world
        .replica_mut(at)
        .filter(|replica| replica.life == life && replica.starting)
    {
        replica.starting = false;
        if replica.up() {
            rise(world, out, at);
        }
    }
}

/// A replica runs again.
pub fn rise(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    if let Some(replica) = world.replica_mut(at) {
        replica.up_since = out.now;
    }
    out.say(Fact::Up {
        node: at.node,
        replica: at.number,
    });
    if let Some(usage) = world.replica_mut(at).and_then(|r| r.usage.as_mut()) {
        usage.up_since = out.now;
    }
    prober::rise(world, out, at);
    relay::rise(world, out, at.node);
    if let Some(server) = world.server(at.node) {
        for edge in &server.ins {
            out.soon(Event::Pump(*edge));
        }
    }
}

/// A replica stops: all in flight there is lost, its callers see an error, messages go back.
pub fn stop(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, why: Stop) {
    out.say(Fact::Down {
        node: at.node,
        replica: at.number,
        why,
    });
    leak::free(world, out, at);
    if let Some(replica) = world.replica_mut(at) {
        // What stood still has ended, and a new process goes on from nothing.
        replica.stall = Stall::default();
    }
    let lasts = world.server(at.node).is_some_and(|server| {
        let others = |replica: &&Replica| replica.number != at.number;
        server.replicas.iter().filter(others).any(Replica::up)
    });
    if !lasts {
        relay::stop(world, out, at.node);
    }
    // The broker of a queue notices at once: the connection is closed.
    let returned = clear(world, out, at, Outcome::Error);
    for message in returned {
        out.soon(Event::Nacked(message, Fail::Gone));
    }
    delivery::stopped(world, out, at);
    scaling::retire(world, out, at);
}

/// Ends all that is under way at a replica; gives back the messages it had.
pub fn clear(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    outcome: Outcome,
) -> Vec<MessageKey> {
    let mut messages = Vec::new();
    let mut jobs: Vec<JobKey> = world
        .jobs
        .iter()
        .filter(|(_, job)| job.at == at)
        .map(|(key, _)| key)
        .collect();
    // Those who sit last, so that no seat is given to one that is next to end.
    jobs.sort_by_key(|key| world.jobs[*key].seat.holds());
    for key in jobs {
        express::unpack(world, out, key);
        express::unpack_under(world, out, key);
        group::give_up(world, out, Owner::Job(key), Some(Cancel::None));
        let Some(job) = job::end(world, out, key, outcome, Cause::Killed) else {
            continue;
        };
        match job.origin {
            Origin::Attempt(attempt) => job::reply(world, out, attempt, outcome),
            Origin::Message(message) => {
                if let Some(replica) = world.replica_mut(at) {
                    replica.inbox(job.edge).active -= 1;
                }
                world.messages[message].place = Station::Settling;
                messages.push(message);
            }
            Origin::Disowned => {
                if let Some(replica) = world.replica_mut(at) {
                    replica.inbox(job.edge).active -= 1;
                }
            }
            // It was unpacked.
            Origin::Nobody | Origin::Call(_) => {}
        }
        world.release(out, job.request);
    }
    probe::stop(world, out, at);
    let Some(server) = world.server_mut(at.node) else {
        return messages;
    };
    let ins = server.ins.clone();
    let Some(replica) = server.replica_mut(at.number) else {
        return messages;
    };
    replica.gauge(out.now);
    replica.life += 1;
    replica.buffered = 0;
    if let Some(cache) = &mut replica.cache {
        cache.flush();
    }
    let accept = std::mem::take(&mut replica.accept);
    let buffers: Vec<_> = ins
        .into_iter()
        .map(|edge| (edge, std::mem::take(&mut replica.inbox(edge).buffer)))
        .collect();
    for waiting in accept {
        let request = world.attempts[waiting.key].request.name;
        out.say(Fact::Dequeued {
            node: at.node,
            replica: at.number,
            request,
        });
        job::reply(world, out, waiting.key, outcome);
    }
    for (edge, buffer) in buffers {
        for waiting in buffer {
            let message = &mut world.messages[waiting.key];
            message.place = Station::Settling;
            let request = message.request;
            out.say(Fact::Unbuffered {
                edge,
                replica: at.number,
                request: request.name,
            });
            messages.push(waiting.key);
        }
    }
    messages
}
