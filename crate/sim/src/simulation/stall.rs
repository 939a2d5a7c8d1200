//! Stalls: replicas that stand still, hung or paused, and then go on with what was left.
//!
//! A clock of each replica says for how long it has stood. A piece of own work notes it when it begins; where
//! the clock has moved on by its end, it has that much left. So nothing is looked for when a stall begins or
//! ends, and a service that never stalls pays for none of it.

use super::delivery;
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
    pub fn clock(&self, now: Time) -> Span {
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

/// Whether the answer to a probe has to wait. One that is given apart waits for the end of a pause alone.
pub fn holds_probe(
    world: &mut World,
    out: &mut Outbox<'_>,
    event: Event,
    at: ReplicaIx,
    number: u32,
) -> bool {
    if !world.trouble.stalls {
        return false;
    }
    let Some(replica) = world.replica_mut(at) else {
        return false;
    };
    let (stall, probes) = (&mut replica.stall, &mut replica.probes);
    let Some(asked) = probes
        .as_mut()
        .and_then(|probes| probes.working.iter_mut().find(|of| of.number == number))
    else {
        return false;
    };
    if !asked.thread {
        if stall.paused {
            stall.parked.push((event, Span::ZERO));
        }
        return stall.paused;
    }
    let clock = stall.clock(out.now);
    let left = Span::nanos(clock.as_nanos() - asked.stood.as_nanos());
    if stall.stands() {
        stall.parked.push((event, left));
        return true;
    }
    asked.stood = clock;
    if left > Span::ZERO {
        out.after(left, event);
    }
    left > Span::ZERO
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

/// Something that waited has what was left before it from now on.
fn goes_on(world: &mut World, at: ReplicaIx, event: Event, clock: Span) {
    if let Event::Worked(key) = event {
        if let Some(job) = world.jobs.get_mut(key) {
            job.stood = clock;
        }
    } else if let Event::Probed(_, _, number) = event
        && let Some(probes) = world.replica_mut(at).and_then(|r| r.probes.as_mut())
    {
        let asked = probes.working.iter_mut().find(|of| of.number == number);
        if let Some(asked) = asked {
            asked.stood = clock;
        }
    }
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
    let stops = paused && !stall.paused;
    (stall.hung, stall.paused) = (hung, paused);
    (stall.stood, stall.since) = (stood, out.now);
    let stands = stall.stands();
    let parked = if stands && !resumes {
        Vec::new()
    } else {
        std::mem::take(&mut stall.parked)
    };
    for (event, left) in parked {
        if stands {
            // Most of it will have to wait again.
            out.soon(event);
        } else {
            goes_on(world, at, event, stood);
            out.after(left, event);
        }
    }
    if stops || resumes {
        delivery::paused(world, out, at, paused);
    }
    if resumes {
        out.soon(Event::Dispatch(at));
    }
}
