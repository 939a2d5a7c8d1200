//! Clients: a request's way from its sending to its answer.
//!
//! When they are sent is the business of `open` (their own times) and `closed` (when their users have thought).

mod closed;
mod open;

use super::call::{self, Parent};
use super::express;
use super::outbox::Outbox;
use super::work::{Of, Request};
use super::world::World;
use crate::event::{NodeIx, Owner, RequestKey};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::units::Time;
pub use closed::{User, thought};
pub use open::arrive;

/// Begins a client's traffic.
pub fn begin(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    open::begin(world, out, client);
}

/// Plans what comes next anew, after its settings or its faults have changed.
pub fn replan(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    open::replan(world, out, client);
    closed::populate(world, out, client);
}

/// Lets users come who had nobody to send to.
pub fn connect(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    closed::populate(world, out, client);
}

/// Sends a request; of closed arrivals the user is told.
fn send(world: &mut World, out: &mut Outbox<'_>, client: NodeIx, luck: Luck, user: Option<u32>) {
    let request = world.requests.insert(Request {
        client,
        user,
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
        replica: 0,
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
    if express::begin(world, out, &parent, edge).is_some() {
        return;
    }
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
    let (client, user, took) = (request.client, request.user, out.now.since(request.arrived));
    out.say(Fact::Replied {
        client,
        request: request.luck.name(),
        outcome,
        took,
    });
    world.complete(out, key);
    if let Some(user) = user {
        closed::think(world, out, client, user, took);
    }
}
