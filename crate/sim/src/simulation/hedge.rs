//! Hedges: a call that goes inward several times beside each other.
//!
//! Each try is a call of its own that begins inside of the hedging layer and ends there, so that every layer further in
//! acts on it as on any call. Outwards they are one call: it is counted once, and its attempts are numbered through.

use super::call;
use super::layers;
use super::outbox::Outbox;
use super::purpose;
use super::work::{Call, Level};
use super::world::World;
use super::{cancel, group};
use crate::event::{CallKey, Event};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::policy::hedge::Next;
use crate::policy::{Cancel, Memory, Policy};

/// Makes the next try of a call, and waits for the one after it.
pub fn send(world: &mut World, out: &mut Outbox<'_>, key: CallKey, place: usize) {
    let call = &mut world.calls[key];
    let Some(stack) = world.stacks.get_mut(call.stack) else {
        return;
    };
    let most = stack.policies[place].hedge().map_or(1, |hedge| hedge.most);
    let level = &mut call.layers[place];
    level.ticket += 1;
    level.token = 0;
    let nth = level.ticket;
    if let Some(lane) = stack.lanes[place].filter(|_| nth < most) {
        let token = call.next_wait();
        call.layers[place].token = token;
        out.arm(lane, Event::Expire(key, place as u8, token));
    }
    let luck = if nth == 1 && call.sent == 0 {
        // As it would be without hedging.
        call.luck
    } else {
        let turn = u64::from(call.turns) << 8 | u64::from(nth);
        call.luck.part(purpose::HEDGE).part(turn)
    };
    let (edge, request) = (call.edge, call.request.name);
    stack.users += 1;
    let mut layers = world.spare.layers.pop().unwrap_or_default();
    layers.resize(stack.policies.len(), Level::default());
    let deadline = layers::deadline(&world.stacks, &world.calls[key]);
    let call = &world.calls[key];
    let one = Call {
        counted: false,
        beside: [None; 2],
        within: Some((key, place as u8)),
        tries: None,
        luck,
        layers,
        waits_so_far: 0,
        turns: 0,
        attempt: None,
        sent: 0,
        began: out.now,
        again: call.again || nth > 1,
        deadline,
        ..*call
    };
    let one = world.calls.insert(one);
    group::join(world, one);
    if nth > 1 {
        out.say(Fact::Hedged { edge, request });
    }
    layers::enter(world, out, one, place + 1);
}

/// No answer has come for as long as the delay: the next try is made, if it may be.
pub fn due(world: &mut World, out: &mut Outbox<'_>, key: CallKey, place: usize) {
    let call = &mut world.calls[key];
    let level = &mut call.layers[place];
    level.token = 0;
    let stack = &mut world.stacks[call.stack];
    if let (Policy::Hedge(hedge), Memory::Budget(state)) =
        (&stack.policies[place], &mut stack.guards[place].memory)
        && hedge.allows(state, level.ticket, out.now)
    {
        send(world, out, key, place);
    }
}

/// A try has ended: it wins, or another one is made, or those under way are waited for.
pub fn ended(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: CallKey,
    place: usize,
    outcome: Outcome,
) {
    let Some(call) = world.calls.get(key) else {
        return;
    };
    let (sent, open) = (call.layers[place].ticket, call.tries.is_some());
    let stack = &mut world.stacks[call.stack];
    let (Policy::Hedge(hedge), Memory::Budget(state)) =
        (&stack.policies[place], &mut stack.guards[place].memory)
    else {
        return;
    };
    let cancel = hedge.cancel;
    match hedge.ended(state, outcome, (sent, open), out.now) {
        Next::Send => send(world, out, key, place),
        Next::Wait => {}
        Next::Done => {
            give_up(world, out, key, cancel);
            let level = &mut world.calls[key].layers[place];
            (level.phase, level.token) = Default::default();
            layers::leave(world, out, key, place, outcome);
        }
    }
}

/// Gives up all tries of a call that are under way.
pub fn give_up(world: &mut World, out: &mut Outbox<'_>, key: CallKey, how: Cancel) {
    while let Some(one) = world.calls.get(key).and_then(|call| call.tries) {
        call::drop_call(world, out, one, how);
    }
}

/// Says of all attempts of a call's tries that they have timed out, before they are given up for that.
pub fn say_timed_out(world: &World, out: &mut Outbox<'_>, key: CallKey) {
    let mut next = world.calls.get(key).and_then(|call| call.tries);
    while let Some((key, call)) = next.and_then(|key| Some((key, world.calls.get(key)?))) {
        next = call.next();
        if call.attempt.is_some() {
            let (edge, request) = (call.edge, call.request.name);
            out.say(Fact::TimedOut { edge, request });
        }
        say_timed_out(world, out, key);
    }
}

/// Nobody waits for these tries, nor for all that is done for them.
pub fn orphan(world: &mut World, out: &mut Outbox<'_>, first: Option<CallKey>) {
    let mut next = first;
    while let Some(call) = next.and_then(|call| world.calls.get_mut(call)) {
        call.orphan = true;
        next = call.next();
        let (tries, attempt) = (call.tries, call.attempt);
        if let Some(attempt) = attempt {
            cancel::orphan(world, out, attempt);
        }
        orphan(world, out, tries);
    }
}

/// The replicas that have an attempt of a call's other tries, where those are to be spared.
pub fn spared(world: &World, key: Option<CallKey>) -> Vec<u32> {
    let call = key.and_then(|key| world.calls.get(key));
    let Some((call, (hedged, place))) = call.and_then(|call| Some((call, call.within?))) else {
        return Vec::new();
    };
    let hedge = world.stacks[call.stack].policies[usize::from(place)].hedge();
    let mut next = match world.calls.get(hedged) {
        Some(of) if hedge.is_some_and(|hedge| hedge.elsewhere) => of.tries,
        _ => None,
    };
    let mut replicas = Vec::new();
    while let Some(call) = next.and_then(|key| world.calls.get(key)) {
        next = call.next();
        let attempt = call.attempt.and_then(|key| world.attempts.get(key));
        replicas.extend(attempt.and_then(|attempt| attempt.replica));
    }
    replicas
}
