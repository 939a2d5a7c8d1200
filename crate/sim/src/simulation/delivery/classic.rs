//! The classic queue at work: ready messages in order, prefetch, acks, requeues.

use super::{forget, hand_back};
use crate::broker::queue::Backlog;
use crate::event::{EdgeIx, Event, MessageKey};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::replica::Replica;
use crate::simulation::work::Station;
use crate::simulation::world::{NodeState, World};
use crate::units::Span;

/// A redelivery takes at least this long: a message that fails at once would else come back for ever
/// within one instant.
const REDELIVERY: Span = Span::millis(1);

/// A message comes in, or is refused.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) -> Outcome {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    let link = world.link_mut(edge);
    if !link.backlog.publish(&link.spec.queue, key) {
        return Outcome::Refused(By::FullQueue);
    }
    out.say(Fact::Stored { edge, request });
    drop_over(world, out, edge);
    Outcome::Ok
}

/// Drops the oldest messages of a queue that holds more than it may.
fn drop_over(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
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

/// Sends ready messages to the consumer, as far as its prefetch allows.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    if !world.link(edge).alive {
        return;
    }
    while let Some((key, number)) = take(world, edge) {
        let message = &mut world.messages[key];
        message.deliveries += 1;
        message.replica = number;
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

/// Takes the next message that a replica of the consumer may have: round robin among those that run and
/// whose window has room, for prefetch is per consumer.
fn take(world: &mut World, edge: EdgeIx) -> Option<(MessageKey, u32)> {
    let link = &mut world.edges[edge.0 as usize];
    if link.backlog.ready().len() == 0 {
        return None;
    }
    let NodeState::Service(server) = &mut world.nodes[link.to.0 as usize] else {
        return None;
    };
    let window = link.spec.queue.window(server.spec.threads);
    let free = |replica: &Replica| replica.consumes() && window.admits(replica.unacked(edge));
    let place = match &server.replicas[..] {
        [only] => free(only).then_some(0),
        all => link.turn.next(all, free),
    }?;
    let key = link.backlog.deliver()?;
    let replica = &mut server.replicas[place];
    replica.inbox(edge).unacked += 1;
    Some((key, replica.number))
}

/// The broker learns that a message is done.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    take_off(world, out, key);
    out.say(Fact::Acked { edge, request });
    forget(world, out, key, false);
    pump(world, out, edge);
}

/// The broker learns that a message failed: it goes back to the head or, after too many deliveries, is
/// given up.
pub fn fail(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, number) = (message.edge, message.replica);
    let (deliveries, published) = (message.deliveries, message.published);
    let request = message.request;
    if world.link(edge).spec.queue.redelivers(deliveries) {
        world.messages[key].place = Station::Ready;
        let messages = &world.messages;
        let older = |other: MessageKey| (messages[other].published, other) < (published, key);
        let link = &mut world.edges[edge.0 as usize];
        link.unacked.remove(&(published, key));
        link.backlog.requeue(key, older);
        hand_back(world, out, edge, number);
        out.say(Fact::Requeued {
            edge,
            request: request.name,
        });
        drop_over(world, out, edge);
    } else {
        take_off(world, out, key);
        out.say(Fact::DeadLettered {
            edge,
            request: request.name,
        });
        forget(world, out, key, true);
    }
    out.soon(Event::Pump(edge));
}

/// A delivered message is off the queue's books.
fn take_off(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, published, number) = (message.edge, message.published, message.replica);
    let link = world.link_mut(edge);
    link.unacked.remove(&(published, key));
    link.backlog.settle();
    hand_back(world, out, edge, number);
}

/// The settings have changed: a lower bound takes effect at once.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    drop_over(world, out, edge);
}

/// The edge is gone.
pub fn remove(world: &mut World, edge: EdgeIx) {
    let link = world.link_mut(edge);
    link.backlog = Backlog::default();
    link.unacked.clear();
}
