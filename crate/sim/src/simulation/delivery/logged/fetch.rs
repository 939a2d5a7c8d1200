//! What crosses between a member and its log: fetches, which wait there for records and bring them ahead of the
//! polls.

use super::consumer::{RECONNECT, books, member, poll};
use super::crew::Who;
use crate::event::{EdgeIx, Event, Step};
use crate::fact::Fact;
use crate::simulation::log_books::{Doing, Fetch};
use crate::simulation::network::{self, Packet};
use crate::simulation::outbox::Outbox;
use crate::simulation::purpose;
use crate::simulation::world::World;
use crate::units::{Span, Time};

/// Sends something between a member and its log.
pub fn send(world: &mut World, out: &mut Outbox<'_>, (edge, number): Who, token: u32, step: Step) {
    let luck = world.luck.part(world.link(edge).number);
    let luck = luck.part(purpose::MEMBER).part(u64::from(number));
    let luck = luck.part(u64::from(token));
    let packet = Packet::Member(edge, number, step);
    let way = if packet.is_back() {
        purpose::BACK
    } else {
        purpose::OUT
    };
    network::cross(world, out, edge, (luck, way), Span::ZERO, packet);
}

/// Sends the next fetch, if none is under way and there is a partition of which nothing is left to poll. One that
/// waits at the log may find something now.
pub fn ask(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    let mut owns = log.group.owns(who.1).iter();
    if !owns.any(|partition| log.partitions[*partition as usize].wants()) {
        return;
    }
    let Some(member) = log.members.get(&who.1) else {
        return;
    };
    match member.fetch {
        Fetch::None if member.doing != Doing::Joins => {}
        Fetch::Waits(..) => return serve(world, out, who),
        Fetch::None | Fetch::Asks(_) | Fetch::Comes(_) => return,
    }
    let token = log.token();
    if let Some(member) = log.members.get_mut(&who.1) {
        member.fetch = Fetch::Asks(token);
        send(world, out, who, token, Step::Ask(token));
    }
}

/// A fetch arrives at the log.
pub fn asked(world: &mut World, out: &mut Outbox<'_>, who: Who, token: u32) {
    if let Some((_, member)) = member(world, who)
        && member.fetch == Fetch::Asks(token)
    {
        member.fetch = Fetch::Waits(token, out.now);
        member.serve_at = Time::NEVER;
        serve(world, out, who);
    }
}

/// The log is down, and the fetches that wait there end: their members ask anew.
pub fn hang_up(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let log = world.link_mut(edge).log.iter_mut();
    for (number, member) in log.flat_map(|log| &mut log.members) {
        if let Fetch::Waits(token, _) = member.fetch {
            member.fetch = Fetch::Asks(token);
            let again = Event::Member(edge, *number, Step::Unanswered(token));
            out.after(RECONNECT, again);
        }
    }
}

/// Answers a fetch that waits at the log, if there is enough or it has waited for long enough.
pub fn serve(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    if world.is_cut_off(who.0) {
        return;
    }
    find_places(world, out, who);
    let now = out.now;
    let Some((spec, log)) = books(world, who.0) else {
        return;
    };
    let most = spec.fetch_most();
    let (wait, least) = (spec.fetch_max_wait, spec.fetch_least());
    let owns = log.group.owns(who.1).iter();
    let there: u64 = owns
        .map(|partition| log.partitions[*partition as usize].available(most))
        .sum();
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    let Fetch::Waits(token, since) = member.fetch else {
        return;
    };
    if there == 0 {
        return;
    }
    let due = answers_at(since, wait, now, member.serve_at);
    if there < least && due > now {
        if member.serve_at != due {
            member.serve_at = due;
            out.at(due, Event::Member(who.0, who.1, Step::Serve(token)));
        }
        return;
    }
    member.fetch = Fetch::Comes(token);
    member.brings.clear();
    for partition in log.group.owns(who.1) {
        let of = &log.partitions[*partition as usize];
        let comes = of.available(most);
        if comes > 0 {
            member.brings.push((*partition, of.position() + comes));
        }
    }
    send(world, out, who, token, Step::Fetched(token));
}

/// When a fetch is answered that has found too little so far: it is asked anew each time that it has waited for the
/// longest time in vain.
fn answers_at(since: Time, wait: Span, now: Time, planned: Time) -> Time {
    if planned < Time::NEVER {
        return planned;
    }
    let wait = wait.as_nanos().max(1);
    let rounds = now.since(since).as_nanos().div_ceil(wait).max(1);
    since + Span::nanos(rounds.saturating_mul(wait))
}

/// A member whose place in a partition is gone finds a new one.
fn find_places(world: &mut World, out: &mut Outbox<'_>, who: Who) {
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    for place in 0..log.group.owns(who.1).len() {
        let Some((spec, log)) = books(world, who.0) else {
            return;
        };
        let Some(partition) = log.group.owns(who.1).get(place) else {
            return;
        };
        let passed = log.partitions[*partition as usize].find_place(spec.auto_offset_reset);
        for key in passed {
            let (edge, request) = (who.0, world.messages[key].request.name);
            out.say(Fact::Skipped { edge, request });
            super::forget(world, out, key, true);
        }
    }
}

/// What a member fetched arrives.
pub fn fetched(world: &mut World, out: &mut Outbox<'_>, who: Who, token: u32) {
    let Some((_, log)) = books(world, who.0) else {
        return;
    };
    let Some(member) = log.members.get_mut(&who.1) else {
        return;
    };
    if member.fetch != Fetch::Comes(token) {
        return;
    }
    member.fetch = Fetch::None;
    for (partition, upto) in &member.brings {
        log.partitions[*partition as usize].fetched(*upto);
    }
    if member.doing == Doing::Polls {
        poll(world, out, who);
    } else {
        ask(world, out, who);
    }
}
