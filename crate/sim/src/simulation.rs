//! A simulation: the clock and the one match over events. It is a value: it can be cloned and compared by
//! its digest.

mod adopt;
pub mod audit;
mod call;
mod client;
mod delivery;
mod job;
mod life;
mod outbox;
mod purpose;
mod service;
mod trouble;
mod work;
pub mod world;

use std::collections::BTreeMap;

use slotmap::SlotMap;

use crate::event::{Agenda, Event, Owner};
use crate::fact::{Digest, Fact};
use crate::frame::Frame;
use crate::meter::Meter;
use crate::meter::report::Report;
use crate::rng::Luck;
use crate::scenario::{Fault, Mode, Scenario};
use crate::units::{Span, Time};
use outbox::Outbox;
use world::{Trouble, World};

/// A scenario at work.
#[derive(Debug, Clone)]
pub struct Simulation {
    now: Time,
    events: u64,
    /// Whether an event of this very instant has happened.
    begun: bool,
    agenda: Agenda,
    world: World,
    meter: Meter,
    digest: Digest,
    plans: Vec<(Time, Event)>,
    facts: Vec<Fact>,
}

/// Someone who is told every fact as it happens.
pub type Watcher<'a> = &'a mut dyn FnMut(Time, &Fact);

impl Simulation {
    /// A simulation at time zero. It cannot fail: a half-drawn board simply does little.
    pub fn new(scenario: &Scenario) -> Self {
        let world = World {
            luck: Luck::of_seed(scenario.seed),
            nodes: Vec::new(),
            edges: Vec::new(),
            node_ix: BTreeMap::new(),
            edge_ix: BTreeMap::new(),
            requests: SlotMap::with_key(),
            calls: SlotMap::with_key(),
            attempts: SlotMap::with_key(),
            jobs: SlotMap::with_key(),
            messages: SlotMap::with_key(),
            trouble: Trouble::default(),
        };
        let meter = Meter::new(&world, Time::ZERO);
        let mut new = Simulation {
            now: Time::ZERO,
            events: 0,
            begun: false,
            agenda: Agenda::default(),
            world,
            meter,
            digest: Digest::default(),
            plans: Vec::new(),
            facts: Vec::new(),
        };
        new.adopt(scenario, &[]);
        new
    }

    /// Carries on with the board as it is now and these clicked faults; only what differs changes. It
    /// acts now, before other events of this time; where some of them have happened already, after single
    /// steps, the instant is finished first and it acts a nanosecond later, so that a replay can do the
    /// same. The seed stays that of the start.
    pub fn adopt(&mut self, scenario: &Scenario, clicked: &[Fault]) {
        if self.begun {
            self.run_until(self.now + Span::nanos(1));
        }
        self.act(&mut |_, _| {}, |world, out| {
            adopt::adopt(world, out, scenario, clicked);
        });
    }

    /// The time it is.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Events so far.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// The digest of all facts so far.
    pub const fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// The world, to look at.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Runs all events before `until` and stands at `until` then.
    pub fn run_until(&mut self, until: Time) {
        self.run_watched(until, &mut |_, _| {});
    }

    /// The same, telling every fact.
    pub fn run_watched(&mut self, until: Time, watcher: Watcher<'_>) {
        while !self.run_some(until, u32::MAX, watcher) {}
    }

    /// Runs at most `most` events before `until`; whether it has come to `until`.
    pub fn run_slice(&mut self, until: Time, most: u32) -> bool {
        self.run_some(until, most, &mut |_, _| {})
    }

    fn run_some(&mut self, until: Time, most: u32, watcher: Watcher<'_>) -> bool {
        for _ in 0..most {
            match self.agenda.next_at(self.now) {
                Some(at) if at < until => self.next_event(watcher),
                _ => {
                    self.close_buckets(until);
                    if until > self.now {
                        (self.now, self.begun) = (until, false);
                    }
                    return true;
                }
            }
        }
        false
    }

    /// Runs the next event, if there is one.
    pub fn step(&mut self) {
        self.next_event(&mut |_, _| {});
    }

    fn next_event(&mut self, watcher: Watcher<'_>) {
        let Some(at) = self.agenda.next_at(self.now) else {
            return;
        };
        self.close_buckets(at);
        let Some((at, event)) = self.agenda.pop(self.now) else {
            return;
        };
        (self.now, self.begun) = (at, true);
        self.events += 1;
        self.act(watcher, |world, out| handle(world, out, event));
    }

    /// Closes the buckets that end up to this time.
    fn close_buckets(&mut self, at: Time) {
        while self.meter.closes() <= at {
            self.meter.close(&self.world);
        }
    }

    /// Lets something happen now: what it plans is put on the agenda, what it states is counted and told.
    fn act(&mut self, watcher: Watcher<'_>, what: impl FnOnce(&mut World, &mut Outbox<'_>)) {
        let mut out = Outbox {
            now: self.now,
            plans: &mut self.plans,
            facts: &mut self.facts,
        };
        what(&mut self.world, &mut out);
        for (at, event) in self.plans.drain(..) {
            self.agenda.plan(self.now, at, event);
        }
        for fact in self.facts.drain(..) {
            // Elements may have joined in this very act.
            self.digest.take(self.now, &fact);
            self.meter.take(&self.world, self.now, &fact);
            watcher(self.now, &fact);
        }
    }

    /// What happened since the last frame, with at most so many dots.
    pub fn frame(&mut self, dots: usize) -> Frame {
        let frame = self.meter.frame(&self.world, self.now, dots);
        Frame {
            events: self.events,
            digest: self.digest(),
            ..frame
        }
    }

    /// Figures since the start begin anew here: a warm-up is over.
    pub fn restart_figures(&mut self) {
        self.meter.restart(self.now);
    }

    /// All figures since the start, or since the end of the warm-up.
    pub fn report(&self) -> Report {
        let report = self.meter.report(&self.world, self.now);
        Report {
            events: self.events,
            digest: format!("{:016x}", self.digest()),
            ..report
        }
    }
}

/// One event happens.
fn handle(world: &mut World, out: &mut Outbox<'_>, event: Event) {
    match event {
        Event::Arrive(client, epoch) => client::arrive(world, out, client, epoch),
        Event::Resume(Owner::Request(request), outcome) => {
            client::resume(world, out, request, outcome);
        }
        Event::Resume(Owner::Job(job), outcome) => job::resume(world, out, job, outcome),
        Event::Reach(attempt) => match world.attempts.get(attempt).map(|a| a.mode) {
            Some(Mode::Sync) => service::reach(world, out, attempt),
            Some(Mode::Async) => delivery::publish(world, out, attempt),
            None => {}
        },
        Event::Answer(attempt, outcome) => call::answer(world, out, attempt, outcome),
        Event::Expire(call, layer, token) => call::expire(world, out, call, layer, token),
        Event::Again(call, layer, token) => call::again(world, out, call, layer, token),
        Event::Worked(job) => job::worked(world, out, job),
        Event::Dispatch(node) => service::dispatch(world, out, node),
        Event::Pump(edge) => delivery::pump(world, out, edge),
        Event::Deliver(message) => delivery::deliver(world, out, message),
        Event::Acked(message) => delivery::acked(world, out, message),
        Event::Nacked(message) => delivery::nacked(world, out, message),
        Event::OutOfMemory(node, life) => life::out_of_memory(world, out, node, life),
        Event::Restart(node, life) => life::restart(world, out, node, life),
        Event::Faults(epoch) => {
            if epoch == world.trouble.epoch {
                trouble::refresh(world, out);
            }
        }
    }
}
