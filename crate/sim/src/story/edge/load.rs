//! The load of an edge: calls that wait for a permit, retries that multiply them, and a queue that grows.

use super::super::Desk;
use super::super::kind::{Tag, What};
use super::super::log::Place;
use super::{EdgeWatch, GROWS};
use crate::event::EdgeIx;
use crate::frame::BUCKET;
use crate::meter::edge_tally::EdgeTally;
use crate::meter::flow::EdgeFlow;
use crate::units::Time;

/// Attempts for each first one that are news.
const RETRIES: f64 = 1.25;
/// Buckets over which they are counted.
const STEADY: f64 = 30.0;
/// A backlog is news if it is what comes in so many seconds, and this more.
const BACKLOG: (f64, f64) = (1.5, 10.0);
/// The same of a log, of which a consumer takes many records at once: meanwhile others wait.
const LAG: (f64, f64) = (3.0, 50.0);

impl EdgeWatch {
    pub(super) fn permits(
        &mut self,
        desk: &mut Desk<'_>,
        ix: EdgeIx,
        tally: &EdgeTally,
        bucket: &EdgeFlow,
    ) {
        let place = Place::Edge(ix);
        let gone = bucket.sent_calls + bucket.unsent;
        self.unsent = (self.unsent + bucket.calls.cast_signed() - gone.cast_signed()).max(0);
        let Some(guard) = desk.board.edge(ix).guard else {
            return;
        };
        let many = self.unsent >= 3 && self.unsent * 2 >= tally.in_flight.level();
        self.waits = (self.waits << 1 | u16::from(many)) & 0x3ff;
        let waiting = self.unsent as f32;
        match (self.is(Tag::Permits), self.waits.count_ones()) {
            (false, 8..) => {
                self.active |= Tag::Permits.bit();
                let what = What::Permits { waiting, guard };
                desk.log.open(desk.ago(10), place, what, None);
            }
            (true, 0..=2) => self.close(desk, ix, Tag::Permits),
            (true, _) => desk
                .log
                .update(place, Tag::Permits, |entry| match &mut entry.what {
                    What::Permits { waiting: most, .. } if waiting > *most * 1.2 => {
                        *most = waiting;
                        true
                    }
                    _ => false,
                }),
            _ => {}
        }
    }

    pub(super) fn retries(&mut self, desk: &mut Desk<'_>, ix: EdgeIx, tally: &EdgeTally) {
        let place = Place::Edge(ix);
        let (second, _) = tally.recent.second();
        let bucket = tally.recent.bucket();
        self.load
            .add(bucket.attempts as f64, bucket.first as f64, STEADY);
        let (attempts, first) = (second.attempts as f64, second.first as f64);
        let times = self.load.ratio();
        let many = second.retries as f64 >= 0.15 * attempts
            && attempts >= 5.0
            && attempts - first >= 3.0
            && times >= RETRIES;
        self.retries = (self.retries << 1 | u16::from(many)) & 0x3ff;
        let what = What::Retries {
            times: times as f32,
            attempts: (self.load.part * 10.0 / STEADY) as f32,
            first: (self.load.whole * 10.0 / STEADY) as f32,
        };
        match (self.is(Tag::Retries), self.retries.count_ones()) {
            (false, 8..) => {
                self.active |= Tag::Retries.bit();
                desk.log.open(desk.ago(10), place, what, None);
            }
            (true, 0) => self.close(desk, ix, Tag::Retries),
            (true, _) if many => desk.log.update(place, Tag::Retries, |entry| {
                let more = matches!(entry.what, What::Retries { times: most, .. } if times as f32 > most * 1.1);
                if more {
                    entry.what = what;
                }
                more
            }),
            _ => {}
        }
    }

    pub(super) fn backlog(
        &mut self,
        desk: &mut Desk<'_>,
        ix: EdgeIx,
        tally: &EdgeTally,
        bucket: &EdgeFlow,
    ) {
        let place = Place::Edge(ix);
        let lag = desk.board.edge(ix).log;
        let unacked = if lag { 0 } else { tally.unacked.level() };
        let waiting = (tally.ready.level() + unacked).max(0);
        if waiting == 0 && !self.is(Tag::Backlog) && bucket.published == 0 {
            return;
        }
        let (second, secs) = tally.recent.second();
        let rate = |count: u64| count as f64 / secs.max(0.1);
        // The usual flow, so that a pause of the publisher does not make a little backlog a large one.
        self.fed +=
            (rate(bucket.published * 10).min(rate(second.published) * 3.0) - self.fed) * 0.03;
        let comes = self.fed.max(rate(second.published));
        let now = waiting as f64;
        let before = f64::from(self.backlog[0]);
        self.backlog.rotate_left(1);
        self.backlog[GROWS - 1] = waiting as u32;
        if now <= 3.0 + 0.2 * comes {
            self.calm = desk.now;
        }
        let (secs_of, more) = if lag { LAG } else { BACKLOG };
        let bound = secs_of * comes + more;
        let grows = now > before + 3.0 * libm::sqrt(before.max(1.0));
        let what = What::Backlog {
            waiting: now as f32,
            comes: rate(second.published) as f32,
            done: rate(second.consumed) as f32,
            lag,
        };
        if !self.is(Tag::Backlog) && now > bound && grows {
            self.active |= Tag::Backlog.bit();
            let since = self.calm.max(Time::from_nanos(BUCKET.as_nanos()));
            desk.log.open(since, place, what, None);
        } else if self.is(Tag::Backlog) && now < 0.2 * bound {
            self.close(desk, ix, Tag::Backlog);
        } else if self.is(Tag::Backlog) {
            desk.log.update(place, Tag::Backlog, |entry| {
                let more = matches!(entry.what, What::Backlog { waiting: most, .. } if now as f32 > most * 1.1);
                if more {
                    entry.what = what;
                }
                more
            });
        }
    }
}
