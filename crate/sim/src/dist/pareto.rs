//! Pareto draws, by the inverse of the distribution's function.
//!
//! Source: Devroye, "Non-Uniform Random Variate Generation" (1986), II.2: `min * u^(-1/shape)` for a uniform u.

use crate::rng::Stream;

/// A Pareto draw of mean 1 (type I); `shape` is above 1.
pub fn pareto(shape: f64, luck: &mut Stream) -> f64 {
    let least = (shape - 1.0) / shape;
    least * libm::pow(luck.unit(), -1.0 / shape)
}
