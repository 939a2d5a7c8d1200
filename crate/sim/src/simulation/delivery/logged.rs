//! A log at work: appends, retention, and the group of the consuming service. A member's work is in
//! `logged/consumer.rs`, how the group changes in `logged/crew.rs`, how it learns that one is gone in
//! `logged/liveness.rs`.
//!
//! The record stays in the log until it is committed or deleted; what a member works on is a copy. So a record
//! that is read again can be worked on twice at once.

mod commit;
mod consumer;
mod crew;
mod fetch;
mod liveness;

use super::{forget, hand_back};
use crate::broker::Kind;
use crate::broker::log::{Acks, partition_of};
use crate::event::{EdgeIx, Event, Fail, MessageKey};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::rng::Luck;
use crate::simulation::keys;
use crate::simulation::log_books::{Fetch, LogBooks};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::work::Station;
use crate::simulation::world::World;
use crate::units::{Span, Time};
pub use consumer::step;
pub use fetch::hang_up;
pub use liveness::{paused, stopped};

/// A record comes in.
pub fn publish(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) -> Outcome {
    let edge = world.messages[key].edge;
    let link = world.link_mut(edge);
    if link.log.is_none() {
        let mut log = Box::<LogBooks>::default();
        log.fit(&link.spec.log, false);
        log.follow_keys(&link.spec.log);
        link.log = Some(log);
        crew::muster(world, out, edge);
    }
    let message = &world.messages[key];
    let request = message.request.name;
    let ordered = keys::order_key(world, message);
    let luck = world.luck.part(world.link(edge).number);
    let home = world.link(edge).home;
    let books = &mut world.link_mut(home).books;
    books.seq += 1;
    world.messages[key].seq = books.seq;
    let link = &mut world.edges[edge.0 as usize];
    let (spec, Some(log)) = (&link.spec.log, &mut link.log) else {
        return Outcome::Error;
    };
    let place = match ordered {
        Some(key) => partition_of(key, spec.partitions),
        None => log.partitioner.next(spec, luck.part(purpose::PARTITION)),
    };
    log.partitions[place as usize].append(key, out.now);
    out.say(Fact::Stored { edge, request });
    retain(world, out, edge, Some(place));
    watch(world, out, edge);
    Outcome::Ok
}

/// How long the log takes to acknowledge.
pub fn confirm(world: &World, edge: EdgeIx, luck: Luck) -> Span {
    let log = &world.link(edge).spec.log;
    match (log.acks, log.replication.constant()) {
        (Acks::None | Acks::Leader, _) => Span::ZERO,
        (Acks::All, Some(always)) => always,
        (Acks::All, None) => log
            .replication
            .sample(&mut luck.part(purpose::CONFIRM).stream()),
    }
}

/// Answers the fetches that wait, as far as there is something for them.
pub fn pump(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    if world.link(edge).log.is_none() || !world.link(edge).alive {
        return;
    }
    crew::muster(world, out, edge);
    let joins = |log: &LogBooks| log.group.is_joining();
    if world.link(edge).log.as_deref().is_some_and(joins) {
        crew::call(world, out, edge);
    }
    let Some(log) = &world.link(edge).log else {
        return;
    };
    let waits = |member: &u32| matches!(log.members[member].fetch, Fetch::Waits(..));
    let waiting: Vec<u32> = log.members.keys().copied().filter(waits).collect();
    for member in waiting {
        fetch::serve(world, out, (edge, member));
    }
}

/// A member's work on a record has ended well.
pub fn settle(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey) {
    let who = (world.messages[copy].edge, world.messages[copy].member);
    drop_copy(world, out, copy, false);
    consumer::done(world, out, who, copy);
}

/// A member's work on a record has failed, or the member is gone.
pub fn fail(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey, why: Fail) {
    let message = &world.messages[copy];
    let who = (message.edge, message.member);
    let (request, acked) = (message.request.name, message.acked);
    if why == Fail::Gone {
        let is_member = world.link(who.0).log.as_ref();
        if is_member.is_some_and(|log| log.members.contains_key(&who.1)) {
            crew::quit(world, out, who);
        } else {
            give_up(world, out, copy);
        }
        return;
    }
    let kept = message
        .copy_of
        .is_some_and(|key| world.messages.contains_key(key));
    if acked {
        out.say(Fact::Lost {
            edge: who.0,
            request,
        });
        drop_copy(world, out, copy, true);
        consumer::done(world, out, who, copy);
    } else if !kept || !consumer::tries_again(world, out, who, copy) {
        consumer::pass_over(world, out, who, copy);
        drop_copy(world, out, copy, false);
        consumer::done(world, out, who, copy);
    }
}

