//! Layers: how a call goes inward through the policies of its edge, and its outcome back outward.
//!
//! A layer may let the call in, refuse it, or let it wait: in its line, for its time, or before it goes
//! inward once more. A timeout gives up what is inside it: the caller goes on. All waits hold the caller's
//! thread.

use slotmap::SlotMap;

use super::call;
use super::cancel;
use super::hedge;
use super::outbox::Outbox;
use super::purpose;
use super::stack::Stack;
use super::work::{Call, Phase, Request};
use super::world::World;
use crate::criticality::Criticality;
use crate::event::{CallKey, Event, RequestKey, StackKey};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::policy::{Cancel, Entry, Layer, Pass, Policy, Verdict};
use crate::rng::Luck;
use crate::units::Time;

/// The luck of a layer at this turn of the call.
fn luck(call: &Call, place: usize) -> Luck {
    call.luck
        .part(purpose::POLICY)
        .part(place as u64)
        .part(u64::from(call.turns))
}

/// How much a call matters, as far as a policy asks that.
fn class(requests: &SlotMap<RequestKey, Request>, call: &Call, policy: &Policy) -> Criticality {
    if !policy.asks_class() {
        return Criticality::default();
    }
    let request = requests.get(call.request.key);
    request.map_or_else(Criticality::default, |of| of.criticality)
}

/// When the caller will give up on what it sends now, as far as its policies tell the callee.
pub fn deadline(stacks: &SlotMap<StackKey, Stack>, call: &Call) -> Time {
    let mut deadline = call.deadline;
    if !call.layers.is_empty() {
        let layers = call.layers.iter().zip(&stacks[call.stack].policies);
        // A try was told by the call that it is for what the layers outside of it say.
        for (level, policy) in layers.skip(call.floor()) {
            if let Some(timeout) = policy.timeout().filter(|timeout| timeout.propagate) {
                deadline = deadline.min(level.began + timeout.after);
            }
        }
    }
    deadline
}

/// Goes inward from a layer on and sends an attempt.
pub fn enter(world: &mut World, out: &mut Outbox<'_>, key: CallKey, from: usize) {
    let call = &mut world.calls[key];
    call.turns += 1;
    for place in from..call.layers.len() {
        let luck = luck(call, place);
        let stack = &mut world.stacks[call.stack];
        let guard = &mut stack.guards[place];
        let policy = &stack.policies[place];
        let class = class(&world.requests, call, policy);
        let entry = policy.enter(&mut guard.memory, out.now, luck, class);
        let level = &mut call.layers[place];
        level.class = class;
        level.layer = Layer::default();
        level.began = out.now;
        let (phase, wait) = match entry {
            Entry::Pass(ticket) => {
                level.phase = Phase::Inside;
                level.ticket = ticket;
                level.token = 0;
                if let Some(lane) = stack.lanes[place] {
                    let token = call.next_wait();
                    call.layers[place].token = token;
                    let event = Event::Expire(key, place as u8, token);
                    let told = stack.policies[place].timeout().filter(|t| t.propagate);
                    match told {
                        Some(timeout) if call.deadline < out.now + timeout.after => {
                            out.at(call.deadline.max(out.now), event);
                        }
                        _ => out.arm(lane, event),
                    }
                }
                continue;
            }
            Entry::Refuse => {
                refuse(world, out, key, place);
                return;
            }
            Entry::Hedge => {
                (level.phase, level.ticket) = (Phase::Hedged, 0);
                hedge::send(world, out, key, place);
                return;
            }
            Entry::Wait(wait) => (Phase::Line, wait),
            Entry::Pause(wait, ticket) => {
                level.ticket = ticket;
                (Phase::Pause, wait)
            }
            Entry::PauseRefuse(wait) => (Phase::PauseRefuse, wait),
        };
        level.phase = phase;
        let token = call.next_wait();
        call.layers[place].token = token;
        if phase == Phase::Line {
            guard.line.push_back((key, token));
            let lane = out.lane(wait);
            out.arm(lane, Event::Expire(key, place as u8, token));
        } else {
            out.after(wait, Event::Again(key, place as u8, token));
        }
        return;
    }
    call::send(world, out, key);
}

/// A layer does not let a call in.
fn refuse(world: &mut World, out: &mut Outbox<'_>, key: CallKey, place: usize) {
    let call = &mut world.calls[key];
    let by = world.stacks[call.stack].policies[place].refuses_as();
    let level = &mut call.layers[place];
    (level.phase, level.token) = (Phase::Outside, 0);
    out.say(Fact::Barred {
        edge: call.edge,
        request: call.request.name,
        by,
    });
    leave(world, out, key, place, Outcome::Refused(by));
}

