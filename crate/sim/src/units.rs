//! Whole numbers with units: time in nanoseconds, rates and ratios in millionths, bytes.
//!
//! Every setting is a whole number, so that a scenario compares exactly, saves exactly and means the
//! same natively and in a browser. In files people write `"250ms"`, `200.5`, `"64MiB"` or `"unbounded"`.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

const NANOS: u64 = 1_000_000_000;
const MILLION: u64 = 1_000_000;

/// A length of simulated time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// The longest span a setting may have: a day.
    pub const DAY: Span = Span(86_400 * NANOS);

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

const SPAN_UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", NANOS),
    ("min", 60 * NANOS),
    ("m", 60 * NANOS),
    ("h", 3_600 * NANOS),
];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = match self.0 {
            0 => ("s", NANOS),
            n if n >= NANOS && n.is_multiple_of(MILLION) => ("s", NANOS),
            n if n >= MILLION && n.is_multiple_of(1_000) => ("ms", MILLION),
            n if n >= 1_000 => ("us", 1_000),
            _ => ("ns", 1),
        };
        write!(f, "{}{unit}", decimal(self.0, size))
    }
}

/// `n / size` in decimals, exact, without trailing zeros.
fn decimal(n: u64, size: u64) -> String {
    let mut text = (n / size).to_string();
    let mut rest = n % size;
    if rest > 0 {
        text.push('.');
        let mut step = size / 10;
        while rest > 0 && step > 0 {
            text.push(char::from(b'0' + (rest / step) as u8));
            rest %= step;
            step /= 10;
        }
    }
    text
}

/// Why a text is not what it should be: what was expected, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misread(pub &'static str);

const SPAN_HELP: &str = r#"a time with its unit, such as "250ms", "1.5s" or "2min", at most a day"#;
const BYTES_HELP: &str = r#"a size with its unit, such as "64MiB" or "512KiB", at most 1 TiB"#;
const LIMIT_HELP: &str = r#"a whole number or "unbounded""#;

/// Splits `"1.5ms"` into its number and its unit and multiplies them out, exactly.
fn quantity(text: &str, units: &[(&str, u64)], max: u64) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let size = units.iter().find(|(name, _)| *name == unit)?.1;
    let number = number.trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 9 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole = whole.parse::<u128>().ok()? * u128::from(size);
    let scale = 10u128.pow(part.len() as u32);
    let part = part.parse::<u128>().unwrap_or(0) * u128::from(size) / scale;
    u64::try_from(whole + part).ok().filter(|n| *n <= max)
}

impl std::str::FromStr for Span {
    type Err = Misread;
    fn from_str(text: &str) -> Result<Self, Misread> {
        quantity(text, &SPAN_UNITS, Span::DAY.0)
            .map(Span)
            .ok_or(Misread(SPAN_HELP))
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

const BYTE_UNITS: [(&str, u64); 5] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

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

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |size: &u64| self.0 >= *size && self.0.is_multiple_of(*size);
        let (unit, size) = BYTE_UNITS
            .iter()
            .rev()
            .find(|(_, size)| fits(size))
            .copied()
            .unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl std::str::FromStr for Bytes {
    type Err = Misread;
    fn from_str(text: &str) -> Result<Self, Misread> {
        quantity(text, &BYTE_UNITS, 1 << 40)
            .map(Bytes)
            .ok_or(Misread(BYTES_HELP))
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

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Of(n) => n.fmt(f),
            Limit::Unbounded => f.write_str("unbounded"),
        }
    }
}

impl std::str::FromStr for Limit {
    type Err = Misread;
    fn from_str(text: &str) -> Result<Self, Misread> {
        match text.trim() {
            "unbounded" => Ok(Limit::Unbounded),
            n => n.parse().map(Limit::Of).map_err(|_| Misread(LIMIT_HELP)),
        }
    }
}

/// A type that stands in files as a text such as `"250ms"`.
macro_rules! as_text {
    ($type:ty, $name:literal, $pattern:literal, $help:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($help)
                    }
                    fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }
                from.deserialize_str(Text)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $help })
            }
        }
    };
}

as_text!(
    Span,
    "Span",
    r"^[0-9]+(\.[0-9]+)? ?(ns|us|ms|s|min|m|h)$",
    SPAN_HELP
);
as_text!(
    Bytes,
    "Bytes",
    r"^[0-9]+(\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB)$",
    BYTES_HELP
);

/// A type that stands in files as a decimal number and is kept in millionths.
macro_rules! as_number {
    ($type:ty, $name:literal, $max:expr, $help:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if self.0.is_multiple_of(MILLION) {
                    to.serialize_u64(self.0 / MILLION)
                } else {
                    to.serialize_f64(self.as_f64())
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let number = f64::deserialize(from)?;
                if (0.0..=$max).contains(&number) {
                    Ok(Self((number * MILLION as f64 + 0.5) as u64))
                } else {
                    Err(D::Error::invalid_value(Unexpected::Float(number), &$help))
                }
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "number", "minimum": 0, "maximum": $max, "description": $help })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&decimal(self.0, MILLION))
            }
        }

        impl std::str::FromStr for $type {
            type Err = Misread;
            fn from_str(text: &str) -> Result<Self, Misread> {
                let number: f64 = text.trim().parse().map_err(|_| Misread($help))?;
                if (0.0..=$max).contains(&number) {
                    Ok(Self((number * MILLION as f64 + 0.5) as u64))
                } else {
                    Err(Misread($help))
                }
            }
        }
    };
}

as_number!(
    Rate,
    "Rate",
    1e9,
    "a number per second, from 0 to 1000000000"
);
as_number!(Ratio, "Ratio", 1e6, "a number from 0 to 1000000");

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Limit::Of(n) => to.serialize_u32(*n),
            Limit::Unbounded => to.serialize_str("unbounded"),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NumberOrWord;
        impl Visitor<'_> for NumberOrWord {
            type Value = Limit;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(LIMIT_HELP)
            }
            fn visit_u64<E: Error>(self, n: u64) -> Result<Limit, E> {
                u32::try_from(n)
                    .map(Limit::Of)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(n), &self))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Limit, E> {
                match text {
                    "unbounded" => Ok(Limit::Unbounded),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }
        from.deserialize_any(NumberOrWord)
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": 4294967295u32 },
                { "const": "unbounded" }
            ],
            "description": LIMIT_HELP
        })
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
