//! Usage: what an autoscaler's metrics are made of, as areas under the levels of one replica.
//!
//! Only a replica whose service is scaled has it, so that all others pay nothing for it.

use super::outbox::Outbox;
use super::replica::Replica;
use super::stall;
use super::world::World;
use crate::event::JobKey;
use crate::units::{Span, Time};

/// What a replica has used since it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Since when it runs without a break.
    pub up_since: Time,
    /// Jobs there that do own work.
    pub working: usize,
    /// Up to when the areas go.
    upto: Time,
    areas: Areas,
}

/// Areas under the levels of a replica, in nanoseconds times things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Areas {
    /// Threads that do own work.
    pub working: u128,
    /// Requests and messages in flight: on a thread or in the accept queue.
    pub in_flight: u128,
    /// What waits for a thread.
    pub waiting: u128,
}

impl Usage {
    /// That of a replica which is scaled from now on.
    pub const fn new(now: Time) -> Self {
        Usage {
            up_since: now,
            working: 0,
            upto: now,
            areas: Areas {
                working: 0,
                in_flight: 0,
                waiting: 0,
            },
        }
    }
}

impl Replica {
    /// Takes note of how long its levels have been what they are. It has to be called before one changes.
    #[inline]
    pub fn gauge(&mut self, now: Time) {
        if self.usage.is_some() {
            self.add_up(now);
        }
    }

    fn add_up(&mut self, now: Time) {
        let (in_flight, waiting) = (
            self.busy + self.accept.len(),
            self.accept.len() + self.buffered,
        );
        let stands = self.stall.stands();
        let Some(usage) = &mut self.usage else {
            return;
        };
        let span = u128::from(now.since(usage.upto).as_nanos());
        usage.upto = now;
        let areas = &mut usage.areas;
        if !stands {
            areas.working += span * usage.working as u128;
        }
        areas.in_flight += span * in_flight as u128;
        areas.waiting += span * waiting as u128;
    }

    /// The areas up to now, and since when it runs; none where it is not scaled.
    pub fn used(&mut self, now: Time) -> Option<(Areas, Time)> {
        self.gauge(now);
        let usage = self.usage.as_deref()?;
        Some((usage.areas, usage.up_since))
    }
}

/// A job does a piece of own work.
pub fn work(world: &mut World, out: &mut Outbox<'_>, key: JobKey, work: Span) {
    let job = &mut world.jobs[key];
    let at = job.at;
    if !job.works
        && world.server(at.node).is_some_and(|s| s.scaler.is_some())
        && let Some(replica) = world.replica_mut(at)
    {
        replica.gauge(out.now);
        if let Some(usage) = &mut replica.usage {
            usage.working += 1;
            world.jobs[key].works = true;
        }
    }
    stall::work(world, out, key, work);
}

/// A job's piece of own work is done, or cut short.
pub fn rest(world: &mut World, now: Time, key: JobKey) {
    let Some(job) = world.jobs.get_mut(key).filter(|job| job.works) else {
        return;
    };
    job.works = false;
    let at = job.at;
    if let Some(replica) = world.replica_mut(at) {
        replica.gauge(now);
        if let Some(usage) = &mut replica.usage {
            usage.working -= 1;
        }
    }
}
