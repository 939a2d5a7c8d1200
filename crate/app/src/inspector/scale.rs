//! Scales: where a value stands on its slider, and how it is written and read.

use sim::field::{Control, Value};
use sim::units::{Bytes, Limit, Rate, Ratio, Span};

/// A range that a slider covers: even near its start, then by factors.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    least: f64,
    most: f64,
    /// Up to about here the slider is even; none: all the way.
    knee: Option<f64>,
}

impl Range {
    /// From 0 to 1.
    fn place(self, value: f64) -> f64 {
        let value = value.clamp(self.least, self.most) - self.least;
        let span = self.most - self.least;
        match self.knee {
            Some(knee) => (1.0 + value / knee).ln() / (1.0 + span / knee).ln(),
            None => value / span,
        }
    }

    fn value(self, place: f64) -> f64 {
        let place = place.clamp(0.0, 1.0);
        let span = self.most - self.least;
        let value = match self.knee {
            Some(knee) => knee * ((1.0 + span / knee).powf(place) - 1.0),
            None => place * span,
        };
        round(self.least + value).clamp(self.least, self.most)
    }
}

/// Rounded to two digits: nobody means 237.41 ms who pulls a slider.
fn round(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let step = 10f64.powf(value.log10().floor() - 1.0);
    (value / step).round() * step
}

fn range(control: &Control) -> Option<Range> {
    let range = |least: f64, most: f64, knee: f64| {
        Some(Range {
            least,
            most,
            knee: Some(knee),
        })
    };
    match control {
        Control::Rate(least, most) => range(least.as_f64(), most.as_f64(), 20.0),
        Control::Span(least, most) => range(least.as_secs_f64(), most.as_secs_f64(), 0.002),
        Control::Share => Some(Range {
            least: 0.0,
            most: 1.0,
            knee: None,
        }),
        Control::Factor(least, most) => range(least.as_f64(), most.as_f64(), 1.0),
        Control::Count(least, most) | Control::Limit(least, most) => {
            range(f64::from(*least), f64::from(*most), 8.0)
        }
        Control::Bytes(least, most) | Control::MaybeBytes(least, most) => {
            range(least.get() as f64, most.get() as f64, 1_048_576.0)
        }
        Control::Flag
        | Control::Choice(_)
        | Control::Dist(..)
        | Control::MaybeDist(..)
        | Control::Profile
        | Control::Operations
        | Control::Names => None,
    }
}

/// Where a value stands on its slider, from 0 to 1; none if it has no slider.
pub(super) fn place(control: &Control, value: &Value) -> Option<f64> {
    let number = match value {
        Value::Rate(v) => v.as_f64(),
        Value::Span(v) => v.as_secs_f64(),
        Value::Ratio(v) => v.as_f64(),
        Value::Count(v) | Value::Limit(Limit::Of(v)) => f64::from(*v),
        Value::Bytes(v) | Value::MaybeBytes(Some(v)) => v.get() as f64,
        Value::Limit(Limit::Unbounded)
        | Value::MaybeBytes(None)
        | Value::Flag(_)
        | Value::Choice(_)
        | Value::Dist(_)
        | Value::MaybeDist(_)
        | Value::Profile(_)
        | Value::Operations(_)
        | Value::Names(_) => return None,
    };
    range(control).map(|range| range.place(number))
}

/// The value at a place of the slider.
pub(super) fn at(control: &Control, place: f64) -> Option<Value> {
    let number = range(control)?.value(place);
    let mib = |n: f64| {
        Bytes::new(if n < 1_048_576.0 {
            (n / 1_024.0).round() as u64 * 1_024
        } else {
            (n / 1_048_576.0).round() as u64 * 1_048_576
        })
    };
    Some(match control {
        Control::Rate(..) => Value::Rate(Rate::micros((number * 1e6).round() as u64)),
        Control::Span(..) => Value::Span(Span::from_secs_f64(number)),
        Control::Share | Control::Factor(..) => {
            Value::Ratio(Ratio::micros((number * 1e6).round() as u64))
        }
        Control::Count(..) => Value::Count(number.round() as u32),
        Control::Limit(..) => Value::Limit(Limit::Of(number.round() as u32)),
        Control::Bytes(..) => Value::Bytes(mib(number)),
        Control::MaybeBytes(..) => Value::MaybeBytes(Some(mib(number))),
        Control::Flag
        | Control::Choice(_)
        | Control::Dist(..)
        | Control::MaybeDist(..)
        | Control::Profile
        | Control::Operations
        | Control::Names => return None,
    })
}

