//! Whole numbers with units: time in nanoseconds, rates and ratios in millionths, bytes.
//!
//! Every setting is a whole number, so that a scenario compares exactly, saves exactly and means the
//! same natively and in a browser. In files people write `"250ms"`, `200.5`, `"64MiB"` or `"unbounded"`.

mod text;

use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

pub use text::Misread;

const NANOS: u64 = 1_000_000_000;
const MILLION: u64 = 1_000_000;

/// A length of simulated time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// The longest run, and the longest span of most settings.
    pub const DAY: Span = Span(86_400 * NANOS);
    /// The longest that a broker keeps a message.
    pub const FORTNIGHT: Span = Span(14 * 86_400 * NANOS);

    /// A span of so many nanoseconds.
    pub const fn nanos(n: u64) -> Self {
        Span(n)
    }

    /// A span of so many microseconds.
    pub const fn micros(n: u64) -> Self {
        Span(n * 1_000)
    }

    /// A span of so many milliseconds.
    pub const fn millis(n: u64) -> Self {
        Span(n * 1_000_000)
    }

    /// A span of so many seconds.
    pub const fn secs(n: u64) -> Self {
        Span(n * NANOS)
    }

    /// The span nearest to so many seconds; negative and not-a-number give zero.
    pub fn from_secs_f64(secs: f64) -> Self {
        Span::from_nanos_f64(secs * NANOS as f64)
    }

    /// The span nearest to so many nanoseconds; negative and not-a-number give zero.
    pub fn from_nanos_f64(nanos: f64) -> Self {
        // `as` saturates and sends NaN to zero, on every target alike.
        Span((nanos + 0.5) as u64)
    }

    /// In nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// In seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS as f64
    }

    /// In milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// This span times a ratio, saturating.
    #[must_use]
    pub fn times(self, by: Ratio) -> Self {
        let wide = u128::from(self.0) * u128::from(by.0) / u128::from(MILLION);
        Span(u64::try_from(wide).unwrap_or(u64::MAX))
    }
}

/// An instant of simulated time, in nanoseconds since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Time(u64);

impl Time {
    /// The start of a run.
    pub const ZERO: Time = Time(0);
    /// After every run.
    pub const NEVER: Time = Time(u64::MAX);

    /// So many nanoseconds after the start.
    pub const fn from_nanos(n: u64) -> Self {
        Time(n)
    }

    /// In nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// In seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS as f64
    }

    /// The span from an earlier instant to this one; zero if it is not earlier.
    pub const fn since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, by: Span) -> Time {
        Time(self.0.saturating_add(by.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, by: Span) {
        *self = *self + by;
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, by: Span) -> Span {
        Span(self.0.saturating_add(by.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, by: Span) -> Span {
        Span(self.0.saturating_sub(by.0))
    }
}

/// A rate, in millionths of one per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rate(u64);

impl Rate {
    /// So many per second.
    pub const fn per_sec(n: u64) -> Self {
        Rate(n * MILLION)
    }

    /// So many millionths per second.
    pub const fn micros(n: u64) -> Self {
        Rate(n)
    }

    /// Per second.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / MILLION as f64
    }

    /// This rate times a ratio, saturating.
    #[must_use]
    pub fn times(self, by: Ratio) -> Self {
        Rate(Span(self.0).times(by).0)
    }
}

/// A share, a factor or a weight, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ratio(u64);

impl Ratio {
    /// Nothing.
    pub const ZERO: Ratio = Ratio(0);
    /// All of it; times one.
    pub const ONE: Ratio = Ratio(MILLION);

    /// So many millionths.
    pub const fn micros(n: u64) -> Self {
        Ratio(n)
    }

    /// Of two independent shares of one: the share that has the one or the other.
    #[must_use]
    pub fn either(self, other: Ratio) -> Ratio {
        Ratio(self.0 + other.0 - self.times(other).0)
    }

    /// A whole factor.
    pub const fn whole(n: u64) -> Self {
        Ratio(n * MILLION)
    }

    /// So many hundredths.
    pub const fn percent(n: u64) -> Self {
        Ratio(n * 10_000)
    }

    /// In millionths.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// As a number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / MILLION as f64
    }

    /// The product of two ratios, saturating.
    #[must_use]
    pub fn times(self, by: Ratio) -> Self {
        Ratio(Span(self.0).times(by).0)
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Bytes(u64);

impl Bytes {
    /// So many bytes.
    pub const fn new(n: u64) -> Self {
        Bytes(n)
    }

    /// So many KiB.
    pub const fn kib(n: u64) -> Self {
        Bytes(n << 10)
    }

    /// So many MiB.
    pub const fn mib(n: u64) -> Self {
        Bytes(n << 20)
    }

    /// In bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// How many of something there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// At most so many.
    Of(u32),
    /// As many as come.
    Unbounded,
}

impl Limit {
    /// Whether one more fits beside `count`.
    pub const fn admits(self, count: usize) -> bool {
        match self {
            Limit::Of(n) => count < n as usize,
            Limit::Unbounded => true,
        }
    }

    /// The number, if there is one.
    pub const fn number(self) -> Option<u32> {
        match self {
            Limit::Of(n) => Some(n),
            Limit::Unbounded => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_they_are_written() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("2min", 120 * NANOS),
            ("0.5us", 500),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.as_nanos(), nanos, "{text}");
            assert_eq!(span.to_string().parse::<Span>(), Ok(span), "{text}");
        }
        assert_eq!(Span::millis(1500).to_string(), "1.5s");
        assert_eq!(Span::nanos(1_000_001).to_string(), "1000.001us");
    }

    #[test]
    fn a_span_without_a_unit_is_refused() {
        for text in ["250", "ms", "-1s", "1.2.3s", "99999h", "1 parsec", ""] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_round_to_millionths() {
        let rate: Rate = serde_json::from_str("200.5").unwrap();
        assert_eq!(rate, Rate::micros(200_500_000));
        assert_eq!(serde_json::to_string(&rate).unwrap(), "200.5");
        assert!(serde_json::from_str::<Ratio>("-1").is_err());
        assert_eq!(Span::secs(2).times(Ratio::percent(150)), Span::secs(3));
    }

    #[test]
    fn limits_and_bytes() {
        assert_eq!(
            serde_json::from_str::<Limit>("\"unbounded\"").unwrap(),
            Limit::Unbounded
        );
        assert!(serde_json::from_str::<Limit>("\"lots\"").is_err());
        assert!(Limit::Of(2).admits(1) && !Limit::Of(2).admits(2) && !Limit::Of(0).admits(0));
        assert_eq!("1.5GiB".parse::<Bytes>().unwrap().to_string(), "1536MiB");
    }
}
