//! An edge watched: whether its way is long, its calls wait for a permit, are sent again and again, or its queue grows.

mod load;

use super::Desk;
use super::evidence::{Bounds, Fading, Pace, Share, Signal, Work};
use super::kind::{Tag, What};
use super::log::Place;
use crate::event::EdgeIx;
use crate::meter::edge_tally::EdgeTally;
use crate::meter::flow::EdgeFlow;
use crate::outcome::By;
use crate::scenario::Mode;
use crate::units::Time;

const LOSS: Bounds = Bounds {
    floor: 0.003,
    times: 3.0,
    more: 0.0,
    enough: 5.0,
};
const BARRED: Bounds = Bounds {
    floor: 0.02,
    times: 2.0,
    more: 0.0,
    enough: 5.0,
};
const TURNED_BACK: Bounds = Bounds {
    floor: 0.01,
    times: 3.0,
    more: 0.0,
    enough: 5.0,
};
const GIVEN_UP: Bounds = Bounds {
    floor: 0.002,
    times: 2.0,
    more: 0.0,
    enough: 2.5,
};
const REDELIVERED: Bounds = Bounds {
    floor: 0.005,
    times: 3.0,
    more: 0.0,
    enough: 5.0,
};
const TWICE: Bounds = Bounds {
    floor: 0.005,
    times: 3.0,
    more: 0.0,
    enough: 8.0,
};

/// Buckets over which it must have grown.
const GROWS: usize = 20;

/// What is remembered of an edge.
#[derive(Debug, Clone, Default)]
pub struct EdgeWatch {
    /// The kinds that go on here.
    active: u32,
    mode: Option<Mode>,
    /// How long the way to the callee takes; of an async edge the publish, up to its confirm.
    pace: Pace,
    /// Attempts on their way, and those in each of the last buckets.
    out: i64,
    outs: [u32; 10],
    place: usize,
    /// Buckets in which something was on its way and nothing came.
    silent: u32,
    came: u32,
    loss: Share,
    barred: Share,
    turned_back: Share,
    given_up: Share,
    given: f64,
    redelivered: Share,
    twice: Share,
    /// Calls that have sent nothing yet; and in which of the last buckets they were most of all.
    unsent: i64,
    waits: u16,
    retries: u16,
    /// Attempts and first ones of the last seconds.
    load: Fading,
    /// What waits in the queue, in the last buckets.
    backlog: [u32; GROWS],
    calm: Time,
    fed: f64,
}

/// The level is read once a bucket. A way that takes next to no time is hardly ever caught on: so much is added to all of
/// them, or a single one that is would look like a long way. In seconds.
const LEAST: f64 = 0.04;

/// Those that were on their way over a bucket.
fn travel(level: f64, came: u64, done: u64) -> Work {
    Work {
        spent: level * 0.1 + LEAST * came.max(done) as f64,
        came: came as f64,
        done: done as f64,
    }
}

/// What came to its end: at the callee, or of a publish its confirm.
const fn arrived(bucket: &EdgeFlow, sync: bool) -> u64 {
    if sync {
        bucket.reached
    } else {
        bucket.ok + bucket.failed
    }
}

impl EdgeWatch {
    /// A bucket has closed.
    pub fn step(&mut self, desk: &mut Desk<'_>, ix: EdgeIx, tally: &EdgeTally) {
        let bucket = *tally.recent.bucket();
        let edge = desk.board.edge(ix);
        if !edge.alive {
            self.close_all(desk, ix);
            return;
        }
        let mode = edge.mode;
        if let Some(before) = self.mode.replace(mode)
            && before != mode
        {
            desk.log
                .note(desk.ago(1), Place::Edge(ix), What::Switched { mode });
            self.close_all(desk, ix);
            self.pace = Pace::default();
            self.out = 0;
            self.outs = [0; 10];
        }
        self.way(desk, ix, tally, &bucket);
        self.shares(desk, ix, tally, &bucket);
        self.permits(desk, ix, tally, &bucket);
        self.retries(desk, ix, tally);
        self.backlog(desk, ix, tally, &bucket);
        // Nothing happens any more: what is counted by events is over.
        if tally.calm.buckets() >= 10 {
            for tag in [
                Tag::Loss,
                Tag::Barred,
                Tag::Retries,
                Tag::Redelivered,
                Tag::Twice,
            ] {
                self.close(desk, ix, tag);
            }
        }
    }

    fn is(&self, tag: Tag) -> bool {
        self.active & tag.bit() != 0
    }

    fn close(&mut self, desk: &mut Desk<'_>, ix: EdgeIx, tag: Tag) {
        if self.is(tag) {
            self.active &= !tag.bit();
            desk.log.close(desk.now, Place::Edge(ix), tag);
        }
    }

    fn close_all(&mut self, desk: &mut Desk<'_>, ix: EdgeIx) {
        for tag in [
            Tag::Way,
            Tag::Loss,
            Tag::Permits,
            Tag::Barred,
            Tag::Backlog,
            Tag::QueueFull,
            Tag::GivenUp,
            Tag::Redelivered,
            Tag::Twice,
            Tag::Retries,
        ] {
            self.close(desk, ix, tag);
        }
        self.pace.clear(desk.now);
    }

