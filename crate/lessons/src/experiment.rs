//! Experiments: boards whose figures theory or other programs tell beforehand, to run the engine against.
//!
//! They are data, one file each in `experiments/`. Those in `experiments/later/` need parts of the model
//! that the engine does not have yet; once it has them, the file moves and so does its line below.

pub mod expression;
mod judge;
mod trial;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::Scenario;
use sim::units::{Ratio, Span};

use crate::setting::{self, Setting};
pub use expression::Expression;
pub use judge::{Row, Verdict};
pub use trial::Effort;

/// The text of an experiment's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// The name of its file.
    pub slug: &'static str,
    /// What is in it.
    pub file: &'static str,
}

macro_rules! shipped {
    ($($slug:literal)*) => {
        &[$(Shipped {
            slug: $slug,
            file: include_str!(concat!("../experiments/", $slug, ".json")),
        }),*]
    };
}

/// All that hold, in the order in which they run.
pub const EXPERIMENTS: &[Shipped] = shipped![
    "r01-mm1"
    "r03-bounded-queue"
    "r04-constant-work"
    "r05a-bimodal-work"
    "r06-loss"
    "r07a-tandem"
    "r09a-blocking-chain"
    "r09a-chain-without-threads"
    "r09b-slow-leaf"
    "r09d-nested-pools"
    "r10a-retry"
    "r10b-layered-retries"
    "r10c-retries-multiply"
    "r12-fan-out"
    "r12-hedge"
    "r13-load-balancing"
    "r14a-wasted-work"
    "r15a-metastable"
    "r16-pause"
    "r20-dead-letters"
    "r20-redelivery"
    "r20-visibility"
    "c01-groups"
    "c02-hedging"
    "c03-adaptive-limit"
    "o01-operations"
    "o02-shedding"
    "o03-shares"
    "q01-prefetch"
    "q02-time-to-live"
    "q03-outbox"
    "q04-idempotent-consumer"
    "q05-poison"
    "k01-partitions"
    "k02-hot-key"
    "k03-commit"
    "k04-retention"
    "b01-shared-queue"
    "b02-broker-capacity"
    "b03-memory-alarm"
    "b04-flow-control"
    "b05-topic"
    "t01-many-threads"
    "t02-log-normal-work"
    "t03-loss-elsewhere"
    "t04-constant-arrivals"
    "t05-one-place"
    "t06-retry-counts"
    "t07-other-work"
    "t08-closed"
    "t09-bursty"
    "t10-profiles"
    "t11-cache"
    "t20-lost-on-the-way"
    "t30-autoscaler"
    "t31-event-loops"
    "t32-waiting-holds-nothing"
    "t33-blocked-loop"
    "t40-garbage"
    "t41-death-spiral"
];

/// Those that wait for the engine.
pub const LATER: &[Shipped] = shipped![];

/// A board, how long it runs, and what has to come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Its name among experiments.
    pub id: String,
    /// What is on the board.
    pub title: String,
    /// Where the numbers come from, as a formula.
    pub formula: String,
    /// Where they come from, as a reference.
    pub source: String,
    /// What else is to be known.
    #[serde(default)]
    pub note: String,
    /// A whole scenario file.
    pub scenario: Value,
    /// How long and how often it runs.
    pub run: Run,
    /// What holds in every variant.
    #[serde(default)]
    pub expect: Vec<Expectation>,
    /// The same board with other settings; without any it runs as it is.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// How long and how often a board runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// So long that the clients send so many requests, warm-up included; or see `for`.
    pub requests: Option<u64>,
    /// The share of it that is warm-up.
    #[serde(default)]
    pub warmup_share: Ratio,
    /// Simulated time that is measured.
    #[serde(rename = "for")]
    pub measure: Option<Span>,
    /// Simulated time before that.
    #[serde(default)]
    pub warmup: Span,
    /// The seeds are 1 to this; figures are means over all of them.
    pub seeds: u64,
    /// Whether to look for the recovery.
    pub recovery: Option<Recovery>,
}

