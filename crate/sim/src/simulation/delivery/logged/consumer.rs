//! A member of a consumer group: it polls, works through its batch one record after the other, and tries again what
//! fails.

use super::super::copy;
use super::commit::{commit, committed, confirmed, unanswered};
use super::crew::{self, Who};
use super::fetch::{ask, asked, fetched, serve};
use super::liveness;
use crate::broker::log::Commit;
use crate::broker::{Log, Reason};
use crate::event::{EdgeIx, Event, MessageKey, Step};
use crate::fact::Fact;
use crate::simulation::log_books::{Doing, LogBooks, Member, Polled, Then};
use crate::simulation::outbox::Outbox;
use crate::simulation::service;
use crate::simulation::work::Station;
use crate::simulation::world::World;
use crate::units::{Span, Time};

/// A record is tried again after at least this long: one that fails at once would else be tried for ever within
/// one instant.
const RETRY: Span = Span::millis(1);

/// A member whose log is down asks anew after so long. Source: Kafka, `reconnect.backoff.max.ms`.
pub const RECONNECT: Span = Span::secs(1);

/// The settings and the books of a log.
pub fn books(world: &mut World, edge: EdgeIx) -> Option<(&Log, &mut LogBooks)> {
    let link = world.link_mut(edge);
    Some((&link.spec.log, link.log.as_deref_mut()?))
}

/// A member beside the settings of its log.
pub fn member(world: &mut World, (edge, number): Who) -> Option<(&Log, &mut Member)> {
    let (spec, log) = books(world, edge)?;
    Some((spec, log.members.get_mut(&number)?))
}

/// A member goes on.
pub fn step(world: &mut World, out: &mut Outbox<'_>, who: Who, step: Step) {
    if let Step::Ask(token) | Step::Commit(token) = step
        && world.is_cut_off(who.0)
    {
        out.after(
            RECONNECT,
            Event::Member(who.0, who.1, Step::Unanswered(token)),
        );
        return;
    }
    match step {
        Step::PollDue => liveness::poll_due(world, out, who),
        Step::Silent => liveness::silent(world, out, who),
        Step::Ask(token) => asked(world, out, who, token),
        Step::Serve(token) => {
            if member(world, who).is_some_and(|(_, of)| of.fetch.token() == Some(token)) {
                serve(world, out, who);
            }
        }
        Step::Fetched(token) => fetched(world, out, who, token),
        Step::Commit(token) => committed(world, out, who, token),
        Step::Committed(token, ok) => confirmed(world, out, who, token, ok),
        Step::Unanswered(token) => unanswered(world, out, who, token),
        Step::Retry(delivery) => again(world, out, who, delivery),
        Step::Wake => woken(world, out, who),
    }
}

/// Sees to it that a member which polls looks by then whether there is something to do.
pub fn wake(world: &mut World, out: &mut Outbox<'_>, who: Who, due: Time) {
    if let Some((_, member)) = member(world, who)
        && member.wakes.is_none_or(|wakes| wakes > due)
    {
        member.wakes = Some(due);
        out.at(due, Event::Member(who.0, who.1, Step::Wake));
    }
}

fn woken(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let now = out.now;
    let Some((_, member)) = member(world, who) else {
        return;
    };
    // One that was planned before it was to look earlier finds nothing.
    if member.wakes.take_if(|wakes| *wakes <= now).is_some() && member.doing == Doing::Polls {
        poll(world, out, who);
    }
}

/// A member polls: its batch is done.
pub fn poll(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let now = out.now;
    let Some((spec, log)) = books(world, who.0) else {
        return;
    };
    let learns = log.learns(spec, who.1);
    let (awaited, open) = (learns.is_some_and(|at| at <= now), log.uncommitted(who.1));
    let (mode, interval, most) = (
        spec.commit,
        spec.auto_commit_interval,
        spec.max_poll_records,
    );
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    member.doing = Doing::Polls;
    if member.silent.is_some() {
        return;
    }
    if member.is_fenced {
        if member.leaves {
            crew::quit(world, out, who);
        } else {
            liveness::rejoin(world, out, who);
        }
        return;
    }
    let parts = awaited || member.leaves;
    if !open.is_empty() && (parts || mode != Commit::Auto) {
        commit(world, out, who, open, Some(Then::Poll));
        return;
    }
    if parts {
        crew::part(world, out, who);
        return;
    }
    if member.commit_due <= now {
        // One that has only waited has looked at its clock all the while.
        let late = now.since(member.commit_due).as_nanos();
        let rounds = late / interval.as_nanos().max(1);
        let last = member.commit_due + Span::nanos(rounds * interval.as_nanos());
        member.commit_due = if open.is_empty() { last } else { now } + interval;
        if !open.is_empty() {
            commit(world, out, who, open, None);
        }
    }
    take(world, who, most);
    hand_out(world, out, who);
    ask(world, out, who);
    begin(world, out, who);
}

/// Takes what was fetched, one partition after the other, at most so much.
fn take(world: &mut World, (edge, number): Who, most: u32) {
    let Some((_, log)) = books(world, edge) else {
        return;
    };
    let Some(member) = log.members.get_mut(&number) else {
        return;
    };
    let owns = log.group.owns(number);
    let from = member.turn;
    for step in 0..owns.len() {
        let place = (from + step) % owns.len();
        let of = &mut log.partitions[owns[place] as usize];
        while member.batch.len() < most as usize {
            let Some((offset, message)) = of.poll() else {
                break;
            };
            member.batch.push_back(Polled {
                message,
                partition: owns[place],
                offset,
            });
        }
        // What is left of a partition comes first in the next poll.
        member.turn = if of.wants() { place + 1 } else { place };
        if member.batch.len() >= most as usize {
            break;
        }
    }
}

