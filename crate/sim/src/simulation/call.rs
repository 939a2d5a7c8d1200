//! Calls: through the policies of an edge, out as attempts, and back with an outcome.
//!
//! A call goes inward through its layers (`layers.rs`), an attempt is sent, its outcome comes back outward.

use super::cancel;
use super::group;
use super::hedge;
use super::layers;
use super::loops;
use super::network::{self, Packet};
use super::outbox::Outbox;
use super::purpose;
use super::relay;
use super::work::{Attempt, Call, Level, MOST_HOPS, MOST_PARTS, Of, Place};
use super::world::World;
use crate::event::{AttemptKey, CallKey, EdgeIx, Event, Owner};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::policy::Cancel;
use crate::rng::Luck;
use crate::scenario::Mode;
use crate::units::{Span, Time};

/// What a call inherits from its owner.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    /// Who waits for it.
    pub owner: Owner,
    /// Whether the owner has a thread of its own, or needs none.
    pub threaded: bool,
    /// The replica of the owner; 0 for a client.
    pub replica: u32,
    /// For which request.
    pub request: Of,
    /// The owner's luck.
    pub luck: Luck,
    /// What the owner is for.
    pub identity: Luck,
    /// Whether nobody waits for the owner.
    pub orphan: bool,
    /// Whether a retry or a redelivery led to the owner.
    pub again: bool,
    /// When the owner's caller gives up, as far as it was told.
    pub deadline: Time,
    /// Edges crossed so far.
    pub hops: u8,
}

/// Begins a call: the n-th of those of its edge that are made at once.
pub fn begin(world: &mut World, out: &mut Outbox<'_>, parent: Parent, edge: EdgeIx, nth: u32) {
    let crowded = world.is_crowded();
    let link = world.link(edge);
    let (mode, stack, number) = (link.spec.mode, link.stack, link.number);
    // The write of a publish without confirms does not return while its connection is blocked.
    let waits =
        link.spec.waits() || mode == Mode::Async && !link.spec.outbox.on && world.is_blocked(edge);
    let key = |luck: Luck| match nth {
        0 => luck.part(number),
        nth => luck
            .part(number)
            .part(purpose::FAN_OUT)
            .part(u64::from(nth)),
    };
    let (luck, identity) = (key(parent.luck), key(parent.identity));
    // A call that blocks holds what its owner works on; others hold a thread only.
    let holds = waits && (parent.threaded || loops::blocks(link, luck));
    let counted = holds && !group::is_held(world, parent.owner);
    out.say(Fact::Called {
        edge,
        replica: parent.replica,
        request: parent.request.name,
        waits: counted,
    });
    let mut layers = Vec::new();
    if let Some(policies) = world.stacks.get_mut(stack) {
        policies.users += 1;
        if !policies.policies.is_empty() {
            layers = world.spare.layers.pop().unwrap_or_default();
            layers.resize(policies.policies.len(), Level::default());
        }
    }
    let call = world.calls.insert(Call {
        owner: parent.owner,
        replica: parent.replica,
        edge,
        mode,
        waits,
        holds,
        counted,
        beside: [None; 2],
        within: None,
        tries: None,
        request: parent.request,
        luck,
        identity,
        stack,
        layers,
        waits_so_far: 0,
        turns: 0,
        attempt: None,
        sent: 0,
        began: out.now,
        orphan: parent.orphan,
        again: parent.again,
        deadline: parent.deadline,
        hops: parent.hops,
    });
    group::join(world, call);
    if crowded {
        let (request, by) = (parent.request.name, By::Simulator);
        out.say(Fact::Barred { edge, request, by });
        settle(world, out, call, Outcome::Refused(by));
        return;
    }
    layers::enter(world, out, call, 0);
}