/// A value as it stands in its field.
pub(super) fn written(control: &Control, value: &Value) -> String {
    match value {
        Value::Rate(v) => v.to_string(),
        Value::Span(v) => v.to_string(),
        Value::Ratio(v) if *control == Control::Share => trimmed(v.as_f64() * 100.0),
        Value::Ratio(v) => v.to_string(),
        Value::Count(v) | Value::Limit(Limit::Of(v)) => v.to_string(),
        Value::Bytes(v) | Value::MaybeBytes(Some(v)) => v.to_string(),
        Value::Limit(Limit::Unbounded)
        | Value::MaybeBytes(None)
        | Value::Flag(_)
        | Value::Choice(_)
        | Value::Dist(_)
        | Value::MaybeDist(_)
        | Value::Profile(_)
        | Value::Operations(_)
        | Value::Names(_) => String::new(),
    }
}

fn trimmed(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The value that a text means, within its bounds.
pub(super) fn read(control: &Control, text: &str) -> Result<Value, String> {
    // A bare number of a time is in milliseconds, of a size in MiB: units may be left out.
    let with = |unit: &str| {
        let bare = |c: char| c.is_ascii_digit() || c == '.';
        if text.trim().chars().all(bare) {
            format!("{}{unit}", text.trim())
        } else {
            text.to_owned()
        }
    };
    let say = |error: sim::units::Misread| format!("Write {error}");
    let whole = || {
        text.trim()
            .replace(',', "")
            .parse::<u32>()
            .map_err(|_| "Write a whole number".to_owned())
    };
    let value = match control {
        Control::Rate(..) => Value::Rate(text.parse().map_err(say)?),
        Control::Span(..) => Value::Span(with("ms").parse().map_err(say)?),
        Control::Share => {
            let percent: Result<Ratio, _> = text.trim().trim_end_matches('%').trim().parse();
            match percent {
                Ok(percent) if percent <= Ratio::whole(100) => {
                    Value::Ratio(Ratio::micros(percent.as_micros() / 100))
                }
                _ => return Err("Write a number from 0 to 100".into()),
            }
        }
        Control::Factor(..) => Value::Ratio(text.parse().map_err(say)?),
        Control::Count(..) => Value::Count(whole()?),
        Control::Limit(..) => Value::Limit(Limit::Of(whole()?)),
        Control::Bytes(..) => Value::Bytes(with("MiB").parse().map_err(say)?),
        Control::MaybeBytes(..) => Value::MaybeBytes(Some(with("MiB").parse().map_err(say)?)),
        Control::Flag
        | Control::Choice(_)
        | Control::Dist(..)
        | Control::MaybeDist(..)
        | Control::Profile
        | Control::Operations
        | Control::Names => {
            return Err(String::new());
        }
    };
    control.check(&value).map(|()| value)
}

/// What stands behind the field.
pub(super) const fn unit(control: &Control) -> &'static str {
    match control {
        Control::Rate(..) => "/s",
        Control::Share => "%",
        Control::Factor(..) => "×",
        Control::Span(..)
        | Control::Count(..)
        | Control::Limit(..)
        | Control::Bytes(..)
        | Control::MaybeBytes(..)
        | Control::Flag
        | Control::Choice(_)
        | Control::Dist(..)
        | Control::MaybeDist(..)
        | Control::Profile
        | Control::Operations
        | Control::Names => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Control = Control::Span(Span::ZERO, Span::secs(600));

    #[test]
    fn a_slider_goes_there_and_back() {
        for ms in [0u64, 1, 5, 90, 1_500, 600_000] {
            let value = Value::Span(Span::millis(ms));
            let place = place(&TIME, &value).unwrap();
            assert!((0.0..=1.0).contains(&place));
            assert_eq!(at(&TIME, place), Some(value));
        }
    }

    #[test]
    fn units_may_be_left_out_and_bounds_may_not_be_left() {
        assert_eq!(read(&TIME, "90"), Ok(Value::Span(Span::millis(90))));
        assert_eq!(read(&TIME, " 1.5s"), Ok(Value::Span(Span::millis(1_500))));
        assert!(read(&TIME, "2h").is_err());
        assert!(read(&TIME, "soon").unwrap_err().contains("250ms"));
        assert_eq!(
            read(&Control::Share, "12.5 %"),
            Ok(Value::Ratio(Ratio::micros(125_000)))
        );
        assert!(read(&Control::Count(1, 10), "11").is_err());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let size = Control::MaybeBytes(Bytes::mib(1), Bytes::mib(4_096));
        for (control, value) in [
            (TIME, Value::Span(Span::millis(250))),
            (Control::Share, Value::Ratio(Ratio::micros(1_234))),
            (size, Value::MaybeBytes(Some(Bytes::mib(512)))),
            (
                Control::Rate(Rate::per_sec(0), Rate::per_sec(900)),
                Value::Rate(Rate::micros(1_500_000)),
            ),
        ] {
            assert_eq!(read(&control, &written(&control, &value)), Ok(value));
        }
    }
}
