//! A broker node watched: whether it takes messages in slower than it used to, blocks or is down.

use super::Desk;
use super::evidence::{Pace, Signal, Work};
use super::kind::{Tag, What, Why};
use super::log::Place;
use crate::event::NodeIx;
use crate::frame::BUCKET;
use crate::meter::broker_tally::BrokerTally;
use crate::meter::flow::BrokerFlow;

/// A bucket, in nanoseconds.
const NANOS: u64 = BUCKET.as_nanos();

/// What is remembered of a broker node.
#[derive(Debug, Clone, Default)]
pub struct BrokerWatch {
    active: u32,
    pace: Pace,
    free: u32,
}

/// Seconds at work, of one bucket in which messages stood in line so long, and messages taken in.
fn work(flow: &BrokerFlow) -> Work {
    let busy = flow.intake.cast_signed().clamp(0, NANOS.cast_signed());
    let done = flow.taken_in as f64;
    Work {
        spent: busy as f64 / 1e9,
        came: done,
        done,
    }
}

impl BrokerWatch {
    /// A bucket has closed.
    pub fn step(&mut self, desk: &mut Desk<'_>, ix: NodeIx, tally: &BrokerTally) {
        let place = Place::Node(ix);
        let bucket = tally.recent.bucket();
        let active = self.active & Tag::Slow.bit() != 0;
        let signal = self
            .pace
            .step(desk.now, active, work(bucket), work(tally.recent.oldest()));
        let (takes, usual) = (self.pace.takes(), self.pace.usual());
        let slow = What::Slow {
            times: (takes / usual) as f32,
            takes: takes as f32,
            usual: usual as f32,
        };
        match signal {
            Signal::Quiet => {}
            Signal::Begins(since) => {
                self.active |= Tag::Slow.bit();
                desk.log.open(since, place, slow, None);
            }
            Signal::Holds => desk.log.update(place, Tag::Slow, |entry| {
                let more = match (&entry.what, &slow) {
                    (What::Slow { times: old, .. }, What::Slow { times, .. }) => {
                        (times - old).abs() > 0.08 * old
                    }
                    _ => false,
                };
                if more {
                    entry.what = slow;
                }
                more
            }),
            Signal::Over(since) => {
                self.active &= !Tag::Slow.bit();
                desk.log.close(since, place, Tag::Slow);
            }
        }
        let blocked = bucket.blocked.cast_signed() as f64 >= 0.3 * NANOS as f64;
        let is = self.active & Tag::Blocked.bit() != 0;
        self.free = if blocked { 0 } else { self.free + 1 };
        if blocked && !is {
            self.active |= Tag::Blocked.bit();
            desk.log.open(desk.ago(1), place, What::Blocked, None);
        } else if is && self.free >= 10 {
            self.active &= !Tag::Blocked.bit();
            desk.log.close(desk.ago(10), place, Tag::Blocked);
        }
        let is = self.active & Tag::Down.bit() != 0;
        if tally.down && !is {
            self.active |= Tag::Down.bit();
            let what = What::Down {
                running: 0,
                of: 1,
                stops: 1,
                why: Why::Unknown,
            };
            desk.log.open(desk.ago(1), place, what, None);
        } else if !tally.down && is {
            self.active &= !Tag::Down.bit();
            desk.log.close(desk.now, place, Tag::Down);
        }
    }
}
