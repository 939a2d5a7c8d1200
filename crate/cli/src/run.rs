//! `tailback run`: a scenario runs at full speed, then its figures are printed.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use lessons::Setting;
use serde::Serialize;
use sim::meter::report::Report;
use sim::scenario::Hint;
use sim::scenario::check::{About, LONGEST_RUN};
use sim::story::Account;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

use crate::say::{self, Failure};
use crate::story::{self, Told};
use crate::{source, table};

const HELP: &str = "\
--set takes the path that errors name, and a value as in a file; texts need no quotes, and the level
`kind.service` of a node may be left out. It acts before the file is checked, in the order given:

    tailback run shop --set nodes.database.threads=32 --set edges.checkout-payments.mode=async
    tailback run shop --set 'nodes.database.before={\"exponential\": \"40ms\"}'
    tailback run my-board.json --set edges.a-b.policies[0].retry.attempts=5

`tailback explain` lists all parameters with their paths.";

/// What can be asked of a run.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Options {
    /// A scenario file, `-` for standard input, or the name of a shipped scenario, such as `shop`
    file: PathBuf,
    /// For how long to measure, in simulated time: `90s`, `2min`, at most a day
    #[arg(
        long = "for",
        value_name = "TIME",
        default_value = "60s",
        allow_hyphen_values = true
    )]
    measure: Span,
    /// Put a value into the scenario by its path, such as `nodes.database.threads=32`; can be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<Setting>,
    /// The seed of all chance [default: that of the file]
    #[arg(long)]
    seed: Option<u64>,
    /// Simulated time before the figures begin; planned faults count from before it
    #[arg(
        long,
        value_name = "TIME",
        default_value = "0s",
        allow_hyphen_values = true
    )]
    warmup: Span,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// Runs and prints.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    check(options)?;
    let mut scenario = source::scenario(&options.file, &options.settings)?;
    scenario.seed = options.seed.unwrap_or(scenario.seed);
    for hint in scenario.hints() {
        say::aside(&told(&hint));
    }
    let begun = Instant::now();
    let sim = simulate(&scenario, options.warmup, options.measure);
    let (report, account) = (sim.report(), sim.story().account());
    let took = begun.elapsed().as_secs_f64();
    say::result(&if options.json {
        json(&scenario, &report, account)
    } else {
        let figures = table::all(&scenario, &report);
        match story::lines(&scenario, account) {
            Some(story) => format!("{figures}\n\n{story}"),
            None => figures,
        }
    })?;
    say::aside(&format!(
        "{} simulated in {took:.2} s of real time",
        options.warmup + options.measure
    ));
    Ok(())
}

/// What the units of the single options cannot know.
fn check(options: &Options) -> Result<(), Failure> {
    let wrong = if options.measure == Span::ZERO {
        "--for 0s: there is nothing to measure in no time"
    } else if options.warmup + options.measure > LONGEST_RUN {
        "--warmup and --for: together they may be a day (24h) at most"
    } else {
        return Ok(());
    };
    Err(Failure::Asked(wrong.into()))
}

/// The run, with figures from the end of the warm-up on.
fn simulate(scenario: &Scenario, warmup: Span, measure: Span) -> Simulation {
    let mut sim = Simulation::new(scenario);
    sim.run_until(Time::ZERO + warmup);
    sim.restart_figures();
    sim.run_until(sim.now() + measure);
    sim
}

fn told(hint: &Hint) -> String {
    let about = match &hint.about {
        About::Node(id) => format!("{id}: "),
        About::Edge(id) => format!("{id}: "),
        About::Board => String::new(),
    };
    format!("hint: {about}{}", hint.what)
}

/// A report that says what it is of.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    seed: u64,
    #[serde(flatten)]
    report: &'a Report,
    story: Told,
}

fn json(scenario: &Scenario, report: &Report, account: &Account) -> String {
    let named = Named {
        name: &scenario.name,
        seed: scenario.seed,
        report,
        story: story::data(scenario, account),
    };
    // It cannot fail: its keys are texts, and floats that are no number become `null`.
    serde_json::to_string_pretty(&named).unwrap_or_default()
}
