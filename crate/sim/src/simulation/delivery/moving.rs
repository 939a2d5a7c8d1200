//! Moving: the messages of an edge go onto other books, because the edge shares a queue now or does so no more; or
//! they go for good, with their edge or their broker.

use super::{classic, forget, hand_back, leave_consumer, logged, nacked, subscribed};
use crate::broker::Kind;
use crate::event::{EdgeIx, Event, Fail, MessageKey, ReplicaIx};
use crate::fact::{Fact, Spot};
use crate::simulation::outbox::Outbox;
use crate::simulation::scaling;
use crate::simulation::work::{Message, Origin, Station};
use crate::simulation::world::World;

/// Moves the messages of an edge to the books at its new home, each to its place there.
pub fn move_to(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, home: EdgeIx) {
    let old = world.link(edge).home;
    world.link_mut(edge).home = home;
    let messages = &world.messages;
    let of_edge = |key: MessageKey| messages.get(key).is_some_and(|m| m.edge == edge);
    let books = &mut world.edges[old.0 as usize].books;
    let ready = books.backlog.extract(of_edge);
    let unacked = std::mem::take(&mut books.unacked).into_iter();
    let (out_there, rest): (Vec<_>, Vec<_>) = unacked.partition(|(_, key)| of_edge(*key));
    books.unacked = rest.into_iter().collect();
    let (watch, stays): (Vec<_>, Vec<_>) = std::mem::take(&mut books.watch)
        .into_iter()
        .partition(|(_, key, _)| of_edge(*key));
    books.watch = stays.into();
    for _ in &out_there {
        books.backlog.settle();
    }
    let (seq, newest) = (books.seq, books.newest.clone());
    let books = &mut world.edges[home.0 as usize].books;
    books.seq = books.seq.max(seq);
    for (place, seq) in newest.into_iter().enumerate() {
        match books.newest.get_mut(place) {
            Some(newest) => *newest = seq.max(*newest),
            None => books.newest.push(seq),
        }
    }
    for entry in out_there {
        books.backlog.adopt_unacked();
        books.unacked.insert(entry);
    }
    if !watch.is_empty() {
        books.watch.extend(watch);
        books.watch.make_contiguous().sort();
        if let Some((at, ..)) = books.watch.front().copied().filter(|_| !books.watching) {
            books.watching = true;
            out.at(at.max(out.now), Event::TakeBack(home));
        }
    }
    for key in ready {
        let place = (messages[key].published, key);
        let older = |other: MessageKey| (messages[other].published, other) < place;
        books.backlog.put_back(key, older);
    }
    classic::adopt(world, out, edge);
    out.soon(Event::Pump(edge));
}

/// The connections of an edge's consumers are gone with its broker: what they have goes back, or is lost with all
/// the rest where messages do not survive. They work on what they have begun, and nobody takes their acks.
pub fn hang_up(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, durable: bool) {
    let classic = world
        .messages
        .iter()
        .filter(|(_, m)| m.edge == edge && m.kind == Kind::Queue && !m.acked)
        .filter(|(_, m)| matches!(m.place, Station::Buffered | Station::Working(_)))
        .map(|(key, _)| key);
    let held: Vec<MessageKey> = classic.collect();
    for key in held {
        leave_consumer(world, out, key, Origin::Disowned);
        classic::fail(world, out, key, Fail::Gone);
    }
    logged::hang_up(world, out, edge);
    if !durable {
        wipe(world, out, edge);
    }
}

/// All that the broker has of an edge in memory is lost with it; a log's records are on disk.
fn wipe(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    classic::forget_ready(world, edge);
    let all = world
        .messages
        .iter()
        .filter(|(_, m)| m.edge == edge && m.copy_of.is_none() && !m.acked)
        .filter(|(_, m)| m.kind != Kind::Log)
        .map(|(key, _)| key);
    let all: Vec<MessageKey> = all.collect();
    for key in all {
        let message = &world.messages[key];
        let (kind, request) = (message.kind, message.request.name);
        let from = match message.place {
            Station::Ready => Spot::Ready,
            Station::Delayed => Spot::Delayed,
            Station::Travelling | Station::Buffered | Station::Working(_) | Station::Settling => {
                Spot::Unacked
            }
        };
        match kind {
            Kind::Queue if from == Spot::Unacked => classic::take_off(world, out, key),
            Kind::Queue | Kind::Log => {}
            Kind::Bus => {
                if let Some(bus) = &mut world.link_mut(edge).bus {
                    bus.messages.delete(key);
                }
            }
        }
        out.say(Fact::Wiped {
            edge,
            request,
            from,
        });
        forget(world, out, key, true);
    }
}

/// Takes all messages of an edge off the board; what others published and its consumer has goes back.
pub fn remove_all(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let own = |message: &Message| message.edge == edge;
    let taken = |message: &Message| {
        message.by == edge && !matches!(message.place, Station::Ready | Station::Delayed)
    };
    let keys: Vec<(MessageKey, bool)> = world
        .messages
        .iter()
        .filter(|(_, message)| own(message) || taken(message))
        .map(|(key, message)| (key, own(message)))
        .collect();
    classic::forget_ready(world, edge);
    for (key, own) in keys {
        let message = &world.messages[key];
        let (place, acked, request) = (message.place, message.acked, message.request.name);
        let (kind, by, number) = (message.kind, message.by, message.replica);
        let is_copy = message.copy_of.is_some();
        leave_consumer(world, out, key, Origin::Nobody);
        if !own {
            nacked(world, out, key, Fail::Gone);
            continue;
        }
        let from = match place {
            Station::Ready => Spot::Ready,
            Station::Delayed => Spot::Delayed,
            // A bus and a log have their own books, and they go as a whole.
            Station::Travelling | Station::Buffered | Station::Working(_) | Station::Settling
                if kind != Kind::Queue =>
            {
                Spot::Unacked
            }
            Station::Travelling | Station::Buffered | Station::Working(_) | Station::Settling
                if acked =>
            {
                hand_back(world, out, by, number);
                Spot::Handed
            }
            Station::Travelling | Station::Buffered | Station::Working(_) | Station::Settling => {
                classic::take_off(world, out, key);
                Spot::Unacked
            }
        };
        if !is_copy {
            out.say(Fact::Removed {
                edge,
                request,
                from,
            });
        }
        // One that was committed before the work on it was done is no copy of anything any more.
        forget(world, out, key, !is_copy || acked);
    }
    for job in world.jobs.values_mut() {
        if job.edge == edge && job.origin == Origin::Disowned {
            job.origin = Origin::Nobody;
        }
    }
    subscribed::remove(world, edge);
    logged::remove(world, edge);
    let node = world.link(edge).to;
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let mut going = Vec::new();
    for replica in &mut server.replicas {
        replica.inboxes.retain(|(of, _)| *of != edge);
        if replica.draining {
            going.push(replica.number);
        }
    }
    for number in going {
        scaling::retire(world, out, ReplicaIx { node, number });
    }
}
