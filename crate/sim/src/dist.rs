//! How long things take: the distributions of work and of network latency.

mod ziggurat;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rng::Stream;
use crate::units::{Ratio, Span};

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
    /// A mixture of fixed values: hits and misses, small and large.
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
            Dist::LogNormal { mean, cv } => {
                // sigma^2 = ln(1 + cv^2) and mu = ln(mean) - sigma^2 / 2 give this mean and this cv.
                let cv = cv.as_f64();
                let variance = libm::log(1.0 + cv * cv);
                let normal = standard_normal(luck);
                let factor = libm::exp(libm::sqrt(variance) * normal - variance / 2.0);
                Span::from_nanos_f64(mean.as_nanos() as f64 * factor)
            }
            Dist::Discrete(shares) => {
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
        }
    }

    /// The one length it always has, where chance has no part in it.
    pub const fn constant(&self) -> Option<Span> {
        match self {
            Dist::Constant(value) => Some(*value),
            Dist::Exponential(_) | Dist::LogNormal { .. } | Dist::Discrete(_) => None,
        }
    }

    /// The mean.
    pub fn mean(&self) -> Span {
        match self {
            Dist::Constant(mean) | Dist::Exponential(mean) | Dist::LogNormal { mean, .. } => *mean,
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
    Span::from_nanos_f64(unit_exponential(luck) * mean.as_nanos() as f64)
}

/// A standard normal sample (Box and Muller, 1958; the cosine branch alone).
fn standard_normal(luck: &mut Stream) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(luck.unit()));
    radius * libm::cos(2.0 * std::f64::consts::PI * luck.unit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    fn moments(dist: &Dist) -> (f64, f64) {
        let n = 200_000u64;
        let luck = Luck::of_seed(11);
        let samples: Vec<f64> = (0..n)
            .map(|i| dist.sample(&mut luck.part(i).stream()).as_millis_f64())
            .collect();
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
        let ten = Span::millis(10);
        let (mean, cv) = moments(&Dist::Exponential(ten));
        close("exponential mean", mean, 10.0, 0.01);
        close("exponential cv", cv, 1.0, 0.02);
        let (mean, cv) = moments(&Dist::LogNormal {
            mean: ten,
            cv: Ratio::percent(50),
        });
        close("log-normal mean", mean, 10.0, 0.01);
        close("log-normal cv", cv, 0.5, 0.03);
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
        let (mean, cv) = moments(&mixture);
        close("mixture mean", mean, 10.0, 0.02);
        close("mixture cv", cv, 1.5, 0.02);
        assert_eq!(mixture.mean(), ten);
    }

    #[test]
    fn an_empty_mixture_takes_no_time() {
        let mut luck = Luck::of_seed(1).stream();
        assert_eq!(Dist::Discrete(vec![]).sample(&mut luck), Span::ZERO);
    }
}
