//! The life of a service: killed for its memory, crashed, back again; and what becomes of what it had.

use super::call;
use super::job;
use super::outbox::Outbox;
use super::work::{Origin, Station};
use super::world::World;
use crate::event::{Event, JobKey, MessageKey, NodeIx};
use crate::fact::Fact;
use crate::outcome::{Cause, Outcome};
use crate::policy::Cancel;

/// The service is killed for its memory and starts anew after a while.
pub fn out_of_memory(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, life: u32) {
    let Some(server) = world.server_mut(node).filter(|s| s.life == life && s.up()) else {
        return;
    };
    // What was let in at the same instant may have left again.
    if server
        .spec
        .memory
        .limit
        .is_none_or(|limit| server.memory() <= limit.get())
    {
        return;
    }
    let restart = server.spec.memory.restart;
    stop(world, out, node, true);
    if let Some(server) = world.server_mut(node) {
        server.starting = true;
        out.after(restart, Event::Restart(node, server.life));
    }
}

/// A killed service is back.
pub fn restart(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, life: u32) {
    if let Some(server) = world
        .server_mut(node)
        .filter(|s| s.life == life && s.starting)
    {
        server.starting = false;
        if server.up() {
            rise(world, out, node);
        }
    }
}

/// A service runs again.
pub fn rise(world: &World, out: &mut Outbox<'_>, node: NodeIx) {
    out.say(Fact::Up { node });
    if let Some(server) = world.server(node) {
        for edge in &server.ins {
            out.soon(Event::Pump(*edge));
        }
    }
}

/// A service stops: all in flight there is lost, its callers see an error, messages go back.
pub fn stop(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, memory: bool) {
    out.say(Fact::Down { node, memory });
    // The broker notices at once.
    let returned = clear(world, out, node, Outcome::Error);
    for message in returned {
        out.soon(Event::Nacked(message));
    }
}

/// Ends all that is under way at a service; gives back the messages it had.
pub fn clear(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    outcome: Outcome,
) -> Vec<MessageKey> {
    let mut messages = Vec::new();
    let jobs: Vec<JobKey> = world
        .jobs
        .iter()
        .filter(|(_, job)| job.node == node)
        .map(|(key, _)| key)
        .collect();
    for key in jobs {
        if let Some(call) = world.jobs[key].call {
            call::drop_call(world, out, call, Cancel::None);
        }
        let Some(job) = job::end(world, out, key, outcome, Cause::Killed) else {
            continue;
        };
        match job.origin {
            Origin::Attempt(attempt) => job::reply(world, out, attempt, outcome),
            Origin::Message(message) => {
                world.link_mut(job.edge).active -= 1;
                world.messages[message].place = Station::Settling;
                messages.push(message);
            }
            Origin::Nobody => {}
        }
        world.release(out, job.request);
    }
    let Some(server) = world.server_mut(node) else {
        return messages;
    };
    server.life += 1;
    server.buffered = 0;
    let (accept, ins) = (std::mem::take(&mut server.accept), server.ins.clone());
    for waiting in accept {
        let request = world.attempts[waiting.key].request.name;
        out.say(Fact::Dequeued { node, request });
        job::reply(world, out, waiting.key, outcome);
    }
    for edge in ins {
        for waiting in std::mem::take(&mut world.link_mut(edge).buffer) {
            let message = &mut world.messages[waiting.key];
            message.place = Station::Settling;
            let request = message.request;
            out.say(Fact::Unbuffered {
                edge,
                request: request.name,
            });
            messages.push(waiting.key);
        }
    }
    messages
}
