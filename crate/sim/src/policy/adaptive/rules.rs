//! Rules: how an adaptive limit follows what a call shows, as Netflix concurrency-limits has them.

use super::{Adaptive, Algorithm};
use crate::rng::Luck;
use crate::units::Span;

/// A number that is compared by its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Real(u64);

impl Real {
    const fn of(value: f64) -> Self {
        Real(value.to_bits())
    }

    const fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// The limit and what it is learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    limit: Real,
    /// Gradient: the long average of latency, and of how many of the first ten calls.
    long: Real,
    sum: Real,
    warm: u32,
    /// Vegas: latency without queueing; 0 before there is any.
    unloaded: Real,
    /// Vegas: calls since it was measured.
    calls: u32,
    /// Vegas: the part of the multiple at which it is measured anew, in millionths.
    jitter: u64,
}

/// How many calls are averaged plainly at first. Source: `ExpAvgMeasurement(longWindow, 10)`.
const WARM: u32 = 10;

impl Estimate {
    /// Nothing is known yet.
    pub fn new(of: &Adaptive) -> Self {
        Estimate {
            limit: Real::of(of.initial.into()),
            long: Real::default(),
            sum: Real::default(),
            warm: 0,
            unloaded: Real::default(),
            calls: 0,
            jitter: 1_000_000,
        }
        .within(of)
    }

    /// The limit: whole calls.
    pub fn limit(&self) -> u32 {
        self.limit.get() as u32
    }

    /// The same within the bounds that are set.
    pub fn within(self, of: &Adaptive) -> Self {
        Estimate {
            limit: Real::of(bounded(of, self.limit.get())),
            ..self
        }
    }

    /// A call took so long, with so many under way when it began, itself included.
    pub fn update(&mut self, of: &Adaptive, took: Span, in_flight: u32, dropped: bool, luck: Luck) {
        let limit = match of.algorithm {
            Algorithm::Aimd => self.aimd(of, took, in_flight, dropped),
            Algorithm::Vegas => self.vegas(of, took, in_flight, dropped, luck),
            Algorithm::Gradient2 => self.gradient(of, took, in_flight),
        };
        if let Some(limit) = limit {
            self.limit = Real::of(bounded(of, limit));
        }
    }

    fn aimd(&self, of: &Adaptive, took: Span, in_flight: u32, dropped: bool) -> Option<f64> {
        let limit = self.limit.get() as u32;
        if dropped || took > of.timeout {
            let less = u64::from(limit) * of.backoff.as_micros() / 1_000_000;
            Some(less as f64)
        } else {
            (u64::from(in_flight) * 2 >= limit.into()).then(|| f64::from(limit + 1))
        }
    }

    fn vegas(
        &mut self,
        of: &Adaptive,
        took: Span,
        in_flight: u32,
        dropped: bool,
        luck: Luck,
    ) -> Option<f64> {
        let (limit, took) = (self.limit.get(), took.as_nanos() as f64);
        self.calls += 1;
        let probe = self.jitter as f64 / 1e6 * f64::from(of.probe) * limit;
        if probe <= f64::from(self.calls) {
            self.jitter = 500_000 + luck.stream().below(500_000);
            (self.calls, self.unloaded) = (0, Real::of(took));
            return None;
        }
        let unloaded = self.unloaded.get();
        if unloaded <= 0.0 || took < unloaded {
            self.unloaded = Real::of(took);
            return None;
        }
        // Of no time at all nothing is queueing.
        let queue = if took > 0.0 {
            (limit * (1.0 - unloaded / took)).ceil()
        } else {
            0.0
        };
        let step = log10(limit as u32);
        if dropped {
            return Some(limit - step);
        }
        if f64::from(in_flight) * 2.0 < limit {
            return None;
        }
        if queue <= step {
            Some(limit + 6.0 * step)
        } else if queue < 3.0 * step {
            Some(limit + step)
        } else if queue > 6.0 * step {
            Some(limit - step)
        } else {
            None
        }
    }

    fn gradient(&mut self, of: &Adaptive, took: Span, in_flight: u32) -> Option<f64> {
        let (limit, short) = (self.limit.get(), (took.as_nanos() as f64).max(1.0));
        let long = if self.warm < WARM {
            self.warm += 1;
            self.sum = Real::of(self.sum.get() + short);
            self.sum.get() / f64::from(self.warm)
        } else {
            let factor = 2.0 / (f64::from(of.window) + 1.0);
            self.long.get() * (1.0 - factor) + short * factor
        };
        // After an overload the average comes down faster.
        let kept = if long / short > 2.0 {
            long * 0.95
        } else {
            long
        };
        self.long = Real::of(kept);
        if f64::from(in_flight) < limit / 2.0 {
            return None;
        }
        let gradient = (of.tolerance.as_f64() * long / short).clamp(0.5, 1.0);
        let asked = limit * gradient + f64::from(of.headroom);
        let smoothing = of.smoothing.as_f64();
        Some(limit * (1.0 - smoothing) + asked * smoothing)
    }
}

