//! A gauge: a level that steps up and down, and the area under it, from which exact means are made.

use crate::units::Time;

/// A level over time.
///
/// The area under it up to a time `t` is `level * t` less the sum of each step times the time at which it was
/// taken, so that a step costs a product and two sums, however long the level was held before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gauge {
    level: i64,
    /// The sum of steps times their times, in nanoseconds.
    steps: i128,
}

impl Gauge {
    /// The level changes.
    #[inline]
    pub const fn add(&mut self, now: Time, by: i64) {
        // A step of a hundred thousand at the end of a day is the most that fits.
        self.steps += by.wrapping_mul(now.as_nanos().cast_signed()) as i128;
        self.level += by;
        debug_assert!(self.level >= 0, "a level below zero");
    }

    /// The level takes this value.
    pub const fn set(&mut self, now: Time, to: i64) {
        self.add(now, to - self.level);
    }

    /// The area begins anew; the level stays.
    pub const fn restart(&mut self, now: Time) {
        self.steps = self.level as i128 * now.as_nanos() as i128;
    }

    /// The level.
    pub const fn level(&self) -> i64 {
        self.level
    }

    /// The area under the level up to now, in level times nanoseconds.
    pub const fn area_at(&self, now: Time) -> i128 {
        self.level as i128 * now.as_nanos() as i128 - self.steps
    }
}

/// The mean of a level between two readings of its area.
pub fn mean(before: (Time, i128), after: (Time, i128)) -> f64 {
    let span = after.0.since(before.0).as_nanos();
    if span == 0 {
        0.0
    } else {
        (after.1 - before.1) as f64 / span as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_exact_and_does_not_depend_on_the_cut() {
        let at = Time::from_nanos;
        let mut gauge = Gauge::default();
        gauge.add(at(10), 3);
        gauge.add(at(20), -1);
        let start = (at(0), 0);
        let (middle, end) = ((at(15), 0), (at(30), gauge.area_at(at(30))));
        assert_eq!(gauge.area_at(at(30)), 50);
        assert!((mean(start, end) - 50.0 / 30.0).abs() < 1e-12);
        assert!((mean(middle, middle)).abs() < 1e-12);
    }
}
