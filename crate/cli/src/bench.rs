//! `tailback bench`: times the whole engine, all figures on, on a workload that other engines run too.

use std::time::{Duration, Instant};

use clap::Args;
use lessons::workload::{self, WORKLOADS, Workload};
use serde::Serialize;
use sim::meter::report::ClientReport;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

use crate::say::{self, Failure};

/// Events between two looks at how many requests there were.
const SLICE: u64 = 100_000;

const HELP: &str = "\
Prints one line of JSON. The time is that of the run alone: neither the start of the program nor the
reading of the file counts. Build with --release.

To run it in turns with other engines, hand it to the harness of the workloads as an extra command:

    python3 run.py 5 '' 'Tailback, native|w1|path/to/tailback bench w1' \\
                        'Tailback, native|w2|path/to/tailback bench w2' \\
                        'Tailback, native|w3|path/to/tailback bench w3'

The harness reads \"req_s\", runs its own engines in between, and prints medians and ratios.";

/// What can be asked of a benchmark.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Options {
    /// The workload: `w1` M/M/1 at 80 %, `w2` a chain of five services, `w3` the same with timeouts
    workload: String,
    /// How many requests are sent [default: 1,000,000 in w1, 200,000 in w2 and w3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    requests: Option<u64>,
    /// The seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What is printed.
#[derive(Serialize)]
struct Line<'a> {
    workload: &'a str,
    requests: u64,
    req_s: f64,
    events: u64,
    events_s: f64,
    mean_ms: Option<f64>,
    ok: u64,
    failed: u64,
    digest: String,
}

/// Times and prints.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let workload = Workload::find(&options.workload).ok_or_else(|| unknown(&options.workload))?;
    let mut scenario = workload
        .scenario()
        .map_err(|error| Failure::Asked(error.to_string()))?;
    scenario.seed = options.seed;
    let requests = options.requests.unwrap_or(workload.requests);
    let (sim, took) = timed(&scenario, requests);
    let report = sim.report();
    let sum = |of: fn(&ClientReport) -> u64| report.clients.iter().map(of).sum::<u64>();
    let secs = took.as_secs_f64().max(1e-9);
    let sent = sum(|of| of.offered);
    let line = Line {
        workload: workload.slug,
        requests: sent,
        req_s: (sent as f64 / secs).round(),
        events: report.events,
        events_s: (report.events as f64 / secs).round(),
        mean_ms: report.clients.first().and_then(|of| of.latency.mean_ms),
        ok: sum(|of| of.ok),
        failed: sum(|of| of.answered - of.ok),
        digest: report.digest.clone(),
    };
    // It cannot fail: its keys are texts, and floats that are no number become `null`.
    say::result(&serde_json::to_string(&line).unwrap_or_default())
}

/// Runs until so many requests have been sent; the simulation as it is then, and the time it took.
fn timed(scenario: &Scenario, requests: u64) -> (Simulation, Duration) {
    let mut sim = Simulation::new(scenario);
    // Twice what it should take: where the clients do not send enough, it ends all the same.
    let longest = 2.0 * requests as f64 / workload::rate(scenario).max(1e-6) + 60.0;
    let until = Time::ZERO + Span::from_secs_f64(longest);
    let mut took = Duration::ZERO;
    let mut left = requests;
    while left > 0 {
        // A request is an event at least, so a slice that is no longer than what is left never sends
        // too many.
        let slice = u32::try_from(left.min(SLICE)).unwrap_or(u32::MAX);
        let begun = Instant::now();
        let ended = sim.run_slice(until, slice);
        took += begun.elapsed();
        let sent: u64 = sim.report().clients.iter().map(|of| of.offered).sum();
        left = if ended {
            0
        } else {
            requests.saturating_sub(sent)
        };
    }
    (sim, took)
}

fn unknown(name: &str) -> Failure {
    let slugs: Vec<&str> = WORKLOADS.iter().map(|workload| workload.slug).collect();
    Failure::Asked(format!(
        "there is no workload \"{}\"; there are: {}",
        say::plain(name),
        slugs.join(", ")
    ))
}
