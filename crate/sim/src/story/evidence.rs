//! Evidence: when figures have changed for good, and since when; chance alone must not tell a story.
//!
//! Each is a cumulative sum (Page 1954, "Continuous inspection schemes"): what exceeds a reference value is added up and
//! never falls below zero. Small swings cancel out; a lasting change adds up within a few events, and the last
//! time that the sum was near zero is when it began.

use crate::units::{Span, Time};

/// A cumulative sum.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence {
    level: f64,
    /// The end of the last bucket in which there was next to nothing of it.
    since: Time,
}

impl Evidence {
    /// A bucket that ended `now` adds this much, of which `enough` decides; whether that is reached.
    pub fn add(&mut self, now: Time, excess: f64, enough: f64) -> bool {
        let level = self.level + excess;
        // Beyond twice of what decides nothing is learned.
        self.level = level.clamp(0.0, 2.0 * enough);
        if self.level <= 0.2 * enough {
            self.since = now;
        }
        self.level >= enough
    }

    /// Whether there is next to none.
    pub fn is_calm(&self, enough: f64) -> bool {
        self.level <= 0.2 * enough
    }

    /// Since when.
    pub const fn since(&self) -> Time {
        self.since
    }

    /// It is used up.
    pub fn clear(&mut self, now: Time) {
        *self = Evidence {
            level: 0.0,
            since: now,
        };
    }
}

/// What a bucket says of something that was watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Signal {
    /// Nothing.
    Quiet,
    /// It has changed, since then.
    Begins(Time),
    /// It goes on so.
    Holds,
    /// It is as it used to be, since then.
    Over(Time),
}

/// A sum that forgets: what it says of the last so many buckets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fading {
    /// What was counted.
    pub part: f64,
    /// Of how many.
    pub whole: f64,
}

impl Fading {
    /// A bucket's share of it; the past fades by 1 in `memory` buckets.
    pub fn add(&mut self, part: f64, whole: f64, memory: f64) {
        let keep = 1.0 - 1.0 / memory;
        self.part = self.part * keep + part;
        self.whole = self.whole * keep + whole;
    }

    /// The part of one.
    pub fn ratio(&self) -> f64 {
        if self.whole > 0.0 {
            self.part / self.whole
        } else {
            0.0
        }
    }
}

/// What a bucket says of work: seconds spent on it, pieces that came and pieces that were done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Work {
    /// Seconds.
    pub spent: f64,
    /// Pieces begun.
    pub came: f64,
    /// Pieces done.
    pub done: f64,
}

/// How long a piece of work takes, by the time spent on it and the pieces that came and went: whether it takes longer
/// than it used to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    usual: Fading,
    /// Squares of what buckets were off by, by pieces.
    spread: Fading,
    evidence: Evidence,
    /// Since it began: seconds and pieces done, and what came beyond those.
    now: Fading,
    under_way: f64,
    /// Buckets in a row in which all was as usual.
    fine: u32,
    /// Buckets that were learned from.
    learnt: u32,
    /// How long it took of late at each of the last buckets, and at how many there are.
    took: [f32; RING],
    count: u32,
}

/// Buckets that may pass before its end is noticed: what it took is read as it was before those.
const RING: usize = 16;
/// From how many times longer on it counts as slower, once much is known.
const SLOWER: f64 = 1.5;
/// Pieces that are learned from before anything is said.
const LEARNT: f64 = 12.0;
/// Buckets likewise: the slowest pieces take a while to show.
const LEARNS: u32 = 20;
/// How long it must have lasted at least: one odd bucket is none.
const LASTS: Span = Span::millis(400);
/// Pieces' worth of time too much that decide, where pieces differ as exponential ones do.
const PIECES: f64 = 25.0;
/// Buckets from which the usual is learned: half a minute.
const USUAL: f64 = 300.0;
/// Buckets from which is read how long it takes while it takes longer.
const LATELY: f64 = 20.0;

impl Pace {
    /// A bucket that ended `now`. `old` is that with which the last second began: what is learned from is known to be
    /// well.
    pub fn step(&mut self, now: Time, active: bool, work: Work, old: Work) -> Signal {
        // In a burst pieces come before time is spent on them, after it they are done without any coming.
        let pieces = work.came.max(work.done);
        if active {
            return self.goes_on(now, work, pieces);
        }
        let enough = PIECES * self.spread.ratio().clamp(1.0, 100.0);
        if self.evidence.is_calm(enough) {
            self.learn(old);
        }
        let usual = self.usual.ratio();
        if self.usual.whole < LEARNT || self.learnt < LEARNS || usual <= 0.0 {
            self.clear(now);
            return Signal::Quiet;
        }
        // What little was seen may have been quick by chance.
        let slower = SLOWER + 3.0 / libm::sqrt(self.usual.whole);
        let excess = work.spent / usual - slower * pieces;
        let fires = self.evidence.add(now, excess, enough);
        if self.evidence.since() == now {
            (self.now, self.under_way) = (Fading::default(), 0.0);
        } else {
            self.now.part += work.spent;
            self.now.whole += work.done;
            self.under_way += work.came - work.done;
        }
        if fires && now.since(self.evidence.since()) >= LASTS {
            self.fine = 0;
            return Signal::Begins(self.evidence.since());
        }
        Signal::Quiet
    }

