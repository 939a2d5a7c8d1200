//! Clients: a request's way from its sending to its answer.
//!
//! When they are sent is the business of `open` (their own times) and `closed` (when their users have thought).

mod closed;
mod open;

use super::call::Parent;
use super::group;
use super::operation;
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
    let (operation, criticality) = operation::drawn(world, client, luck);
    let request = world.requests.insert(Request {
        client,
        operation,
        criticality,
        user,
        luck,
        arrived: out.now,
        step: 0,
        calls: None,
        awaits: 0,
        answered: None,
        parts: 0,
        last_effect: Time::ZERO,
        lost: Vec::new(),
        done: world.spare.pieces.pop().unwrap_or_default(),
    });
    out.say(Fact::Arrived {
        client,
        request: luck.name(),
        operation,
    });
    next(world, out, request);
}

/// Makes a request's next calls; after the last ones it is answered.
pub fn next(world: &mut World, out: &mut Outbox<'_>, key: RequestKey) {
    let Some(request) = world.requests.get(key) else {
        return;
    };
    let (client, done) = (request.client, request.step);
    let parent = Parent {
        owner: Owner::Request(key),
        threaded: true,
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
    match group::begin(world, out, client, parent, done) {
        Some((step, awaits)) => {
            let request = &mut world.requests[key];
            (request.step, request.awaits) = (step, awaits);
        }
        None => answer(world, out, key, Outcome::Ok),
    }
}

/// A call of a request has settled. It goes on after the last one of the step, and fails with the first that fails.
pub fn resume(world: &mut World, out: &mut Outbox<'_>, key: RequestKey, outcome: Outcome) {
    // Where one of several has failed, the others may end after the answer.
    let unanswered = |request: &&mut Request| request.answered.is_none();
    let Some(request) = world.requests.get_mut(key).filter(unanswered) else {
        return;
    };
    request.awaits -= 1;
    if !outcome.is_ok() {
        group::give_up(world, out, Owner::Request(key), None);
        answer(world, out, key, outcome);
    } else if request.awaits == 0 {
        next(world, out, key);
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
        operation: request.operation,
        outcome,
        took,
    });
    world.complete(out, key);
    if let Some(user) = user {
        closed::think(world, out, client, user, took);
    }
}
