//! A client watched: whether it sends more than it used to, and whether it is served.

use super::Desk;
use super::evidence::{Evidence, Fading};
use super::kind::{Tag, What};
use super::log::Place;
use crate::event::NodeIx;
use crate::meter::flow::ClientFlow;
use crate::meter::tally::ClientTally;

/// From how many times the usual rate on it counts as more.
const MORE: f64 = 1.4;
/// Requests too many that decide, where they come as a Poisson stream does.
const ENOUGH: f64 = 25.0;
/// Answers that were bad, and too many by the share of one in twenty, that decide.
const BAD: (f64, f64) = (0.05, 5.0);
/// Buckets of the window in which all must be well for it to be over.
pub const WINDOW: usize = 50;
/// The share of what was offered that must be good in it, in hundredths.
pub const WELL: u32 = 95;

/// What is remembered of a client.
#[derive(Debug, Clone)]
pub struct ClientWatch {
    active: u32,
    usual: Fading,
    spread: Fading,
    learnt: u32,
    more: Evidence,
    less: u32,
    peak: f64,
    bad: Evidence,
    /// Answers since that began: refused, late, failed, and all.
    kinds: [Fading; 3],
    silent: u32,
    /// Requests and good answers of the last buckets.
    window: [(u16, u16); WINDOW],
    place: usize,
    buckets: u32,
}

impl Default for ClientWatch {
    fn default() -> Self {
        ClientWatch {
            active: 0,
            usual: Fading::default(),
            spread: Fading::default(),
            learnt: 0,
            more: Evidence::default(),
            less: 0,
            peak: 0.0,
            bad: Evidence::default(),
            kinds: [Fading::default(); 3],
            silent: 0,
            window: [(0, 0); WINDOW],
            place: 0,
            buckets: 0,
        }
    }
}

impl ClientWatch {
    /// A bucket has closed.
    pub fn step(&mut self, desk: &mut Desk<'_>, ix: NodeIx, tally: &ClientTally) {
        let bucket = *tally.recent.bucket();
        let oldest = tally.recent.oldest().offered as f64;
        let second = tally.recent.second().0.offered as f64;
        self.traffic(desk, ix, (bucket.offered as f64, second), oldest);
        self.served(desk, ix, &bucket, tally);
    }

    fn is(&self, tag: Tag) -> bool {
        self.active & tag.bit() != 0
    }

    fn traffic(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        (came, second): (f64, f64),
        oldest: f64,
    ) {
        let place = Place::Node(ix);
        let usual = self.usual.ratio();
        if self.is(Tag::Traffic) {
            self.peak += (came - self.peak) * 0.1;
            let (peak, times) = (self.peak, self.peak / usual.max(0.01));
            self.less = if second < 1.25 * usual * 10.0 {
                self.less + 1
            } else {
                0
            };
            if self.less >= 10 {
                self.active &= !Tag::Traffic.bit();
                self.more.clear(desk.now);
                // The second before that had some of it.
                desk.log
                    .close(desk.ago(u64::from(self.less) + 8), place, Tag::Traffic);
                return;
            }
            desk.log
                .update(place, Tag::Traffic, |entry| match &mut entry.what {
                    What::Traffic {
                        times: most, rate, ..
                    } if times as f32 > *most * 1.1 => {
                        (*most, *rate) = (times as f32, peak as f32 * 10.0);
                        true
                    }
                    _ => false,
                });
            return;
        }
        let enough = ENOUGH * self.spread.ratio().clamp(1.0, 50.0);
        if self.more.is_calm(enough) {
            self.learnt += 1;
            // The first second has no bucket before it.
            if self.learnt > 10 {
                if usual > 0.0 {
                    let off = oldest - usual;
                    self.spread.add(off * off, usual, 300.0);
                }
                self.usual.add(oldest, 1.0, 150.0);
            }
        }
        if self.learnt < 30 || usual <= 0.0 {
            self.more.clear(desk.now);
            return;
        }
        if self.more.add(desk.now, came - MORE * usual, enough) {
            self.active |= Tag::Traffic.bit();
            let took = desk.now.since(self.more.since()).as_secs_f64().max(0.1);
            // At least what decided came beyond the bound, since it began.
            let rate = (MORE * usual * 10.0) + enough / took;
            self.peak = rate / 10.0;
            self.less = 0;
            let what = What::Traffic {
                times: (rate / (usual * 10.0)) as f32,
                rate: rate as f32,
                usual: (usual * 10.0) as f32,
            };
            desk.log.open(self.more.since(), place, what, None);
        }
    }

