//! Trials: each variant runs with each seed, as many at a time as the machine has cores.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use sim::meter::report::Report;
use sim::units::{Ratio, Span, Time};
use sim::{Scenario, Simulation};

use super::{Case, Recovery, Run};
use crate::workload::rate;

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// What the experiment says.
    Full,
    /// A tenth of it: of the requests or, where the length is part of the experiment, of the seeds.
    /// Chance is then larger by the square root of ten, and so are the tolerances.
    Quick,
}

impl Effort {
    /// A tenth, or all of it; at least one.
    fn of(self, all: u64) -> u64 {
        match self {
            Effort::Full => all,
            Effort::Quick => (all / 10).max(1),
        }
    }

    /// By how much tolerances are wider.
    pub fn widening(self) -> f64 {
        match self {
            Effort::Full => 1.0,
            Effort::Quick => 10f64.sqrt(),
        }
    }
}

const SECOND: Span = Span::secs(1);

/// Whether a span can be walked in steps of a second.
fn is_whole(span: Span) -> bool {
    span.as_nanos().is_multiple_of(SECOND.as_nanos())
}

impl Run {
    /// Whether it makes sense.
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = match (self.requests, self.measure) {
            (None, None) => "run: say how long, with requests or with for",
            (Some(_), Some(_)) => "run: requests and for exclude each other",
            (Some(_), None) if self.warmup > Span::ZERO => {
                "run.warmup goes with for; with requests it is warmup_share"
            }
            (None, Some(_)) if self.warmup_share > Ratio::ZERO => {
                "run.warmup_share goes with requests; with for it is warmup"
            }
            _ if self.warmup_share >= Ratio::ONE => "run.warmup_share: it has to be below 1",
            (_, Some(Span::ZERO)) | (Some(0), _) => "run: there is nothing to measure in no time",
            _ if self.seeds == 0 => "run.seeds: at least one is needed",
            _ => return self.recovery.as_ref().map_or(Ok(()), |of| of.check(self)),
        };
        Err(wrong.into())
    }

    /// How many seeds are run.
    pub(super) fn seeds(&self, effort: Effort) -> u64 {
        match self.requests {
            Some(_) => self.seeds,
            None => effort.of(self.seeds),
        }
    }

    /// The warm-up and what is measured after it.
    fn length(&self, scenario: &Scenario, effort: Effort) -> Result<(Span, Span), String> {
        let Some(requests) = self.requests else {
            return Ok((self.warmup, self.measure.unwrap_or_default()));
        };
        let rate = rate(scenario);
        if rate <= 0.0 {
            return Err("run.requests: its clients have a rate of 0, so they send none".into());
        }
        let whole = Span::from_secs_f64(effort.of(requests) as f64 / rate);
        let warmup = whole.times(self.warmup_share);
        Ok((warmup, whole - warmup))
    }
}

impl Recovery {
    fn check(&self, run: &Run) -> Result<(), String> {
        let spans = [self.from, self.window, run.warmup];
        let whole = spans.into_iter().chain(run.measure).all(is_whole);
        if run.measure.is_none() {
            Err("run.recovery: it goes with for, not with requests".into())
        } else if !whole {
            Err("run: with a recovery all times have to be whole seconds".into())
        } else {
            Ok(())
        }
    }

    /// The figures of a recovery, from the good answers of each second of the run.
    fn figures(&self, good: &[u64], rate: f64) -> Value {
        let seconds = |span: Span| (span.as_nanos() / SECOND.as_nanos()) as usize;
        let (from, window) = (seconds(self.from), seconds(self.window).max(1));
        let enough = self.share.as_f64() * rate * window as f64;
        let first = good
            .windows(window)
            .skip(from)
            .position(|stretch| stretch.iter().sum::<u64>() as f64 >= enough);
        json!({ "s": first, "recovered": u8::from(first.is_some()) })
    }
}

/// A variant with one seed.
struct Trial<'a> {
    case: &'a Case<'a>,
    warmup: Span,
    measure: Span,
    seed: u64,
}

