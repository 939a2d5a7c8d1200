//! Times of a report: the figures of a distribution of times.

use serde::Serialize;

use super::histogram::Histogram;
use crate::units::Span;

/// A distribution of times, in milliseconds; none where nothing was recorded.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// The mean.
    pub mean_ms: Option<f64>,
    /// The median.
    pub p50_ms: Option<f64>,
    /// The 95th percentile.
    pub p95_ms: Option<f64>,
    /// The 99th percentile.
    pub p99_ms: Option<f64>,
    /// The 99.9th percentile.
    pub p999_ms: Option<f64>,
}

impl From<&Histogram> for Times {
    fn from(histogram: &Histogram) -> Self {
        let at = |share| histogram.percentile(share).map(Span::as_millis_f64);
        Times {
            count: histogram.count(),
            mean_ms: histogram.mean().map(Span::as_millis_f64),
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
        }
    }
}