/// Sends an attempt from inside all layers.
pub fn send(world: &mut World, out: &mut Outbox<'_>, key: CallKey) {
    let call = &mut world.calls[key];
    call.sent += 1;
    let luck = call.luck.part(u64::from(call.sent));
    let mut number = call.sent;
    let mut within = call.within;
    while let Some((hedged, _)) = within {
        let of = &mut world.calls[hedged];
        of.sent += 1;
        (number, within) = (of.sent, of.within);
    }
    let call = &world.calls[key];
    let (edge, mode, orphan) = (call.edge, call.mode, call.orphan);
    let again = call.again || number > 1;
    let deadline = layers::deadline(&world.stacks, call);
    let attempt = Attempt {
        call: call.waits.then_some(key),
        row: None,
        edge,
        mode,
        request: call.request,
        luck,
        identity: call.identity,
        replica: None,
        place: Place::Out,
        orphan,
        again,
        deadline,
        cancelled: false,
        hops: call.hops + 1,
    };
    let (request, waits, hops) = (call.request, call.waits, attempt.hops);
    if mode == Mode::Async && !waits && hops <= MOST_HOPS && world.link(edge).spec.outbox.on {
        // It is a part of its owner's own work, and will be published after that.
        let owner = world.calls[key].owner;
        relay::store(world, out, owner, &attempt);
        let outside = world.calls[key].layers.len();
        layers::leave(world, out, key, outside, Outcome::Ok);
        return;
    }
    let attempt = world.attempts.insert(attempt);
    world.hold(request);
    out.say(Fact::Sent {
        edge,
        request: request.name,
        attempt: number,
        mode,
        orphan,
        again,
    });
    if hops > MOST_HOPS
        || world
            .requests
            .get(request.key)
            .is_some_and(|r| r.parts > MOST_PARTS)
    {
        world.attempts[attempt].place = Place::Back;
        world.calls[key].attempt = Some(attempt);
        world.attempts[attempt].call = Some(key);
        out.soon(Event::Answer(attempt, Outcome::Refused(By::Loop)));
        return;
    }
    if waits {
        world.calls[key].attempt = Some(attempt);
    }
    let packet = Packet::Request(attempt);
    network::cross(world, out, edge, (luck, purpose::OUT), Span::ZERO, packet);
    if !waits {
        // Fire and forget: the publisher has done its part.
        let outside = world.calls[key].layers.len();
        layers::leave(world, out, key, outside, Outcome::Ok);
    }
}

/// An answer arrives at the near end.
pub fn answer(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, outcome: Outcome) {
    let Some(attempt) = world.attempts.remove(key) else {
        return;
    };
    let waiting = attempt.call.filter(|call| world.calls.contains_key(*call));
    out.say(Fact::Answered {
        edge: attempt.edge,
        request: attempt.request.name,
        outcome,
        late: waiting.is_none() && attempt.row.is_none(),
    });
    if let Some(call) = waiting {
        world.calls[call].attempt = None;
        let outside = world.calls[call].layers.len();
        layers::leave(world, out, call, outside, outcome);
    }
    if let Some(row) = attempt.row {
        relay::answered(world, out, (row, key), outcome);
    }
    world.release(out, attempt.request);
}

/// A publish without confirms is written: its caller, who was held up, goes on.
pub fn written(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let attempt = &mut world.attempts[key];
    if let Some(call) = attempt.call.take()
        && let Some(waiting) = world.calls.get_mut(call)
    {
        waiting.attempt = None;
        let outside = waiting.layers.len();
        layers::leave(world, out, call, outside, Outcome::Ok);
    }
}

/// The operating system gives up the connection on which an attempt was lost.
pub fn given_up(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    if world
        .attempts
        .get(key)
        .is_some_and(|a| a.place == Place::Lost)
    {
        answer(world, out, key, Outcome::Error);
    }
}

/// A call ends with what came out of its outermost layer.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, key: CallKey, outcome: Outcome) {
    let Some(call) = group::leave(world, out, key) else {
        return;
    };
    if let Some((hedged, place)) = call.within {
        hedge::ended(world, out, hedged, usize::from(place), outcome);
        return;
    }
    out.say(Fact::Settled {
        edge: call.edge,
        replica: call.replica,
        request: call.request.name,
        outcome,
        took: out.now.since(call.began),
        attempts: call.sent,
        waited: call.counted,
    });
    out.soon(Event::Resume(call.owner, outcome));
}

/// Drops a call whose owner is gone.
pub fn drop_call(world: &mut World, out: &mut Outbox<'_>, key: CallKey, how: Cancel) {
    if let Some(attempt) = end(world, out, key, how) {
        cancel::abandon(world, out, attempt, how);
    }
}

/// Ends a call because its edge is gone; its owner goes on.
pub fn cut(world: &mut World, out: &mut Outbox<'_>, key: CallKey) {
    // Tries go with the call that they are for.
    let whole = |call: &&Call| call.within.is_none();
    let Some(owner) = world.calls.get(key).filter(whole).map(|call| call.owner) else {
        return;
    };
    drop_call(world, out, key, Cancel::None);
    out.soon(Event::Resume(owner, Outcome::Cancelled));
}

fn end(world: &mut World, out: &mut Outbox<'_>, key: CallKey, how: Cancel) -> Option<AttemptKey> {
    layers::give_up(world, out, key, 0, how);
    let call = group::leave(world, out, key)?;
    if call.within.is_some() {
        return call.attempt;
    }
    out.say(Fact::Settled {
        edge: call.edge,
        replica: call.replica,
        request: call.request.name,
        outcome: Outcome::Cancelled,
        took: out.now.since(call.began),
        attempts: call.sent,
        waited: call.counted,
    });
    call.attempt
}
