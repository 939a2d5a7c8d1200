//! A service watched: whether its own work takes longer, fails or stops, whether its pool is full and who is refused.

mod life;

use super::Desk;
use super::evidence::{Bounds, Pace, Share, Signal, Work};
use super::kind::{Tag, What};
use super::log::Place;
use crate::event::NodeIx;
use crate::frame::BUCKET;
use crate::health::State;
use crate::meter::flow::ServiceFlow;
use crate::meter::tally::ServiceTally;
use crate::units::{Span, Time};

/// A bucket, in nanoseconds.
const NANOS: f64 = BUCKET.as_nanos() as f64;
/// A pool is full in a bucket if so much of it was busy, in the mean.
const FULL: f64 = 0.97;
/// After so long without any answer, and so many times the usual time, work is stuck.
const SILENT: u32 = 10;
/// After so many buckets in which it does not even begin, likewise.
const STALLED: u32 = 8;
const PIECES: f64 = 12.0;
/// A full pool is news by itself if it lasts so long and so many requests wait.
const LASTS: Span = Span::secs(5);
const PILES: f64 = 20.0;

const ERRORS: Bounds = Bounds {
    floor: 0.0015,
    times: 3.0,
    more: 0.0,
    enough: 5.0,
};
const FAILING: Bounds = Bounds {
    floor: 0.05,
    times: 2.0,
    more: 0.0,
    enough: 5.0,
};
const REFUSING: Bounds = Bounds {
    floor: 0.01,
    times: 3.0,
    more: 0.0,
    enough: 5.0,
};
const MISSES: Bounds = Bounds {
    floor: 0.0,
    times: 1.0,
    more: 0.15,
    enough: 12.0,
};

/// What is remembered of a service.
#[derive(Debug, Clone, Default)]
pub struct ServiceWatch {
    /// The kinds that go on here.
    active: u32,
    pace: Pace,
    errors: Share,
    failing: Share,
    refusing: Share,
    misses: Share,
    /// In which of the last buckets the pool was full, the last one lowest; and since when it is.
    full: u16,
    filled: Time,
    /// Buckets without any answer, while it worked.
    silent: u32,
    /// Buckets in which it did not work, and something waited for it.
    stalled: u32,
    /// Buckets with answers since it was stuck.
    answers: u32,
    /// Stops that were seen: of any kind, for memory, for liveness.
    stops: [u64; 3],
    /// Leaked bytes, and since when there are any.
    leaked: i64,
    leaks: Time,
    garbage: u32,
    unready: u32,
    /// How many replicas there were.
    replicas: u32,
}

/// Own work, without what garbage collection takes.
fn work(flow: &ServiceFlow) -> Work {
    let own = flow.busy.wrapping_sub(flow.waiting).cast_signed() as f64;
    let own = (own - flow.collected as f64).max(0.0);
    Work {
        spent: own / 1e9,
        came: flow.started as f64,
        done: flow.completed as f64,
    }
}

impl ServiceWatch {
    /// A bucket has closed.
    pub fn step(&mut self, desk: &mut Desk<'_>, ix: NodeIx, tally: &ServiceTally) {
        let bucket = *tally.recent.bucket();
        let (second, secs) = tally.recent.second();
        let second = *second;
        if secs <= 0.0 {
            return;
        }
        let waits = tally.up.level() > 0 && tally.queue.level() + tally.buffered.level() > 0;
        let done = (second.completed, waits);
        self.pace(desk, ix, &bucket, tally.recent.oldest(), done);
        self.down(desk, ix, tally);
        self.memory(desk, ix, tally, &second);
        self.shares(desk, ix, &bucket);
        self.full(desk, ix, tally, &bucket, (&second, secs));
        self.starved(desk, ix, tally, &second);
        self.scaled(desk, ix, tally);
    }

    fn is(&self, tag: Tag) -> bool {
        self.active & tag.bit() != 0
    }

