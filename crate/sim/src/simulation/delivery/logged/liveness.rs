//! What tells a group that a member is gone: one that died or is paused is not heard of, one that works for too long
//! does not poll. It may still work on what it has, as others do who read that again.

use super::consumer::{books, member, poll, wake};
use super::crew::{self, Who};
use super::{give_up, rewind};
use crate::event::{EdgeIx, Event, Step};
use crate::simulation::log_books::{Doing, Fetch};
use crate::simulation::outbox::Outbox;
use crate::simulation::world::World;
use crate::units::Time;

/// A replica has stopped: what its members had in their hands is gone with it. The group notices when their sessions
/// are over.
pub fn stopped(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, replica: u32) {
    let now = out.now;
    for who in of_replica(world, edge, replica) {
        let Some((_, member)) = member(world, who) else {
            continue;
        };
        // It died with an earlier process.
        if member.doing == Doing::Dead {
            continue;
        }
        // One that has only joined reads nothing yet, and its join goes with its connection.
        let is_out = member.is_fenced || member.doing == Doing::Joins;
        let held: Vec<_> = member.held().collect();
        member.batch.clear();
        member.current = None;
        (member.doing, member.fetch) = (Doing::Dead, Fetch::None);
        member.silent.get_or_insert(now);
        for polled in held {
            if world.messages.contains_key(polled.message) {
                give_up(world, out, polled.message);
            }
        }
        if is_out {
            crew::quit(world, out, who);
        } else {
            watch(world, out, who);
        }
    }
}

/// A replica is paused, or goes on.
pub fn paused(world: &mut World, out: &mut Outbox<'_>, (edge, replica): (EdgeIx, u32), on: bool) {
    for who in of_replica(world, edge, replica) {
        let Some((_, member)) = member(world, who) else {
            continue;
        };
        if member.doing == Doing::Dead {
            continue;
        }
        member.silent = on.then_some(out.now);
        if on {
            watch(world, out, who);
        } else {
            wake(world, out, who, out.now);
        }
    }
}

fn of_replica(world: &World, edge: EdgeIx, replica: u32) -> Vec<Who> {
    let log = world.link(edge).log.iter();
    log.flat_map(|log| &log.members)
        .filter(|(_, member)| member.replica == replica)
        .map(|(number, _)| (edge, *number))
        .collect()
}

/// Sees to it that the engine looks when the session of a member is over that is not heard of.
fn watch(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    if let Some(due) = session_over(world, who) {
        out.at(due.max(out.now), Event::Member(who.0, who.1, Step::Silent));
    }
}

/// When a member's session is over, if it is not heard of.
fn session_over(world: &mut World, who: Who) -> Option<Time> {
    let (spec, member) = member(world, who)?;
    let since = member.silent?;
    let last = member.heartbeat(spec.heartbeat_interval, since);
    Some((last + spec.session_timeout).max(since))
}

/// The settings have changed.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let log = world.link(edge).log.iter();
    let members: Vec<u32> = log.flat_map(|log| log.members.keys()).copied().collect();
    for member in members {
        watch(world, out, (edge, member));
    }
}

/// A member may not have been heard of for too long.
pub fn silent(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    if session_over(world, who).is_none_or(|due| due > out.now) {
        return;
    }
    match member(world, who) {
        Some((_, member)) if member.doing == Doing::Dead => crew::quit(world, out, who),
        Some((_, member)) if !member.is_fenced => expel(world, out, who),
        Some(_) | None => {}
    }
}

/// Sees to it that the engine looks when a member's next poll is due, from the one that it makes now.
pub fn polls(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let now = out.now;
    let Some((spec, member)) = member(world, who) else {
        return;
    };
    member.polled = now;
    if !std::mem::replace(&mut member.is_timed, true) {
        let due = now + spec.max_poll_interval;
        out.at(due, Event::Member(who.0, who.1, Step::PollDue));
    }
}

/// A member's next poll may be due.
pub fn poll_due(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let now = out.now;
    let Some((spec, member)) = member(world, who) else {
        return;
    };
    let due = member.polled + spec.max_poll_interval;
    member.is_timed = false;
    match member.doing {
        Doing::Works | Doing::Commits(..) if member.is_fenced => {}
        Doing::Works | Doing::Commits(..) if due <= now => expel(world, out, who),
        Doing::Works | Doing::Commits(..) => {
            member.is_timed = true;
            out.at(due, Event::Member(who.0, who.1, Step::PollDue));
        }
        // It polls all the while, or has none to poll.
        Doing::Polls | Doing::Joins | Doing::Dead => {}
    }
}

/// A member is out: others read what it has not committed. It goes on with what it has in its hands.
fn expel(world: &mut World, out: &mut Outbox<'_>, (edge, number): Who) {
    let now = out.now;
    let Some((_, log)) = books(world, edge) else {
        return;
    };
    let owned = log.group.leave(number);
    log.note_change(now);
    for partition in &owned {
        log.readers[*partition as usize] = None;
    }
    if let Some(member) = log.members.get_mut(&number) {
        member.is_fenced = true;
        member.fetch = Fetch::None;
        if member.doing == Doing::Joins {
            member.doing = Doing::Polls;
        }
    }
    for partition in owned {
        rewind(world, out, edge, partition);
    }
    crew::call(world, out, edge);
}

/// A member learns that it is out, and joins anew: what it has in its hands is not its own any more.
pub fn rejoin(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let now = out.now;
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    member.is_fenced = false;
    member.doing = Doing::Joins;
    log.group.join(who.1);
    log.note_change(now);
    crew::call(world, out, who.0);
}

/// A member's commit was refused: it is out. What is left of its batch is not its own any more.
pub fn refused(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((_, member)) = member(world, who) else {
        return;
    };
    member.doing = Doing::Polls;
    let left: Vec<_> = member.batch.drain(..).collect();
    for polled in left {
        give_up(world, out, polled.message);
    }
    poll(world, out, who);
}
