//! The stretch of time that a report is over, and what it makes of counts and levels.

use super::Meter;
use super::gauge::Gauge;
use crate::units::Time;

/// The stretch of time a report is over.
#[derive(Clone, Copy)]
pub struct Window {
    pub now: Time,
    pub secs: f64,
}

impl Meter {
    /// From the start of the figures to now.
    pub(super) fn window(&self, now: Time) -> Window {
        Window {
            now,
            secs: now.since(self.start).as_secs_f64(),
        }
    }
}

impl Window {
    pub(super) fn mean(self, gauge: &Gauge) -> f64 {
        self.mean_of(gauge.area_at(self.now))
    }

    pub(super) fn mean_of(self, area: i128) -> f64 {
        if self.secs > 0.0 {
            area as f64 / (self.secs * 1e9)
        } else {
            0.0
        }
    }

    pub(super) fn rate(self, count: u64) -> f64 {
        if self.secs > 0.0 {
            count as f64 / self.secs
        } else {
            0.0
        }
    }
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole > 0 {
        part as f64 / whole as f64
    } else {
        0.0
    }
}
