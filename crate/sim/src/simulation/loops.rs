//! Loops: what does the own work of jobs that have no thread of their own.
//!
//! A lane is a line with so many seats: an event loop is a lane with one seat and the jobs pinned to it, the carriers
//! of virtual threads are one lane with a seat each. A job sits while it does own work, and leaves its seat for a
//! call, unless that call blocks. Its continuation needs a seat again, if only for a moment.

use std::collections::VecDeque;

use super::drag;
use super::group;
use super::outbox::Outbox;
use super::purpose;
use super::work::{Job, Lookup};
use super::world::{Link, World};
use crate::event::{AttemptKey, EdgeIx, JobKey, Owner, ReplicaIx};
use crate::fact::{Fact, Turn};
use crate::rng::Luck;
use crate::scenario::{Model, Service};
use crate::units::{Limit, Ratio, Span, Time};

/// The lanes of a replica.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loops {
    /// All there ever were at once: jobs stay on theirs until they end.
    pub lanes: Vec<Lane>,
    /// How many of them take new jobs, from the first on.
    open: u32,
    /// Who called so far, in order: edge, replica of the caller.
    callers: Vec<(EdgeIx, u32)>,
    /// Connections accepted for one request each.
    accepted: u32,
}

/// A line with seats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// How many may sit.
    pub seats: u32,
    /// How many do; more while seats are being taken away.
    pub taken: u32,
    /// Who waits for a seat.
    pub line: VecDeque<JobKey>,
}

/// What a job does its work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// A thread of its own.
    Thread,
    /// A seat of this lane, now and then.
    Lane {
        /// Which.
        lane: u32,
        /// Whether it has one.
        stand: Stand,
        /// Since when it has been so.
        since: Time,
        /// For how long it sat before.
        sat: Span,
    },
}

/// Where a job without a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It sits: it works, or blocks.
    Seated,
    /// It waits for a seat.
    Line,
    /// It waits for a call.
    Away,
}

impl Seat {
    /// Whether it has what it needs to work: a thread of its own or a seat.
    pub const fn holds(self) -> bool {
        match self {
            Seat::Thread => true,
            Seat::Lane { stand, .. } => matches!(stand, Stand::Seated),
        }
    }

    /// How long it has held it, of a job that began then.
    pub fn held(self, now: Time, started: Time) -> Span {
        match self {
            Seat::Thread => now.since(started),
            Seat::Lane {
                stand: Stand::Seated,
                since,
                sat,
                ..
            } => sat + now.since(since),
            Seat::Lane { sat, .. } => sat,
        }
    }

    fn turn(&mut self, now: Time, to: Stand) {
        if let Seat::Lane {
            stand, since, sat, ..
        } = self
        {
            if *stand == Stand::Seated {
                *sat = *sat + now.since(*since);
            }
            (*stand, *since) = (to, now);
        }
    }
}

impl Loops {
    /// Takes over settings: more seats are there at once, others go when those who sit have left them.
    fn follow(&mut self, spec: &Service) {
        let (lanes, seats) = match spec.model {
            // Those who came before are still served.
            Model::Blocking => return,
            Model::EventLoop => (spec.loops, 1),
            Model::VirtualThreads => (1, spec.carriers),
        };
        let most = self.lanes.len().max(lanes as usize);
        self.lanes.resize_with(most, Lane::default);
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            lane.seats = if place < lanes as usize { seats } else { 1 };
        }
        self.open = lanes;
    }

    /// The lane of a request: that of its connection, which its caller keeps or which is its own.
    fn lane(&mut self, spec: &Service, caller: (EdgeIx, u32), luck: Luck) -> u32 {
        let connection = match spec.connections {
            Limit::Unbounded => {
                self.accepted = self.accepted.wrapping_add(1);
                u64::from(self.accepted.wrapping_sub(1))
            }
            Limit::Of(each) => {
                let found = self.callers.iter().position(|other| *other == caller);
                let place = found.unwrap_or_else(|| {
                    self.callers.push(caller);
                    self.callers.len() - 1
                });
                let one = luck.part(purpose::CONNECTION).stream().below(each.into());
                place as u64 * u64::from(each) + one
            }
        };
        (connection % u64::from(self.open.max(1))) as u32
    }
}

/// What a new job works on, as one of this caller.
pub fn seat(
    world: &mut World,
    now: Time,
    at: ReplicaIx,
    caller: (EdgeIx, u32),
    luck: Luck,
) -> Seat {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return Seat::Thread;
    };
    if spec.model == Model::Blocking {
        return Seat::Thread;
    }
    let loops = replica.loops.get_or_insert_with(|| {
        let mut new = Loops::default();
        new.follow(spec);
        Box::new(new)
    });
    Seat::Lane {
        lane: loops.lane(spec, caller, luck),
        stand: Stand::Away,
        since: now,
        sat: Span::ZERO,
    }
}

/// The replica of the caller of an attempt, as far as anybody knows.
pub fn caller(world: &World, attempt: AttemptKey) -> u32 {
    let call = world.attempts.get(attempt).and_then(|attempt| attempt.call);
    call.and_then(|call| world.calls.get(call))
        .map_or(0, |call| call.replica)
}

/// Settings have changed: there may be seats for those who wait.
pub fn follow(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let Some(loops) = &mut replica.loops else {
        return;
    };
    loops.follow(spec);
    for lane in 0..loops.lanes.len() as u32 {
        serve(world, out, at, lane);
    }
}

