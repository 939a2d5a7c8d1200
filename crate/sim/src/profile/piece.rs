//! A piece of a profile: a shape with a closed form for its integral, and the inverse of that.

use crate::units::Time;

const TURN: f64 = 2.0 * std::f64::consts::PI;

/// What holds for a while.
pub struct Piece {
    /// Until when; `Time::NEVER` for the last piece.
    pub end: Time,
    /// What.
    pub shape: Shape,
}

/// A factor over time, in seconds from where the piece is looked at.
pub enum Shape {
    /// Always the same.
    Flat(f64),
    /// In a straight line.
    Slope {
        /// Where it begins.
        at: f64,
        /// By how much it rises each second.
        by: f64,
    },
    /// 1 and a sine.
    Wave {
        /// Where in its period it begins, from 0 to 1.
        phase: f64,
        /// The period in seconds.
        period: f64,
        /// The sine's amplitude, at most 1, so that the factor is never below 0.
        swing: f64,
    },
}

impl Shape {
    /// The integral over the first so many seconds.
    pub fn area(&self, secs: f64) -> f64 {
        match *self {
            Shape::Flat(factor) => factor * secs,
            Shape::Slope { at, by } => (at + by * secs / 2.0) * secs,
            Shape::Wave {
                phase,
                period,
                swing,
            } => {
                let cos = |turns: f64| libm::cos(TURN * turns);
                secs + swing * period / TURN * (cos(phase) - cos(phase + secs / period))
            }
        }
    }

    /// After how many seconds the integral has come to this; none if it never does.
    pub fn reach(&self, area: f64) -> Option<f64> {
        match *self {
            Shape::Flat(factor) => (factor > 0.0).then(|| area / factor),
            Shape::Slope { at, by } => {
                // The root of the quadratic in the form that loses no digits, whatever the signs.
                let under = at * at + 2.0 * by * area;
                let sum = at + libm::sqrt(under.max(0.0));
                (sum > 0.0).then(|| 2.0 * area / sum)
            }
            Shape::Wave { period, .. } => {
                // Whole periods are worth their length; the rest is searched for.
                let whole = (area / period).floor();
                let rest = area - whole * period;
                Some(whole * period + self.search(rest, period))
            }
        }
    }

    /// After how many seconds within one period the integral, which never falls, has come to this: halving,
    /// with a fixed number of steps, so that it is the same everywhere.
    fn search(&self, area: f64, period: f64) -> f64 {
        let (mut low, mut high) = (0.0, period);
        // A day in 2^-50 parts is below a nanosecond.
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if self.area(middle) < area {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}