/// A copy goes with its member; if it was committed already, its effect is lost.
fn give_up(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey) {
    let message = &world.messages[copy];
    let (edge, request, acked) = (message.edge, message.request.name, message.acked);
    if acked {
        out.say(Fact::Lost { edge, request });
    }
    drop_copy(world, out, copy, acked);
}

/// A member has a record no more.
fn drop_copy(world: &mut World, out: &mut Outbox<'_>, copy: MessageKey, lost: bool) {
    let (edge, replica) = (world.messages[copy].edge, world.messages[copy].replica);
    forget(world, out, copy, lost);
    hand_back(world, out, edge, replica);
}

/// The reader of a partition begins at the last commit: what it had polled since then is unread.
fn rewind(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, partition: u32) {
    let log = world.link_mut(edge).log.as_mut();
    let again = log.map(|log| log.partitions[partition as usize].rewind());
    for (key, deleted) in again.unwrap_or_default() {
        let message = &mut world.messages[key];
        message.place = Station::Ready;
        let request = message.request.name;
        if deleted {
            expire(world, out, key, false);
        } else {
            out.say(Fact::Requeued { edge, request });
        }
    }
}

/// Deletes what is too old, or too much in a partition.
fn retain(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, only: Option<u32>) {
    let now = out.now;
    let Some(log) = &world.link(edge).log else {
        return;
    };
    let all = 0..log.partitions.len() as u32;
    for place in all.filter(|place| only.is_none_or(|only| only == *place)) {
        loop {
            let link = &mut world.edges[edge.0 as usize];
            let (spec, Some(log)) = (&link.spec.log, &mut link.log) else {
                return;
            };
            let partition = &mut log.partitions[place as usize];
            let most = spec.retention_bytes.map(|bytes| spec.records(bytes));
            let deleted = partition
                .expire(spec.retention, now)
                .or_else(|| partition.shrink(most?));
            let Some(key) = deleted else {
                break;
            };
            expire(world, out, key, true);
        }
    }
}

/// A record is deleted that nobody has, or has any more.
fn expire(world: &mut World, out: &mut Outbox<'_>, key: MessageKey, ready: bool) {
    let message = &world.messages[key];
    let (edge, request) = (message.edge, message.request.name);
    out.say(Fact::Expired {
        edge,
        request,
        ready,
    });
    forget(world, out, key, true);
}

/// The oldest records may be too old.
pub fn tend(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let now = out.now;
    if let Some(log) = &mut world.link_mut(edge).log
        && log.looks == Some(now)
    {
        log.looks = None;
    }
    retain(world, out, edge, None);
    watch(world, out, edge);
}

/// Sees to it that the engine looks when the oldest record will be too old.
fn watch(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let now = out.now;
    let link = world.link_mut(edge);
    let Some(log) = &mut link.log else { return };
    // An earlier look plans the next one.
    if log
        .looks
        .is_some_and(|looks| looks <= now + link.spec.log.retention)
    {
        return;
    }
    let retention = link.spec.log.retention;
    let due = log.partitions.iter().filter_map(|of| of.expires(retention));
    if let Some(due) = due.min().map(|due: Time| due.max(now))
        && log.looks.is_none_or(|looks| looks > due)
    {
        log.looks = Some(due);
        out.at(due, Event::Tend(edge, Kind::Log));
    }
}

/// The settings have changed.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let now = out.now;
    let link = world.link_mut(edge);
    let Some(log) = &mut link.log else { return };
    log.fit(&link.spec.log, false);
    if log.partitions.len() as u32 != link.spec.log.partitions
        || log.group.partitions() != link.spec.log.partitions
    {
        log.group.regroup();
        log.note_change(now);
    }
    log.follow_keys(&link.spec.log);
    retain(world, out, edge, None);
    // By another retention the oldest may be due sooner than the engine looks.
    if let Some(log) = &mut world.link_mut(edge).log {
        log.looks = None;
    }
    watch(world, out, edge);
    liveness::adopt(world, out, edge);
    crew::muster(world, out, edge);
    crew::call(world, out, edge);
}

/// The edge is gone.
pub fn remove(world: &mut World, edge: EdgeIx) {
    world.link_mut(edge).log = None;
}
