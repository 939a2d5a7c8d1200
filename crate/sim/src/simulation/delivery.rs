//! Deliveries: messages from a publisher to a broker, out to a consumer, and back.
//!
//! Here stands what all brokers have in common: a message is a part of its request from the publish to its
//! end, a publisher that waits is told. What becomes of it in between is the affair of the broker's kind, a
//! file under `delivery/` with these functions, which are called from here and from nowhere else:
//!
//! - `publish(world, out, message) -> Outcome`: takes a message in and says `Stored`, or refuses it and says
//!   `Rejected`; the message is still on the books here, and is forgotten by `publish` here if it is refused.
//! - `pump(world, out, edge)`: hands over to the consumer what may be handed over, by planning
//!   `Event::Deliver`. It is called whenever something may have become possible, and so must bear being
//!   called in vain.
//! - `settle(world, out, message)`: the broker learns that a message is done; it says so and calls `forget`.
//! - `fail(world, out, message, why)`: the broker learns that a message failed, or that its consumer is gone.
//! - `adopt(world, out, edge)`: the edge's settings have changed.
//! - `tend(world, out, edge)`: a clock of the broker's own has run out.
//! - `remove(world, edge)`: the edge is gone, and its messages are forgotten already; the books are emptied. A broker
//!   that edges may share takes the messages of one edge off its books instead: `take_off`, `forget_ready`.
//!
//! A message goes to its end with the kind that it was published to, whatever the edge is by then.

mod classic;
mod logged;
mod moving;
mod subscribed;

use super::network::{self, Packet};
use super::outbox::Outbox;
use super::purpose;
use super::scaling;
use super::service;
use super::topics;
use super::work::{Message, Of, Origin, Station};
use super::world::World;
use crate::broker::Kind;
use crate::event::{AttemptKey, EdgeIx, Event, Fail, MessageKey, ReplicaIx, Step};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::units::Span;
pub use moving::{hang_up, move_to, remove_all};

/// A publish is taken in by the broker.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key).cloned() else {
        return;
    };
    let edge = attempt.edge;
    let request = attempt.request.name;
    // The relay of an outbox waits for the confirm as a publisher does.
    let told = attempt.call.is_some() || attempt.row.is_some();
    if !world.link(edge).alive {
        // Its queue was taken off the board while it was on its way.
        out.say(Fact::Rejected {
            edge,
            request,
            told,
        });
        lose(world, attempt.request, attempt.identity);
        world.attempts.remove(key);
        world.release(out, attempt.request);
        return;
    }
    let kind = world.link(edge).kind();
    let message = Message {
        edge,
        kind,
        copy_of: None,
        request: attempt.request,
        luck: attempt.luck,
        identity: attempt.identity,
        published: out.now,
        seq: 0,
        by: edge,
        acked: false,
        deliveries: 0,
        replica: 0,
        member: 0,
        place: Station::Ready,
        again: attempt.again,
        hops: attempt.hops,
    };
    for other in 0..world.link(edge).subscribers.len() {
        let other = world.link(edge).subscribers[other];
        let message = topics::for_another(world, &message, other);
        take_in(world, out, message);
        out.soon(Event::Pump(other));
    }
    let (message, outcome) = take_in(world, out, message);
    if !outcome.is_ok() {
        out.say(Fact::Rejected {
            edge,
            request,
            told,
        });
        forget(world, out, message, !told);
    }
    if told {
        let confirm = match kind {
            Kind::Queue => classic::confirm(world, edge, attempt.luck),
            Kind::Bus => Span::ZERO,
            Kind::Log => logged::confirm(world, edge, attempt.luck),
        };
        let packet = Packet::Answer(key, outcome);
        let luck = (attempt.luck, purpose::BACK);
        network::cross(world, out, edge, luck, confirm, packet);
    } else {
        world.attempts.remove(key);
        world.release(out, attempt.request);
    }
    pump(world, out, edge);
}