/// The decimal logarithm in whole steps, at least one. Source: `Log10RootIntFunction`.
fn log10(limit: u32) -> f64 {
    f64::from(limit.checked_ilog10().unwrap_or(0).max(1))
}

/// A limit within the bounds that are set.
fn bounded(of: &Adaptive, limit: f64) -> f64 {
    let (least, most) = (f64::from(of.least), f64::from(of.most));
    limit.min(most).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls that took so many tenths of a millisecond, with so many under way; whether they were dropped.
    fn limits(of: &Adaptive, calls: &[(usize, u64, u32, bool)]) -> Vec<u32> {
        let mut estimate = Estimate::new(of);
        let mut limits = Vec::new();
        for (times, tenths, in_flight, dropped) in calls.iter().copied() {
            for _ in 0..times {
                let took = Span::micros(tenths * 100);
                estimate.update(of, took, in_flight, dropped, Luck::of_seed(1));
                limits.push(estimate.limit());
            }
        }
        limits
    }

    /// Computed with a port of `AIMDLimit`.
    #[test]
    fn aimd_as_the_reference_has_it() {
        let of = Adaptive {
            algorithm: Algorithm::Aimd,
            ..Adaptive::default()
        };
        let calls = [
            (30, 100, 40, false),
            (1, 100, 9, false),
            (1, 100, 10, false),
            (1, 100, 20, false),
            (1, 100, 21, false),
            (1, 60_000, 5, false),
            (1, 100, 20, false),
            (1, 100, 25, true),
        ];
        let expected = [49, 50, 50, 50, 50, 50, 45, 45, 40];
        assert_eq!(limits(&of, &calls)[28..], expected);
    }

    /// Computed with a port of `VegasLimit`, without a probe.
    #[test]
    fn vegas_as_the_reference_has_it() {
        let of = Adaptive {
            algorithm: Algorithm::Vegas,
            least: 1,
            most: 1_000,
            ..Adaptive::default()
        };
        let calls = [
            (3, 100, 20, false),
            (1, 110, 30, false),
            (1, 120, 30, false),
            (1, 200, 40, false),
            (1, 200, 40, true),
            (1, 150, 10, false),
            (1, 90, 40, false),
            (1, 92, 40, false),
            (2, 300, 50, false),
            (1, 100, 50, false),
        ];
        let expected = [20, 26, 32, 32, 32, 31, 30, 30, 30, 36, 35, 34, 34];
        assert_eq!(limits(&of, &calls), expected);
    }

    #[test]
    fn a_probe_measures_anew() {
        let of = Adaptive {
            algorithm: Algorithm::Vegas,
            probe: 1,
            least: 1,
            ..Adaptive::default()
        };
        let calls = [(1, 100, 1, false), (18, 200, 1, false), (1, 200, 1, false)];
        let mut estimate = Estimate::new(&of);
        for (times, tenths, in_flight, dropped) in calls {
            for _ in 0..times {
                let took = Span::micros(tenths * 100);
                estimate.update(&of, took, in_flight, dropped, Luck::of_seed(1));
            }
        }
        assert_eq!(estimate.unloaded.get() as u64, 20_000_000);
        assert!(estimate.calls == 0 && (500_000..1_000_000).contains(&estimate.jitter));
    }

    /// Computed with a port of `Gradient2Limit`.
    #[test]
    fn gradient2_as_the_reference_has_it() {
        let calls = [
            (12, 100, 20, false),
            (6, 300, 40, false),
            (2, 100, 3, false),
            (8, 800, 60, false),
            (5, 100, 60, false),
            (4, 20, 60, false),
        ];
        let expected = [
            20, 21, 22, 23, 24, 24, 25, 26, 27, 28, 28, 29, 27, 25, 23, 22, 20, 20, 20, 20, 20, 20,
            20, 20, 20, 20, 20, 20, 20, 21, 22, 23, 24, 24, 25, 26, 27,
        ];
        assert_eq!(limits(&Adaptive::default(), &calls), expected);
    }

    #[test]
    fn bounds_that_change_move_the_limit_into_them() {
        let estimate = Estimate::new(&Adaptive::default());
        let few = Adaptive {
            least: 1,
            most: 5,
            ..Adaptive::default()
        };
        assert_eq!(estimate.within(&few).limit(), 5);
        let crossed = Adaptive { least: 9, ..few };
        assert_eq!(estimate.within(&crossed).limit(), 9);
    }
}
