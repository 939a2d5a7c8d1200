//! Clients: requests come at their own times, whether or not earlier ones were answered.
//!
//! The arrivals of a client are a process of unit rate, stretched in time by its rate: a change of rate
//! draws nothing anew, so two runs with the same seed have the same customers.

use super::call::{self, Parent};
use super::outbox::Outbox;
use super::purpose;
use super::work::{Of, Request};
use super::world::{Source, World};
use crate::dist::unit_exponential;
use crate::event::{Event, NodeIx, Owner, RequestKey};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::scenario::Arrivals;
use crate::units::{Span, Time};

/// The gap before request number `n`, in mean gaps.
fn gap(source: &Source, n: u64) -> f64 {
    match source.spec.arrivals {
        Arrivals::Constant => 1.0,
        Arrivals::Poisson => unit_exponential(&mut source.luck.part(purpose::GAP).part(n).stream()),
    }
}

/// Begins a client's traffic.
pub fn begin(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    if let Some(source) = world.source_mut(client) {
        source.owed = gap(source, 0);
        source.since = out.now;
    }
    replan(world, out, client);
}

/// Plans the next request anew, after the rate has changed.
pub fn replan(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    let Some(source) = world.source_mut(client) else {
        return;
    };
    let gone = out.now.since(source.since).as_secs_f64() * source.rate;
    source.owed = (source.owed - gone).max(0.0);
    source.since = out.now;
    source.rate = source.spec.rate.times(source.spike).as_f64();
    source.epoch += 1;
    plan(source, out, client);
}

fn plan(source: &Source, out: &mut Outbox<'_>, client: NodeIx) {
    if source.rate > 0.0 {
        let wait = Span::from_secs_f64(source.owed / source.rate);
        out.after(wait, Event::Arrive(client, source.epoch));
    }
}

/// The next request is due.
pub fn arrive(world: &mut World, out: &mut Outbox<'_>, client: NodeIx, epoch: u32) {
    let Some(source) = world.source_mut(client).filter(|s| s.epoch == epoch) else {
        return;
    };
    let luck = source.luck.part(source.sent);
    source.sent += 1;
    source.owed = gap(source, source.sent);
    source.since = out.now;
    plan(source, out, client);
    if source.plan.is_empty() {
        // Not connected: there is nobody to send to.
        return;
    }
    let request = world.requests.insert(Request {
        client,
        luck,
        arrived: out.now,
        step: 0,
        call: None,
        answered: None,
        parts: 0,
        last_effect: Time::ZERO,
        lost: Vec::new(),
        done: world.spare.pieces.pop().unwrap_or_default(),
    });
    out.say(Fact::Arrived {
        client,
        request: luck.name(),
    });
    next(world, out, request);
}

/// Makes a request's next call; after the last one it is answered.
pub fn next(world: &mut World, out: &mut Outbox<'_>, key: RequestKey) {
    let Some(request) = world.requests.get(key) else {
        return;
    };
    let plan = world.source(request.client).map(|source| &source.plan);
    let Some((step, edge)) = plan.and_then(|plan| world.choose(plan, request.step, request.luck))
    else {
        answer(world, out, key, Outcome::Ok);
        return;
    };
    let parent = Parent {
        owner: Owner::Request(key),
        request: Of {
            key,
            name: request.luck.name(),
        },
        luck: request.luck,
        identity: request.luck,
        orphan: false,
        again: false,
        deadline: Time::NEVER,
        hops: 0,
    };
    world.requests[key].step = step;
    let call = call::begin(world, out, parent, edge);
    world.requests[key].call = Some(call).filter(|call| world.calls.contains_key(*call));
}

/// A request's call has settled.
pub fn resume(world: &mut World, out: &mut Outbox<'_>, key: RequestKey, outcome: Outcome) {
    let Some(request) = world.requests.get_mut(key) else {
        return;
    };
    request.call = None;
    if outcome.is_ok() {
        next(world, out, key);
    } else {
        answer(world, out, key, outcome);
    }
}

/// The client has its answer.
fn answer(world: &mut World, out: &mut Outbox<'_>, key: RequestKey, outcome: Outcome) {
    let Some(request) = world.requests.get_mut(key) else {
        return;
    };
    request.answered = Some((outcome, out.now));
    out.say(Fact::Replied {
        client: request.client,
        request: request.luck.name(),
        outcome,
        took: out.now.since(request.arrived),
    });
    world.complete(out, key);
}