    fn goes_on(&mut self, now: Time, work: Work, pieces: f64) -> Signal {
        let usual = self.usual.ratio();
        self.now.add(work.spent, work.done, LATELY);
        self.under_way = (self.under_way + work.came - work.done) * (1.0 - 1.0 / LATELY);
        if pieces > 0.0 && work.spent <= 1.35 * usual * pieces {
            self.fine += 1;
        } else if pieces > 0.0 || work.spent > 0.0 {
            self.fine = 0;
        }
        let lately = self.lately();
        self.took[self.count as usize % RING] = lately as f32;
        self.count += 1;
        let quick = self.now.whole >= 6.0 && lately < 1.3 * usual;
        if self.fine >= 8 || quick {
            let back = u64::from(self.fine.max(1)) * crate::frame::BUCKET.as_nanos();
            self.clear(now);
            return Signal::Over(Time::from_nanos(now.as_nanos().saturating_sub(back)));
        }
        Signal::Holds
    }

    fn learn(&mut self, old: Work) {
        let usual = self.usual.ratio();
        if usual > 0.0 && self.usual.whole >= LEARNT {
            let off = old.spent / usual - old.done;
            self.spread.add(off * off, old.done, 2.0 * USUAL);
        }
        self.usual.add(old.spent, old.done, USUAL);
        self.learnt = (self.learnt + u32::from(old.done > 0.0)).min(LEARNS);
    }

    /// All that was learned of what is not usual is forgotten.
    pub fn clear(&mut self, now: Time) {
        self.evidence.clear(now);
        (self.now, self.under_way) = (Fading::default(), 0.0);
        (self.fine, self.count) = (0, 0);
    }

    /// How many seconds a piece takes of late. Of what is under way half is taken for done.
    fn lately(&self) -> f64 {
        self.now.part / (self.now.whole + 0.5 * self.under_way.max(0.0)).max(1.0)
    }

    /// How many seconds a piece takes while it takes longer.
    pub fn takes(&self) -> f64 {
        if self.count as usize >= RING {
            f64::from(self.took[self.count as usize % RING])
        } else {
            self.lately()
        }
    }

    /// How many seconds it used to take.
    pub fn usual(&self) -> f64 {
        self.usual.ratio()
    }
}

/// What a share is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// No share below this counts.
    pub floor: f64,
    /// Nor one below so many times the usual one.
    pub times: f64,
    /// Nor one less than this above the usual one.
    pub more: f64,
    /// How many too many decide.
    pub enough: f64,
}

/// How long it must not be too large to be over.
const GONE: Span = Span::secs(2);

/// A share of what happens, such as errors: whether it is larger than it should be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    usual: Fading,
    evidence: Evidence,
    now: Fading,
    /// The largest so far, while it is too large.
    peak: f64,
    /// Evidence that it is over.
    over: Evidence,
}

impl Share {
    /// A bucket that ended `now` had so many of so many.
    pub fn step(
        &mut self,
        now: Time,
        active: bool,
        (part, whole): (f64, f64),
        by: &Bounds,
    ) -> Signal {
        let usual = self.usual();
        let bound = by.floor.max(by.times * self.at_most()).max(usual + by.more);
        if active {
            self.now.add(part, whole, 20.0);
            let share = self.now.ratio();
            self.peak = self.peak.max(share);
            let between = 0.5 * (usual + share.max(0.5 * self.peak));
            let over = self.over.add(now, between * whole - part, 4.0);
            if over && now.since(self.over.since()) >= GONE {
                let since = self.over.since();
                self.clear(now);
                return Signal::Over(since);
            }
            return Signal::Holds;
        }
        if self.evidence.is_calm(by.enough) {
            self.usual.add(part, whole, 600.0);
        }
        let fires = self.evidence.add(now, part - bound * whole, by.enough);
        if self.evidence.since() == now {
            self.now = Fading::default();
        } else {
            self.now.part += part;
            self.now.whole += whole;
        }
        if fires {
            self.peak = self.now.ratio();
            self.over.clear(now);
            return Signal::Begins(self.evidence.since());
        }
        Signal::Quiet
    }

    /// What it usually is.
    pub fn usual(&self) -> f64 {
        self.usual.ratio()
    }

    /// What it usually is at most, as far as can be told from what was seen.
    fn at_most(&self) -> f64 {
        (self.usual.part + 1.0) / (self.usual.whole + 40.0)
    }

    /// Of how many that was learned.
    pub const fn learnt(&self) -> f64 {
        self.usual.whole
    }

    /// What it is of late.
    pub fn now(&self) -> f64 {
        self.now.ratio().min(1.0)
    }

    /// The largest while it is too large.
    pub fn peak(&self) -> f64 {
        self.peak.max(self.now()).min(1.0)
    }

    /// It is taken for over.
    pub fn clear(&mut self, now: Time) {
        self.evidence.clear(now);
        self.over.clear(now);
        self.now = Fading::default();
        self.peak = 0.0;
    }
}