/// What a member has polled is in its hands: it has copies.
fn hand_out(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((_, member)) = member(world, who) else {
        return;
    };
    let (replica, count) = (member.replica, member.batch.len());
    for place in 0..count {
        let Some((_, member)) = self::member(world, who) else {
            return;
        };
        let key = member.batch[place].message;
        let message = &mut world.messages[key];
        message.place = Station::Travelling;
        message.deliveries += 1;
        let (delivery, request) = (message.deliveries, message.request.name);
        let copy = copy(world, key, delivery);
        let of = &mut world.messages[copy];
        (of.replica, of.member) = (replica, who.1);
        out.say(Fact::Delivered {
            edge: who.0,
            request,
            delivery,
        });
        if let Some((_, member)) = self::member(world, who) {
            member.batch[place].message = copy;
        }
    }
    let node = world.link(who.0).to;
    if let Some(server) = world.server_mut(node)
        && let Some(of) = server.replica_mut(replica)
    {
        of.inbox(who.0).unacked += count;
    }
}

/// A member begins with its batch, or waits for one.
fn begin(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((spec, log)) = books(world, who.0) else {
        return;
    };
    let open = log.uncommitted(who.1);
    let before = spec.commit == Commit::Before;
    let learns = log.learns(spec, who.1).unwrap_or(Time::NEVER);
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    if member.batch.is_empty() {
        let commits = member.commit_due.max(out.now);
        let commits = Some(commits).filter(|_| !open.is_empty());
        let due = commits.unwrap_or(Time::NEVER).min(learns);
        if due < Time::NEVER {
            wake(world, out, who, due);
        }
        return;
    }
    liveness::polls(world, out, who);
    if before {
        commit(world, out, who, open, Some(Then::Work));
    } else {
        work(world, out, who);
    }
}

/// A member works on its next record; after the last one it polls.
pub fn work(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((_, member)) = member(world, who) else {
        return;
    };
    member.doing = Doing::Works;
    member.current = member.batch.pop_front();
    member.failed = 0;
    match member.current {
        Some(polled) => service::buffer(world, out, polled.message),
        None => poll(world, out, who),
    }
}

/// A member is done with a record.
pub fn done(world: &mut World, out: &mut Outbox<'_>, who: Who, copy: MessageKey) {
    let Some((spec, member)) = member(world, who) else {
        return;
    };
    let each = spec.commit == Commit::Record;
    let Some(polled) = member.current.take_if(|polled| polled.message == copy) else {
        return;
    };
    if each {
        let upto = vec![(polled.partition, polled.offset + 1)];
        commit(world, out, who, upto, Some(Then::Work));
    } else {
        work(world, out, who);
    }
}

/// A record failed: whether its member will try it again.
pub fn tries_again(world: &mut World, out: &mut Outbox<'_>, who: Who, copy: MessageKey) -> bool {
    let delivery = world.messages[copy].deliveries;
    let Some((spec, member)) = member(world, who) else {
        return false;
    };
    let has = member.current.is_some_and(|polled| polled.message == copy);
    let wait = spec.retry_backoff.max(RETRY);
    if !has || !spec.attempts.admits(member.failed as usize + 1) {
        return false;
    }
    member.failed += 1;
    world.messages[copy].place = Station::Travelling;
    out.after(wait, Event::Member(who.0, who.1, Step::Retry(delivery)));
    true
}

/// A member tries a record again.
fn again(world: &mut World, out: &mut Outbox<'_>, who: Who, delivery: u32) {
    let Some((_, member)) = member(world, who) else {
        return;
    };
    let Some(polled) = member.current else {
        return;
    };
    let copy = &world.messages[polled.message];
    if copy.deliveries != delivery || copy.place != Station::Travelling {
        return;
    }
    let (edge, request, of) = (who.0, copy.request.name, copy.copy_of);
    let reader = books(world, edge).and_then(|(_, log)| log.readers[polled.partition as usize]);
    // Others may have read it meanwhile.
    let of = of.filter(|_| reader == Some(who.1));
    let mut next = delivery + 1;
    if let Some(message) = of.and_then(|key| world.messages.get_mut(key)) {
        message.deliveries += 1;
        next = message.deliveries;
        out.say(Fact::Requeued { edge, request });
        out.say(Fact::Delivered {
            edge,
            request,
            delivery: next,
        });
    }
    world.messages[polled.message].deliveries = next;
    service::buffer(world, out, polled.message);
}

/// A record that a member has failed with for good is passed over.
pub fn pass_over(world: &mut World, out: &mut Outbox<'_>, (edge, number): Who, copy: MessageKey) {
    let (request, of) = (
        world.messages[copy].request.name,
        world.messages[copy].copy_of,
    );
    let Some((spec, log)) = books(world, edge) else {
        return;
    };
    let kept = spec.dead_letter;
    let polled = log.members.get(&number).and_then(|of| of.current);
    let Some(polled) = polled.filter(|polled| polled.message == copy) else {
        return;
    };
    let reads = log.readers[polled.partition as usize] == Some(number);
    if reads && log.partitions[polled.partition as usize].pass(polled.offset) {
        out.say(Fact::DeadLettered {
            edge,
            request,
            why: Reason::DeliveryLimit,
            kept,
        });
        if let Some(key) = of {
            super::forget(world, out, key, true);
        }
    }
}