/// A message comes to its broker, which takes it or refuses it.
fn take_in(world: &mut World, out: &mut Outbox<'_>, message: Message) -> (MessageKey, Outcome) {
    let (edge, kind, request) = (message.edge, message.kind, message.request);
    let key = world.messages.insert(message);
    world.hold(request);
    world.keep(edge, kind, true);
    let outcome = match kind {
        Kind::Queue => classic::publish(world, out, key),
        Kind::Bus => subscribed::publish(world, out, key),
        Kind::Log => logged::publish(world, out, key),
    };
    (key, outcome)
}

/// A publish is refused before it comes to a queue: who waits for the confirm is told.
pub fn turn_back(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, by: By) {
    let attempt = &world.attempts[key];
    let (edge, of, luck, identity) = (
        attempt.edge,
        attempt.request,
        attempt.luck,
        attempt.identity,
    );
    let told = attempt.call.is_some() || attempt.row.is_some();
    out.say(Fact::Rejected {
        edge,
        request: of.name,
        told,
    });
    if told {
        let packet = Packet::Answer(key, Outcome::Refused(by));
        network::cross(world, out, edge, (luck, purpose::BACK), Span::ZERO, packet);
    } else {
        lose(world, of, identity);
        world.attempts.remove(key);
        world.release(out, of);
    }
}

/// Notes that a piece of work will not be done by this message.
fn lose(world: &mut World, request: Of, identity: Luck) {
    if let Some(request) = world.requests.get_mut(request.key) {
        request.lost.push(identity.name());
    }
}

/// A message is no more; `lost` if its effect will not happen.
fn forget(world: &mut World, out: &mut Outbox<'_>, key: MessageKey, lost: bool) {
    let Some(message) = world.messages.remove(key) else {
        return;
    };
    if message.copy_of.is_none() && !message.acked {
        world.keep(message.edge, message.kind, false);
    }
    if lost {
        lose(world, message.request, message.identity);
    }
    world.release(out, message.request);
}

/// Sends messages to the consumer of an edge, as far as may be.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    // What was published before the kind was switched drains.
    classic::pump(world, out, edge);
    subscribed::pump(world, out, edge);
    logged::pump(world, out, edge);
}

/// A broker has something to do by itself.
pub fn tend(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, kind: Kind) {
    match kind {
        Kind::Queue => {}
        Kind::Bus => subscribed::tend(world, out, edge),
        Kind::Log => logged::tend(world, out, edge),
    }
}

/// Makes a delivery of a message that its broker keeps until it is done.
fn copy(world: &mut World, key: MessageKey, delivery: u32) -> MessageKey {
    let message = &world.messages[key];
    let copy = Message {
        copy_of: Some(key),
        deliveries: delivery,
        place: Station::Travelling,
        ..message.clone()
    };
    world.hold(copy.request);
    world.messages.insert(copy)
}

/// A message arrives at the consumer.
pub fn deliver(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    // It may have been taken back on its way.
    let Some(message) = world
        .messages
        .get(key)
        .filter(|message| message.place == Station::Travelling)
    else {
        return;
    };
    let cut_off = world.is_cut_off(message.edge) && !message.acked;
    let link = world.link(message.by);
    let at = ReplicaIx {
        node: link.to,
        number: message.replica,
    };
    if !cut_off && link.alive && world.replica(at).is_some_and(|(_, replica)| replica.up()) {
        service::buffer(world, out, key);
    } else {
        nacked(world, out, key, Fail::Gone);
    }
}

/// The broker learns that a message is done.
pub fn acked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let Some(message) = world.messages.get(key) else {
        return;
    };
    let by = message.by;
    match message.kind {
        // Nobody takes it.
        Kind::Queue | Kind::Bus if world.is_cut_off(message.edge) && !message.acked => {
            nacked(world, out, key, Fail::Gone);
        }
        Kind::Queue => {
            classic::settle(world, out, key);
            pump_other(world, out, by);
        }
        Kind::Bus => subscribed::settle(world, out, key),
        Kind::Log => logged::settle(world, out, key),
    }
}

