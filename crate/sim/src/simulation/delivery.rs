//! Deliveries: messages into the queue of an edge, out to its consumer, and back.

use super::outbox::Outbox;
use super::purpose;
use super::service;
use super::work::{Message, Of, Origin, Station};
use super::world::{Server, World};
use crate::event::{AttemptKey, EdgeIx, Event, MessageKey};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::units::Span;

/// A redelivery takes at least this long: a message that fails at once would else come back for ever
/// within one instant.
const REDELIVERY: Span = Span::millis(1);

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
    let message = world.messages.insert(Message {
        edge,
        request: attempt.request,
        luck: attempt.luck,
        identity: attempt.identity,
        published: out.now,
        deliveries: 0,
        place: Station::Ready,
        hops: attempt.hops,
    });
    world.hold(attempt.request);
    let link = world.link_mut(edge);
    let outcome = if link.backlog.publish(&link.spec.queue, message) {
        out.say(Fact::Stored { edge, request });
        drop_over(world, out, edge);
        Outcome::Ok
    } else {
        out.say(Fact::Rejected {
            edge,
            request,
            told,
        });
        forget(world, out, message, !told);
        Outcome::Refused(By::FullQueue)
    };
    if told {
        let way = world.crossing(edge, attempt.luck, purpose::BACK);
        out.after(way, Event::Answer(key, outcome));
    } else {
        world.attempts.remove(key);
        world.release(out, attempt.request);
    }
    pump(world, out, edge);
}

/// Drops the oldest messages of a queue that holds more than it may.
pub fn drop_over(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    loop {
        let link = world.link_mut(edge);
        let Some(oldest) = link.backlog.drop_head(&link.spec.queue) else {
            return;
        };
        let request = world.messages[oldest].request.name;
        out.say(Fact::Dropped { edge, request });
        forget(world, out, oldest, true);
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
    if lost {
        lose(world, message.request, message.identity);
    }
    world.release(out, message.request);
}

/// Sends ready messages to the consumer, as far as its prefetch allows.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link(edge);
    let Some(server) = world.server(link.to).filter(|s| link.alive && s.up()) else {
        return;
    };
    let window = link.spec.queue.window(server.spec.threads);
    while let Some(key) = world.link_mut(edge).backlog.deliver(window) {
        let message = &mut world.messages[key];
        message.deliveries += 1;
        message.place = Station::Travelling;
        let (published, request, luck) = (message.published, message.request, message.luck);
        let delivery = message.deliveries;
        world.link_mut(edge).unacked.insert((published, key));
        out.say(Fact::Delivered {
            edge,
            request: request.name,
            delivery,
        });
        let luck = luck.part(purpose::DELIVERY).part(u64::from(delivery));
        let way = world.crossing(edge, luck, purpose::OUT);
        let pause = if delivery > 1 { REDELIVERY } else { Span::ZERO };
        out.after(way.max(pause), Event::Deliver(key));
    }
}

/// A message arrives at the consumer.
pub fn deliver(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let Some(message) = world.messages.get(key) else {
        return;
    };
    let up = world
        .server(world.link(message.edge).to)
        .is_some_and(Server::up);
    if up {
        service::buffer(world, out, key);
    } else {
        nacked(world, out, key);
    }
}

/// The broker learns that a message is done.
pub fn acked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let Some(message) = world.messages.get(key) else {
        return;
    };
    let (edge, request) = (message.edge, message.request.name);
    settle(world, key);
    out.say(Fact::Acked { edge, request });
    forget(world, out, key, false);
    pump(world, out, edge);
}

/// The broker learns that a message failed: it goes back to the head or, after too many deliveries, is
/// given up.
pub fn nacked(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let Some(message) = world.messages.get_mut(key) else {
        return;
    };
    let (edge, deliveries, published) = (message.edge, message.deliveries, message.published);
    let request = message.request;
    if world.link(edge).spec.queue.redelivers(deliveries) {
        world.messages[key].place = Station::Ready;
        let messages = &world.messages;
        let older = |other: MessageKey| (messages[other].published, other) < (published, key);
        let link = &mut world.edges[edge.0 as usize];
        link.unacked.remove(&(published, key));
        link.backlog.requeue(key, older);
        out.say(Fact::Requeued {
            edge,
            request: request.name,
        });
        drop_over(world, out, edge);
    } else {
        settle(world, key);
        out.say(Fact::DeadLettered {
            edge,
            request: request.name,
        });
        forget(world, out, key, true);
    }
    out.soon(Event::Pump(edge));
}

/// A delivered message is off the queue's books.
fn settle(world: &mut World, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, published) = (message.edge, message.published);
    let link = world.link_mut(edge);
    link.unacked.remove(&(published, key));
    link.backlog.settle();
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
        if place == Station::Buffered {
            out.say(Fact::Unbuffered { edge, request });
        }
        if let Station::Working(job) = place
            && let Some(job) = world.jobs.get_mut(job)
        {
            job.origin = Origin::Nobody;
            job.orphan = true;
            out.say(Fact::Orphaned {
                node: job.node,
                request,
            });
        }
        out.say(Fact::Removed {
            edge,
            request,
            ready: place == Station::Ready,
        });
        forget(world, out, key, true);
    }
    let link = world.link_mut(edge);
    let buffered = link.buffer.len();
    link.backlog = crate::broker::queue::Backlog::default();
    link.buffer.clear();
    link.unacked.clear();
    link.active = 0;
    let to = link.to;
    if let Some(server) = world.server_mut(to) {
        server.buffered -= buffered;
    }
}