impl Trial<'_> {
    /// Runs it; the figures of all its expectations.
    fn run(&self) -> Result<Vec<Option<f64>>, String> {
        let scenario = Scenario {
            seed: self.seed,
            ..self.case.scenario.clone()
        };
        let mut sim = Simulation::new(&scenario);
        let recovery = match &self.case.run.recovery {
            Some(recovery) => recovery.figures(&self.second_by_second(&mut sim), rate(&scenario)),
            None => self.at_once(&mut sim),
        };
        figures(self.case, &sim.report(), &recovery)
    }

    fn at_once(&self, sim: &mut Simulation) -> Value {
        sim.run_until(Time::ZERO + self.warmup);
        sim.restart_figures();
        sim.run_until(sim.now() + self.measure);
        Value::Null
    }

    /// Runs it and counts the good answers of each second.
    fn second_by_second(&self, sim: &mut Simulation) -> Vec<u64> {
        let warm = Time::ZERO + self.warmup;
        let mut good = Vec::new();
        let mut before = 0;
        while sim.now() < warm + self.measure {
            sim.run_until(sim.now() + SECOND);
            let now = sim.report().clients.iter().map(|of| of.good).sum();
            good.push(now - before);
            before = now;
            if sim.now() == warm {
                sim.restart_figures();
                before = 0;
            }
        }
        good
    }
}

/// The figures that a case expects something of.
fn figures(case: &Case<'_>, report: &Report, recovery: &Value) -> Result<Vec<Option<f64>>, String> {
    let mut report = serde_json::to_value(report).map_err(|error| error.to_string())?;
    report["recovery"] = recovery.clone();
    let figure = |(of, expression): &(&super::Expectation, super::Expression)| {
        let value = expression.value(&report);
        value.map_err(|what| format!("{}: {what}", of.name))
    };
    case.expect.iter().map(figure).collect()
}

/// Runs all cases with all seeds: for each case, for each of its expectations, the figure of each seed.
pub(super) fn all(
    cases: &[Case<'_>],
    effort: Effort,
) -> Result<Vec<Vec<Vec<Option<f64>>>>, String> {
    let mut trials = Vec::new();
    for case in cases {
        let at = |what| format!("{}: {what}", case.place);
        let (warmup, measure) = case.run.length(&case.scenario, effort).map_err(at)?;
        // A path that leads nowhere is told before an hour is spent.
        let recovery = match &case.run.recovery {
            Some(recovery) => recovery.figures(&[], 1.0),
            None => Value::Null,
        };
        figures(case, &Simulation::new(&case.scenario).report(), &recovery).map_err(at)?;
        trials.extend((1..=case.run.seeds(effort)).map(|seed| Trial {
            case,
            warmup,
            measure,
            seed,
        }));
    }
    let mut measured = side_by_side(&trials)?.into_iter();
    let mut of_cases = Vec::new();
    for case in cases {
        let mut of_case = vec![Vec::new(); case.expect.len()];
        for of_seed in measured.by_ref().take(case.run.seeds(effort) as usize) {
            for (samples, figure) in of_case.iter_mut().zip(of_seed) {
                samples.push(figure);
            }
        }
        of_cases.push(of_case);
    }
    Ok(of_cases)
}

/// Runs trials on all cores; what they measured, in their order.
fn side_by_side(trials: &[Trial<'_>]) -> Result<Vec<Vec<Option<f64>>>, String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(trial) = trials.get(place) else {
                return done;
            };
            done.push((place, trial.run()));
        }
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(trials.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, Vec<_>>| {
            worker
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect::<Vec<_>>()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, figures)| figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_is_the_first_second_that_begins_a_good_stretch() {
        let recovery = Recovery {
            from: Span::secs(2),
            window: Span::secs(2),
            share: Ratio::percent(90),
        };
        let figures = |good: &[u64]| recovery.figures(good, 10.0);
        // What was good before the trouble ended is not asked.
        let late = figures(&[10, 10, 0, 10, 7, 9, 9, 9]);
        assert_eq!(late, json!({ "s": 3, "recovered": 1 }));
        assert_eq!(figures(&[0, 0, 10, 10])["s"], 0);
        let never = figures(&[10, 10, 0, 10, 0, 10]);
        assert_eq!(never, json!({ "s": null, "recovered": 0 }));
    }
}