/// The broker learns that a message failed or that its consumer is gone.
pub fn nacked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey, why: Fail) {
    match world.messages.get(key).map(|message| message.kind) {
        Some(Kind::Queue) => {
            let by = world.messages[key].by;
            classic::fail(world, out, key, why);
            pump_other(world, out, by);
        }
        Some(Kind::Bus) => subscribed::fail(world, out, key),
        Some(Kind::Log) => logged::fail(world, out, key, why),
        None => {}
    }
}

/// The consumer has room again, which both kinds share: after a switch the other one may wait for it.
fn pump_other(world: &World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let bus = world.link(edge).bus.as_ref();
    if bus.is_some_and(|bus| bus.messages.visible() > 0) {
        out.soon(Event::Pump(edge));
    }
}

/// A message has waited for its next delivery.
pub fn returned(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    match world.messages.get(key).map(|message| message.kind) {
        Some(Kind::Queue) => classic::put_back(world, out, key),
        // It has clocks of its own.
        Some(Kind::Bus | Kind::Log) | None => {}
    }
}

/// A member of the consumer group of an edge goes on.
pub fn step(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, member: u32, step: Step) {
    logged::step(world, out, (edge, member), step);
}

/// A replica has stopped, and all that was under way there has ended.
pub fn stopped(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let ins = world.server(at.node).map(|server| server.ins.clone());
    for edge in ins.unwrap_or_default() {
        logged::stopped(world, out, edge, at.number);
    }
}

/// A replica is paused, or goes on.
pub fn paused(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, on: bool) {
    let ins = world.server(at.node).map(|server| server.ins.clone());
    for edge in ins.unwrap_or_default() {
        logged::paused(world, out, (edge, at.number), on);
    }
}

/// The oldest message of a queue may have expired.
pub fn expire(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    classic::expire(world, out, edge);
}

/// A consumer may have held a message for too long.
pub fn take_back(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    classic::take_back(world, out, edge);
}

/// The settings of an edge have changed.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    out.soon(Event::Pump(edge));
    classic::adopt(world, out, edge);
    subscribed::adopt(world, out, edge);
    logged::adopt(world, out, edge);
}

/// A replica holds one message of an edge less; one that is to go may have had just this one. A kind of broker
/// calls it when it learns of a message's end or takes it back; it has counted it in the replica's inbox when it
/// delivered it.
fn hand_back(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, number: u32) {
    let node = world.link(edge).to;
    let at = ReplicaIx { node, number };
    if let Some(replica) = world.replica_mut(at) {
        replica.inbox(edge).unacked -= 1;
        if replica.draining {
            scaling::retire(world, out, at);
        }
    }
}

/// A message leaves its consumer: no thread and no buffer has it any more.
fn leave_consumer(world: &mut World, out: &mut Outbox<'_>, key: MessageKey, origin: Origin) {
    let message = &mut world.messages[key];
    let (place, by, request) = (message.place, message.by, message.request.name);
    let number = message.replica;
    message.place = Station::Settling;
    match place {
        Station::Buffered => {
            let node = world.link(by).to;
            if let Some(replica) = world.replica_mut(ReplicaIx { node, number }) {
                replica
                    .inbox(by)
                    .buffer
                    .retain(|waiting| waiting.key != key);
                replica.buffered -= 1;
            }
            out.say(Fact::Unbuffered {
                edge: by,
                replica: number,
                request,
            });
        }
        Station::Working(job) => {
            let Some(job) = world.jobs.get_mut(job) else {
                return;
            };
            job.origin = origin;
            if origin == Origin::Nobody {
                job.orphan = true;
                let (at, holds) = (job.at, job.seat.holds());
                out.say(Fact::Orphaned {
                    node: at.node,
                    request,
                    holds,
                });
                if let Some(replica) = world.replica_mut(at) {
                    replica.inbox(by).active -= 1;
                }
            }
        }
        Station::Ready | Station::Delayed | Station::Travelling | Station::Settling => {}
    }
}
