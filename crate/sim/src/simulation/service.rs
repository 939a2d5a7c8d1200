//! Services: the accept queue, the threads, a job's work and its calls, the end of a life.

use super::call::{self, Parent};
use super::world::{Job, Origin, Outbox, Place, Server, Station, Waiting, World, purpose};
use crate::event::{AttemptKey, EdgeIx, Event, JobKey, MessageKey, NodeIx, Owner};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::units::{Ratio, Span, Time};

/// An attempt arrives at the service.
pub fn reach(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key) else {
        return;
    };
    let link = world.link(attempt.edge);
    let (node, alive, request) = (link.to, link.alive, world.name(attempt.request));
    let Some(server) = world.server_mut(node).filter(|_| alive) else {
        reply(world, out, key, Outcome::Cancelled);
        return;
    };
    out.say(Fact::Offered { node, request });
    let refused = if !server.up() {
        Some(By::DownService)
    } else if server.spec.threads.admits(server.busy) {
        None
    } else if server.spec.queue.admits(server.accept.len()) {
        let ticket = server.next_ticket();
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
        reply(world, out, key, Outcome::Refused(by));
    } else {
        start_attempt(world, out, node, key, out.now);
    }
}

/// Sends the answer to an attempt on its way.
fn reply(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, outcome: Outcome) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    attempt.place = Place::Back;
    let (edge, luck) = (attempt.edge, attempt.luck);
    let way = world.crossing(edge, luck, purpose::BACK);
    out.after(way, Event::Answer(key, outcome));
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
    let Some(waiting) = server.accept.pop_front() else {
        return;
    };
    let request = world.name(world.attempts[waiting.key].request);
    out.say(Fact::Dequeued {
        node,
        request,
        waited: out.now.since(waiting.since),
    });
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
        request: world.name(world.messages[waiting.key].request),
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
        hops: message.hops,
    };
    let edge = message.edge;
    let job = start(world, out, job);
    world.messages[key].place = Station::Working(job);
    world.link_mut(edge).active += 1;
}

fn start(world: &mut World, out: &mut Outbox<'_>, job: Job) -> JobKey {
    let (node, request, luck, orphan) = (job.node, job.request, job.luck, job.orphan);
    let key = world.jobs.insert(job);
    world.hold(request);
    out.say(Fact::Started {
        node,
        request: world.name(request),
        orphan,
    });
    if let Some(server) = world.server_mut(node) {
        server.busy += 1;
        let work = server
            .spec
            .before
            .sample(&mut luck.part(purpose::BEFORE).stream());
        out.after(work.times(server.slow), Event::Worked(key));
    }
    check_memory(world, out, node);
    key
}

/// A job's own work is done: it makes its calls, or it is done.
pub fn worked(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    if !job.after {
        next(world, out, key);
        return;
    }
    let outcome = match world.server(job.node) {
        Some(server) if fails(server, job.luck) => Outcome::Error,
        _ => Outcome::Ok,
    };
    finish(world, out, key, outcome);
}

/// Whether work ends in an error: by the service's own rate or by that of its faults.
fn fails(server: &Server, luck: Luck) -> bool {
    let both = server.spec.errors.times(server.errors).as_micros();
    let either = server.spec.errors.as_micros() + server.errors.as_micros() - both;
    either > 0
        && luck
            .part(purpose::ERROR)
            .stream()
            .below(Ratio::ONE.as_micros())
            < either
}

/// Makes a job's next call or, after the last one, does its last work.
pub fn next(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    let Some(server) = world.server(job.node) else {
        return;
    };
    if let Some((step, edge)) = world.choose(&server.plan, job.step, job.luck) {
        let parent = Parent {
            owner: Owner::Job(key),
            request: job.request,
            luck: job.luck,
            identity: job.identity,
            orphan: job.orphan,
            hops: job.hops,
        };
        world.jobs[key].step = step;
        let call = call::begin(world, out, parent, edge);
        // A call that has settled already (fire and forget) resumes the job by an event.
        world.jobs[key].call = Some(call).filter(|call| world.calls.contains_key(*call));
        return;
    }
    let work = server
        .spec
        .after
        .sample(&mut job.luck.part(purpose::AFTER).stream());
    let work = work.times(server.slow);
    world.jobs[key].after = true;
    if work == Span::ZERO {
        worked(world, out, key);
    } else {
        out.after(work, Event::Worked(key));
    }
}

/// A job's call has settled.
pub fn resume(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    let Some(job) = world.jobs.get_mut(key) else {
        return;
    };
    job.call = None;
    if outcome.is_ok() {
        next(world, out, key);
    } else {
        finish(world, out, key, Outcome::Error);
    }
}

/// A job ends: its thread is free, and who wanted it is told.
fn finish(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    let Some(job) = end(world, out, key, outcome) else {
        return;
    };
    if outcome.is_ok() {
        effect(world, out, &job);
    }
    match job.origin {
        Origin::Attempt(attempt) => reply(world, out, attempt, outcome),
        Origin::Message(message) => {
            world.messages[message].place = Station::Settling;
            world.link_mut(job.edge).active -= 1;
            let luck = job.luck;
            let way = world.crossing(job.edge, luck, purpose::BACK);
            let told = if outcome.is_ok() {
                Event::Acked(message)
            } else {
                Event::Nacked(message)
            };
            out.after(way, told);
        }
        Origin::Nobody => {}
    }
    world.release(out, job.request);
    dispatch(world, out, job.node);
}

/// Work was done: the effect has happened, the first time or once more.
fn effect(world: &mut World, out: &mut Outbox<'_>, job: &Job) {
    let now = out.now;
    let Some(request) = world.requests.get_mut(job.request) else {
        return;
    };
    let piece = job.identity.name();
    if request.done.contains(&piece) {
        let request = request.luck.name();
        out.say(Fact::Duplicate {
            node: job.node,
            edge: job.edge,
            request,
        });
        return;
    }
    request.done.push(piece);
    if matches!(job.origin, Origin::Message(_)) {
        request.last_effect = now;
    }
}

/// Takes a job off its thread.
fn end(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) -> Option<Job> {
    let job = world.jobs.remove(key)?;
    if let Some(server) = world.server_mut(job.node) {
        server.busy -= 1;
    }
    out.say(Fact::Finished {
        node: job.node,
        request: world.name(job.request),
        outcome,
        held: out.now.since(job.started),
        took: out.now.since(job.came),
        orphan: job.orphan,
    });
    Some(job)
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
    let request = world.name(request);
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
    let mut returned = clear(world, out, node, Outcome::Error);
    // The broker notices at once. The youngest goes back to the head first, so that the order is kept.
    returned.sort_by_key(|key| {
        let message = &world.messages[*key];
        std::cmp::Reverse((message.published, *key))
    });
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
            call::drop_call(world, out, call);
        }
        let Some(job) = end(world, out, key, outcome) else {
            continue;
        };
        match job.origin {
            Origin::Attempt(attempt) => reply(world, out, attempt, outcome),
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
        let request = world.name(world.attempts[waiting.key].request);
        out.say(Fact::Dequeued {
            node,
            request,
            waited: out.now.since(waiting.since),
        });
        reply(world, out, waiting.key, outcome);
    }
    for edge in ins {
        for waiting in std::mem::take(&mut world.link_mut(edge).buffer) {
            let message = &mut world.messages[waiting.key];
            message.place = Station::Settling;
            let request = message.request;
            out.say(Fact::Unbuffered {
                edge,
                request: world.name(request),
            });
            messages.push(waiting.key);
        }
    }
    messages
}
