//! Services: the door, the accept queue, and who gets a free thread.

use super::job;
use super::outbox::Outbox;
use super::purpose;
use super::work::{Job, Origin, Place, Station};
use super::world::{Waiting, World};
use crate::event::{AttemptKey, EdgeIx, Event, JobKey, MessageKey, NodeIx};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::units::Time;

/// An attempt arrives at the service.
pub fn reach(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key) else {
        return;
    };
    let link = world.link(attempt.edge);
    let (node, alive, request) = (link.to, link.alive, attempt.request.name);
    if !alive {
        job::reply(world, out, key, Outcome::Cancelled);
        return;
    }
    out.say(Fact::Offered { node, request });
    // A thread that became free at this very instant goes to who came before.
    dispatch(world, out, node);
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let refused = if !server.up() {
        Some(By::DownService)
    } else if server.spec.threads.admits(server.busy) {
        None
    } else if server.spec.queue.admits(server.accept.len()) {
        let ticket = server.next_ticket();
        if server.accept.is_empty() {
            server.filled = out.now;
        }
        server.accept.push_back(Waiting {
            key,
            since: out.now,
            ticket,
        });
        world.attempts[key].place = Place::Queued;
        out.say(Fact::Queued { node, request });
        check_memory(world, out, node);
        return;
    } else {
        Some(By::FullService)
    };
    if let Some(by) = refused {
        out.say(Fact::TurnedAway { node, request, by });
        job::reply(world, out, key, Outcome::Refused(by));
    } else {
        start_attempt(world, out, node, key, out.now);
    }
}

/// Gives free threads to what has waited longest, requests and prefetched messages alike.
pub fn dispatch(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    while let Some(server) = world.server(node) {
        if !server.up() || !server.spec.threads.admits(server.busy) {
            return;
        }
        let request = server.accept.front().map(|w| w.ticket);
        let message = server
            .ins
            .iter()
            .filter(|ix| {
                let link = world.link(**ix);
                link.spec.queue.consumers.admits(link.active)
            })
            .filter_map(|ix| world.link(*ix).buffer.front().map(|w| (w.ticket, *ix)))
            .min();
        match (request, message) {
            (Some(ticket), Some((other, edge))) if other < ticket => {
                take_message(world, out, node, edge);
            }
            (Some(_), _) => take_request(world, out, node),
            (None, Some((_, edge))) => take_message(world, out, node, edge),
            (None, None) => return,
        }
    }
}

fn take_request(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let (target, interval) = (server.spec.target, server.spec.interval);
    let newest = server
        .spec
        .discipline
        .newest_first(server.filled, out.now, interval);
    let Some(waiting) = (if newest {
        server.accept.pop_back()
    } else {
        server.accept.pop_front()
    }) else {
        return;
    };
    let waited = out.now.since(waiting.since);
    let shed = server.spec.codel && server.codel.turns_away(out.now, waited, target, interval);
    let drops = server.spec.drop_expired;
    let attempt = &world.attempts[waiting.key];
    let request = attempt.request.name;
    let late = attempt.cancelled || drops && attempt.deadline <= out.now;
    out.say(Fact::Dequeued { node, request });
    if late || shed {
        let by = if late { By::Expired } else { By::Shed };
        out.say(Fact::TurnedAway { node, request, by });
        job::reply(world, out, waiting.key, Outcome::Refused(by));
        return;
    }
    start_attempt(world, out, node, waiting.key, waiting.since);
}

fn take_message(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, edge: EdgeIx) {
    let Some(waiting) = world.link_mut(edge).buffer.pop_front() else {
        return;
    };
    if let Some(server) = world.server_mut(node) {
        server.buffered -= 1;
    }
    out.say(Fact::Unbuffered {
        edge,
        request: world.messages[waiting.key].request.name,
    });
    start_message(world, out, node, waiting.key, waiting.since);
}

fn start_attempt(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    key: AttemptKey,
    came: Time,
) {
    let attempt = &world.attempts[key];
    let job = Job {
        node,
        origin: Origin::Attempt(key),
        request: attempt.request,
        luck: attempt.luck,
        identity: attempt.identity,
        edge: attempt.edge,
        came,
        started: out.now,
        after: false,
        step: 0,
        call: None,
        orphan: attempt.orphan,
        again: attempt.again,
        deadline: attempt.deadline,
        cancelled: false,
        hops: attempt.hops,
    };
    let job = start(world, out, job);
    world.attempts[key].place = Place::Working(job);
}

fn start_message(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    key: MessageKey,
    came: Time,
) {
    let message = &world.messages[key];
    let again = u64::from(message.deliveries - 1);
    let luck = match again {
        0 => message.luck,
        again => message.luck.part(purpose::REDELIVERY).part(again),
    };
    let job = Job {
        node,
        origin: Origin::Message(key),
        request: message.request,
        luck,
        identity: message.identity,
        edge: message.edge,
        came,
        started: out.now,
        after: false,
        step: 0,
        call: None,
        orphan: false,
        again: message.again || again > 0,
        deadline: Time::NEVER,
        cancelled: false,
        hops: message.hops,
    };
    let edge = message.edge;
    let job = start(world, out, job);
    world.messages[key].place = Station::Working(job);
    world.link_mut(edge).active += 1;
}

fn start(world: &mut World, out: &mut Outbox<'_>, job: Job) -> JobKey {
    let (node, request, luck, orphan) = (job.node, job.request, job.luck, job.orphan);
    let waited = job.started.since(job.came);
    let message = matches!(job.origin, Origin::Message(_));
    let key = world.jobs.insert(job);
    world.hold(request);
    out.say(Fact::Started {
        node,
        request: request.name,
        waited,
        message,
        orphan,
    });
    if let Some(server) = world.server_mut(node) {
        server.busy += 1;
        let work = server.work(&server.spec.before, luck, purpose::BEFORE);
        out.after(work, Event::Worked(key));
    }
    check_memory(world, out, node);
    key
}

/// Plans the kill of a service that holds more memory than it may.
fn check_memory(world: &World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(server) = world.server(node) else {
        return;
    };
    if server
        .spec
        .memory
        .limit
        .is_some_and(|limit| server.memory() > limit.get())
    {
        out.soon(Event::OutOfMemory(node, server.life));
    }
}

/// A prefetched message waits for a thread.
pub fn buffer(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &mut world.messages[key];
    message.place = Station::Buffered;
    let (edge, request) = (message.edge, message.request);
    let node = world.link(edge).to;
    let Some(server) = world.server_mut(node) else {
        return;
    };
    server.buffered += 1;
    let ticket = server.next_ticket();
    let request = request.name;
    world.link_mut(edge).buffer.push_back(Waiting {
        key,
        since: out.now,
        ticket,
    });
    out.say(Fact::Offered { node, request });
    out.say(Fact::Prefetched { edge, request });
    check_memory(world, out, node);
    out.soon(Event::Dispatch(node));
}
