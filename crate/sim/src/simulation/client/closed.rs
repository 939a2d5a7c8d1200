//! Closed arrivals: users who send, wait for the answer, think, and send again.
//!
//! Each user has luck of their own, so that one user more changes nothing for the others.

use super::super::outbox::Outbox;
use super::super::purpose;
use super::super::world::{Source, World};
use crate::event::{Event, NodeIx};
use crate::rng::Luck;
use crate::scenario::Arrivals;
use crate::units::Span;

/// A user sends at most once in this time: who thinks no time and is refused at once would else send for ever
/// within one instant.
const LEAST_CYCLE: Span = Span::micros(100);

/// At most so many users, whatever a spike makes of them.
const MOST_USERS: u32 = 100_000;

/// A user of a closed population.
#[derive(Debug, Clone, Copy, Default)]
pub struct User {
    /// Whether they are here, thinking or waiting for an answer.
    pub here: bool,
    /// How many requests they have sent.
    pub sent: u64,
}

/// The luck of a user.
fn luck(source: &Source, user: u32) -> Luck {
    source.luck.part(purpose::USER).part(u64::from(user))
}

/// How many users there are to be.
fn wanted(source: &Source) -> u32 {
    match source.spec.arrivals {
        Arrivals::Poisson | Arrivals::Constant | Arrivals::Bursty => 0,
        Arrivals::Closed if source.plan.is_empty() => 0,
        Arrivals::Closed => {
            let users = u64::from(source.spec.closed.users) * source.spike.as_micros();
            u32::try_from((users + 500_000) / 1_000_000).map_or(MOST_USERS, |n| n.min(MOST_USERS))
        }
    }
}

/// Lets those users come who are to be here and are not. They begin by thinking. Those that are too many leave
/// when they would send next.
pub fn populate(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    let Some(source) = world.source_mut(client) else {
        return;
    };
    let wanted = wanted(source);
    if source.users.len() < wanted as usize {
        source.users.resize(wanted as usize, User::default());
    }
    for user in 0..wanted {
        if !source.users[user as usize].here {
            source.users[user as usize].here = true;
            begin_to_think(source, out, client, user, Span::ZERO);
        }
    }
}

/// Plans the end of a user's thinking, which is at least this long.
fn begin_to_think(source: &Source, out: &mut Outbox<'_>, client: NodeIx, user: u32, least: Span) {
    let count = source.users[user as usize].sent;
    let luck = luck(source, user).part(purpose::THINK).part(count);
    let think = source.spec.closed.think.sample(&mut luck.stream());
    out.after(think.max(least), Event::Thought(client, user));
}

/// A user has an answer, and thinks.
pub fn think(world: &World, out: &mut Outbox<'_>, client: NodeIx, user: u32, took: Span) {
    if let Some(source) = world.source(client) {
        begin_to_think(source, out, client, user, LEAST_CYCLE - took);
    }
}

/// A user has thought: they send, or leave if there are too many.
pub fn thought(world: &mut World, out: &mut Outbox<'_>, client: NodeIx, user: u32) {
    let Some(source) = world.source_mut(client) else {
        return;
    };
    let leaves = user >= wanted(source);
    let of = &mut source.users[user as usize];
    if leaves {
        of.here = false;
        return;
    }
    let count = of.sent;
    of.sent += 1;
    let luck = luck(source, user).part(count);
    super::send(world, out, client, luck, Some(user));
}
