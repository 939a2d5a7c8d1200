//! The classic queue at work: ready messages in order, prefetch, acks, requeues, expiry, dead letters.
//!
//! Books are kept at an edge's *home*: the edge itself, or the first of those that share a queue. Its settings hold
//! for all of them; only whether a publisher waits for its confirm is set at each edge.

use super::{forget, hand_back, leave_consumer};
use crate::broker::{Ack, Kind, OnError, Overflow, Reason};
use crate::event::{EdgeIx, Event, Fail, MessageKey};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::rng::Luck;
use crate::simulation::network::{self, Packet};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::replica::Replica;
use crate::simulation::work::{Origin, Station};
use crate::simulation::world::{NodeState, World};
use crate::units::{Limit, Span, Time};

/// A redelivery takes at least this long: a message that fails at once would else come back for ever
/// within one instant.
const REDELIVERY: Span = Span::millis(1);

/// A message comes in, or is refused.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) -> Outcome {
    let message = &mut world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    let home = world.edges[edge.0 as usize].home;
    let link = &mut world.edges[home.0 as usize];
    link.books.seq += 1;
    message.seq = link.books.seq;
    if !link.books.backlog.publish(&link.spec.queue, key) {
        if link.spec.queue.overflow == Overflow::RejectPublishDlx {
            out.say(Fact::DeadLettered {
                edge,
                request,
                why: Reason::MaxLength,
                kept: link.spec.queue.dead_letter,
            });
        }
        return Outcome::Refused(By::FullQueue);
    }
    out.say(Fact::Stored { edge, request });
    drop_over(world, out, home);
    arm(world, out, home);
    Outcome::Ok
}

/// Drops the oldest messages of a queue that holds more than it may.
fn drop_over(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx) {
    loop {
        let link = world.link_mut(home);
        let Some(oldest) = link.books.backlog.drop_head(&link.spec.queue) else {
            return;
        };
        let kept = link.spec.queue.dead_letter;
        let message = &world.messages[oldest];
        out.say(Fact::Dropped {
            edge: message.edge,
            request: message.request.name,
            kept,
        });
        forget(world, out, oldest, true);
    }
}

/// When the oldest ready message expires, if it does.
fn expiry(world: &World, home: EdgeIx) -> Option<Time> {
    let link = world.link(home);
    if !link.spec.queue.expire {
        return None;
    }
    let head = link.books.backlog.ready().next()?;
    Some(world.messages[head].published + link.spec.queue.ttl)
}

/// Sets the timer of the oldest message, unless one is set that ends as early.
fn arm(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx) {
    if let Some(at) = expiry(world, home)
        && at < world.link(home).books.expiry
    {
        world.link_mut(home).books.expiry = at;
        out.at(at.max(out.now), Event::ExpireHead(home));
    }
}

/// The timer of the oldest message has ended.
pub fn expire(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx) {
    if world.link(home).books.expiry > out.now {
        // It was set again for a later time.
        return;
    }
    world.link_mut(home).books.expiry = Time::NEVER;
    while expiry(world, home).is_some_and(|at| at <= out.now) {
        drop_expired(world, out, home);
    }
    arm(world, out, home);
}

fn drop_expired(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx) {
    let link = world.link_mut(home);
    let kept = link.spec.queue.dead_letter;
    let Some(key) = link.books.backlog.take_head() else {
        return;
    };
    let message = &world.messages[key];
    out.say(Fact::DeadLettered {
        edge: message.edge,
        request: message.request.name,
        why: Reason::Expired,
        kept,
    });
    forget(world, out, key, true);
}

/// Sends ready messages to the consumers, as far as their prefetch allows.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let home = world.link(edge).home;
    loop {
        if world.is_cut_off(home) {
            return;
        }
        while expiry(world, home).is_some_and(|at| at < out.now) {
            drop_expired(world, out, home);
        }
        let Some((key, by, number)) = take(world, home) else {
            return;
        };
        send(world, out, (home, by, number), key);
    }
}