    /// By Little's law: what is on its way, divided by what comes.
    fn way(&mut self, desk: &mut Desk<'_>, ix: EdgeIx, tally: &EdgeTally, bucket: &EdgeFlow) {
        let place = Place::Edge(ix);
        let sent = bucket.attempts.cast_signed();
        let gone = (bucket.reached + bucket.lost_out).cast_signed();
        let sync = self.mode == Some(Mode::Sync);
        let (level, set_out) = if sync {
            self.out = (self.out + sent - gone).max(0);
            (self.out, bucket.attempts)
        } else {
            (tally.in_flight.level(), bucket.calls)
        };
        let came = arrived(bucket, sync);
        if came > 0 {
            self.silent = 0;
            self.came += 1;
        } else if level > 0 {
            self.silent += 1;
            self.came = 0;
        }
        self.place = (self.place + 1) % self.outs.len();
        let old = std::mem::replace(&mut self.outs[self.place], level as u32);
        let oldest = tally.recent.oldest();
        let old_out = if sync { oldest.attempts } else { oldest.calls };
        let work = travel(level as f64, set_out, came);
        let old = travel(f64::from(old), old_out, arrived(oldest, sync));
        let active = self.is(Tag::Way);
        let signal = self.pace.step(desk.now, active, work, old);
        let longer = (self.pace.takes() - self.pace.usual()).max(0.0) as f32;
        let held = self.silent >= 12;
        match signal {
            Signal::Quiet => {}
            Signal::Begins(since) => {
                self.active |= Tag::Way.bit();
                desk.log.open(since, place, What::Network { longer }, None);
            }
            Signal::Holds => {
                let came = self.came;
                desk.log
                    .update(place, Tag::Way, |entry| match &mut entry.what {
                        What::Held { count } if held => {
                            let more = level as f32 > *count * 1.2;
                            if more {
                                *count = level as f32;
                            }
                            more
                        }
                        What::Held { .. } if came >= 15 => {
                            entry.what = What::Network { longer };
                            true
                        }
                        What::Network { .. } if held => {
                            entry.what = What::Held {
                                count: level as f32,
                            };
                            true
                        }
                        What::Network { longer: most } if (longer - *most).abs() > *most * 0.08 => {
                            *most = longer;
                            true
                        }
                        _ => false,
                    });
            }
            Signal::Over(since) => {
                self.active &= !Tag::Way.bit();
                desk.log.close(since, place, Tag::Way);
            }
        }
    }

    fn shares(&mut self, desk: &mut Desk<'_>, ix: EdgeIx, tally: &EdgeTally, bucket: &EdgeFlow) {
        let place = Place::Edge(ix);
        let active = &mut self.active;
        let crossings = (bucket.attempts + bucket.reached).max(bucket.lost_on_way);
        desk.share(
            (active, Tag::Loss, place),
            &mut self.loss,
            (bucket.lost_on_way as f64, crossings as f64),
            &LOSS,
            |share| {
                if share.peak() >= 0.9 {
                    What::CutOff
                } else {
                    What::Loss {
                        share: share.peak() as f32,
                    }
                }
            },
        );
        desk.share(
            (active, Tag::Barred, place),
            &mut self.barred,
            (bucket.barred as f64, bucket.calls.max(bucket.barred) as f64),
            &BARRED,
            |share| What::Barred {
                share: share.peak() as f32,
                by: tally.refused_by.most(&OWN),
            },
        );
        if bucket.published + bucket.turned_back + bucket.reached + bucket.given_up == 0 {
            return;
        }
        let came = (bucket.published + bucket.turned_back) as f64;
        desk.share(
            (active, Tag::QueueFull, place),
            &mut self.turned_back,
            (bucket.turned_back as f64, came),
            &TURNED_BACK,
            |share| What::QueueFull {
                share: share.peak() as f32,
            },
        );
        // What is done twice since somebody further up tried again is told there.
        let here = self.mode == Some(Mode::Async) || tally.recent.second().0.retries > 0;
        let twice = if here { bucket.duplicates } else { 0 };
        // What was dropped for a full queue is told as that.
        let given_up = bucket.given_up.saturating_sub(bucket.turned_back) as f64;
        self.given += given_up;
        let count = self.given;
        let ended = bucket.consumed as f64 + given_up;
        desk.share(
            (active, Tag::GivenUp, place),
            &mut self.given_up,
            (given_up, ended),
            &GIVEN_UP,
            |_| What::GivenUp {
                count: count as f32,
            },
        );
        desk.share(
            (active, Tag::Redelivered, place),
            &mut self.redelivered,
            (
                bucket.redelivered as f64,
                bucket.reached.max(bucket.redelivered) as f64,
            ),
            &REDELIVERED,
            |share| What::Redelivered {
                share: share.peak() as f32,
            },
        );
        desk.share(
            (active, Tag::Twice, place),
            &mut self.twice,
            (twice as f64, bucket.reached.max(twice) as f64),
            &TWICE,
            |share| What::Twice {
                share: share.peak() as f32,
            },
        );
    }
}

/// The caller's own policies.
const OWN: [By; 6] = [
    By::OpenBreaker,
    By::FullBulkhead,
    By::NoConnection,
    By::RateLimit,
    By::ConcurrencyLimit,
    By::Throttle,
];