    fn pace(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        bucket: &ServiceFlow,
        oldest: &ServiceFlow,
        (completed, waits): (u64, bool),
    ) {
        let place = Place::Node(ix);
        let own = work(bucket);
        if bucket.completed > 0 {
            self.silent = 0;
            self.answers += 1;
        } else if own.spent * 1e9 >= 0.9 * NANOS {
            self.silent += 1;
            self.answers = 0;
        }
        // It has work, and nothing is done with it at all.
        let idle = bucket.busy == 0 && bucket.started + bucket.completed == 0;
        self.stalled = if waits && idle { self.stalled + 1 } else { 0 };
        if self.stalled == STALLED && !self.is(Tag::Slow) {
            self.active |= Tag::Slow.bit();
            let since = desk.ago(u64::from(STALLED));
            desk.log.open(since, place, What::Stuck { busy: 0.0 }, None);
        }
        let active = self.is(Tag::Slow);
        let signal = self.pace.step(desk.now, active, own, work(oldest));
        let usual = self.pace.usual();
        let slow = |pace: &Pace| {
            let takes = pace.takes();
            What::Slow {
                times: (takes / usual) as f32,
                takes: takes as f32,
                usual: usual as f32,
            }
        };
        match signal {
            Signal::Quiet => {}
            Signal::Begins(since) => {
                self.active |= Tag::Slow.bit();
                desk.log.open(since, place, slow(&self.pace), None);
            }
            Signal::Holds => {
                let stuck = self.silent >= SILENT
                    && f64::from(self.silent) * 0.1 >= PIECES * usual
                    && completed == 0;
                let (answers, now) = (self.answers, slow(&self.pace));
                desk.log
                    .update(place, Tag::Slow, |entry| match (&entry.what, &now) {
                        (What::Slow { .. }, _) if stuck => {
                            entry.what = What::Stuck {
                                busy: (own.spent * 1e9 / NANOS) as f32,
                            };
                            true
                        }
                        (What::Stuck { .. }, What::Slow { times, .. }) => {
                            let slow = answers >= 15 && *times > 1.5;
                            if slow {
                                entry.what = now;
                            }
                            slow
                        }
                        (What::Slow { times: old, .. }, What::Slow { times, .. }) => {
                            let better = (times - old).abs() > 0.08 * old;
                            if better {
                                entry.what = now;
                            }
                            better
                        }
                        _ => false,
                    });
            }
            Signal::Over(since) => {
                self.active &= !Tag::Slow.bit();
                desk.log.close(since, place, Tag::Slow);
            }
        }
    }

    fn shares(&mut self, desk: &mut Desk<'_>, ix: NodeIx, bucket: &ServiceFlow) {
        let done = bucket.completed as f64;
        let place = Place::Node(ix);
        let active = &mut self.active;
        desk.share(
            (active, Tag::Errors, place),
            &mut self.errors,
            (bucket.own_errors as f64, done),
            &ERRORS,
            |share| What::Errors {
                share: share.peak() as f32,
            },
        );
        let began = desk.share(
            (active, Tag::Failing, place),
            &mut self.failing,
            (bucket.call_errors as f64, done),
            &FAILING,
            |share| What::Failing {
                share: share.peak() as f32,
            },
        );
        if began {
            let via = desk.fails_over(ix);
            desk.log.update(place, Tag::Failing, |entry| {
                entry.via = via;
                true
            });
        }
        let front = desk.board.is_front(ix);
        // Of a service that is down it is said that it is down.
        let refused = if *active & Tag::Down.bit() != 0 && bucket.completed == 0 {
            0
        } else {
            bucket.refused
        };
        desk.share(
            (active, Tag::Refusing, place),
            &mut self.refusing,
            (refused as f64, bucket.offered as f64),
            &REFUSING,
            |share| What::Refusing {
                share: share.peak() as f32,
                front,
            },
        );
        if bucket.lookups > 0 && self.misses.learnt() >= 0.0 {
            let usual = self.misses.usual();
            desk.share(
                (active, Tag::ColdCache, place),
                &mut self.misses,
                (
                    (bucket.lookups - bucket.hits.min(bucket.lookups)) as f64,
                    bucket.lookups as f64,
                ),
                &MISSES,
                |share| What::ColdCache {
                    hits: (1.0 - share.peak()) as f32,
                    usual: (1.0 - usual) as f32,
                },
            );
        }
    }

