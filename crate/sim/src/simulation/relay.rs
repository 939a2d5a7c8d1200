//! The relay of an outbox: rows are stored with the work that caused them, published by polls, and marked once
//! the broker has confirmed.

use super::network::{self, Packet};
use super::outbox::Outbox;
use super::purpose;
use super::replica::Replica;
use super::work::{Attempt, Place, Row};
use super::world::{NodeState, World};
use crate::event::{AttemptKey, EdgeIx, Event, NodeIx, Owner, RowKey};
use crate::fact::{Fact, Spot};
use crate::outcome::Outcome;
use crate::scenario::Mode;
use crate::units::{Span, Time};

/// A message is stored. A job's rows count when the job ends well; a client's work is done at once.
pub fn store(world: &mut World, out: &mut Outbox<'_>, owner: Owner, attempt: &Attempt) {
    let request = attempt.request;
    let row = world.rows.insert(Row {
        edge: attempt.edge,
        request,
        luck: attempt.luck,
        identity: attempt.identity,
        tries: 0,
        attempt: None,
        committed: false,
        again: attempt.again,
        hops: attempt.hops,
    });
    world.hold(request);
    match owner {
        Owner::Job(job) => world.jobs[job].rows.push(row),
        Owner::Request(_) => commit(world, out, row),
    }
}

/// The work that caused a row has ended well.
pub fn commit(world: &mut World, out: &mut Outbox<'_>, key: RowKey) {
    let Some(row) = world.rows.get_mut(key) else {
        return;
    };
    row.committed = true;
    let (edge, request) = (row.edge, row.request.name);
    out.say(Fact::Recorded { edge, request });
    world.link_mut(edge).rows.push_back(key);
    plan(world, out, edge);
}

/// The work that caused a row has not ended well: the row is gone with it.
pub fn roll_back(world: &mut World, out: &mut Outbox<'_>, key: RowKey) {
    if let Some(row) = world.rows.remove(key) {
        world.release(out, row.request);
    }
}

/// Plans the next poll, where there are rows.
fn plan(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link_mut(edge);
    if !link.relays && !link.rows.is_empty() {
        link.relays = true;
        out.at(link.spec.outbox.next(out.now), Event::Relay(edge));
    }
}

/// Whether the publisher of an edge runs; a client always does.
fn runs(world: &World, node: NodeIx) -> bool {
    match &world.nodes[node.0 as usize] {
        NodeState::Service(server) => server.replicas.iter().any(Replica::up),
        NodeState::Broker(_) | NodeState::Gone => false,
        NodeState::Client(_) => true,
    }
}

/// The relay looks for rows and publishes the first of those that are not under way.
pub fn poll(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link_mut(edge);
    link.relays = false;
    let (from, batch) = (link.from, link.spec.outbox.batch as usize);
    if !runs(world, from) {
        return;
    }
    let rows = &world.rows;
    let waiting = world.link(edge).rows.iter().copied();
    let due: Vec<RowKey> = waiting
        .filter(|key| rows[*key].attempt.is_none())
        .take(batch)
        .collect();
    for key in due {
        publish(world, out, key);
    }
    plan(world, out, edge);
}

fn publish(world: &mut World, out: &mut Outbox<'_>, key: RowKey) {
    let row = &mut world.rows[key];
    row.tries += 1;
    let (edge, request, tries) = (row.edge, row.request, row.tries);
    let luck = match tries {
        1 => row.luck,
        again => row.luck.part(u64::from(again)),
    };
    let (identity, hops) = (row.identity, row.hops);
    let again = row.again || tries > 1;
    let attempt = world.attempts.insert(Attempt {
        call: None,
        row: Some(key),
        edge,
        mode: Mode::Async,
        request,
        luck,
        identity,
        replica: None,
        place: Place::Out,
        orphan: false,
        deadline: Time::NEVER,
        cancelled: false,
        again,
        hops,
    });
    world.rows[key].attempt = Some(attempt);
    world.hold(request);
    out.say(Fact::Sent {
        edge,
        request: request.name,
        attempt: tries,
        mode: Mode::Async,
        orphan: false,
        again,
    });
    let packet = Packet::Request(attempt);
    network::cross(world, out, edge, (luck, purpose::OUT), Span::ZERO, packet);
}

/// The broker's answer to a publish: the row is marked, or it is published once more.
pub fn answered(
    world: &mut World,
    out: &mut Outbox<'_>,
    (key, attempt): (RowKey, AttemptKey),
    outcome: Outcome,
) {
    let Some(row) = world
        .rows
        .get_mut(key)
        .filter(|row| row.attempt == Some(attempt))
    else {
        // The relay that asked has died.
        return;
    };
    row.attempt = None;
    let (edge, request) = (row.edge, row.request);
    if outcome.is_ok() {
        world.rows.remove(key);
        // Marks come mostly in order.
        let rows = &mut world.link_mut(edge).rows;
        if let Some(place) = rows.iter().position(|other| *other == key) {
            rows.remove(place);
        }
        out.say(Fact::Relayed {
            edge,
            request: request.name,
        });
        world.release(out, request);
    }
}

/// A publisher stops, and its relays with it: what they have not marked they will publish once more.
pub fn stop(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let edges = &world.edges;
    let rows = world.rows.values_mut();
    let own = rows.filter(|row| edges[row.edge.0 as usize].from == node);
    let given_up: Vec<AttemptKey> = own.filter_map(|row| row.attempt.take()).collect();
    for attempt in given_up {
        network::drop_lost(world, out, attempt);
    }
}

/// A publisher runs again, and its relays look for rows.
pub fn rise(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    for place in 0..world.edges.len() {
        if world.edges[place].from == node {
            plan(world, out, EdgeIx(place as u32));
        }
    }
}

/// An edge is gone, and its outbox with it. Gives back what is lost.
pub fn remove(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let keys: Vec<RowKey> = world
        .rows
        .iter()
        .filter(|(_, row)| row.edge == edge)
        .map(|(key, _)| key)
        .collect();
    for key in keys {
        let Some(row) = world.rows.remove(key) else {
            continue;
        };
        if row.committed {
            out.say(Fact::Removed {
                edge,
                request: row.request.name,
                from: Spot::Outbox,
            });
            if let Some(request) = world.requests.get_mut(row.request.key) {
                request.lost.push(row.identity.name());
            }
        }
        world.release(out, row.request);
    }
    world.link_mut(edge).rows.clear();
    // What was lost on its way has nobody any more who waits for it.
    let lost: Vec<AttemptKey> = world
        .attempts
        .iter()
        .filter(|(_, attempt)| attempt.edge == edge && attempt.row.is_some())
        .map(|(key, _)| key)
        .collect();
    for key in lost {
        network::drop_lost(world, out, key);
    }
}