/// Takes the next message, with the edge and the replica that may have it: consumers in turn.
fn take(world: &mut World, home: EdgeIx) -> Option<(MessageKey, EdgeIx, u32)> {
    let books = &world.link(home).books;
    if books.backlog.ready().len() == 0 {
        return None;
    }
    let (count, turn) = (books.members.len(), books.turn);
    for step in 0..count {
        let place = (turn + step) % count;
        let by = world.link(home).books.members[place];
        if let Some(number) = seat(world, by) {
            let books = &mut world.link_mut(home).books;
            books.turn = (place + 1) % count;
            return books.backlog.deliver().map(|key| (key, by, number));
        }
    }
    None
}

/// The replica that may have the next message over an edge: round robin among those that run and whose window
/// has room, for prefetch is per consumer. What is acknowledged when it is sent has no window.
fn seat(world: &mut World, by: EdgeIx) -> Option<u32> {
    let link = &world.edges[by.0 as usize];
    let NodeState::Service(server) = &mut world.nodes[link.to.0 as usize] else {
        return None;
    };
    let queue = &world.edges[link.home.0 as usize].spec.queue;
    let window = match queue.ack {
        Ack::Manual => queue.window(server.spec.workers()),
        Ack::Automatic => Limit::Unbounded,
    };
    let link = &mut world.edges[by.0 as usize];
    let alive = link.alive;
    let free =
        |replica: &Replica| alive && replica.consumes() && window.admits(replica.unacked(by));
    let place = match &server.replicas[..] {
        [only] => free(only).then_some(0),
        all => link.turn.next(all, free),
    }?;
    let replica = &mut server.replicas[place];
    replica.inbox(by).unacked += 1;
    Some(replica.number)
}

fn send(
    world: &mut World,
    out: &mut Outbox<'_>,
    (home, by, number): (EdgeIx, EdgeIx, u32),
    key: MessageKey,
) {
    let automatic = world.link(home).spec.queue.ack == Ack::Automatic;
    let message = &mut world.messages[key];
    message.deliveries += 1;
    message.place = Station::Travelling;
    message.by = by;
    message.replica = number;
    message.acked = automatic;
    let (published, edge) = (message.published, message.edge);
    let (request, luck, delivery) = (message.request, message.luck, message.deliveries);
    out.say(Fact::Delivered {
        edge,
        request: request.name,
        delivery,
    });
    let books = &mut world.link_mut(home).books;
    if automatic {
        books.backlog.settle();
        world.keep(edge, Kind::Queue, false);
        out.say(Fact::Acked {
            edge,
            request: request.name,
        });
    } else {
        books.unacked.insert((published, key));
        watch(world, out, home, key, delivery);
    }
    let luck = luck.part(purpose::DELIVERY).part(u64::from(delivery));
    let pause = if delivery > 1 { REDELIVERY } else { Span::ZERO };
    let packet = Packet::Delivery(key);
    network::cross(world, out, by, (luck, purpose::OUT), pause, packet);
}

/// Notes until when a delivery has to be acknowledged.
fn watch(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx, key: MessageKey, delivery: u32) {
    let patience = world.link(home).spec.queue.consumer_timeout;
    if patience == Span::ZERO {
        return;
    }
    let books = &mut world.edges[home.0 as usize].books;
    // Those that are done at the front need not be kept.
    while let Some((_, key, delivery)) = books.watch.front()
        && world
            .messages
            .get(*key)
            .is_none_or(|message| message.deliveries != *delivery)
    {
        books.watch.pop_front();
    }
    books.watch.push_back((out.now + patience, key, delivery));
    if !books.watching {
        books.watching = true;
        out.after(patience, Event::TakeBack(home));
    }
}

/// Takes back what consumers have held for too long; they may be at work on it still.
pub fn take_back(world: &mut World, out: &mut Outbox<'_>, home: EdgeIx) {
    while let Some((at, key, delivery)) = world.link(home).books.watch.front().copied() {
        let message = world.messages.get(key);
        let held = message.filter(|m| m.deliveries == delivery && !m.acked);
        match held.map(|message| message.place) {
            Some(_) if at > out.now => {
                out.at(at, Event::TakeBack(home));
                return;
            }
            Some(Station::Buffered | Station::Working(_)) => {
                leave_consumer(world, out, key, Origin::Disowned);
                fail(world, out, key, Fail::Gone);
            }
            // It is in neither's hands: it is looked at again.
            Some(Station::Travelling) => {
                let patience = world.link(home).spec.queue.consumer_timeout;
                let at = out.now + patience.max(REDELIVERY);
                world
                    .link_mut(home)
                    .books
                    .watch
                    .push_back((at, key, delivery));
            }
            Some(Station::Ready | Station::Delayed | Station::Settling) | None => {}
        }
        world.link_mut(home).books.watch.pop_front();
    }
    world.link_mut(home).books.watching = false;
}

