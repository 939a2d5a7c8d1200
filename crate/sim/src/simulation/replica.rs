//! A replica: one process of a service, with a pool, an accept queue and a life of its own.

use std::collections::VecDeque;

use super::loops::Loops;
use super::probe::Probes;
use super::stall::Stall;
use super::usage::Usage;
use super::world::Waiting;
use crate::backoff::CrashLoop;
use crate::balance::Host;
use crate::cache::Store;
use crate::discipline::Codel;
use crate::event::{AttemptKey, EdgeIx, MessageKey};
use crate::scenario::{Role, Service};
use crate::units::Time;

/// A process of a service.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what keeps it from work, each for itself"
)]
pub struct Replica {
    /// Which one of its service.
    pub number: u32,
    /// Whether a fault keeps it down.
    pub crashed: bool,
    /// Whether it starts up after it was killed.
    pub starting: bool,
    /// Whether it was never ready so far: it starts up for the first time.
    pub fresh: bool,
    /// Whether it gets no more work and goes once it has none left.
    pub draining: bool,
    /// Tells one life of it from the next.
    pub life: u32,
    /// Busy threads.
    pub busy: usize,
    /// The accept queue, in order of arrival.
    pub accept: VecDeque<Waiting<AttemptKey>>,
    /// Since when the accept queue has not been empty.
    pub filled: Time,
    /// How it judges its accept queue.
    pub codel: Codel,
    /// Prefetched messages of all queues that wait for a thread here.
    pub buffered: usize,
    /// Whether it stands still.
    pub stall: Stall,
    /// What it has leaked, in bytes.
    pub leaked: u64,
    /// Since when it runs.
    pub up_since: Time,
    /// How often it was killed in a row.
    pub crash_loop: CrashLoop,
    /// Whether its readiness probe says so, where it is asked.
    pub ready: bool,
    /// Whether the balancer has it.
    pub listed: bool,
    /// Its probes, once it had some.
    pub probes: Option<Box<Probes>>,
    /// The next ticket of readiness.
    pub ticket: u64,
    /// What it has of the queues it consumes from.
    pub inboxes: Vec<(EdgeIx, Inbox)>,
    /// What it remembers, where the service is a cache.
    pub cache: Option<Store>,
    /// What does the work of jobs without a thread, where there ever were any.
    pub loops: Option<Box<Loops>>,
    /// What it uses, where its service is scaled by that.
    pub usage: Option<Box<Usage>>,
}

/// What a replica has of one queue.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    /// Prefetched messages that wait for a thread.
    pub buffer: VecDeque<Waiting<MessageKey>>,
    /// Threads that work on its messages.
    pub active: usize,
    /// Messages delivered to it of which the broker knows no end yet.
    pub unacked: usize,
}

impl Host for Replica {
    fn number(&self) -> u32 {
        self.number
    }

    fn takes(&self) -> bool {
        self.up() && !self.draining && self.listed
    }

    fn load(&self) -> usize {
        self.busy + self.accept.len()
    }
}

impl Replica {
    /// A new one, with nothing to do, that remembers nothing.
    pub fn new(number: u32) -> Self {
        Replica {
            number,
            crashed: false,
            starting: false,
            fresh: false,
            draining: false,
            life: 0,
            busy: 0,
            accept: VecDeque::new(),
            filled: Time::ZERO,
            codel: Codel::default(),
            buffered: 0,
            stall: Stall::default(),
            leaked: 0,
            up_since: Time::ZERO,
            crash_loop: CrashLoop::default(),
            ready: true,
            listed: true,
            probes: None,
            ticket: 0,
            inboxes: Vec::new(),
            cache: None,
            loops: None,
            usage: None,
        }
    }

    /// What one of a service remembers when it starts, if that is a cache.
    pub fn cold(spec: &Service) -> Option<Store> {
        (spec.role == Role::Cache).then(|| Store::new(&spec.cache))
    }

    /// What one remembers that comes onto the board.
    pub fn first(spec: &Service, now: Time) -> Option<Store> {
        let mut store = Replica::cold(spec)?;
        if spec.cache.warm {
            store.warm(now);
        }
        Some(store)
    }

    /// Whether it runs.
    pub const fn up(&self) -> bool {
        !self.crashed && !self.starting
    }

    /// Whether it may be sent messages.
    pub const fn consumes(&self) -> bool {
        self.up() && !self.draining
    }

    /// What it holds in memory, in bytes.
    pub fn memory(&self, spec: &Service) -> u64 {
        if !self.up() {
            return 0;
        }
        let held = spec.held(self.busy, self.accept.len() + self.buffered);
        held.get().saturating_add(self.leaked)
    }

    /// Whether something waits for a thread.
    pub fn has_waiting(&self) -> bool {
        !self.accept.is_empty()
            || self.buffered > 0
            || self.probes.as_ref().is_some_and(|p| !p.line.is_empty())
    }

    /// Requests and probes that wait for a thread.
    pub fn in_line(&self) -> usize {
        let probes = self.probes.as_ref().map_or(0, |probes| probes.line.len());
        self.accept.len() + probes
    }

    /// The ticket of the probe that has waited longest for a thread.
    pub fn probe_ticket(&self) -> Option<u64> {
        let first = self.probes.as_ref()?.line.front();
        first.map(|asked| asked.ticket)
    }

    /// Whether it has nothing to do and no broker thinks so.
    pub fn is_empty(&self) -> bool {
        let held = || self.inboxes.iter().any(|(_, inbox)| inbox.unacked > 0);
        self.busy == 0 && !self.has_waiting() && !held()
    }

    /// The next ticket of readiness.
    pub const fn next_ticket(&mut self) -> u64 {
        self.ticket += 1;
        self.ticket
    }

    /// Messages of a queue that are delivered to it and not acknowledged.
    pub fn unacked(&self, edge: EdgeIx) -> usize {
        let inbox = self.inboxes.iter().find(|(other, _)| *other == edge);
        inbox.map_or(0, |(_, inbox)| inbox.unacked)
    }

    /// What it has of a queue; made where there is nothing yet.
    pub fn inbox(&mut self, edge: EdgeIx) -> &mut Inbox {
        let found = self.inboxes.iter().position(|(other, _)| *other == edge);
        let place = found.unwrap_or_else(|| {
            self.inboxes.push((edge, Inbox::default()));
            self.inboxes.len() - 1
        });
        &mut self.inboxes[place].1
    }
}
