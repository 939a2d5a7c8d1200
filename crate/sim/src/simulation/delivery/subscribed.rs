//! A subscription at work: receives, deletes, visibility that runs out, retries of what was pushed.
//!
//! The message stays on the bus until it is deleted; what the consumer has is a copy. So two consumers can
//! work on one message at once.

use super::{copy, forget, hand_back};
use crate::broker::bus::{Failed, Received, State};
use crate::broker::{Kind, Reason};
use crate::event::{EdgeIx, Event, MessageKey};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::simulation::network::{self, Packet};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::replica::Replica;
use crate::simulation::work::Station;
use crate::simulation::world::{NodeState, World};
use crate::units::{Span, Time};

/// A message comes in.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) -> Outcome {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    let link = world.link_mut(edge);
    let bus = link.bus.get_or_insert_default();
    bus.messages.publish(&link.spec.bus, key, out.now);
    out.say(Fact::Stored { edge, request });
    Outcome::Ok
}

/// Hands messages to the consumer, as far as it has room for them.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    if world.link(edge).bus.is_none() {
        return;
    }
    while world.link(edge).alive
        && !world.is_cut_off(edge)
        && let Some((received, place)) = receive(world, edge, out.now)
    {
        match received {
            Received::Nothing => break,
            Received::DeadLetter(key) => {
                let request = world.messages[key].request.name;
                out.say(Fact::Buried { edge, request });
                forget(world, out, key, true);
            }
            Received::Message(key, delivery) => hand_over(world, out, key, delivery, place),
        }
    }
    watch(world, out, edge);
}

/// The next replica that asks, round robin among those that run and have room, and what it gets.
fn receive(world: &mut World, edge: EdgeIx, now: Time) -> Option<(Received<MessageKey>, usize)> {
    let link = &mut world.edges[edge.0 as usize];
    let messages = &mut link.bus.as_mut()?.messages;
    let NodeState::Service(server) = &mut world.nodes[link.to.0 as usize] else {
        return None;
    };
    if messages.visible() == 0 {
        return None;
    }
    let window = link.spec.bus.window(server.spec.workers());
    let free = |replica: &Replica| replica.consumes() && window.admits(replica.unacked(edge));
    let place = match &server.replicas[..] {
        [only] => free(only).then_some(0),
        all => link.turn.next(all, free),
    }?;
    Some((messages.receive(&link.spec.bus, now), place))
}

/// Sends a message to a replica.
fn hand_over(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: MessageKey,
    delivery: u32,
    place: usize,
) {
    let message = &mut world.messages[key];
    message.place = Station::Travelling;
    let (edge, request, luck) = (message.edge, message.request.name, message.luck);
    let copy = copy(world, key, delivery);
    let to = world.link(edge).to;
    if let Some(server) = world.server_mut(to) {
        let replica = &mut server.replicas[place];
        replica.inbox(edge).unacked += 1;
        world.messages[copy].replica = replica.number;
    }
    out.say(Fact::Delivered {
        edge,
        request,
        delivery,
    });
    let luck = luck.part(purpose::DELIVERY).part(u64::from(delivery));
    let packet = Packet::Delivery(copy);
    network::cross(world, out, edge, (luck, purpose::OUT), Span::ZERO, packet);
}

/// Takes a delivery off the books; says of which message it was.
fn end(
    world: &mut World,
    out: &mut Outbox<'_>,
    copy: MessageKey,
) -> Option<(EdgeIx, MessageKey, u32)> {
    let delivery = &world.messages[copy];
    let (edge, key, number) = (delivery.edge, delivery.copy_of?, delivery.deliveries);
    let replica = delivery.replica;
    forget(world, out, copy, false);
    world.link_mut(edge).bus.as_mut()?.messages.release();
    hand_back(world, out, edge, replica);
    Some((edge, key, number))
}

/// A consumer deletes what it has done.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey) {
    let Some((edge, key, _)) = end(world, out, copy) else {
        return;
    };
    let bus = world.link_mut(edge).bus.as_mut();
    let was = bus.and_then(|bus| bus.messages.delete(key));
    if let Some(was) = was {
        let request = world.messages[key].request.name;
        out.say(match was {
            State::InFlight(_) => Fact::Acked { edge, request },
            State::Visible | State::Delayed(_) => Fact::Deleted { edge, request },
        });
        forget(world, out, key, false);
    }
    pump(world, out, edge);
}

/// A delivery failed, or its consumer is gone.
pub fn fail(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey) {
    let Some((edge, key, number)) = end(world, out, copy) else {
        return;
    };
    let now = out.now;
    let link = &mut world.edges[edge.0 as usize];
    if let (Some(bus), Some(message)) = (&mut link.bus, world.messages.get_mut(key)) {
        let request = message.request.name;
        let luck = message.luck.part(purpose::BUS).part(u64::from(number));
        let luck = &mut luck.stream();
        match bus.messages.fail(&link.spec.bus, (key, number), now, luck) {
            Failed::Stays => {}
            Failed::Retries => {
                message.place = Station::Ready;
                out.say(Fact::Requeued { edge, request });
            }
            Failed::DeadLetter => {
                out.say(Fact::DeadLettered {
                    edge,
                    request,
                    why: Reason::DeliveryLimit,
                    kept: true,
                });
                forget(world, out, key, true);
            }
        }
    }
    watch(world, out, edge);
    out.soon(Event::Pump(edge));
}

/// Clocks have run out: messages are visible again, or too old.
pub fn tend(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let now = out.now;
    if let Some(bus) = &mut world.link_mut(edge).bus
        && bus.looks == Some(now)
    {
        bus.looks = None;
    }
    adopt(world, out, edge);
    pump(world, out, edge);
}

/// Applies what is due by the settings as they are now.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let now = out.now;
    loop {
        let link = world.link_mut(edge);
        let Some(bus) = &mut link.bus else { return };
        if let Some((key, in_flight)) = bus.messages.expire(&link.spec.bus, now) {
            let request = world.messages[key].request.name;
            out.say(Fact::Expired {
                edge,
                request,
                ready: !in_flight,
            });
            // One who has it may still do it.
            forget(world, out, key, true);
        } else if let Some((key, in_flight)) = bus.messages.show(now) {
            world.messages[key].place = Station::Ready;
            let request = world.messages[key].request.name;
            if in_flight {
                out.say(Fact::Requeued { edge, request });
            }
        } else {
            break;
        }
    }
    watch(world, out, edge);
}

/// Sees to it that the engine looks when the next clock runs out.
fn watch(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link_mut(edge);
    let Some(bus) = &mut link.bus else { return };
    let Some(due) = bus.messages.due(&link.spec.bus) else {
        return;
    };
    let due: Time = due.max(out.now);
    if bus.looks.is_none_or(|looks| looks > due) {
        bus.looks = Some(due);
        out.at(due, Event::Tend(edge, Kind::Bus));
    }
}

/// The edge is gone.
pub fn remove(world: &mut World, edge: EdgeIx) {
    world.link_mut(edge).bus = None;
}
