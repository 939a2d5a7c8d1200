//! Judging: the mean of the seeds beside what was expected, and whether it is near enough.

use serde::Serialize;

use super::{Effort, Expectation, Experiment, Kind};

/// One figure: what was expected and what came out.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The experiment.
    pub experiment: String,
    /// The variant; empty where there is only one.
    pub variant: String,
    /// What the figure is called.
    pub name: String,
    /// How it is had from the report.
    pub what: String,
    /// How the expected number came about.
    pub kind: Kind,
    /// What it has to be.
    pub expected: f64,
    /// The mean of the seeds that have it; none if none has.
    pub measured: Option<f64>,
    /// The standard error of that mean; none for a single seed.
    pub standard_error: Option<f64>,
    /// Measured less expected; as a share of what is expected where `relative`.
    pub deviation: Option<f64>,
    /// What the deviation may be, either way; none: the figure is for information.
    pub tolerance: Option<f64>,
    /// Whether deviation and tolerance are shares of what is expected.
    pub relative: bool,
    /// How many seeds were run.
    pub seeds: usize,
    /// How many of them have the figure.
    pub seeds_with: usize,
    /// What comes of it.
    pub verdict: Verdict,
}

/// What comes of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within its tolerance.
    Ok,
    /// Outside, or not measured at all.
    Failed,
    /// It has no tolerance.
    Informative,
}

impl Expectation {
    /// Whether it makes sense.
    pub(super) fn check(&self) -> Result<(), String> {
        let given = self.tol_abs.or(self.tol_rel);
        let wrong = if self.tol_abs.is_some() && self.tol_rel.is_some() {
            "tol_abs and tol_rel exclude each other"
        } else if given.is_some_and(|tolerance| tolerance < 0.0) {
            "a tolerance cannot be below 0"
        } else if self.kind == Kind::Deterministic && given.is_some_and(|of| of > 0.0) {
            "what is deterministic has to come out to the digit, so it has no tolerance"
        } else {
            return Ok(());
        };
        Err(format!("{}: {wrong}", self.name))
    }

    /// How far off it may be, and whether that is a share of what is expected.
    fn tolerance(&self, effort: Effort) -> (Option<f64>, bool) {
        let widened = |tolerance: f64| tolerance * effort.widening();
        if self.kind == Kind::Deterministic {
            (Some(0.0), false)
        } else if let Some(share) = self.tol_rel {
            (Some(widened(share)), true)
        } else {
            (self.tol_abs.map(widened), self.tol_abs.is_none())
        }
    }
}

impl Row {
    /// Compares the figure of each seed with what is expected of them.
    pub(super) fn new(
        experiment: &Experiment,
        variant: &str,
        of: &Expectation,
        samples: &[Option<f64>],
        effort: Effort,
    ) -> Row {
        let had: Vec<f64> = samples.iter().copied().flatten().collect();
        let measured = mean(&had);
        let (tolerance, by_share) = of.tolerance(effort);
        // Of nothing there is no share.
        let relative = by_share && of.expected != 0.0;
        let off = measured.map(|measured| measured - of.expected);
        let unit = if relative { of.expected.abs() } else { 1.0 };
        let verdict = match (tolerance, off) {
            (None, _) => Verdict::Informative,
            (Some(tolerance), Some(off)) if is_within(off, tolerance, of, by_share) => Verdict::Ok,
            (Some(_), _) => Verdict::Failed,
        };
        Row {
            experiment: experiment.id.clone(),
            variant: variant.into(),
            name: of.name.clone(),
            what: of.what.clone(),
            kind: of.kind,
            expected: of.expected,
            measured,
            standard_error: standard_error(&had),
            deviation: off.map(|off| off / unit),
            tolerance,
            relative,
            seeds: samples.len(),
            seeds_with: had.len(),
            verdict,
        }
    }
}

fn is_within(off: f64, tolerance: f64, of: &Expectation, by_share: bool) -> bool {
    let most = if by_share {
        tolerance * of.expected.abs()
    } else {
        tolerance
    };
    off.abs() <= most
}

/// The mean; exactly their value where all are the same.
fn mean(of: &[f64]) -> Option<f64> {
    let first = *of.first()?;
    if of.iter().all(|other| other.to_bits() == first.to_bits()) {
        return Some(first);
    }
    Some(of.iter().sum::<f64>() / of.len() as f64)
}

fn standard_error(of: &[f64]) -> Option<f64> {
    let mean = mean(of).filter(|_| of.len() > 1)?;
    let squares: f64 = of.iter().map(|x| (x - mean) * (x - mean)).sum();
    let n = of.len() as f64;
    Some((squares / (n - 1.0) / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(expected: f64, tolerance: &str, kind: &str, samples: &[Option<f64>]) -> Row {
        let of = json!({"name": "x", "what": "to_s", "expected": expected, "kind": kind});
        let mut of: Expectation = serde_json::from_value(of).unwrap();
        match tolerance.split_once(' ') {
            Some(("abs", by)) => of.tol_abs = Some(by.parse().unwrap()),
            Some((_, by)) => of.tol_rel = Some(by.parse().unwrap()),
            None => {}
        }
        let experiment = json!({
            "id": "X", "title": "", "formula": "", "source": "", "scenario": {},
            "run": {"for": "1s", "seeds": 1}
        });
        let experiment = serde_json::from_value(experiment).unwrap();
        Row::new(&experiment, "", &of, samples, Effort::Full)
    }

    #[test]
    fn a_tolerance_is_of_the_expected_value_or_of_the_figure_itself() {
        let verdict =
            |tolerance, measured| row(200.0, tolerance, "exact", &[Some(measured)]).verdict;
        assert_eq!(verdict("rel 0.01", 201.9), Verdict::Ok);
        assert_eq!(verdict("rel 0.01", 197.9), Verdict::Failed);
        assert_eq!(verdict("abs 0.01", 200.009), Verdict::Ok);
        assert_eq!(verdict("abs 0.01", 200.011), Verdict::Failed);
        assert_eq!(verdict("", 1000.0), Verdict::Informative);
    }

    #[test]
    fn the_mean_is_over_the_seeds_that_have_the_figure() {
        let row = row(2.0, "rel 0.1", "exact", &[Some(1.0), None, Some(3.0)]);
        assert_eq!((row.measured, row.seeds, row.seeds_with), (Some(2.0), 3, 2));
        assert_eq!(row.standard_error, Some(1.0));
        assert_eq!((row.deviation, row.verdict), (Some(0.0), Verdict::Ok));
    }

    #[test]
    fn what_was_not_measured_has_failed() {
        let row = row(2.0, "rel 0.1", "exact", &[None, None]);
        assert_eq!((row.measured, row.verdict), (None, Verdict::Failed));
    }

    #[test]
    fn what_is_deterministic_has_to_come_out_to_the_digit() {
        let third = 1.0 / 3.0;
        let verdict = |measured| row(third, "", "deterministic", &[Some(measured); 3]).verdict;
        assert_eq!(verdict(third), Verdict::Ok);
        assert_eq!(verdict(third + 1e-16), Verdict::Failed);
    }

    #[test]
    fn nothing_expected_has_no_share() {
        let row = row(0.0, "rel 0.25", "simulated", &[Some(0.5)]);
        assert_eq!((row.relative, row.deviation), (false, Some(0.5)));
        assert_eq!(row.verdict, Verdict::Failed);
    }
}
