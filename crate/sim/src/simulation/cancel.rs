//! Cancellation: a caller gives up on an attempt, and what becomes of the work behind it.

use super::express;
use super::group;
use super::hedge;
use super::job;
use super::network::{self, Packet};
use super::outbox::Outbox;
use super::purpose;
use super::work::Place;
use super::world::World;
use crate::event::{AttemptKey, Owner};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::policy::Cancel;
use crate::scenario::Mode;
use crate::units::Span;

/// The caller gives up on an attempt. What works on it, and what that waits for, is work that nobody
/// waits for from now on.
pub fn abandon(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, how: Cancel) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    attempt.call = None;
    if attempt.place == Place::Lost {
        network::drop_lost(world, out, key);
        return;
    }
    let (edge, luck) = (attempt.edge, attempt.luck);
    if how != Cancel::None && attempt.mode == Mode::Sync {
        let packet = Packet::Cancel(key, how);
        network::cross(
            world,
            out,
            edge,
            (luck, purpose::CANCEL),
            Span::ZERO,
            packet,
        );
    }
    orphan(world, out, key);
}

/// Nobody waits for an attempt, nor for all that is done for it.
pub fn orphan(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    if attempt.mode == Mode::Async {
        // A message is wanted for its own sake, whoever waits for the confirm.
        return;
    }
    attempt.orphan = true;
    let Place::Working(job) = attempt.place else {
        return;
    };
    express::unpack_under(world, out, job);
    let Some(job) = world.jobs.get_mut(job).filter(|job| !job.orphan) else {
        return;
    };
    job.orphan = true;
    let calls = job.calls;
    out.say(Fact::Orphaned {
        node: job.at.node,
        request: job.request.name,
        holds: job.seat.holds(),
    });
    hedge::orphan(world, out, calls);
}

/// A service learns that an attempt is not wanted any more.
pub fn told(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey, how: Cancel) {
    let Some(attempt) = world.attempts.get_mut(key) else {
        return;
    };
    // If it is not at work yet, it will not be begun.
    attempt.cancelled = true;
    let Place::Working(key) = attempt.place else {
        return;
    };
    express::unpack_under(world, out, key);
    let Some(job) = world.jobs.get_mut(key) else {
        return;
    };
    match how {
        Cancel::None | Cancel::AtDequeue => {}
        Cancel::Cooperative if job.awaits == 0 => job.cancelled = true,
        Cancel::Cooperative | Cancel::Immediate => {
            group::give_up(world, out, Owner::Job(key), Some(how));
            job::finish(world, out, key, Outcome::Cancelled);
        }
    }
}
