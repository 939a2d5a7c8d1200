//! Counts checks: reads the numbers out of what test programs print, and adds them up.

use std::ops::AddAssign;

/// How many checks passed and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Checks that passed.
    pub(crate) passed: u64,
    /// Checks that failed.
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Self {
        Self {
            passed: u64::from(passed),
            failed: u64::from(!passed),
        }
    }

    /// Corrected by how the program ended: one that failed without a failed test (it did not compile, say) is a failure.
    pub(crate) fn ended(mut self, ok: bool) -> Self {
        if !ok && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// A program that should have run tests and ran none is a failure too.
    pub(crate) fn not_empty(self) -> Self {
        if self == Self::default() {
            println!("No test ran here, although there should be some: this counts as a failure.");
            return Self::one(false);
        }
        self
    }
}

/// Reads `test result: ok. 3 passed; 0 failed; …`, of which `cargo test` prints one for every test program.
pub(crate) fn of_cargo_test(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines() {
        if let Some((_, result)) = line.split_once("test result:") {
            // The verdict stands before the first number: "ok. 3 passed".
            tally += of_words(result.split([';', '.']), &["failed"]);
        }
    }
    tally
}

/// Reads `Summary [ 0.1s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped` of cargo-nextest.
pub(crate) fn of_nextest(text: &str) -> Tally {
    text.lines()
        .filter(|line| line.trim_start().starts_with("Summary ["))
        .filter_map(|line| line.split_once("run:"))
        .map(|(_, counts)| of_words(counts.split(','), &["failed", "timed", "exec"]))
        .next_back()
        .unwrap_or_default()
}

/// Reads the closing lines of `node --test` with the spec reporter: `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0`.
pub(crate) fn of_node_test(text: &str) -> Tally {
    let count = |name: &str| -> u64 {
        text.lines()
            .filter_map(|line| line.strip_prefix("ℹ "))
            .filter_map(|line| line.strip_prefix(name))
            .filter_map(|rest| rest.trim().parse().ok())
            .next_back()
            .unwrap_or(0)
    };
    Tally {
        passed: count("pass "),
        failed: count("fail ") + count("cancelled "),
    }
}

/// Adds up parts such as `3 passed (1 slow)`, where the second word says what the number counts.
fn of_words<'a>(parts: impl Iterator<Item = &'a str>, failures: &[&str]) -> Tally {
    let mut tally = Tally::default();
    for part in parts {
        let mut words = part.split_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += number,
            Some(word) if failures.contains(&word) => tally.failed += number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::{Tally, of_cargo_test, of_nextest, of_node_test};

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn cargo_test_is_summed_over_its_programs() {
        let text = "running 2 tests\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s\n";
        assert_eq!(of_cargo_test(text), tally(5, 4));
        assert_eq!(of_cargo_test("error: could not compile"), tally(0, 0));
    }

    #[test]
    fn nextest_counts_time_outs_as_failures() {
        let text = "     Summary [   0.124s] 12/14 tests run: 7 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 2 exec failed, 5 skipped\n";
        assert_eq!(of_nextest(text), tally(7, 5));
        let text = "     Summary [   0.005s] 1 test run: 1 passed, 0 skipped\n";
        assert_eq!(of_nextest(text), tally(1, 0));
    }

    #[test]
    fn node_counts_cancelled_as_failed() {
        let text = "✔ loads (3ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n";
        assert_eq!(of_node_test(text), tally(2, 2));
    }

    #[test]
    fn silence_and_a_bad_end_are_failures() {
        assert_eq!(Tally::default().ended(false), tally(0, 1));
        assert_eq!(tally(3, 0).ended(false), tally(3, 1));
        assert_eq!(tally(3, 2).ended(false), tally(3, 2));
        assert_eq!(Tally::default().ended(true).not_empty(), tally(0, 1));
        assert_eq!(tally(1, 0).ended(true).not_empty(), tally(1, 0));
    }
}
