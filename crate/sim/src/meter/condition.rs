//! The condition of a service: the state that its last buckets show.

use std::collections::VecDeque;

use super::flow::{ServiceFlow, mean};
use super::recent::{Recent, SECOND};
use crate::frame::BUCKET;
use crate::health::{FULL, State, Vitals, judge};

/// How fast the usual load follows the load, per bucket: a tenth of a second out of ten.
const FOLLOW: f64 = 0.01;

/// Buckets in which a state must show before it counts.
const HOLDS: u32 = 3;

/// Buckets over which a backlog must fall to be called draining: three seconds.
const TREND: usize = 30;

/// After so many buckets in which nothing happened to it, nothing changes any more by itself.
pub const SETTLES: u32 = TREND as u32 + 1;

/// What the judgement of a service remembers.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// Its state.
    pub state: State,
    /// Whether a caller of it is in trouble, starved or draining.
    pub stuck: bool,
    /// What usually comes in a second while its callers do well.
    usual: f64,
    /// From how many buckets that was learned.
    learned: u32,
    /// The state that the last buckets showed, and how many of them.
    seen: State,
    lasts: u32,
    /// In which of the last buckets the whole pool was busy: a bit each, the last one lowest.
    full: u16,
    /// What waited for it at the end of each of the last buckets.
    backlog: VecDeque<f64>,
}

/// What is judged at the end of a bucket, beside the last second.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Whether it runs.
    pub up: bool,
    /// How many items wait for it.
    pub waits: i64,
    /// The size of all its pools.
    pub threads: i64,
}

/// A state that has become another one.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// What it was.
    pub was: State,
    /// Threads busy, mean of the bucket.
    pub busy: f32,
    /// The share of what came in the last second that was refused.
    pub refused: f32,
}

impl Condition {
    /// A bucket has closed; how its state changed, if it did.
    pub fn judge(&mut self, recent: &Recent<ServiceFlow>, now: Now) -> Option<Turn> {
        let waits = now.waits as f64;
        self.backlog.push_back(waits);
        if self.backlog.len() > TREND {
            self.backlog.pop_front();
        }
        let busy = mean(recent.bucket().busy, BUCKET.as_nanos() as f64);
        let whole = now.threads as f32;
        let full = whole > 0.0 && busy >= FULL * whole;
        self.full = (self.full << 1 | u16::from(full)) & ((1 << SECOND) - 1);
        let (second, secs) = recent.second();
        let offered = second.offered as f32;
        if !self.stuck && secs >= 1.0 {
            self.learn(offered, secs);
        }
        let vitals = Vitals {
            up: now.up,
            offered,
            completed: second.completed as f32,
            errors: second.errors as f32,
            refused: second.refused as f32,
            busy: (second.busy + second.off) as f32 / (secs * 1e9) as f32,
            full: self.full.count_ones() as f32 / SECOND as f32,
            backlog: waits as f32,
            backlog_before: self.backlog.front().copied().unwrap_or(0.0) as f32,
            usual: self.usual as f32,
            starved: self.state == State::Starved,
            callers_stuck: self.stuck,
        };
        let seen = judge(&vitals);
        self.lasts = if seen == self.seen { self.lasts + 1 } else { 1 };
        self.seen = seen;
        // What shows in a few buckets only is chance, and one burst does not feed a starved service; a
        // service that is down is down at once.
        let long = if self.state == State::Starved {
            SECOND as u32
        } else {
            HOLDS
        };
        let holds = self.lasts >= long || seen == State::Restarting || self.state == State::Idle;
        (holds && seen != self.state).then(|| Turn {
            was: std::mem::replace(&mut self.state, seen),
            busy,
            refused: if offered > 0.0 {
                vitals.refused / offered
            } else {
                0.0
            },
        })
    }

    /// What usually comes in a second.
    pub const fn usual(&self) -> f64 {
        self.usual
    }

    /// Whether nothing will change by itself, if nothing has happened to it for so many buckets.
    pub fn is_settled(&self, quiet: u32) -> bool {
        quiet >= SETTLES && self.seen == self.state && self.lasts >= SECOND as u32
    }

    /// So many buckets passed in which nothing happened to it, after it had settled.
    pub fn catch_up(&mut self, buckets: u32) {
        if self.stuck {
            return;
        }
        for left in (0..buckets).rev() {
            let before = self.usual;
            self.learn(0.0, 1.0);
            if self.usual.to_bits() == before.to_bits() {
                self.learned += left;
                return;
            }
        }
    }

    /// The usual load: a plain mean at first, then one that follows slowly.
    fn learn(&mut self, offered: f32, secs: f64) {
        self.learned += 1;
        let weight = (1.0 / f64::from(self.learned)).max(FOLLOW);
        self.usual += (f64::from(offered) / secs - self.usual) * weight;
    }
}