/// An outcome goes outward, from the layer before `outside` on.
pub fn leave(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: CallKey,
    outside: usize,
    outcome: Outcome,
) {
    let mut outcome = outcome;
    let floor = world.calls[key].floor();
    for place in (floor..outside).rev() {
        let call = &mut world.calls[key];
        let luck = luck(call, place);
        let stack = call.stack;
        let level = &mut call.layers[place];
        let pass = Pass {
            ticket: level.ticket,
            class: level.class,
            began: level.began,
            now: out.now,
        };
        (level.phase, level.token) = (Phase::Outside, 0);
        let policies = &mut world.stacks[stack];
        let memory = &mut policies.guards[place].memory;
        let verdict =
            policies.policies[place].settle(memory, &mut level.layer, pass, outcome, luck);
        match verdict {
            Verdict::Pass(passed) => outcome = passed,
            Verdict::Again(wait) | Verdict::Later(wait, _) => {
                let again = matches!(verdict, Verdict::Again(_));
                level.phase = match verdict {
                    Verdict::Later(_, later) => Phase::Later(later),
                    Verdict::Again(_) | Verdict::Pass(_) => Phase::BackOff,
                };
                let token = call.next_wait();
                call.layers[place].token = token;
                let (edge, request) = (call.edge, call.request.name);
                out.after(wait, Event::Again(key, place as u8, token));
                if again {
                    out.say(Fact::BackedOff {
                        edge,
                        request,
                        wait,
                    });
                }
                return;
            }
        }
        serve(world, out, stack, place);
    }
    call::settle(world, out, key, outcome);
}

/// A layer's permit may be free: those first in its line are let in, as far as it goes.
fn serve(world: &mut World, out: &mut Outbox<'_>, stack: StackKey, place: usize) {
    let Some(policies) = world.stacks.get_mut(stack) else {
        return;
    };
    let policy = &policies.policies[place];
    let guard = &mut policies.guards[place];
    let mut nth = 0;
    while let Some((key, token)) = guard.line.get(nth).copied() {
        let waiting = world
            .calls
            .get_mut(key)
            .filter(|call| call.layers[place].token == token);
        if let Some(call) = waiting {
            let luck = luck(call, place);
            let class = class(&world.requests, call, policy);
            let entry = policy.enter(&mut guard.memory, out.now, luck, class);
            let Entry::Pass(ticket) = entry else {
                if policy.asks_class() {
                    // One of another class may find room.
                    nth += 1;
                    continue;
                }
                return;
            };
            let token = call.next_wait();
            let level = &mut call.layers[place];
            (level.phase, level.ticket, level.token) = (Phase::Pause, ticket, token);
            level.class = class;
            out.soon(Event::Again(key, place as u8, token));
        }
        guard.line.remove(nth);
    }
}

/// Takes a call out of its layers from a place inward: what they let in is given up, and tries are abandoned so.
pub fn give_up(world: &mut World, out: &mut Outbox<'_>, key: CallKey, from: usize, how: Cancel) {
    let Some(layers) = world.calls.get(key).map(|call| call.layers.len()) else {
        return;
    };
    for place in from..layers {
        let call = &mut world.calls[key];
        let luck = luck(call, place);
        let stack = call.stack;
        let level = &mut call.layers[place];
        let pass = Pass {
            ticket: level.ticket,
            class: level.class,
            began: level.began,
            now: out.now,
        };
        let was = std::mem::take(&mut level.phase);
        level.token = 0;
        if matches!(was, Phase::Inside | Phase::Pause) {
            let policies = &mut world.stacks[stack];
            let memory = &mut policies.guards[place].memory;
            policies.policies[place].cancel(memory, pass, luck);
            serve(world, out, stack, place);
        }
        if was == Phase::Hedged {
            hedge::give_up(world, out, key, how);
        }
    }
}

/// A wait in a layer is over its time: a timeout's, or one in a line.
pub fn expire(world: &mut World, out: &mut Outbox<'_>, key: CallKey, place: u8, token: u32) {
    if !world.waits(key, place, token) {
        return;
    }
    let place = usize::from(place);
    let call = &mut world.calls[key];
    match call.layers[place].phase {
        Phase::Line => {
            refuse(world, out, key, place);
            return;
        }
        Phase::Hedged => {
            hedge::due(world, out, key, place);
            return;
        }
        Phase::Outside
        | Phase::Pause
        | Phase::PauseRefuse
        | Phase::Inside
        | Phase::BackOff
        | Phase::Later(_) => {}
    }
    let (edge, request, attempt) = (call.edge, call.request.name, call.attempt.take());
    let policy = &world.stacks[call.stack].policies[place];
    let how = policy
        .timeout()
        .map_or(Cancel::None, |timeout| timeout.cancel);
    hedge::say_timed_out(world, out, key);
    give_up(world, out, key, place, how);
    if let Some(attempt) = attempt {
        out.say(Fact::TimedOut { edge, request });
        cancel::abandon(world, out, attempt, how);
    }
    leave(world, out, key, place, Outcome::TimedOut);
}

/// A wait in a layer has come to its end: the call goes on.
pub fn again(world: &mut World, out: &mut Outbox<'_>, key: CallKey, place: u8, token: u32) {
    if !world.waits(key, place, token) {
        return;
    }
    let place = usize::from(place);
    let level = &mut world.calls[key].layers[place];
    level.token = 0;
    match level.phase {
        Phase::BackOff => {
            level.phase = Phase::Inside;
            enter(world, out, key, place + 1);
        }
        Phase::Pause => {
            level.phase = Phase::Inside;
            level.began = out.now;
            enter(world, out, key, place + 1);
        }
        Phase::PauseRefuse => refuse(world, out, key, place),
        Phase::Later(outcome) => {
            level.phase = Phase::Outside;
            leave(world, out, key, place, outcome);
        }
        Phase::Outside | Phase::Line | Phase::Inside | Phase::Hedged => {}
    }
}