/// The broker learns that a message is done.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, request, acked) = (message.edge, message.request.name, message.acked);
    if acked {
        give_back(world, out, key);
    } else {
        take_off(world, out, key);
        out.say(Fact::Acked { edge, request });
    }
    forget(world, out, key, false);
    pump(world, out, edge);
}

/// The broker learns that a message failed: it goes back to the head or is given up.
pub fn fail(world: &mut World, out: &mut Outbox<'_>, key: MessageKey, why: Fail) {
    let message = &world.messages[key];
    let (edge, deliveries) = (message.edge, message.deliveries);
    let request = message.request.name;
    if message.acked {
        give_back(world, out, key);
        out.say(Fact::Lost { edge, request });
        forget(world, out, key, true);
        return;
    }
    let home = world.link(edge).home;
    let queue = &world.link(home).spec.queue;
    let rejects = queue.on_error == OnError::DeadLetter;
    let why = if why == Fail::Error && rejects {
        Some(Reason::Rejected)
    } else if queue.redelivers(deliveries) {
        None
    } else {
        Some(Reason::DeliveryLimit)
    };
    let (delay, kept) = (queue.retry_delay(deliveries), queue.dead_letter);
    take_off(world, out, key);
    if let Some(why) = why {
        out.say(Fact::DeadLettered {
            edge,
            request,
            why,
            kept,
        });
        forget(world, out, key, true);
    } else if delay > Span::ZERO {
        world.messages[key].place = Station::Delayed;
        out.say(Fact::Delayed {
            edge,
            request,
            wait: delay,
        });
        out.after(delay, Event::Return(key));
    } else {
        out.say(Fact::Requeued { edge, request });
        enter(world, out, key);
    }
    out.soon(Event::Pump(edge));
}

/// A message has waited for its next delivery: it is ready, at its old place.
pub fn put_back(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    out.say(Fact::Returned { edge, request });
    enter(world, out, key);
    out.soon(Event::Pump(edge));
}

/// A message comes to its place among those that are ready.
fn enter(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &mut world.messages[key];
    message.place = Station::Ready;
    let (edge, published) = (message.edge, message.published);
    let home = world.link(edge).home;
    let messages = &world.messages;
    let older = |other: MessageKey| (messages[other].published, other) < (published, key);
    world.edges[home.0 as usize]
        .books
        .backlog
        .put_back(key, older);
    drop_over(world, out, home);
    arm(world, out, home);
}

/// The replica that had a message has it no more.
fn give_back(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, by, number) = (message.edge, message.by, message.replica);
    hand_back(world, out, by, number);
    // It may have come from a queue that this consumer shared then.
    if world.link(by).home != world.link(edge).home {
        out.soon(Event::Pump(by));
    }
}

/// How long the broker takes to confirm.
pub fn confirm(world: &World, edge: EdgeIx, luck: Luck) -> Span {
    let home = world.link(edge).home;
    let latency = &world.link(home).spec.queue.confirm_latency;
    match latency.constant() {
        Some(always) => always,
        None => latency.sample(&mut luck.part(purpose::CONFIRM).stream()),
    }
}

/// A delivered message is off the books.
pub fn take_off(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, published) = (message.edge, message.published);
    let home = world.link(edge).home;
    let books = &mut world.link_mut(home).books;
    books.unacked.remove(&(published, key));
    books.backlog.settle();
    give_back(world, out, key);
}

/// The settings have changed: a lower bound takes effect at once.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let home = world.link(edge).home;
    drop_over(world, out, home);
    arm(world, out, home);
}

/// The edge is gone: none of its messages is ready any more.
pub fn forget_ready(world: &mut World, edge: EdgeIx) {
    let home = world.link(edge).home;
    let messages = &world.messages;
    let of_edge = |key: MessageKey| messages[key].edge == edge;
    world.edges[home.0 as usize].books.backlog.extract(of_edge);
}
