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
//! - `fail(world, out, message)`: the broker learns that a message failed, or that its consumer is gone.
//! - `adopt(world, out, edge)`: the edge's settings have changed.
//! - `tend(world, out, edge)`: a clock of the broker's own has run out.
//! - `remove(world, edge)`: the edge is gone, and its messages are forgotten already; the books are emptied.
//!
//! A message goes to its end with the kind that it was published to, whatever the edge is by then.

mod classic;
mod subscribed;

use super::outbox::Outbox;
use super::purpose;
use super::scaling;
use super::service;
use super::work::{Message, Of, Origin, Station};
use super::world::World;
use crate::broker::Kind;
use crate::event::{AttemptKey, EdgeIx, Event, MessageKey, ReplicaIx};
use crate::fact::Fact;
use crate::rng::Luck;

/// A publish arrives at the broker.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key).cloned() else {
        return;
    };
    let edge = attempt.edge;
    let request = attempt.request.name;
    let told = attempt.call.is_some();
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
    let message = world.messages.insert(Message {
        edge,
        kind,
        copy_of: None,
        request: attempt.request,
        luck: attempt.luck,
        identity: attempt.identity,
        published: out.now,
        deliveries: 0,
        replica: 0,
        place: Station::Ready,
        again: attempt.again,
        hops: attempt.hops,
    });
    world.hold(attempt.request);
    let outcome = match kind {
        Kind::Queue => classic::publish(world, out, message),
        Kind::Bus => subscribed::publish(world, out, message),
    };
    if !outcome.is_ok() {
        out.say(Fact::Rejected {
            edge,
            request,
            told,
        });
        forget(world, out, message, !told);
    }
    if told {
        let way = world.crossing(edge, attempt.luck, purpose::BACK);
        out.after(way, Event::Answer(key, outcome));
    } else {
        world.attempts.remove(key);
        world.release(out, attempt.request);
    }
    pump(world, out, edge);
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
}

/// A broker has something to do by itself.
pub fn tend(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, kind: Kind) {
    match kind {
        Kind::Queue => {}
        Kind::Bus => subscribed::tend(world, out, edge),
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
    let Some(message) = world.messages.get(key) else {
        return;
    };
    let at = ReplicaIx {
        node: world.link(message.edge).to,
        number: message.replica,
    };
    if world.replica(at).is_some_and(|(_, replica)| replica.up()) {
        service::buffer(world, out, key);
    } else {
        nacked(world, out, key);
    }
}

/// The broker learns that a message is done.
pub fn acked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    match world.messages.get(key).map(|message| message.kind) {
        Some(Kind::Queue) => classic::settle(world, out, key),
        Some(Kind::Bus) => subscribed::settle(world, out, key),
        None => {}
    }
}

/// The broker learns that a message failed or that its consumer is gone.
pub fn nacked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    match world.messages.get(key).map(|message| message.kind) {
        Some(Kind::Queue) => classic::fail(world, out, key),
        Some(Kind::Bus) => subscribed::fail(world, out, key),
        None => {}
    }
}

/// The settings of an edge have changed.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    out.soon(Event::Pump(edge));
    classic::adopt(world, out, edge);
    subscribed::adopt(world, out, edge);
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

/// Takes all messages of an edge off the board.
pub fn remove_all(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let keys: Vec<MessageKey> = world
        .messages
        .iter()
        .filter(|(_, m)| m.edge == edge)
        .map(|(key, _)| key)
        .collect();
    for key in keys {
        let message = &world.messages[key];
        let (place, request) = (message.place, message.request.name);
        let is_copy = message.copy_of.is_some();
        if place == Station::Buffered {
            out.say(Fact::Unbuffered {
                edge,
                replica: message.replica,
                request,
            });
        }
        if let Station::Working(job) = place
            && let Some(job) = world.jobs.get_mut(job)
        {
            job.origin = Origin::Nobody;
            job.orphan = true;
            out.say(Fact::Orphaned {
                node: job.at.node,
                request,
            });
        }
        if !is_copy {
            out.say(Fact::Removed {
                edge,
                request,
                ready: place == Station::Ready,
            });
        }
        forget(world, out, key, !is_copy);
    }
    classic::remove(world, edge);
    subscribed::remove(world, edge);
    let link = world.link_mut(edge);
    let node = link.to;
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let mut going = Vec::new();
    for replica in &mut server.replicas {
        if let Some(place) = replica.inboxes.iter().position(|(of, _)| *of == edge) {
            let (_, inbox) = replica.inboxes.remove(place);
            replica.buffered -= inbox.buffer.len();
        }
        if replica.draining {
            going.push(replica.number);
        }
    }
    for number in going {
        scaling::retire(world, out, ReplicaIx { node, number });
    }
}
