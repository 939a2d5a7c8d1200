//! The classic queue at work: ready messages in order, prefetch, acks, requeues.

use super::forget;
use crate::broker::queue::Backlog;
use crate::event::{EdgeIx, Event, MessageKey};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::work::Station;
use crate::simulation::world::World;
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

/// The broker learns that a message is done.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    take_off(world, key);
    out.say(Fact::Acked { edge, request });
    forget(world, out, key, false);
    pump(world, out, edge);
}

/// The broker learns that a message failed: it goes back to the head or, after too many deliveries, is
/// given up.
pub fn fail(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &world.messages[key];
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
        take_off(world, key);
        out.say(Fact::DeadLettered {
            edge,
            request: request.name,
        });
        forget(world, out, key, true);
    }
    out.soon(Event::Pump(edge));
}

/// A delivered message is off the queue's books.
fn take_off(world: &mut World, key: MessageKey) {
    let message = &world.messages[key];
    let (edge, published) = (message.edge, message.published);
    let link = world.link_mut(edge);
    link.unacked.remove(&(published, key));
    link.backlog.settle();
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