/// When a board has recovered: from the first second on after which goodput is up again for a while.
/// Makes the figures `recovery.s` (none if it never did) and `recovery.recovered` (0 or 1).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// When the trouble ends; a whole number of seconds.
    pub from: Span,
    /// How long goodput has to be up; a whole number of seconds.
    pub window: Span,
    /// How much of the clients' rate it has to be.
    pub share: Ratio,
}

/// A board with some settings changed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What is different.
    pub name: String,
    /// The changes, as `path=value`.
    #[serde(default)]
    pub set: Vec<String>,
    /// If it runs otherwise than the others.
    pub run: Option<Run>,
    /// What holds in this one.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

/// A figure and what it has to be. Without a tolerance it is for information.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What it is called.
    pub name: String,
    /// How it is had from the report; see [`Expression`].
    pub what: String,
    /// What it has to be.
    pub expected: f64,
    /// How far off it may be.
    pub tol_abs: Option<f64>,
    /// How far off it may be, as a share of what is expected.
    pub tol_rel: Option<f64>,
    /// How the number came about.
    pub kind: Kind,
    /// What else is to be known.
    #[serde(default)]
    pub note: String,
}

/// How an expected number came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A closed form or a solved Markov chain; measured with chance.
    Exact,
    /// The mean of simulations by another program.
    Simulated,
    /// It has to come out to the digit.
    Deterministic,
}

/// A variant that is ready to run.
#[derive(Debug)]
struct Case<'a> {
    name: &'a str,
    /// Experiment and variant, for errors.
    place: String,
    scenario: Scenario,
    run: &'a Run,
    expect: Vec<(&'a Expectation, Expression)>,
}

impl Shipped {
    /// Reads its file.
    ///
    /// # Errors
    /// None for a file that ships; the tests read them all.
    pub fn experiment(&self) -> Result<Experiment, String> {
        Experiment::read(self.file)
    }
}

impl Experiment {
    /// Reads an experiment's file.
    ///
    /// # Errors
    /// Says in which line what is wrong.
    pub fn read(text: &str) -> Result<Experiment, String> {
        serde_json::from_str(text).map_err(|error| format!("this is no experiment: {error}"))
    }

    /// Runs all variants with all seeds and compares.
    ///
    /// # Errors
    /// Says which variant cannot be run, or which figure cannot be read, and why.
    pub fn validate(&self, effort: Effort) -> Result<Vec<Row>, String> {
        let cases = self.cases()?;
        let measured = trial::all(&cases, effort)?;
        let mut rows = Vec::new();
        for (case, samples) in cases.iter().zip(measured) {
            for ((expectation, _), samples) in case.expect.iter().zip(samples) {
                rows.push(Row::new(self, case.name, expectation, &samples, effort));
            }
        }
        Ok(rows)
    }

    /// Every variant with its scenario; the board alone where there are no variants.
    fn cases(&self) -> Result<Vec<Case<'_>>, String> {
        if self.variants.is_empty() {
            return Ok(vec![self.case("", &[], &self.run, &[])?]);
        }
        self.variants
            .iter()
            .map(|of| {
                let run = of.run.as_ref().unwrap_or(&self.run);
                self.case(&of.name, &of.set, run, &of.expect)
            })
            .collect()
    }

    fn case<'a>(
        &'a self,
        name: &'a str,
        set: &[String],
        run: &'a Run,
        own: &'a [Expectation],
    ) -> Result<Case<'a>, String> {
        let place = match name {
            "" => self.id.clone(),
            name => format!("{}, {name}", self.id),
        };
        let at = |what: String| format!("{place}: {what}");
        let set: Result<Vec<Setting>, String> = set.iter().map(|text| text.parse()).collect();
        let scenario = setting::load(&self.scenario.to_string(), &set.map_err(at)?)
            .map_err(|error| at(error.to_string()))?;
        let read = |of: &'a Expectation| match Expression::read(&of.what) {
            Ok(expression) => Ok((of, expression)),
            Err(what) => Err(at(format!("{}: {what}", of.name))),
        };
        let expect: Result<_, String> = self.expect.iter().chain(own).map(read).collect();
        run.check().map_err(at)?;
        for of in self.expect.iter().chain(own) {
            of.check().map_err(at)?;
        }
        Ok(Case {
            name,
            place,
            scenario,
            run,
            expect: expect?,
        })
    }
}