    fn served(
        &mut self,
        desk: &mut Desk<'_>,
        ix: NodeIx,
        bucket: &ClientFlow,
        tally: &ClientTally,
    ) {
        let place = Place::Node(ix);
        self.place = (self.place + 1) % WINDOW;
        self.window[self.place] = (bucket.offered as u16, bucket.good as u16);
        self.buckets = (self.buckets + 1).min(WINDOW as u32);
        let answered = bucket.answered as f64;
        let late = bucket.ok.saturating_sub(bucket.good) as f64;
        let failed = (bucket.errors + bucket.timed_out) as f64;
        let parts = [bucket.refused as f64, late, failed];
        let bad: f64 = parts.iter().sum();
        let (second, _) = tally.recent.second();
        // Nobody is answered any more.
        let silent = second.answered * 3 < second.offered && second.offered >= 5;
        self.silent = if silent { self.silent + 1 } else { 0 };
        let told = |kinds: &[Fading; 3], unanswered: bool| {
            let [refused, late, failed] = kinds.map(|kind| kind.ratio() as f32);
            What::Hurt {
                refused,
                late,
                failed,
                unanswered: if unanswered {
                    1.0 - second.answered as f32 / second.offered.max(1) as f32
                } else {
                    0.0
                },
            }
        };
        if self.is(Tag::Hurt) {
            for (kind, part) in self.kinds.iter_mut().zip(parts) {
                kind.add(part, answered, 30.0);
            }
            let sum = |which: fn(&(u16, u16)) -> u16| -> u32 {
                self.window.iter().map(|both| u32::from(which(both))).sum()
            };
            let (offered, good) = (sum(|both| both.0), sum(|both| both.1));
            if self.buckets == WINDOW as u32 && offered > 0 && good * 100 >= offered * WELL {
                self.active &= !Tag::Hurt.bit();
                self.bad.clear(desk.now);
                desk.log.close(desk.ago(WINDOW as u64), place, Tag::Hurt);
                return;
            }
            let now = told(&self.kinds, self.silent >= 20);
            desk.log.update(place, Tag::Hurt, |entry| {
                let more = now.worse() > entry.what.worse() * 1.1 + 0.005;
                if more {
                    entry.what = now;
                }
                more
            });
            return;
        }
        let fires = self.bad.add(desk.now, bad - BAD.0 * answered, BAD.1);
        if self.bad.since() == desk.now {
            self.kinds = [Fading::default(); 3];
        } else {
            for (kind, part) in self.kinds.iter_mut().zip(parts) {
                kind.part += part;
                kind.whole += answered;
            }
        }
        if fires || self.silent >= 20 {
            self.active |= Tag::Hurt.bit();
            self.buckets = 0;
            let since = if fires {
                self.bad.since()
            } else {
                desk.ago(u64::from(self.silent) + 10)
            };
            let via = desk.board.outs(ix).next();
            desk.log.open(since, place, told(&self.kinds, !fires), via);
        }
    }
}

impl What {
    /// How many are hurt, of one.
    fn worse(&self) -> f32 {
        match self {
            What::Hurt {
                refused,
                late,
                failed,
                unanswered,
            } => refused + late + failed + unanswered,
            _ => 0.0,
        }
    }
}
