//! `tailback validate`: experiments with known answers, run through the engine like any scenario file.

mod expression;

use std::thread;

use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::units::Span;
use sim::{Scenario, Simulation};

use crate::say::{self, Failure};
use crate::set;

/// The experiments, in the order in which they are told.
const EXPERIMENTS: &[&str] = &[
    include_str!("../experiments/r01-mm1.json"),
    include_str!("../experiments/mmc-erlang-c.json"),
    include_str!("../experiments/r03-mm4-10.json"),
    include_str!("../experiments/r04-md1.json"),
    include_str!("../experiments/r05-mg1.json"),
    include_str!("../experiments/r06-insensitivity.json"),
    include_str!("../experiments/r07-tandem.json"),
    include_str!("../experiments/r09a-blocking-chain.json"),
    include_str!("../experiments/r09b-front-pool.json"),
    include_str!("../experiments/r09d-nested-pools.json"),
    include_str!("../experiments/r10-retries.json"),
    include_str!("../experiments/r10b-layered.json"),
    include_str!("../experiments/r10c-multiplied.json"),
    include_str!("../experiments/r10c-five-layers.json"),
    include_str!("../experiments/r14-wasted-work.json"),
    include_str!("../experiments/bulkhead-erlang-b.json"),
    include_str!("../experiments/pool-erlang-c.json"),
];

/// A short run is this part of the whole.
const QUICK: u64 = 20;

/// What can be asked of it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only the experiments with these ids, such as `R01`
    ids: Vec<String>,
    /// A twentieth of the length, with tolerances wider by the root of that
    #[arg(long)]
    quick: bool,
    /// Print the rows as JSON
    #[arg(long)]
    json: bool,
}

/// An experiment: a scenario and what theory says of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Experiment {
    id: String,
    title: String,
    formula: String,
    source: String,
    scenario: Value,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    measure: Span,
    warmup: Span,
    seeds: u64,
    /// Settings that differ from the scenario's.
    set: serde_json::Map<String, Value>,
    expect: Vec<Expectation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// An expression over the report.
    what: String,
    expected: f64,
    kind: String,
    tol_rel: Option<f64>,
    tol_abs: Option<f64>,
}

/// One figure beside what it should be.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    case: String,
    what: String,
    kind: String,
    expected: f64,
    measured: f64,
    deviation: f64,
    tolerance: f64,
    ok: bool,
}

/// Runs them and prints; whether all held.
pub(crate) fn validate(options: &Options) -> Result<bool, Failure> {
    let all = EXPERIMENTS
        .iter()
        .map(|text| serde_json::from_str(text))
        .collect::<Result<Vec<Experiment>, _>>()
        .map_err(|error| Failure::Asked(format!("a shipped experiment: {error}")))?;
    let known = |id: &String| all.iter().any(|e| e.id.eq_ignore_ascii_case(id));
    if let Some(id) = options.ids.iter().find(|id| !known(id)) {
        let ids: Vec<&str> = all.iter().map(|e| e.id.as_str()).collect();
        let ids = ids.join(", ");
        return Err(Failure::Asked(format!(
            "there is no experiment \"{id}\"; there are {ids}"
        )));
    }
    let wanted = |e: &&Experiment| {
        options.ids.is_empty() || options.ids.iter().any(|id| id.eq_ignore_ascii_case(&e.id))
    };
    let mut rows = Vec::new();
    for experiment in all.iter().filter(wanted) {
        say::aside(&format!(
            "{}: {} ({}; {})",
            experiment.id, experiment.title, experiment.formula, experiment.source
        ));
        for case in &experiment.cases {
            rows.extend(run(experiment, case, options.quick).map_err(Failure::Asked)?);
        }
    }
    let failed = rows.iter().filter(|row| !row.ok).count();
    say::result(&if options.json {
        serde_json::to_string_pretty(&rows).unwrap_or_default()
    } else {
        let count = rows.len();
        format!("{}\n{} held, {failed} failed", table(&rows), count - failed)
    })?;
    Ok(failed == 0)
}

/// The mean over the seeds of each figure, beside what it should be.
fn run(experiment: &Experiment, case: &Case, quick: bool) -> Result<Vec<Row>, String> {
    let mut file = experiment.scenario.clone();
    for (path, value) in &case.set {
        set::put(&mut file, path, value.clone())?;
    }
    let named = |why: String| format!("{}, {}: {why}", experiment.id, case.name);
    let scenario = Scenario::load(&file.to_string()).map_err(|why| named(why.to_string()))?;
    let part = if quick && case.seeds > 1 { QUICK } else { 1 };
    let measure = Span::nanos(case.measure.as_nanos() / part);
    let reports = reports(&scenario, case, measure);
    let mut rows = Vec::new();
    for expectation in &case.expect {
        let mut sum = 0.0;
        for report in &reports {
            sum += expression::value(report, &expectation.what).map_err(named)?;
        }
        let measured = sum / reports.len() as f64;
        let (deviation, tolerance) = match (expectation.tol_rel, expectation.tol_abs) {
            (Some(rel), _) => ((measured / expectation.expected - 1.0).abs(), rel),
            (None, abs) => ((measured - expectation.expected).abs(), abs.unwrap_or(0.0)),
        };
        let tolerance = tolerance * (part as f64).sqrt();
        rows.push(Row {
            id: experiment.id.clone(),
            case: case.name.clone(),
            what: expectation.what.clone(),
            kind: expectation.kind.clone(),
            expected: expectation.expected,
            measured,
            deviation,
            tolerance,
            ok: deviation <= tolerance,
        });
    }
    Ok(rows)
}

/// The reports of all seeds, made side by side.
fn reports(scenario: &Scenario, case: &Case, measure: Span) -> Vec<Value> {
    let one = |seed: u64| {
        let mut sim = Simulation::new(&Scenario {
            seed,
            ..scenario.clone()
        });
        sim.run_until(sim.now() + case.warmup);
        sim.restart_figures();
        sim.run_until(sim.now() + measure);
        // It cannot fail: its keys are texts.
        serde_json::to_value(sim.report()).unwrap_or_default()
    };
    thread::scope(|scope| {
        let one = &one;
        let runs: Vec<_> = (1..=case.seeds)
            .map(|seed| scope.spawn(move || one(seed)))
            .collect();
        // A panic in a run is a bug of the engine: it goes on up.
        runs.into_iter()
            .map(|run| {
                run.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header([
        "id", "case", "figure", "expected", "measured", "off by", "allowed", "",
    ]);
    for row in rows {
        table.add_row([
            row.id.clone(),
            row.case.clone(),
            row.what.clone(),
            format!("{:.6}", row.expected),
            format!("{:.6}", row.measured),
            format!("{:.5}", row.deviation),
            format!("{:.5}", row.tolerance),
            if row.ok { "ok" } else { "FAILED" }.into(),
        ]);
    }
    for column in 3..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