/// A job has own work to do: at once if there is a seat, else it waits for one. `begins` if it is just there.
pub fn enter(world: &mut World, out: &mut Outbox<'_>, key: JobKey, begins: bool) {
    let job = &mut world.jobs[key];
    let (at, orphan, request) = (job.at, job.orphan, job.request.name);
    let Seat::Lane { lane, stand, .. } = job.seat else {
        return;
    };
    debug_assert!(stand == Stand::Away, "it has or wants a seat already");
    let Some(loops) = world.replica_mut(at).and_then(|r| r.loops.as_mut()) else {
        return;
    };
    let of = &mut loops.lanes[lane as usize];
    let sits = of.taken < of.seats && of.line.is_empty();
    if sits {
        of.taken += 1;
    } else {
        of.line.push_back(key);
    }
    let stand = if sits { Stand::Seated } else { Stand::Line };
    world.jobs[key].seat.turn(out.now, stand);
    let turn = match (sits, begins) {
        // Who begins is taken to have what it needs.
        (true, true) => None,
        (true, false) => Some(Turn::Runs),
        (false, true) => Some(Turn::BeginsInLine),
        (false, false) => Some(Turn::Lines),
    };
    if let Some(turn) = turn {
        say(out, at, request, turn, orphan);
    }
    if sits {
        run(world, out, key);
    }
}

/// A job whose calls are begun leaves its seat, unless one of them holds it or it waits for none.
pub fn rest(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let owner = Owner::Job(key);
    let sits = world
        .jobs
        .get(key)
        .is_some_and(|job| job.seat != Seat::Thread && job.seat.holds());
    if sits && group::is_waited_for(world, owner) && !group::is_held(world, owner) {
        park(world, out, key);
    }
}

fn park(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let job = &mut world.jobs[key];
    let (at, orphan, request) = (job.at, job.orphan, job.request.name);
    let Seat::Lane { lane, .. } = job.seat else {
        return;
    };
    job.seat.turn(out.now, Stand::Away);
    say(out, at, request, Turn::Parks, orphan);
    free(world, out, at, lane);
}

/// A job that ends is taken back to a seat for its end, wherever it is. The seat is freed by `left` afterwards.
pub fn leave(world: &mut World, out: &mut Outbox<'_>, job: &Job, key: JobKey) {
    let Seat::Lane { lane, stand, .. } = job.seat else {
        return;
    };
    let turn = match stand {
        Stand::Seated => return,
        Stand::Away => Turn::Runs,
        Stand::Line => {
            let loops = world.replica_mut(job.at).and_then(|r| r.loops.as_mut());
            if let Some(loops) = loops {
                loops.lanes[lane as usize]
                    .line
                    .retain(|other| *other != key);
            }
            Turn::RunsFromLine
        }
    };
    say(out, job.at, job.request.name, turn, job.orphan);
}

/// A job has ended: if it sat, its seat is free.
pub fn left(world: &mut World, out: &mut Outbox<'_>, job: &Job) {
    if let Seat::Lane {
        lane,
        stand: Stand::Seated,
        ..
    } = job.seat
    {
        free(world, out, job.at, lane);
    }
}

fn free(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, lane: u32) {
    if let Some(loops) = world.replica_mut(at).and_then(|r| r.loops.as_mut()) {
        loops.lanes[lane as usize].taken -= 1;
        serve(world, out, at, lane);
    }
}

/// Gives free seats to those first in line.
fn serve(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, lane: u32) {
    while let Some(loops) = world.replica_mut(at).and_then(|r| r.loops.as_mut()) {
        let of = &mut loops.lanes[lane as usize];
        if of.taken >= of.seats {
            return;
        }
        let Some(key) = of.line.pop_front() else {
            return;
        };
        of.taken += 1;
        let job = &mut world.jobs[key];
        job.seat.turn(out.now, Stand::Seated);
        let (orphan, request) = (job.orphan, job.request.name);
        say(out, at, request, Turn::RunsFromLine, orphan);
        run(world, out, key);
    }
}

fn say(out: &mut Outbox<'_>, at: ReplicaIx, request: u64, turn: Turn, orphan: bool) {
    out.say(Fact::Turned {
        node: at.node,
        replica: at.number,
        request,
        turn,
        orphan,
    });
}

/// Does the piece of own work that a job has come to.
fn run(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let piece = piece(world, key);
    drag::work(world, out, key, piece);
}

/// How long the piece of own work takes that a job has come to.
fn piece(world: &World, key: JobKey) -> Span {
    let job = &world.jobs[key];
    let Some(server) = world.server(job.at.node) else {
        return Span::ZERO;
    };
    if job.resumed.is_some() || job.cancelled {
        Span::ZERO
    } else if job.lookup == Lookup::UnderWay {
        let luck = job.luck.part(purpose::LOOKUP);
        let lookup = &world.link(job.edge).spec.dedup.lookup;
        lookup.sample(&mut luck.stream())
    } else {
        server.before(job.luck)
    }
}

/// Whether a call over this edge, with this luck, blocks what its caller works on.
pub fn blocks(link: &Link, luck: Luck) -> bool {
    let share = link.spec.blocking;
    let drawn = || {
        let mut stream = luck.part(purpose::BLOCKING).stream();
        stream.below(Ratio::ONE.as_micros()) < share.as_micros()
    };
    share >= Ratio::ONE || share > Ratio::ZERO && drawn()
}
