//! Stalls: replicas that stand still, hung or paused, and then go on with what was left.
//!
//! A clock of each replica says for how long it has stood. A piece of own work notes it when it begins; where
//! the clock has moved on by its end, it has that much left. So nothing is looked for when a stall begins or
//! ends, and a service that never stalls pays for none of it.

use super::outbox::Outbox;
use super::work::Place;
use super::world::World;
use crate::event::{AttemptKey, Event, JobKey, ReplicaIx};
use crate::units::{Span, Time};

/// Whether a replica stands still, and what waits for that to end.
#[derive(Debug, Clone, Default)]
pub struct Stall {
    /// Its threads are stuck; it still takes in what comes.
    pub hung: bool,
    /// The whole process is stopped.
    pub paused: bool,
    /// Since when it stands still.
    since: Time,
    /// For how long it stood still before.
    stood: Span,
    /// What would have happened meanwhile, and how much own work it needs first.
    parked: Vec<(Event, Span)>,
}

impl Stall {
    /// Whether it stands still.
    pub const fn stands(&self) -> bool {
        self.hung || self.paused
    }

    /// Whether nothing waits for the end of a stall that is not there.
    pub const fn adds_up(&self) -> bool {
        self.stands() || self.parked.is_empty()
    }

    /// For how long it has stood still, in all its life.
    fn clock(&self, now: Time) -> Span {
        if self.stands() {
            self.stood + now.since(self.since)
        } else {
            self.stood
        }
    }
}

/// A job begins a piece of own work.
pub fn work(world: &mut World, out: &mut Outbox<'_>, key: JobKey, takes: Span) {
    if world.trouble.stalls {
        let at = world.jobs[key].at;
        let clock = world
            .replica(at)
            .map(|(_, replica)| replica.stall.clock(out.now));
        world.jobs[key].stood = clock.unwrap_or_default();
    }
    out.after(takes, Event::Worked(key));
}

/// Whether an event of a job has to wait, because the replica stands still, or has: a piece of own work has as
/// much left as the replica stood still meanwhile.
pub fn holds(world: &mut World, out: &mut Outbox<'_>, event: Event, job: JobKey) -> bool {
    world.trouble.stalls && puts_off(world, out, event, job)
}

/// Whether a cancellation has to wait for the job that it stops.
pub fn holds_cancel(
    world: &mut World,
    out: &mut Outbox<'_>,
    event: Event,
    attempt: AttemptKey,
) -> bool {
    match world.attempts.get(attempt).map(|attempt| attempt.place) {
        Some(Place::Working(job)) => holds(world, out, event, job),
        _ => false,
    }
}

fn puts_off(world: &mut World, out: &mut Outbox<'_>, event: Event, key: JobKey) -> bool {
    let Some(job) = world.jobs.get_mut(key) else {
        return false;
    };
    let (at, noted) = (job.at, job.stood);
    let Some(stall) = world.replica_mut(at).map(|replica| &mut replica.stall) else {
        return false;
    };
    let clock = stall.clock(out.now);
    let left = if matches!(event, Event::Worked(_)) {
        Span::nanos(clock.as_nanos() - noted.as_nanos())
    } else {
        Span::ZERO
    };
    if stall.stands() {
        stall.parked.push((event, left));
        return true;
    }
    if left == Span::ZERO {
        return false;
    }
    world.jobs[key].stood = clock;
    out.after(left, event);
    true
}

/// A replica begins to stand still, or one of two reasons for it ends.
pub fn set(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, hung: bool, paused: bool) {
    world.trouble.stalls |= hung || paused;
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    replica.gauge(out.now);
    let stall = &mut replica.stall;
    if (stall.hung, stall.paused) == (hung, paused) {
        return;
    }
    let stood = stall.clock(out.now);
    let resumes = stall.paused && !paused;
    (stall.hung, stall.paused) = (hung, paused);
    (stall.stood, stall.since) = (stood, out.now);
    let parked = if stall.stands() {
        Vec::new()
    } else {
        std::mem::take(&mut stall.parked)
    };
    for (event, left) in parked {
        if let Event::Worked(key) = event
            && let Some(job) = world.jobs.get_mut(key)
        {
            job.stood = stood;
        }
        out.after(left, event);
    }
    if resumes {
        out.soon(Event::Dispatch(at));
    }
}
