//! Words: how figures are written for people, on the screen and in the terminal.

/// A whole number with its thousands apart: "1,284".
pub fn count(n: f64) -> String {
    // The sum of nothing is minus zero.
    let digits = format!("{:.0}", n.max(0.0) + 0.0);
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A length of time: "412 ms", "2.41 s", "9.2 s", "2 min 5 s".
pub fn seconds(secs: f64) -> String {
    let ms = secs * 1e3;
    if secs < 0.000_95 {
        format!("{:.0} µs", secs * 1e6)
    } else if ms < 9.95 {
        format!("{ms:.1} ms")
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else if secs < 9.995 {
        format!("{secs:.2} s")
    } else if secs < 99.95 {
        format!("{secs:.1} s")
    } else {
        let whole = secs.round();
        format!("{:.0} min {:.0} s", (whole / 60.0).floor(), whole % 60.0)
    }
}

/// An age or a rough time, which need not be exact to be useful: "9.2 s", "24 s", "3 min".
pub fn rough(secs: f64) -> String {
    if secs < 9.95 {
        format!("{secs:.1} s")
    } else if secs < 119.5 {
        format!("{secs:.0} s")
    } else {
        format!("{:.0} min", secs / 60.0)
    }
}

/// A length of time in few letters: "412 ms", "2.4 s".
pub fn brief(secs: f64) -> String {
    if secs < 0.9995 {
        format!("{:.0} ms", secs * 1e3)
    } else {
        rough(secs)
    }
}

/// A rate: "118 /s", "0.5 /s".
pub fn per_second(rate: f64) -> String {
    if rate > 0.0 && rate < 9.95 {
        format!("{rate:.1} /s")
    } else {
        format!("{} /s", count(rate))
    }
}

/// A share: "41 %". Something is never written as nothing, nor nearly all as all.
pub fn share(part: f64, whole: f64) -> String {
    let percent = if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    };
    if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else if percent > 99.0 && percent < 100.0 {
        format!("{:.1} %", percent.min(99.9))
    } else {
        format!("{percent:.0} %")
    }
}

/// Bytes as people read them: "96 MiB", "1.5 GiB".
pub fn memory(bytes: f64) -> String {
    const MIB: f64 = 1_048_576.0;
    if bytes < 1_000.0 * MIB {
        format!("{:.0} MiB", bytes / MIB)
    } else {
        format!("{:.1} GiB", bytes / MIB / 1_024.0)
    }
}

/// The clock of the run: "12.3 s", "2:05.0"; to the millisecond when it stands.
pub fn clock(secs: f64, exact: bool) -> String {
    let digits = if exact { 3 } else { 1 };
    if secs < 60.0 {
        return format!("{secs:.digits$} s");
    }
    let minutes = (secs / 60.0).floor();
    let width = digits + 3;
    format!("{minutes:.0}:{:0width$.digits$}", secs - minutes * 60.0)
}

/// A name that fits into so many letters.
pub fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let head: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// A word with its first letter large.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first.to_ascii_uppercase())
            .chain(letters)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(count(1_284.0), "1,284");
        assert_eq!(count(12.4), "12");
        assert_eq!(count(-0.0), "0");
        assert_eq!(count(1_234_567.0), "1,234,567");
        assert_eq!(
            [0.000_2, 0.0052, 0.0412, 0.9999, 2.412, 31.26, 125.0].map(seconds),
            [
                "200 µs",
                "5.2 ms",
                "41 ms",
                "1.00 s",
                "2.41 s",
                "31.3 s",
                "2 min 5 s"
            ]
        );
        assert_eq!(
            [rough(9.21), rough(48.3), rough(600.0)],
            ["9.2 s", "48 s", "10 min"]
        );
        assert_eq!(
            [share(0.001, 1.0), share(41.0, 100.0), share(999.0, 1000.0)],
            ["0.1 %", "41 %", "99.9 %"]
        );
        assert_eq!([per_second(0.5), per_second(118.2)], ["0.5 /s", "118 /s"]);
        assert_eq!(
            [clock(12.34, false), clock(125.0, true)],
            ["12.3 s", "2:05.000"]
        );
        assert_eq!(shortened("Order service of the east", 12), "Order servi…");
    }
}
