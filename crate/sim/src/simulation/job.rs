//! Jobs: one thread's own work, its calls, and its end.

use super::caching;
use super::call::Parent;
use super::drag;
use super::express;
use super::group;
use super::keys;
use super::loops::{self, Seat};
use super::network::{self, Packet};
use super::outbox::Outbox;
use super::purpose;
use super::relay;
use super::scaling;
use super::usage;
use super::work::{Job, Lookup, Origin, Place, Station};
use super::world::{Server, World};
use crate::broker::Kind;
use crate::event::{AttemptKey, Event, Fail, JobKey, MessageKey, Owner};
use crate::fact::Fact;
use crate::outcome::{Cause, Outcome};
use crate::rng::Luck;
use crate::units::{Ratio, Span};

/// A job's own work is done: it makes its calls, or it is done.
pub fn worked(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    if express::conclude(world, out, key) {
        return;
    }
    if world.jobs.get(key).is_some_and(|job| job.works) {
        usage::rest(world, out.now, key);
    }
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    if job.cancelled {
        finish(world, out, key, Outcome::Cancelled);
        return;
    }
    if let Some(outcome) = world.jobs[key].resumed.take() {
        go_on(world, out, key, outcome);
        return;
    }
    let job = &world.jobs[key];
    if job.lookup == Lookup::UnderWay {
        recall(world, out, key);
        return;
    }
    if !job.after {
        if caching::looked_up(world, out, key) {
            last_work(world, out, key);
        } else {
            next(world, out, key);
        }
        return;
    }
    let outcome = match world.server(job.at.node) {
        Some(server) if fails(server, job.luck) || poisoned(server, job) => Outcome::Error,
        _ => Outcome::Ok,
    };
    finish(world, out, key, outcome);
}

/// Whether this piece of work fails each time it is tried.
fn poisoned(server: &Server, job: &Job) -> bool {
    drawn(server.poison, job.identity.part(purpose::POISON))
}

/// Whether chance falls into this share.
fn drawn(share: Ratio, luck: Luck) -> bool {
    share > Ratio::ZERO && luck.stream().below(Ratio::ONE.as_micros()) < share.as_micros()
}

