//! Tallies of single replicas, kept once a service has had several: before, those of the service say the same.

use serde::{Deserialize, Serialize};

use super::gauge::Gauge;
use super::held::Held;
use super::tally::ServiceTally;
use crate::units::Time;

/// A replica's levels.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplicaTally {
    pub number: u32,
    pub busy: Gauge,
    /// In flight without a thread.
    pub off: Gauge,
    pub waiting: Gauge,
    pub queue: Gauge,
    pub buffered: Gauge,
    /// 1 while it runs, 0 while it does not.
    pub up: Gauge,
    /// 1 while it is not ready, 0 while it is.
    pub unready: Gauge,
    /// What it leaked, in bytes.
    pub leaked: Gauge,
    /// Whether it starts up for the first time: its threads are not there yet.
    pub fresh: bool,
}

/// Areas under the levels of a replica at an instant, and under its memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplicaAreas {
    pub number: u32,
    busy: i128,
    waiting: i128,
    queue: i128,
    up: i128,
    unready: i128,
    memory: i128,
}

/// Figures of one replica, means of an interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReplicaFigures {
    /// Its number, as text: lists in reports go by ids.
    pub id: String,
    /// Threads busy.
    pub busy: f64,
    /// Of those, waiting.
    pub waiting: f64,
    /// In its accept queue.
    pub queue: f64,
    /// The share of the time that it ran.
    pub up: f64,
    /// The share of the time that its readiness probe kept it out of the balancer's choice.
    pub unready: f64,
    /// Memory held, in bytes.
    pub memory_bytes: f64,
}

impl ReplicaTally {
    fn new(now: Time, number: u32, up: bool) -> Self {
        let mut new = ReplicaTally {
            number,
            fresh: !up,
            ..ReplicaTally::default()
        };
        for gauge in new.gauges() {
            gauge.restart(now);
        }
        new.up.set(now, i64::from(up));
        new
    }

    fn gauges(&mut self) -> [&mut Gauge; 8] {
        [
            &mut self.busy,
            &mut self.waiting,
            &mut self.queue,
            &mut self.buffered,
            &mut self.up,
            &mut self.leaked,
            &mut self.unready,
            &mut self.off,
        ]
    }

    /// Counts anew from here; what is under way stays.
    pub fn restart(&mut self, now: Time) {
        for gauge in self.gauges() {
            gauge.restart(now);
        }
    }

    /// The areas at an instant.
    pub fn areas(&self, now: Time, memory: &Held) -> ReplicaAreas {
        let [up, busy, queue, buffered, off] =
            [self.up, self.busy, self.queue, self.buffered, self.off]
                .map(|gauge| gauge.area_at(now));
        ReplicaAreas {
            number: self.number,
            busy,
            waiting: self.waiting.area_at(now),
            queue,
            up,
            unready: self.unready.area_at(now),
            memory: memory.level([up, busy + off, queue, buffered]) + self.leaked.area_at(now),
        }
    }
}

impl ReplicaAreas {
    /// The means since earlier areas of the same replica, so many nanoseconds ago.
    pub fn since(&self, before: &ReplicaAreas, span: f64) -> ReplicaFigures {
        let mean = |now: i128, then: i128| {
            if span > 0.0 {
                ((now - then) as f64 / span).max(0.0)
            } else {
                0.0
            }
        };
        ReplicaFigures {
            id: self.number.to_string(),
            busy: mean(self.busy, before.busy),
            waiting: mean(self.waiting, before.waiting),
            queue: mean(self.queue, before.queue),
            up: mean(self.up, before.up),
            unready: mean(self.unready, before.unready),
            memory_bytes: mean(self.memory, before.memory),
        }
    }
}

impl ServiceTally {
    /// Counts something of one replica, where they are told apart.
    #[inline]
    pub fn each(&mut self, number: u32, with: impl FnOnce(&mut ReplicaTally)) {
        if self.several
            && let Ok(place) = self
                .replicas
                .binary_search_by_key(&number, |one| one.number)
        {
            with(&mut self.replicas[place]);
        }
    }

    /// A replica was added.
    pub fn joined(&mut self, now: Time, number: u32, up: bool) {
        if !self.several
            && let Some(first) = self.replicas.first_mut()
        {
            // So far the service's levels were those of its only replica.
            for (gauge, level) in first.gauges().into_iter().zip([
                self.busy,
                self.waiting,
                self.queue,
                self.buffered,
                self.up,
                self.leaked,
                self.unready,
                self.off,
            ]) {
                *gauge = level;
            }
            self.several = true;
        }
        self.replicas.push(ReplicaTally::new(now, number, up));
        self.up.add(now, i64::from(up));
        self.resize(now);
    }

    /// A replica runs, for the first time or again.
    pub fn ready(&mut self, now: Time, number: u32) {
        self.up.add(now, 1);
        self.each(number, |one| {
            one.up.set(now, 1);
            one.fresh = false;
        });
        self.resize(now);
    }

    /// A replica is gone.
    pub fn left(&mut self, now: Time, number: u32, up: bool) {
        let mut gone = self.replicas.iter().filter(|one| one.number == number);
        let unready = gone.next().map_or(0, |one| one.unready.level());
        self.unready.add(now, -unready);
        self.replicas.retain(|one| one.number != number);
        self.backoff.ends(now, number);
        self.up.add(now, -i64::from(up));
        self.resize(now);
    }

    /// The threads of all replicas together, of those that have started up.
    pub fn resize(&mut self, now: Time) {
        let there = self.replicas.iter().filter(|one| !one.fresh).count();
        self.threads
            .set(now, self.pool * there.cast_signed() as i64);
    }

    /// The areas of all replicas, where they are told apart.
    pub fn replica_areas(&self, now: Time) -> Vec<ReplicaAreas> {
        if !self.several {
            return Vec::new();
        }
        let areas = |one: &ReplicaTally| one.areas(now, &self.memory);
        self.replicas.iter().map(areas).collect()
    }

    /// The figures of all replicas since earlier areas of them, so many nanoseconds ago.
    pub fn replica_figures(
        &self,
        now: Time,
        before: &[ReplicaAreas],
        span: f64,
    ) -> Vec<ReplicaFigures> {
        let figures = |areas: ReplicaAreas| {
            let before = before.iter().find(|one| one.number == areas.number);
            areas.since(&before.copied().unwrap_or_default(), span)
        };
        self.replica_areas(now).into_iter().map(figures).collect()
    }
}
