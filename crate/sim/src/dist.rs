//! How long things take: the distributions of work, of thinking and of network latency.

mod bounds;
mod gamma;
mod normal;
mod pareto;
mod ziggurat;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rng::Stream;
use crate::units::{Ratio, Span};
pub use bounds::{CV, MOST_SHARES, SHAPE};

/// A distribution of lengths of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Dist {
    /// Always the same.
    Constant(Span),
    /// Exponential with this mean: without memory, coefficient of variation 1.
    Exponential(Span),
    /// Log-normal: a long right tail, as measured latencies have.
    LogNormal {
        /// The mean.
        mean: Span,
        /// Standard deviation divided by the mean.
        cv: Ratio,
    },
    /// Gamma: from nearly constant (cv near 0) over exponential (cv 1) to very uneven; its tail is
    /// exponential. With cv 1 over the root of a whole number it is Erlang's.
    Gamma {
        /// The mean.
        mean: Span,
        /// Standard deviation divided by the mean; the shape is 1 over its square.
        cv: Ratio,
    },
    /// Pareto: a power law, so that single values outweigh many. The smallest value follows: the mean times
    /// (shape - 1) / shape.
    Pareto {
        /// The mean.
        mean: Span,
        /// The tail's exponent, above 1; up to 2 the variance is infinite.
        shape: Ratio,
    },
    /// Every length between two bounds is equally likely.
    Uniform {
        /// The shortest.
        from: Span,
        /// The longest.
        to: Span,
    },
    /// Two values: hits and misses, a fast and a slow path.
    Bimodal {
        /// The common one.
        fast: Span,
        /// The other one.
        slow: Span,
        /// How often it is the slow one.
        slow_share: Ratio,
    },
    /// A mixture of fixed values: small, medium and large.
    Discrete(Vec<Share>),
}

/// One value of a discrete mixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// How long.
    pub value: Span,
    /// How often, relative to the other shares.
    pub weight: Ratio,
}

impl Default for Dist {
    fn default() -> Self {
        Dist::Constant(Span::ZERO)
    }
}

impl Dist {
    /// One sample.
    pub fn sample(&self, luck: &mut Stream) -> Span {
        match self {
            Dist::Constant(value) => *value,
            Dist::Exponential(mean) => exponential(*mean, luck),
            Dist::LogNormal { mean, cv } => scaled(*mean, normal::log_normal(cv.as_f64(), luck)),
            Dist::Gamma { mean, cv } => scaled(*mean, gamma::gamma(cv.as_f64(), luck)),
            Dist::Pareto { mean, shape } => scaled(*mean, pareto::pareto(shape.as_f64(), luck)),
            Dist::Uniform { from, to } => {
                let width = (*to - *from).as_nanos();
                *from + Span::nanos(luck.below(width.saturating_add(1)))
            }
            Dist::Bimodal {
                fast,
                slow,
                slow_share,
            } => {
                if luck.below(Ratio::ONE.as_micros()) < slow_share.as_micros() {
                    *slow
                } else {
                    *fast
                }
            }
            Dist::Discrete(shares) => one_of(shares, luck),
        }
    }

    /// The one length it always has, where chance has no part in it.
    pub const fn constant(&self) -> Option<Span> {
        match self {
            Dist::Constant(value) => Some(*value),
            Dist::Exponential(_)
            | Dist::LogNormal { .. }
            | Dist::Gamma { .. }
            | Dist::Pareto { .. }
            | Dist::Uniform { .. }
            | Dist::Bimodal { .. }
            | Dist::Discrete(_) => None,
        }
    }

    /// The mean.
    pub fn mean(&self) -> Span {
        match self {
            Dist::Constant(mean)
            | Dist::Exponential(mean)
            | Dist::LogNormal { mean, .. }
            | Dist::Gamma { mean, .. }
            | Dist::Pareto { mean, .. } => *mean,
            Dist::Uniform { from, to } => {
                Span::nanos(u64::midpoint(from.as_nanos(), to.as_nanos()))
            }
            Dist::Bimodal {
                fast,
                slow,
                slow_share,
            } => {
                let share = slow_share.as_f64();
                Span::from_secs_f64(fast.as_secs_f64() * (1.0 - share) + slow.as_secs_f64() * share)
            }
            Dist::Discrete(shares) => {
                let total: f64 = shares.iter().map(|s| s.weight.as_f64()).sum();
                let sum: f64 = shares
                    .iter()
                    .map(|s| s.weight.as_f64() * s.value.as_secs_f64())
                    .sum();
                if total > 0.0 {
                    Span::from_secs_f64(sum / total)
                } else {
                    Span::ZERO
                }
            }
        }
    }
}

pub use ziggurat::exponential as unit_exponential;

/// An exponential sample.
pub fn exponential(mean: Span, luck: &mut Stream) -> Span {
    scaled(mean, unit_exponential(luck))
}

/// A mean times a draw of mean 1.
fn scaled(mean: Span, draw: f64) -> Span {
    Span::from_nanos_f64(mean.as_nanos() as f64 * draw)
}

