//! The consumer group of a log: which consumers there are, and how partitions change hands.

use super::{consumer, give_up, rewind};
use crate::event::{EdgeIx, Event};
use crate::fact::Fact;
use crate::simulation::log_books::{Doing, Fetch, LogBooks, Member};
use crate::simulation::outbox::Outbox;
use crate::simulation::world::World;
use crate::units::Time;

/// A member of the group of an edge's log.
pub type Who = (EdgeIx, u32);

/// Makes the members match the replicas: new ones join, those that are not wanted leave when their batch is done.
pub fn muster(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link(edge);
    let (Some(log), Some(server)) = (&link.log, world.server(link.to)) else {
        return;
    };
    let each = link.spec.log.consumers;
    let up = server.replicas.iter().filter(|replica| replica.consumes());
    let up = up.map(|replica| (replica.number, replica.life));
    if log.crew.1 == each && up.clone().eq(log.crew.0.iter().copied()) {
        return;
    }
    let wanted: Vec<(u32, u32)> = up.collect();
    let (now, interval) = (out.now, link.spec.log.auto_commit_interval);
    let Some(log) = &mut world.link_mut(edge).log else {
        return;
    };
    for member in log.members.values_mut() {
        let of = (member.replica, member.life);
        member.leaves = member.number >= each || !wanted.contains(&of);
    }
    for (replica, life) in &wanted {
        for number in 0..each {
            let has = |member: &Member| (member.replica, member.number) == (*replica, number);
            if !log.members.values().any(|m| has(m) && m.life == *life) {
                let mut member = Member::new(*replica, number, *life, now);
                member.commit_due = now + interval;
                enlist(log, member);
            }
        }
    }
    log.crew = (wanted, each);
    log.note_change(now);
    call(world, out, edge);
}

/// A new member joins.
fn enlist(log: &mut LogBooks, member: Member) {
    log.last_member += 1;
    log.members.insert(log.last_member, member);
    log.group.join(log.last_member);
}

/// Tells those that poll that the settings have changed, and with their next heartbeat that the group has; gives out
/// partitions if that was waited for.
pub fn call(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = world.link(edge);
    let Some(log) = &link.log else { return };
    let spec = &link.spec.log;
    let due = |(member, of): (&u32, &Member)| {
        let learns = log.learns(spec, *member).filter(|_| !of.leaves);
        (*member, learns.unwrap_or(out.now).max(out.now))
    };
    let members = log.members.iter();
    let idle = members.filter(|(_, of)| of.doing == Doing::Polls);
    let idle: Vec<(u32, Time)> = idle.map(due).collect();
    for (member, due) in idle {
        consumer::wake(world, out, (edge, member), due);
    }
    // One that has only joined leaves at once.
    while let Some(log) = &world.link(edge).log
        && let Some((member, _)) = log
            .members
            .iter()
            .find(|(_, of)| of.leaves && of.doing == Doing::Joins)
    {
        lose(world, out, (edge, *member));
    }
    give_out(world, out, edge);
}

/// Gives out the partitions once every member has joined.
pub fn give_out(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let link = &mut world.edges[edge.0 as usize];
    let (spec, Some(log)) = (&link.spec.log, &mut link.log) else {
        return;
    };
    if !log.group.is_complete() {
        return;
    }
    log.fit(spec, true);
    let partitions = log.partitions.len() as u32;
    log.group.complete(spec.assignor, partitions);
    log.changed = None;
    let LogBooks {
        members,
        readers,
        group,
        ..
    } = &mut **log;
    readers.fill(None);
    for (member, of) in members.iter_mut() {
        if of.doing == Doing::Joins {
            of.doing = Doing::Polls;
        }
        (of.fetch, of.turn) = (Fetch::None, 0);
        for partition in group.owns(*member) {
            if let Some(reader) = readers.get_mut(*partition as usize) {
                *reader = Some(*member);
            }
        }
    }
    out.say(Fact::Rebalanced {
        edge,
        generation: group.generation(),
        members: members.len() as u32,
    });
    let all: Vec<u32> = members.keys().copied().collect();
    for partition in 0..world
        .link(edge)
        .log
        .as_ref()
        .map_or(0, |log| log.partitions.len())
    {
        rewind(world, out, edge, partition as u32);
    }
    for member in all {
        let polls = |(_, of): (_, &mut Member)| of.doing == Doing::Polls;
        if consumer::member(world, (edge, member)).is_some_and(polls) {
            consumer::poll(world, out, (edge, member));
        }
    }
}

/// A member stops polling: it joins anew, or leaves. What it has done is committed.
pub fn part(world: &mut World, out: &mut Outbox<'_>, (edge, number): Who) {
    let Some(log) = &mut world.link_mut(edge).log else {
        return;
    };
    let Some(member) = log.members.get_mut(&number) else {
        return;
    };
    member.doing = Doing::Joins;
    member.fetch = Fetch::None;
    if member.leaves {
        quit(world, out, (edge, number));
        return;
    }
    for partition in log.group.owns(number) {
        log.partitions[*partition as usize].forget_fetched();
    }
    log.group.join(number);
    give_out(world, out, edge);
}

/// A member goes by itself; the others are told next.
pub fn quit(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    lose(world, out, who);
    give_out(world, out, who.0);
    out.soon(Event::Pump(who.0));
}

/// A member is gone: what it had polled and not committed is unread again.
pub fn lose(world: &mut World, out: &mut Outbox<'_>, (edge, number): Who) {
    let now = out.now;
    let Some(log) = &mut world.link_mut(edge).log else {
        return;
    };
    let Some(member) = log.members.remove(&number) else {
        return;
    };
    let owned = log.group.leave(number);
    log.note_change(now);
    // So that it comes anew, if it should be there.
    log.crew.0.retain(|(replica, _)| *replica != member.replica);
    for partition in &owned {
        log.readers[*partition as usize] = None;
    }
    for polled in member.held() {
        if world.messages.contains_key(polled.message) {
            give_up(world, out, polled.message);
        }
    }
    for partition in owned {
        rewind(world, out, edge, partition);
    }
}
