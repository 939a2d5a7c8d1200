//! The network: what crosses an edge takes its time, is held up by trouble, or is lost.
//!
//! Whether something is lost is decided when it is sent. Nobody tells the caller: it waits until its timeout
//! or, without one, until the operating system gives the connection up ([`GIVE_UP`]), so that nothing waits for
//! ever. Between a broker and its consumer there is one long connection: where a delivery or an ack is lost on
//! it, the broker learns by missed heartbeats ([`HEARTBEAT`]) and delivers again, as after a dropped connection.

use std::collections::VecDeque;

use super::outbox::Outbox;
use super::purpose;
use super::work::Place;
use super::world::World;
use crate::event::{AttemptKey, EdgeIx, Event, Fail, MessageKey, Step};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::policy::Cancel;
use crate::rng::Luck;
use crate::scenario::Mode;
use crate::units::{Ratio, Span};

/// How long a connection on which something was lost lasts. Source: Linux `tcp_retries2` = 15, which gives up
/// 924.6 s after the first retransmission.
pub const GIVE_UP: Span = Span::millis(924_600);
/// How long a broker takes to notice that a connection is dead. Source: `RabbitMQ`'s heartbeat timeout.
pub const HEARTBEAT: Span = Span::secs(60);

/// How long a member of a consumer group waits for an answer of its log. Source: Kafka, `request.timeout.ms`.
pub const REQUEST_TIMEOUT: Span = Span::secs(30);

/// The network of an edge.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Whether anything can be lost, late or held up: what is not troubled goes the short way.
    pub troubled: bool,
    /// What faults add to each crossing.
    pub latency: Span,
    /// The share that faults lose, each way.
    pub loss: Ratio,
    /// Nothing passes.
    pub partition: bool,
    /// What is sent is kept.
    pub hold: bool,
    /// What is kept, in the order in which it was sent.
    pub held: VecDeque<Packet>,
}

/// What crosses an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet {
    /// A request to its callee, or a message to its broker.
    Request(AttemptKey),
    /// The word that a request is not wanted any more.
    Cancel(AttemptKey, Cancel),
    /// The answer, or the broker's confirm.
    Answer(AttemptKey, Outcome),
    /// A message to its consumer.
    Delivery(MessageKey),
    /// The word that a message is done.
    Ack(MessageKey),
    /// The word that it failed.
    Nack(MessageKey, Fail),
    /// Something between a log and a member of its consumer group.
    Member(EdgeIx, u32, Step),
}

impl Packet {
    /// Its arrival.
    pub const fn arrival(self) -> Event {
        match self {
            Packet::Request(attempt) => Event::Reach(attempt),
            Packet::Cancel(attempt, how) => Event::Cancel(attempt, how),
            Packet::Answer(attempt, outcome) => Event::Answer(attempt, outcome),
            Packet::Delivery(message) => Event::Deliver(message),
            Packet::Ack(message) => Event::Acked(message),
            Packet::Nack(message, why) => Event::Nacked(message, why),
            Packet::Member(edge, member, step) => Event::Member(edge, member, step),
        }
    }

    /// Whether it goes against the edge's direction.
    pub const fn is_back(self) -> bool {
        match self {
            Packet::Request(_) | Packet::Cancel(..) | Packet::Delivery(_) => false,
            Packet::Answer(..) | Packet::Ack(_) | Packet::Nack(..) => true,
            Packet::Member(_, _, step) => matches!(step, Step::Ask(_) | Step::Commit(_)),
        }
    }
}

/// Sends something over an edge. Its luck is drawn for this purpose; it takes at least so long.
pub fn cross(
    world: &mut World,
    out: &mut Outbox<'_>,
    edge: EdgeIx,
    (luck, purpose): (Luck, u64),
    least: Span,
    packet: Packet,
) {
    let link = world.link(edge);
    let latency = if packet.is_back() {
        link.spec.back()
    } else {
        &link.spec.latency
    };
    let way = match latency.constant() {
        Some(always) => always,
        None => latency.sample(&mut luck.part(purpose).stream()),
    };
    let way = way.max(least);
    if !link.network.troubled {
        out.after(way, packet.arrival());
        return;
    }
    let network = &link.network;
    let own = if packet.is_back() {
        link.spec.loss_back
    } else {
        link.spec.loss
    };
    let lost = network.partition || {
        let either = own.either(network.loss);
        let luck = luck.part(purpose::LOSS).part(purpose);
        either > Ratio::ZERO && luck.stream().below(Ratio::ONE.as_micros()) < either.as_micros()
    };
    if lost {
        lose(world, out, edge, packet);
    } else if network.hold {
        world.link_mut(edge).network.held.push_back(packet);
    } else {
        out.after(way + network.latency, packet.arrival());
    }
}

/// Something is lost on its way.
fn lose(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, packet: Packet) {
    let back = packet.is_back();
    if let Packet::Member(
        _,
        member,
        Step::Ask(n) | Step::Fetched(n) | Step::Commit(n) | Step::Committed(n, _),
    ) = packet
    {
        // It is of no request: of many, or of none yet.
        out.say(Fact::LostOnTheWay {
            edge,
            request: 0,
            back,
        });
        out.after(
            REQUEST_TIMEOUT,
            Event::Member(edge, member, Step::Unanswered(n)),
        );
        return;
    }
    let request = match packet {
        Packet::Request(key) | Packet::Cancel(key, _) | Packet::Answer(key, _) => {
            world.attempts.get(key).map(|attempt| attempt.request)
        }
        Packet::Delivery(key) | Packet::Ack(key) | Packet::Nack(key, _) => {
            world.messages.get(key).map(|message| message.request)
        }
        Packet::Member(..) => None,
    };
    let Some(request) = request else {
        return;
    };
    out.say(Fact::LostOnTheWay {
        edge,
        request: request.name,
        back,
    });
    match packet {
        Packet::Request(key) | Packet::Answer(key, _) => {
            let attempt = &mut world.attempts[key];
            attempt.place = Place::Lost;
            let piece = attempt.identity.name();
            let is_message = attempt.mode == Mode::Async && !back;
            // The relay of an outbox waits for a confirm as a caller does.
            let relays = |row| {
                world
                    .rows
                    .get(row)
                    .is_some_and(|of| of.attempt == Some(key))
            };
            let waits = attempt.row.is_some_and(relays)
                || attempt
                    .call
                    .is_some_and(|call| world.calls.contains_key(call));
            if is_message && let Some(request) = world.requests.get_mut(request.key) {
                // Another attempt may bring it through all the same.
                request.lost.push(piece);
            }
            if waits {
                let lane = out.lane(GIVE_UP);
                out.arm(lane, Event::GiveUp(key));
            } else {
                drop_lost(world, out, key);
            }
        }
        Packet::Cancel(..) | Packet::Member(..) => {}
        Packet::Delivery(key) | Packet::Ack(key) | Packet::Nack(key, _) => {
            out.after(HEARTBEAT, Event::Nacked(key, Fail::Gone));
        }
    }
}

/// Forgets an attempt that was lost and that nobody waits for any more; whether it was one.
pub fn drop_lost(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) -> bool {
    match world.attempts.get(key) {
        Some(attempt) if attempt.place == Place::Lost => {
            let request = attempt.request;
            world.attempts.remove(key);
            world.release(out, request);
            true
        }
        _ => false,
    }
}

/// What was held up arrives now, in the order in which it was sent.
pub fn let_go(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    for packet in std::mem::take(&mut world.link_mut(edge).network.held) {
        out.soon(packet.arrival());
    }
}