/// A job knows now whether its work was done before: if so it is over, else it begins.
fn recall(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let job = &mut world.jobs[key];
    job.lookup = Lookup::Off;
    let (edge, node, luck) = (job.edge, job.at.node, job.luck);
    let piece = job.identity.name();
    let link = &mut world.edges[edge.0 as usize];
    if link.seen.has(&link.spec.dedup, piece, out.now) {
        let job = &mut world.jobs[key];
        job.lookup = Lookup::Found;
        out.say(Fact::Deduplicated {
            node,
            edge,
            request: job.request.name,
            late: false,
        });
        finish(world, out, key, Outcome::Ok);
        return;
    }
    if let Some(server) = world.server(node) {
        let work = server.before(luck);
        drag::work(world, out, key, work);
    }
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

/// Makes a job's next calls or, after the last ones, does its last work.
pub fn next(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    let (node, done) = (job.at.node, job.step);
    let parent = Parent {
        owner: Owner::Job(key),
        threaded: job.seat == Seat::Thread,
        replica: job.at.number,
        request: job.request,
        luck: job.luck,
        identity: job.identity,
        orphan: job.orphan,
        again: job.again,
        deadline: job.deadline,
        hops: job.hops,
    };
    if let Some((step, awaits)) = group::begin(world, out, node, parent, done) {
        let job = &mut world.jobs[key];
        (job.step, job.awaits) = (step, awaits);
        loops::rest(world, out, key);
        return;
    }
    caching::keep(world, out, key);
    last_work(world, out, key);
}

/// A job does its last work.
fn last_work(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    let Some(server) = world.server(job.at.node) else {
        return;
    };
    let work = server.work(&server.spec.after, job.luck, purpose::AFTER);
    world.jobs[key].after = true;
    if work == Span::ZERO {
        worked(world, out, key);
    } else {
        drag::work(world, out, key, work);
    }
}

/// A call of a job has settled. It goes on after the last one of the step, and fails with the first that fails.
pub fn resume(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    let Some(job) = world.jobs.get_mut(key) else {
        return;
    };
    if job.resumed.is_some() {
        // A call of the same step has failed.
        return;
    }
    job.express = None;
    job.awaits -= 1;
    let over = job.awaits == 0 || !outcome.is_ok();
    if !outcome.is_ok() {
        group::give_up(world, out, Owner::Job(key), None);
    }
    match world.jobs[key].seat.holds() {
        true if over => go_on(world, out, key, outcome),
        true => loops::rest(world, out, key),
        false if over => {
            world.jobs[key].resumed = Some(outcome);
            loops::enter(world, out, key, false);
        }
        false => {}
    }
}

/// A job goes on after the calls of a step.
fn go_on(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    if outcome.is_ok() {
        next(world, out, key);
    } else {
        finish_as(world, out, key, Outcome::Error, Cause::Call(outcome));
    }
}

/// A job ends by itself: its thread is free, and who wanted it is told.
pub fn finish(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    finish_as(world, out, key, outcome, Cause::Own);
}

/// A job ends, badly for this cause.
fn finish_as(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome, cause: Cause) {
    if let Some(Origin::Call(owner)) = world.jobs.get(key).map(|job| job.origin)
        && express::may_finish(world, out, key)
    {
        express::finish(world, out, key, owner, (outcome, cause));
        return;
    }
    let Some(job) = end(world, out, key, outcome, cause) else {
        return;
    };
    if outcome.is_ok() {
        effect(world, out, &job);
    }
    match job.origin {
        Origin::Attempt(attempt) => reply(world, out, attempt, outcome),
        Origin::Message(message) => {
            leave_inbox(world, &job);
            acknowledge(world, out, &job, message, outcome);
        }
        Origin::Disowned => leave_inbox(world, &job),
        // It was unpacked, or it has ended.
        Origin::Nobody | Origin::Call(_) => {}
    }
    world.release(out, job.request);
    let Some((_, replica)) = world.replica(job.at) else {
        return;
    };
    if replica.has_waiting() {
        out.soon(Event::Dispatch(job.at));
    } else if replica.draining {
        scaling::retire(world, out, job.at);
    }
}

/// A job that came by a message takes no place of its queue's consumers any more.
fn leave_inbox(world: &mut World, job: &Job) {
    if let Some(replica) = world.replica_mut(job.at) {
        replica.inbox(job.edge).active -= 1;
    }
}

/// Tells the broker how the work on a message ended.
fn acknowledge(
    world: &mut World,
    out: &mut Outbox<'_>,
    job: &Job,
    key: MessageKey,
    outcome: Outcome,
) {
    let message = &mut world.messages[key];
    message.place = Station::Settling;
    let handed = message.acked;
    // A member of a consumer group learns at once how its own work ended; it commits later.
    let near = handed || message.kind == Kind::Log;
    let drops = world.server(job.at.node).is_some_and(|server| {
        drawn(
            server.crash_before_ack,
            job.luck.part(purpose::CRASH_BEFORE_ACK),
        )
    });
    let told = match outcome {
        // The connection is gone, and the broker sees that at once.
        Outcome::Ok if drops && !handed => {
            out.soon(Event::Nacked(key, Fail::Gone));
            return;
        }
        Outcome::Ok => Packet::Ack(key),
        Outcome::Error | Outcome::TimedOut | Outcome::Refused(_) | Outcome::Cancelled => {
            Packet::Nack(key, Fail::Error)
        }
    };
    if near {
        // There is nobody to tell: the broker has done with it.
        out.soon(told.arrival());
    } else {
        let luck = (job.luck, purpose::ACK);
        network::cross(world, out, job.edge, luck, Span::ZERO, told);
    }
}

/// Whether the effect of a job counts: not if it, or a copy that was worked on at the same time, was found to
/// be done before.
fn takes_effect(world: &mut World, out: &mut Outbox<'_>, job: &Job) -> bool {
    let link = &mut world.edges[job.edge.0 as usize];
    let dedup = &link.spec.dedup;
    let found = job.lookup == Lookup::Found;
    if found || !dedup.on {
        return !found;
    }
    let first = link.seen.insert(dedup, job.identity.name(), out.now);
    if !first {
        out.say(Fact::Deduplicated {
            node: job.at.node,
            edge: job.edge,
            request: job.request.name,
            late: true,
        });
    }
    first
}

/// Notes the order of effects within a key.
fn order(world: &mut World, out: &mut Outbox<'_>, job: &Job) {
    let Origin::Message(message) = job.origin else {
        return;
    };
    let message = &world.messages[message];
    let Some(key) = keys::order_key(world, message) else {
        return;
    };
    let (edge, seq) = (message.edge, message.seq);
    let home = world.link(edge).home;
    let newest = &mut world.link_mut(home).books.newest;
    let key = key as usize;
    newest.resize(newest.len().max(key + 1), 0);
    let newest = &mut newest[key];
    if seq < *newest {
        let request = job.request.name;
        out.say(Fact::OutOfOrder { edge, request });
    }
    *newest = seq.max(*newest);
}

/// Work was done: the effect has happened, the first time or once more.
pub fn effect(world: &mut World, out: &mut Outbox<'_>, job: &Job) {
    let now = out.now;
    if !takes_effect(world, out, job) {
        return;
    }
    order(world, out, job);
    let Some(request) = world.requests.get_mut(job.request.key) else {
        return;
    };
    let piece = job.identity.name();
    if !request.done.insert(piece) {
        let request = request.luck.name();
        out.say(Fact::Duplicate {
            node: job.at.node,
            edge: job.edge,
            request,
        });
        return;
    }
    if matches!(job.origin, Origin::Message(_) | Origin::Disowned) {
        request.last_effect = now;
    }
}

/// Takes a job off its thread.
pub fn end(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: JobKey,
    outcome: Outcome,
    cause: Cause,
) -> Option<Job> {
    let mut job = world.jobs.remove(key)?;
    loops::leave(world, out, &job, key);
    for row in std::mem::take(&mut job.rows) {
        if outcome.is_ok() {
            relay::commit(world, out, row);
        } else {
            relay::roll_back(world, out, row);
        }
    }
    if let Some(replica) = world.replica_mut(job.at) {
        replica.gauge(out.now);
        if let Some(usage) = replica.usage.as_mut().filter(|_| job.works) {
            usage.working -= 1;
        }
        replica.busy -= 1;
    }
    out.say(Fact::Finished {
        node: job.at.node,
        replica: job.at.number,
        request: job.request.name,
        outcome,
        cause,
        held: job.seat.held(out.now, job.started),
        took: out.now.since(job.came),
        orphan: job.orphan,
    });
    loops::left(world, out, &job);
    Some(job)
}

/// Sends the answer to an attempt on its way.
pub fn reply(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, outcome: Outcome) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    attempt.place = Place::Back;
    let (edge, luck) = (attempt.edge, attempt.luck);
    let packet = Packet::Answer(key, outcome);
    network::cross(world, out, edge, (luck, purpose::BACK), Span::ZERO, packet);
}
