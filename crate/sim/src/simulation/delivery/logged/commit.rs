//! Commits: up to where a member's work is done; what they cover is consumed.

use super::consumer::{books, member, poll, work};
use super::crew::Who;
use super::fetch::{ask, send};
use super::liveness;
use crate::event::Step;
use crate::fact::Fact;
use crate::simulation::log_books::{Doing, Fetch, Polled, Sent, Then};
use crate::simulation::outbox::Outbox;
use crate::simulation::world::World;

/// Sends a commit. With a `then` the member waits until it is in.
pub fn commit(
    world: &mut World,
    out: &mut Outbox<'_>,
    who: Who,
    upto: Vec<(u32, u64)>,
    then: Option<Then>,
) {
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    let token = log.token();
    let sent = Sent {
        generation: log.group.generation(),
        upto,
    };
    log.commits.insert(token, sent);
    if let (Some(then), Some(member)) = (then, log.members.get_mut(&who.1)) {
        member.doing = Doing::Commits(token, then);
    }
    send(world, out, who, token, Step::Commit(token));
}

/// A commit arrives at the log: all that it covers is consumed.
pub fn committed(world: &mut World, out: &mut Outbox<'_>, who: Who, token: u32) {
    let edge = who.0;
    let Some((_, log)) = books(world, edge) else {
        return;
    };
    let Some(sent) = log.commits.remove(&token) else {
        return;
    };
    // One that was out and has joined anew reads nothing before the partitions are given out.
    let readers = |partition: u32| log.readers.get(partition as usize);
    let reads = |(partition, _): &(u32, u64)| readers(*partition) == Some(&Some(who.1));
    let is_current = log.group.has(who.1) && sent.generation == log.group.generation();
    let ok = is_current && sent.upto.iter().all(reads);
    for (partition, upto) in sent.upto.iter().filter(|_| ok) {
        while let Some((_, log)) = books(world, edge)
            && let Some(of) = log.partitions.get_mut(*partition as usize)
            && let Some(key) = of.commit(*upto)
        {
            let request = world.messages[key].request.name;
            out.say(Fact::Acked { edge, request });
            super::forget(world, out, key, false);
        }
    }
    let Some((_, member)) = member(world, who) else {
        return;
    };
    let waits = matches!(member.doing, Doing::Commits(waits, _) if waits == token);
    let covered = |polled: &Polled| {
        let mut upto = sent.upto.iter();
        upto.any(|(partition, upto)| *partition == polled.partition && polled.offset < *upto)
    };
    let early: Vec<Polled> = member.held().filter(covered).collect();
    for polled in early {
        // It is committed before the work on it is done: if that fails, it is lost.
        if let Some(copy) = world.messages.get_mut(polled.message) {
            copy.acked = true;
        }
    }
    if waits {
        send(world, out, who, token, Step::Committed(token, ok));
    }
}

/// A member learns that its commit is in.
pub fn confirmed(world: &mut World, out: &mut Outbox<'_>, who: Who, token: u32, ok: bool) {
    let Some((_, member)) = member(world, who) else {
        return;
    };
    let Doing::Commits(waits, then) = member.doing else {
        return;
    };
    if waits != token {
        return;
    }
    match then {
        _ if !ok => liveness::refused(world, out, who),
        Then::Work => work(world, out, who),
        Then::Poll => poll(world, out, who),
    }
}

/// A member has waited for an answer for too long: it asks anew.
pub fn unanswered(world: &mut World, out: &mut Outbox<'_>, who: Who, token: u32) {
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    let sent = log.commits.remove(&token);
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    if member.fetch.token() == Some(token) {
        member.fetch = Fetch::None;
        ask(world, out, who);
        return;
    }
    if let Doing::Commits(waits, then) = member.doing
        && waits == token
    {
        let upto = sent.map_or_else(Vec::new, |sent| sent.upto);
        commit(world, out, who, upto, Some(then));
    }
}
