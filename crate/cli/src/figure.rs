//! Figures: how a number is written, so that three digits or so tell what matters.

/// What stands where there is no figure.
const NONE: &str = "–";

/// A whole number with its thousands apart: "1,284".
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A mean or a rate: "0", "0.04", "23.7", "1,284". Only a true nothing is written as "0".
pub(crate) fn mean(n: f64) -> String {
    if n == 0.0 {
        "0".into()
    } else if n < 9.995 {
        format!("{n:.2}")
    } else if n < 999.95 {
        format!("{n:.1}")
    } else {
        count(n.round() as u64)
    }
}

/// A share: "0 %", "41.3 %". Something is never written as nothing, nor nearly all as all.
pub(crate) fn share(of_one: f64) -> String {
    let percent = of_one * 100.0;
    if percent > 0.0 && percent < 100.0 {
        format!("{:.2} %", percent.clamp(0.01, 99.99))
    } else {
        format!("{percent:.0} %")
    }
}

/// A factor: "1.24".
pub(crate) fn factor(by: Option<f64>) -> String {
    by.map_or_else(|| NONE.into(), |by| format!("{by:.2}"))
}

/// A length of time: "419 µs", "95.3 ms", "2.41 s", "215 s".
pub(crate) fn time(ms: Option<f64>) -> String {
    match ms {
        None => NONE.into(),
        // The engine's shortest time is a nanosecond: no person tells it from nothing.
        Some(ms) if ms < 0.0005 => "0 ms".into(),
        Some(ms) if ms < 0.9995 => format!("{:.0} µs", ms * 1e3),
        Some(ms) if ms < 999.5 => format!("{} ms", three_digits(ms)),
        Some(ms) => format!("{} s", three_digits(ms / 1e3)),
    }
}

fn three_digits(n: f64) -> String {
    if n < 9.995 {
        format!("{n:.2}")
    } else if n < 99.95 {
        format!("{n:.1}")
    } else {
        format!("{n:.0}")
    }
}

/// Memory: "96 MiB".
pub(crate) fn memory(bytes: f64) -> String {
    format!("{} MiB", count((bytes / 1_048_576.0).round() as u64))
}

/// A number with six digits that count: "0.230024", "38.4988".
pub(crate) fn six(n: f64) -> String {
    digits(n, 6)
}

/// A number with so many digits that count, without zeros at its end.
pub(crate) fn digits(n: f64, count: i32) -> String {
    if n == 0.0 || !n.is_finite() {
        return if n == 0.0 { "0".into() } else { NONE.into() };
    }
    let before = n.abs().log10().floor() as i32 + 1;
    let text = format!("{n:.*}", (count - before).clamp(0, 15) as usize);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text
    }
}

/// Something that is not always there.
pub(crate) fn or_none(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| NONE.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_a_sensible_precision() {
        assert_eq!(
            [0, 12, 1_284, 1_234_567].map(count),
            ["0", "12", "1,284", "1,234,567"]
        );
        assert_eq!(
            [0.0, 0.001, 3.456, 9.996, 199.97, 999.96, 20_000.4].map(mean),
            ["0", "0.00", "3.46", "10.0", "200.0", "1,000", "20,000"]
        );
        assert_eq!(
            [0.0, 0.000_001, 0.413, 0.999_99, 1.0, 1.01].map(share),
            ["0 %", "0.01 %", "41.30 %", "99.99 %", "100 %", "101 %"]
        );
        assert_eq!([None, Some(1.236)].map(factor), ["–", "1.24"]);
        assert_eq!(memory(1_610_612_736.0), "1,536 MiB");
    }

    #[test]
    fn digits_that_count_are_kept() {
        assert_eq!(
            [0.2300243254, 38.49878, 243.0, 1234567.8, 7.45e-9].map(six),
            ["0.230024", "38.4988", "243", "1234568", "0.00000000745"]
        );
        assert_eq!(
            [0.0, -0.012345, 12.34].map(|n| digits(n, 2)),
            ["0", "-0.012", "12"]
        );
    }

    #[test]
    fn a_time_has_three_digits_and_its_unit() {
        let times = [
            0.000_001, 0.419, 0.9996, 9.996, 95.34, 999.4, 999.6, 2_412.0, 99_960.0, 215_000.0,
        ];
        let told = [
            "0 ms", "419 µs", "1.00 ms", "10.0 ms", "95.3 ms", "999 ms", "1.00 s", "2.41 s",
            "100 s", "215 s",
        ];
        assert_eq!(times.map(|ms| time(Some(ms))), told);
        assert_eq!(time(None), "–");
    }
}
