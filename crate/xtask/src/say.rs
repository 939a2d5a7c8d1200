//! How the tasks talk to the person: headings, notes and durations, all on standard output.

use std::time::Duration;

/// Opens a part of the work.
pub(crate) fn heading(text: &str) {
    println!("\n== {text}");
}

/// Tells one thing, in a line or a few.
pub(crate) fn note(text: &str) {
    for line in text.lines() {
        println!("   {line}");
    }
}

/// A duration as a person would say it.
pub(crate) fn lasted(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", span.as_secs() / 60, span.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::lasted;
    use std::time::Duration;

    #[test]
    fn durations_read_well() {
        assert_eq!(lasted(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(lasted(Duration::from_secs(125)), "2 min 05 s");
    }
}