/// One of the values of a mixture.
fn one_of(shares: &[Share], luck: &mut Stream) -> Span {
    let total: u64 = shares.iter().map(|s| s.weight.as_micros()).sum();
    let mut at = luck.below(total);
    for share in shares {
        let weight = share.weight.as_micros();
        if at < weight {
            return share.value;
        }
        at -= weight;
    }
    Span::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    const TEN: Span = Span::millis(10);

    fn gamma(percent: u64) -> Dist {
        Dist::Gamma {
            mean: TEN,
            cv: Ratio::percent(percent),
        }
    }

    fn pareto(percent: u64) -> Dist {
        Dist::Pareto {
            mean: TEN,
            shape: Ratio::percent(percent),
        }
    }

    fn bimodal(percent: u64) -> Dist {
        Dist::Bimodal {
            fast: Span::millis(5),
            slow: Span::millis(55),
            slow_share: Ratio::percent(percent),
        }
    }

    const UNIFORM: Dist = Dist::Uniform {
        from: Span::millis(5),
        to: Span::millis(15),
    };

    fn samples(dist: &Dist, n: u64) -> Vec<Span> {
        let luck = Luck::of_seed(11);
        (0..n)
            .map(|i| dist.sample(&mut luck.part(i).stream()))
            .collect()
    }

    fn moments(dist: &Dist) -> (f64, f64) {
        let n = 200_000u64;
        let samples: Vec<f64> = samples(dist, n).iter().map(|s| s.as_millis_f64()).collect();
        let mean = samples.iter().sum::<f64>() / n as f64;
        let var = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        (mean, var.sqrt() / mean)
    }

    fn close(what: &str, measured: f64, expected: f64, tolerance: f64) {
        assert!(
            (measured - expected).abs() <= tolerance * expected.max(1e-9),
            "{what}: {measured}, expected {expected}"
        );
    }

    #[test]
    fn means_and_variations_are_the_ones_set() {
        let log_normal = Dist::LogNormal {
            mean: TEN,
            cv: Ratio::percent(50),
        };
        let mixture = Dist::Discrete(vec![
            Share {
                value: Span::millis(5),
                weight: Ratio::percent(90),
            },
            Share {
                value: Span::millis(55),
                weight: Ratio::percent(10),
            },
        ]);
        for (what, dist, cv, tolerance) in [
            ("exponential", Dist::Exponential(TEN), 1.0, 0.02),
            ("log-normal", log_normal, 0.5, 0.03),
            ("mixture", mixture, 1.5, 0.02),
            ("gamma, shape 4", gamma(50), 0.5, 0.02),
            ("gamma, shape 1", gamma(100), 1.0, 0.02),
            ("gamma, shape 1/4", gamma(200), 2.0, 0.03),
            // Of a Pareto with shape a the squared cv is 1 / (a (a - 2)).
            ("pareto, shape 5", pareto(500), 1.0 / 15f64.sqrt(), 0.04),
            ("uniform", UNIFORM, 1.0 / 12f64.sqrt(), 0.01),
            ("bimodal", bimodal(10), 1.5, 0.02),
        ] {
            let (mean, variation) = moments(&dist);
            close(&format!("{what} mean"), mean, 10.0, 0.02);
            close(&format!("{what} cv"), variation, cv, tolerance);
            assert_eq!(dist.mean(), TEN, "{what}");
        }
    }

    /// Computed by another program from the sources named in each file, with the same generator.
    #[test]
    fn draws_are_those_of_the_algorithms_named() {
        for (dist, expected) in [
            (gamma(50), [8_733_966, 5_664_908, 10_829_188, 7_444_190]),
            (gamma(200), [7_535_254, 4_197_948, 1_481_218, 2_101_326]),
            (pareto(300), [6_676_821, 7_925_507, 7_817_659, 6_876_263]),
            (UNIFORM, [14_954_443, 10_951_756, 11_201_491, 14_113_156]),
        ] {
            assert_eq!(samples(&dist, 4), expected.map(Span::nanos), "{dist:?}");
        }
    }

    #[test]
    fn a_tail_reaches_as_far_as_its_shape_says() {
        // P(X > x) = (min / x)^shape: with shape 2 one in 100 is above ten times the smallest, which is 5 ms.
        let n = 100_000;
        let all = samples(&pareto(200), n);
        let above = all.iter().filter(|s| **s > Span::millis(50)).count();
        close("share in the tail", above as f64 / n as f64, 0.01, 0.1);
        assert!(all.iter().all(|s| *s >= Span::millis(5)));
    }

    #[test]
    fn the_edges_of_the_settings_do_no_harm() {
        assert!(samples(&gamma(0), 100).iter().all(|s| *s == TEN));
        assert!(
            samples(&bimodal(0), 100)
                .iter()
                .all(|s| *s == Span::millis(5))
        );
        assert!(
            samples(&bimodal(100), 100)
                .iter()
                .all(|s| *s == Span::millis(55))
        );
        let point = Dist::Uniform { from: TEN, to: TEN };
        assert!(samples(&point, 100).iter().all(|s| *s == TEN));
        // Nothing but a draw: no overflow, no endless loop.
        assert_eq!(samples(&gamma(2_000), 1_000).len(), 1_000);
        assert_eq!(samples(&pareto(101), 1_000).len(), 1_000);
    }

    #[test]
    fn an_empty_mixture_takes_no_time() {
        let mut luck = Luck::of_seed(1).stream();
        assert_eq!(Dist::Discrete(vec![]).sample(&mut luck), Span::ZERO);
    }
}
