//! Units: how the figures of a lesson are written for people.

use serde::Deserialize;

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share of one: "41 %".
    #[default]
    Share,
    /// So many: "1,284", "2.5".
    Count,
    /// Seconds: "412 ms", "2.4 s", "3 min".
    Seconds,
    /// Per second: "118 a second".
    Rate,
    /// So many times as much: "2.7 times".
    Times,
    /// Mebibytes: "96 MiB".
    Memory,
}

impl Unit {
    /// A figure in this unit, for people.
    pub fn told(self, value: f64) -> String {
        match self {
            Unit::Share => share(value),
            Unit::Count => count(value),
            Unit::Seconds => seconds(value),
            Unit::Rate => format!("{} a second", count(value)),
            Unit::Times => format!("{value:.1} times"),
            Unit::Memory => format!("{value:.0} MiB"),
        }
    }
}

/// Something is never written as nothing, nor nearly all as all.
fn share(value: f64) -> String {
    let percent = 100.0 * value;
    if percent > 0.0 && percent < 0.05 {
        "under 0.1 %".into()
    } else if percent > 0.0 && percent < 9.95 || percent > 99.0 && percent < 100.0 {
        format!(
            "{:.1} %",
            if percent > 99.0 {
                percent.min(99.9)
            } else {
                percent
            }
        )
    } else {
        format!("{:.0} %", percent + 0.0)
    }
}

fn count(value: f64) -> String {
    let value = value + 0.0;
    if value.abs() < 9.95 && (value - value.round()).abs() > 0.04 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = if value <= -0.5 {
        "\u{2212}".to_owned()
    } else {
        String::new()
    };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn seconds(value: f64) -> String {
    if value < 0.9995 {
        format!("{:.0} ms", value * 1e3)
    } else if value < 9.95 {
        format!("{value:.1} s")
    } else if value < 119.5 {
        format!("{value:.0} s")
    } else {
        format!("{:.0} min", value / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        for (unit, value, told) in [
            (Unit::Share, 0.0, "0 %"),
            (Unit::Share, 0.0001, "under 0.1 %"),
            (Unit::Share, 0.021, "2.1 %"),
            (Unit::Share, 0.41, "41 %"),
            (Unit::Share, 0.9996, "99.9 %"),
            (Unit::Share, 1.0, "100 %"),
            (Unit::Count, -0.0, "0"),
            (Unit::Count, 2.46, "2.5"),
            (Unit::Count, 12_284.0, "12,284"),
            (Unit::Seconds, 0.412, "412 ms"),
            (Unit::Seconds, 2.41, "2.4 s"),
            (Unit::Seconds, 48.3, "48 s"),
            (Unit::Seconds, 600.0, "10 min"),
            (Unit::Rate, 118.2, "118 a second"),
            (Unit::Times, 26.84, "26.8 times"),
            (Unit::Memory, 96.2, "96 MiB"),
        ] {
            assert_eq!(unit.told(value), told);
        }
    }
}
