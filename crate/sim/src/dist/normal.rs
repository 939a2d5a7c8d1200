//! Normal and log-normal draws.
//!
//! Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", Annals of Mathematical
//! Statistics 29 (1958); the cosine branch alone, for a draw's luck is used once.

use crate::rng::Stream;

/// A standard normal draw.
pub fn standard_normal(luck: &mut Stream) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(luck.unit()));
    radius * libm::cos(2.0 * std::f64::consts::PI * luck.unit())
}

/// A log-normal draw of mean 1: sigma^2 = ln(1 + cv^2) and mu = -sigma^2 / 2 give this mean and this cv.
pub fn log_normal(cv: f64, luck: &mut Stream) -> f64 {
    let variance = libm::log(1.0 + cv * cv);
    let normal = standard_normal(luck);
    libm::exp(libm::sqrt(variance) * normal - variance / 2.0)
}
