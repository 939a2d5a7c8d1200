//! Units as text: how people write them in files and read them on screen.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{Bytes, Limit, MILLION, NANOS, Rate, Ratio, Span};

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

const SPAN_HELP: &str =
    r#"a time with its unit, such as "250ms", "1.5s" or "2min", at most 14 days ("336h")"#;

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
        quantity(text, &SPAN_UNITS, Span::FORTNIGHT.0)
            .map(Span)
            .ok_or(Misread(SPAN_HELP))
    }
}

const BYTE_UNITS: [(&str, u64); 5] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

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
                if (0.0..=$max as f64).contains(&number) {
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
                // Exact, and without the tables that reading a float would bring into the page.
                quantity(&format!("{}x", text.trim()), &[("x", MILLION)], $max * MILLION)
                    .map(Self)
                    .ok_or(Misread($help))
            }
        }
    };
}

as_number!(
    Rate,
    "Rate",
    1_000_000_000,
    "a number per second, from 0 to 1000000000"
);

as_number!(Ratio, "Ratio", 1_000_000, "a number from 0 to 1000000");

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
