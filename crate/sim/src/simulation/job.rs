//! Jobs: one thread's own work, its calls, and its end.

use super::call::{self, Parent};
use super::outbox::Outbox;
use super::purpose;
use super::scaling;
use super::work::{Job, Origin, Place, Station};
use super::world::{Server, World};
use crate::event::{AttemptKey, Event, JobKey, Owner};
use crate::fact::Fact;
use crate::outcome::{Cause, Outcome};
use crate::rng::Luck;
use crate::scenario::Role;
use crate::units::{Ratio, Span};

/// A job's own work is done: it makes its calls, or it is done.
pub fn worked(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    if job.cancelled {
        finish(world, out, key, Outcome::Cancelled);
        return;
    }
    if !job.after {
        if looked_up(world, out, key) {
            last_work(world, out, key);
        } else {
            next(world, out, key);
        }
        return;
    }
    let outcome = match world.server(job.at.node) {
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

/// Looks a request up in what a cache remembers: whether it is there. If not, it is kept once it is fetched.
fn looked_up(world: &mut World, out: &mut Outbox<'_>, key: JobKey) -> bool {
    let Some(job) = world.jobs.get(key) else {
        return false;
    };
    let (at, request) = (job.at, job.request);
    if !world
        .server(at.node)
        .is_some_and(|s| s.spec.role == Role::Cache)
    {
        return false;
    }
    // The request's own luck: it asks for the same key everywhere, and in every run of the seed.
    let Some(of) = world.requests.get(request.key) else {
        return false;
    };
    let luck = of.luck.part(purpose::KEY);
    let Some(cache) = world.replica_mut(at).and_then(|r| r.cache.as_mut()) else {
        return false;
    };
    let wanted = cache.key(&mut luck.stream());
    let hit = cache.has(wanted, out.now);
    world.jobs[key].fetches = Some(wanted).filter(|_| !hit);
    out.say(Fact::LookedUp {
        node: at.node,
        request: request.name,
        hit,
    });
    hit
}

/// A job's calls have returned well: a cache keeps what it has fetched.
fn keep(world: &mut World, out: &Outbox<'_>, key: JobKey) {
    let job = &mut world.jobs[key];
    let (at, Some(fetched)) = (job.at, job.fetches.take()) else {
        return;
    };
    if let Some(cache) = world.replica_mut(at).and_then(|r| r.cache.as_mut()) {
        cache.fill(fetched, out.now);
    }
}

/// Makes a job's next call or, after the last one, does its last work.
pub fn next(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    let Some(server) = world.server(job.at.node) else {
        return;
    };
    if let Some((step, edge)) = world.choose(&server.plan, job.step, job.luck) {
        let parent = Parent {
            owner: Owner::Job(key),
            replica: job.at.number,
            request: job.request,
            luck: job.luck,
            identity: job.identity,
            orphan: job.orphan,
            again: job.again,
            deadline: job.deadline,
            hops: job.hops,
        };
        world.jobs[key].step = step;
        let call = call::begin(world, out, parent, edge);
        // A call that has settled already (fire and forget) resumes the job by an event.
        world.jobs[key].call = Some(call).filter(|call| world.calls.contains_key(*call));
        return;
    }
    keep(world, out, key);
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
        finish_as(world, out, key, Outcome::Error, Cause::Call(outcome));
    }
}

/// A job ends by itself: its thread is free, and who wanted it is told.
pub fn finish(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome) {
    finish_as(world, out, key, outcome, Cause::Own);
}

/// A job ends, badly for this cause.
fn finish_as(world: &mut World, out: &mut Outbox<'_>, key: JobKey, outcome: Outcome, cause: Cause) {
    let Some(job) = end(world, out, key, outcome, cause) else {
        return;
    };
    if outcome.is_ok() {
        effect(world, out, &job);
    }
    match job.origin {
        Origin::Attempt(attempt) => reply(world, out, attempt, outcome),
        Origin::Message(message) => {
            world.messages[message].place = Station::Settling;
            if let Some(replica) = world.replica_mut(job.at) {
                replica.inbox(job.edge).active -= 1;
            }
            let luck = job.luck;
            let way = world.crossing(job.edge, luck, purpose::ACK);
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
    let Some((_, replica)) = world.replica(job.at) else {
        return;
    };
    if replica.has_waiting() {
        out.soon(Event::Dispatch(job.at));
    } else if replica.draining {
        scaling::retire(world, out, job.at);
    }
}

/// Work was done: the effect has happened, the first time or once more.
fn effect(world: &mut World, out: &mut Outbox<'_>, job: &Job) {
    let now = out.now;
    let Some(request) = world.requests.get_mut(job.request.key) else {
        return;
    };
    let piece = job.identity.name();
    if request.done.contains(&piece) {
        let request = request.luck.name();
        out.say(Fact::Duplicate {
            node: job.at.node,
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
pub fn end(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: JobKey,
    outcome: Outcome,
    cause: Cause,
) -> Option<Job> {
    let job = world.jobs.remove(key)?;
    if let Some(replica) = world.replica_mut(job.at) {
        replica.busy -= 1;
    }
    out.say(Fact::Finished {
        node: job.at.node,
        replica: job.at.number,
        request: job.request.name,
        outcome,
        cause,
        held: out.now.since(job.started),
        took: out.now.since(job.came),
        orphan: job.orphan,
    });
    Some(job)
}

/// Sends the answer to an attempt on its way.
pub fn reply(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, outcome: Outcome) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    attempt.place = Place::Back;
    let (edge, luck) = (attempt.edge, attempt.luck);
    let way = world.crossing(edge, luck, purpose::BACK);
    out.after(way, Event::Answer(key, outcome));
}
