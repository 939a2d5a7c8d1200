//! A simulation: the clock and the one match over events. It is a value: it can be cloned and compared by
//! its digest.

mod adopt;
pub mod audit;
mod autoscaler;
mod board;
mod books;
mod caching;
mod call;
mod cancel;
mod client;
mod delivery;
mod drag;
pub mod exchange;
mod express;
mod group;
mod hedge;
mod job;
mod keys;
mod layers;
mod leak;
mod life;
pub mod log_books;
pub mod loops;
pub mod network;
mod operation;
mod outbox;
mod parts;
mod pieces;
mod plan;
mod probe;
mod prober;
mod purpose;
mod relay;
pub mod replica;
mod scaling;
mod service;
mod sharing;
mod shed;
mod stack;
mod stall;
mod topics;
mod trouble;
mod usage;
mod work;
pub mod world;

use std::collections::BTreeMap;

use slotmap::SlotMap;

use crate::event::{Agenda, Event, Owner};
use crate::fact::Digest;
use crate::frame::Frame;
use crate::meter::Meter;
use crate::meter::report::{Report, SystemReport};
use crate::rng::Luck;
use crate::scenario::{Fault, Mode, Scenario};
use crate::story::Story;
use crate::units::{Span, Time};
pub use outbox::Watcher;
use outbox::{Book, Outbox};
use parts::Bounds;
pub use parts::MOST_OPEN;
use stack::Spare;
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
    book: Book,
}

