//! Gamma draws.
//!
//! Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on
//! Mathematical Software 26 (3), 2000: a normal draw, cubed, accepted nearly always; for a shape below 1 that
//! of the shape above it, times a uniform draw to the power of 1 / shape (their section 6).

use super::normal::standard_normal;
use crate::rng::Stream;

/// A gamma draw of mean 1 with this coefficient of variation; always 1 where that is 0.
pub fn gamma(cv: f64, luck: &mut Stream) -> f64 {
    if cv <= 0.0 {
        return 1.0;
    }
    let shape = 1.0 / (cv * cv);
    if shape >= 1.0 {
        return with_shape(shape, luck) / shape;
    }
    let above = with_shape(shape + 1.0, luck);
    above * libm::pow(luck.unit(), 1.0 / shape) / shape
}

/// A gamma draw of scale 1, for shapes from 1 on.
fn with_shape(shape: f64, luck: &mut Stream) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let normal = standard_normal(luck);
        let root = 1.0 + c * normal;
        let cube = root * root * root;
        if cube <= 0.0 {
            continue;
        }
        let unit = luck.unit();
        let square = normal * normal;
        // The squeeze spares the logarithms nearly always.
        if unit < 1.0 - 0.0331 * square * square
            || libm::log(unit) < 0.5 * square + d * (1.0 - cube + libm::log(cube))
        {
            return d * cube;
        }
    }
}
