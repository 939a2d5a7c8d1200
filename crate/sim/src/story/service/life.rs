//! The life of a service's replicas: whether they stop, are not ready, leak memory or are slowed by their garbage.

use super::super::Desk;
use super::super::kind::{Tag, What, Why};
use super::super::log::Place;
use super::ServiceWatch;
use crate::event::NodeIx;
use crate::frame::BUCKET;
use crate::meter::flow::ServiceFlow;
use crate::meter::tally::ServiceTally;
use crate::units::{Span, Time};

/// The share of own work that garbage collection takes which is news, and below which it is over.
const GARBAGE: [f64; 2] = [0.25, 0.12];
/// Leaked bytes that are news, of the memory that a replica may hold.
const LEAKED: f64 = 0.04;
const NO_LIMIT: f64 = 256.0 * 1_048_576.0;
/// A replica that stops again within this time is stopping again and again.
const AGAIN: Span = Span::secs(60);

impl ServiceWatch {
    pub(super) fn down(&mut self, desk: &mut Desk<'_>, ix: NodeIx, tally: &ServiceTally) {
        let place = Place::Node(ix);
        let counts = &tally.counts;
        let stops = [counts.kills, counts.out_of_memory, counts.unhealthy];
        // Counts begin anew after a warm-up.
        let more = [0, 1, 2].map(|i| stops[i].saturating_sub(self.stops[i]));
        self.stops = stops;
        let running = tally.up.level().unsigned_abs() as u32;
        let of = tally
            .replicas
            .iter()
            .filter(|one| !one.fresh)
            .count()
            .max(1) as u32;
        if more[0] > 0 {
            let why = if more[1] > 0 {
                Why::Memory
            } else if more[2] > 0 {
                Why::Liveness
            } else {
                Why::Unknown
            };
            let before = Time::from_nanos(desk.now.as_nanos().saturating_sub(BUCKET.as_nanos()));
            let since = Time::from_nanos(desk.now.as_nanos().saturating_sub(AGAIN.as_nanos()));
            let known = self.is(Tag::Down) || desk.log.reopen(place, Tag::Down, since);
            if known {
                desk.log.update(place, Tag::Down, |entry| {
                    if let What::Down {
                        stops, running: r, ..
                    } = &mut entry.what
                    {
                        *stops += more[0] as u32;
                        *r = running.min(*r);
                    }
                    true
                });
            } else {
                let what = What::Down {
                    running,
                    of: of.max(running),
                    stops: more[0] as u32,
                    why,
                };
                desk.log.open(before, place, what, None);
            }
            self.active |= Tag::Down.bit();
        } else if self.is(Tag::Down) {
            if running >= of {
                self.active &= !Tag::Down.bit();
                desk.log.close(desk.now, place, Tag::Down);
            } else {
                desk.log
                    .update(place, Tag::Down, |entry| match &mut entry.what {
                        What::Down { running: r, .. } if running < *r => {
                            *r = running;
                            true
                        }
                        _ => false,
                    });
            }
        }
        let unready = tally.unready.level().unsigned_abs() as u32;
        self.unready = if unready > 0 { self.unready + 1 } else { 0 };
        if unready > 0 && self.unready >= 5 && !self.is(Tag::Unready) && running > 0 {
            self.active |= Tag::Unready.bit();
            let what = What::Unready { unready, of };
            desk.log.open(desk.ago(5), place, what, None);
        } else if unready == 0 && self.is(Tag::Unready) {
            self.active &= !Tag::Unready.bit();
            desk.log.close(desk.now, place, Tag::Unready);
        }
    }

    pub(super) fn memory(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        tally: &ServiceTally,
        second: &ServiceFlow,
    ) {
        let place = Place::Node(ix);
        let running = (tally.up.level().max(1)) as f64;
        let (held, limit) = (tally.held() / running, desk.limit(ix));
        let leaked = tally.leaked.level();
        if self.leaked == 0 {
            self.leaks = desk.ago(1);
        }
        let much = leaked as f64 / running >= LEAKED * limit.unwrap_or(NO_LIMIT);
        if much && leaked > self.leaked && !self.is(Tag::Leak) {
            self.active |= Tag::Leak.bit();
            let what = What::Leak {
                held: held as f32,
                limit: limit.unwrap_or(0.0) as f32,
            };
            // A restart has freed it, and it goes on.
            let since = desk.ago(AGAIN.as_nanos() / BUCKET.as_nanos());
            if !desk.log.reopen(place, Tag::Leak, since) {
                desk.log.open(self.leaks, place, what, None);
            }
        } else if self.is(Tag::Leak) && leaked == 0 {
            self.active &= !Tag::Leak.bit();
            desk.log.close(desk.now, place, Tag::Leak);
        } else if self.is(Tag::Leak) {
            desk.log
                .update(place, Tag::Leak, |entry| match &mut entry.what {
                    What::Leak { held: most, .. } if held as f32 > *most * 1.1 => {
                        *most = held as f32;
                        true
                    }
                    _ => false,
                });
        }
        self.leaked = leaked;
        let own = second.busy.wrapping_sub(second.waiting).cast_signed() as f64;
        let share = if own > 0.0 {
            second.collected as f64 / own
        } else {
            0.0
        };
        let high = share >= GARBAGE[usize::from(self.is(Tag::Garbage))];
        let changes = high != self.is(Tag::Garbage);
        self.garbage = if changes { self.garbage + 1 } else { 0 };
        if self.garbage >= 8 {
            self.garbage = 0;
            if high {
                self.active |= Tag::Garbage.bit();
                let what = What::Garbage {
                    share: share.min(1.0) as f32,
                    held: held as f32,
                    limit: limit.unwrap_or(held) as f32,
                };
                desk.log.open(desk.ago(8), place, what, None);
            } else {
                self.active &= !Tag::Garbage.bit();
                desk.log.close(desk.ago(8), place, Tag::Garbage);
            }
        } else if self.is(Tag::Garbage) {
            desk.log
                .update(place, Tag::Garbage, |entry| match &mut entry.what {
                    What::Garbage {
                        share: most,
                        held: h,
                        ..
                    } if share.min(1.0) as f32 > *most * 1.1 => {
                        (*most, *h) = (share.min(1.0) as f32, held as f32);
                        true
                    }
                    _ => false,
                });
        }
    }
}