    fn full(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        tally: &ServiceTally,
        bucket: &ServiceFlow,
        (second, secs): (&ServiceFlow, f64),
    ) {
        let place = Place::Node(ix);
        let of = tally.threads.level() as f64;
        let busy = bucket.busy.cast_signed() as f64 / NANOS;
        let full = of > 0.0 && busy >= FULL * of;
        if full && self.full.trailing_zeros() >= 3 {
            self.filled = desk.ago(1);
        }
        self.full = (self.full << 1 | u16::from(full)) & 0x3ff;
        let count = self.full.count_ones();
        let figures = || {
            let mean = |area: u64| (area.cast_signed() as f64 / (secs * 1e9)) as f32;
            What::Full {
                busy: mean(second.busy),
                of: of as f32,
                waiting: mean(second.waiting),
                comes: (second.offered as f64 / secs) as f32,
                done: (second.completed as f64 / secs) as f32,
            }
        };
        if !self.is(Tag::Full) && count >= 9 {
            self.active |= Tag::Full.bit();
            let via = desk.waits_on(ix, second.waiting);
            desk.log.open(self.filled, place, figures(), via);
        } else if self.is(Tag::Full) && count <= 3 {
            self.active &= !Tag::Full.bit();
            desk.log
                .close(desk.ago(u64::from(10 - count)), place, Tag::Full);
        } else if self.is(Tag::Full) {
            let now = figures();
            let via = desk.waits_on(ix, second.waiting);
            // More waits than it does in a second, for long: nobody has to be turned away for that to be trouble.
            let waits = tally.queue.level() as f64;
            let piles = waits >= PILES && waits * secs >= second.completed as f64;
            let at = desk.now;
            desk.log.update(place, Tag::Full, |entry| {
                let news = piles && !entry.news && at.since(entry.at) >= LASTS;
                entry.news |= news;
                news
            });
            desk.log
                .update(place, Tag::Full, |entry| match (&entry.what, &now) {
                    (
                        What::Full { waiting: old, .. },
                        What::Full {
                            waiting, busy, of, ..
                        },
                    ) if *waiting > old + 0.5 && *busy >= 0.95 * of => {
                        entry.what = now;
                        if via.is_some() {
                            entry.via = via;
                        }
                        true
                    }
                    _ => false,
                });
        }
    }

    fn starved(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        tally: &ServiceTally,
        second: &ServiceFlow,
    ) {
        let place = Place::Node(ix);
        let starved = tally.condition.state == State::Starved;
        if starved && !self.is(Tag::Starved) {
            self.active |= Tag::Starved.bit();
            let usual = tally.condition.usual();
            let share = if usual > 0.0 {
                second.offered as f64 / usual
            } else {
                0.0
            };
            let what = What::Starved {
                share: share as f32,
            };
            desk.log.open(desk.ago(3), place, what, None);
        } else if !starved && self.is(Tag::Starved) {
            self.active &= !Tag::Starved.bit();
            desk.log.close(desk.now, place, Tag::Starved);
        }
    }

    fn scaled(&mut self, desk: &mut Desk<'_>, ix: NodeIx, tally: &ServiceTally) {
        let replicas = tally.replicas.len() as u32;
        let counts = &tally.counts;
        let before = std::mem::replace(&mut self.replicas, replicas);
        if before != 0 && before != replicas && counts.scaled_up + counts.scaled_down > 0 {
            let what = What::Scaled {
                from: before,
                to: replicas,
            };
            desk.log.note(desk.ago(1), Place::Node(ix), what);
        }
    }
}