impl Simulation {
    /// A simulation at time zero. It cannot fail: a half-drawn board simply does little.
    pub fn new(scenario: &Scenario) -> Self {
        let world = World {
            luck: Luck::of_seed(scenario.seed),
            nodes: Vec::new(),
            edges: Vec::new(),
            operations: Vec::new(),
            node_ix: BTreeMap::new(),
            edge_ix: BTreeMap::new(),
            requests: SlotMap::with_key(),
            calls: SlotMap::with_key(),
            attempts: SlotMap::with_key(),
            jobs: SlotMap::with_key(),
            messages: SlotMap::with_key(),
            rows: SlotMap::with_key(),
            stacks: SlotMap::with_key(),
            spare: Spare::default(),
            trouble: Trouble::default(),
            bounds: Bounds::default(),
        };
        let book = Book {
            meter: Meter::new(Time::ZERO),
            digest: Digest::default(),
            story: Story::default(),
        };
        let mut new = Simulation {
            now: Time::ZERO,
            events: 0,
            begun: false,
            agenda: Agenda::default(),
            world,
            book,
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
        let mut out = Outbox {
            now: self.now,
            agenda: &mut self.agenda,
            book: &mut self.book,
            watcher: None,
        };
        adopt::adopt(&mut self.world, &mut out, scenario, clicked);
    }

    /// Goes the usual way with every call, however plain, from here on: slower, with the same facts. Tests compare.
    pub fn without_express(&mut self) {
        self.world.bounds.express = false;
        express::mark(&mut self.world);
    }

    /// Keeps at most so many calls, attempts, jobs and messages under way, instead of `MOST_OPEN`.
    pub fn bound(&mut self, most_open: usize) {
        self.world.bounds.most_open = most_open;
    }

    /// Calls, attempts, jobs and messages under way.
    pub fn open(&self) -> usize {
        self.world.open()
    }

    /// Closes the buckets of all, even where nothing happens, from here on: slower, with the same figures. Tests compare.
    pub fn without_sleep(&mut self) {
        self.book.meter.without_sleep();
    }

    /// Keeps the facts that a fault began or ended from all that count and tell, from here on. Tests compare.
    pub fn hide_faults(&mut self) {
        self.book.meter.hide_faults();
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
        self.book.digest.value()
    }

    /// The world, to look at.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Runs all events before `until` and stands at `until` then.
    pub fn run_until(&mut self, until: Time) {
        while !self.run_some(until, u32::MAX, None) {}
    }

    /// The same, telling every fact.
    pub fn run_watched(&mut self, until: Time, watcher: Watcher<'_>) {
        while !self.run_some(until, u32::MAX, Some(&mut *watcher)) {}
    }

    /// Runs at most `most` events before `until`; whether it has come to `until`. Browsers make a function
    /// fast while it is not running: give them slices of some thousand events.
    pub fn run_slice(&mut self, until: Time, most: u32) -> bool {
        self.run_some(until, most, None)
    }

    /// Runs the next event, if there is one.
    pub fn step(&mut self) {
        let end = Time::from_nanos(u64::MAX);
        let next = next_at(&mut self.agenda, &self.world, self.now);
        if next.is_some_and(|at| at < end) {
            self.run_some(end, 1, None);
        }
    }

    fn run_some(&mut self, until: Time, most: u32, watcher: Option<Watcher<'_>>) -> bool {
        let world = &mut self.world;
        let mut out = Outbox {
            now: self.now,
            agenda: &mut self.agenda,
            book: &mut self.book,
            // Not `watcher` alone: a watcher in an option keeps its own lifetime.
            watcher: match watcher {
                Some(watcher) => Some(watcher),
                None => None,
            },
        };
        for _ in 0..most {
            match next_at(out.agenda, world, out.now) {
                Some(at) if at < until => {
                    if at >= out.book.meter.closes() {
                        out.book.close_until(world, at);
                    }
                    if let Some((at, event)) = out.agenda.pop(out.now) {
                        out.now = at;
                        (self.now, self.begun) = (at, true);
                        self.events += 1;
                        handle(world, &mut out, event);
                    }
                }
                _ => {
                    out.book.close_until(world, until);
                    if until > self.now {
                        (self.now, self.begun) = (until, false);
                    }
                    return true;
                }
            }
        }
        false
    }

    /// What happened since the last frame, with at most so many dots.
    pub fn frame(&mut self, dots: usize) -> Frame {
        let frame = self.book.meter.frame(&self.world, self.now, dots);
        Frame {
            events: self.events,
            digest: self.digest(),
            ..frame
        }
    }

    /// The story of the run so far, from its start.
    pub const fn story(&self) -> &Story {
        &self.book.story
    }

    /// Figures since the start begin anew here: a warm-up is over.
    pub fn restart_figures(&mut self) {
        self.book.meter.restart(self.now);
    }

    /// The figures of the whole since the start, without those of each part.
    pub fn system(&self) -> SystemReport {
        self.book.meter.system(&self.world, self.now)
    }

    /// All figures since the start, or since the end of the warm-up.
    pub fn report(&self) -> Report {
        let report = self.book.meter.report(&self.world, self.now);
        Report {
            events: self.events,
            digest: format!("{:016x}", self.digest()),
            ..report
        }
    }
}

/// When the next event is due. Timers of waits that have ended are none.
fn next_at(agenda: &mut Agenda, world: &World, now: Time) -> Option<Time> {
    agenda.next_at(now, |event| {
        if let Event::Expire(call, place, token) = event {
            world.waits(*call, *place, *token)
        } else if let Event::Overdue(job) = event {
            world.is_express(*job)
        } else if let Event::GiveUp(attempt) = event {
            world.attempts.contains_key(*attempt)
        } else {
            true
        }
    })
}

/// One event happens.
fn handle(world: &mut World, out: &mut Outbox<'_>, event: Event) {
    match event {
        Event::Arrive(client, epoch) => client::arrive(world, out, client, epoch),
        Event::Thought(client, user) => client::thought(world, out, client, user),
        Event::Resume(Owner::Request(request), outcome) => {
            client::resume(world, out, request, outcome);
        }
        Event::Resume(Owner::Job(job), outcome) => {
            if !stall::holds(world, out, event, job) {
                job::resume(world, out, job, outcome);
            }
        }
        Event::Reach(attempt) => match world.attempts.get(attempt).map(|a| a.mode) {
            Some(Mode::Sync) => service::reach(world, out, attempt),
            Some(Mode::Async) => exchange::reach(world, out, attempt),
            None => {}
        },
        Event::Cancel(attempt, how) => {
            if !stall::holds_cancel(world, out, event, attempt) {
                cancel::told(world, out, attempt, how);
            }
        }
        Event::Answer(attempt, outcome) => call::answer(world, out, attempt, outcome),
        Event::GiveUp(attempt) => call::given_up(world, out, attempt),
        Event::Expire(call, layer, token) => layers::expire(world, out, call, layer, token),
        Event::Overdue(job) => express::overdue(world, out, job),
        Event::Again(call, layer, token) => layers::again(world, out, call, layer, token),
        Event::Worked(job) => {
            if !stall::holds(world, out, event, job) {
                job::worked(world, out, job);
            }
        }
        Event::Dispatch(at) => service::dispatch(world, out, at),
        Event::Pump(edge) => delivery::pump(world, out, edge),
        Event::Tend(edge, kind) => delivery::tend(world, out, edge, kind),
        Event::Knock(attempt) => exchange::knock(world, out, attempt),
        Event::TakenIn(node, life) => exchange::taken_in(world, out, node, life),
        Event::Look(node) => exchange::check(world, out, node),
        Event::Deliver(message) => delivery::deliver(world, out, message),
        Event::Acked(message) => delivery::acked(world, out, message),
        Event::Nacked(message, why) => delivery::nacked(world, out, message, why),
        Event::Return(message) => delivery::returned(world, out, message),
        Event::ExpireHead(edge) => delivery::expire(world, out, edge),
        Event::TakeBack(edge) => delivery::take_back(world, out, edge),
        Event::Member(edge, member, step) => delivery::step(world, out, edge, member, step),
        Event::Relay(edge) => relay::poll(world, out, edge),
        Event::OutOfMemory(at, life) => life::out_of_memory(world, out, at, life),
        Event::Restart(at, life) => life::restart(world, out, at, life),
        Event::Probe(at, which, number) => prober::due(world, out, at, which, number),
        Event::Probed(at, which, number) => {
            if !stall::holds_probe(world, out, event, at, number) {
                prober::done(world, out, at, which, number);
            }
        }
        Event::ProbeLate(at, which, number) => prober::late(world, out, at, which, number),
        Event::Unhealthy(at, life) => life::unhealthy(world, out, at, life),
        Event::Leak(node, epoch) => leak::step(world, out, node, epoch),
        Event::Measure(node, epoch) => autoscaler::measure(world, out, node, epoch),
        Event::Scale(node, epoch) => autoscaler::judge(world, out, node, epoch),
        Event::Ready(at, life) => autoscaler::ready_now(world, out, at, life),
        Event::Faults(epoch) => {
            if epoch == world.trouble.epoch {
                trouble::refresh(world, out);
            }
        }
    }
}
