//! `tailback validate`: runs experiments whose figures are known beforehand, and compares.

use std::fs;
use std::time::Instant;

use clap::Args;
use lessons::experiment::{EXPERIMENTS, Effort, Experiment, LATER, Row, Shipped, Verdict};
use serde::Serialize;
use sim::units::Span;

use crate::figure::{count, six};
use crate::say::{self, Failure, plain};
use crate::table;

/// So wide may the name of a figure be.
const WIDEST_NAME: u16 = 40;

/// What can be asked for.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Experiments, such as `R01`, `R10` for all of R10a, R10b ..., or the path of an experiment file;
    /// without any all that ship are run
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// Run a tenth of the requests; chance is larger then, so tolerances are wider by the square root of 10
    #[arg(long)]
    quick: bool,
}

/// An experiment and what came out.
#[derive(Serialize)]
struct Done<'a> {
    id: &'a str,
    title: &'a str,
    formula: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    figures: Vec<Row>,
}

/// All of them.
#[derive(Serialize)]
struct Summary<'a> {
    quick: bool,
    ok: usize,
    failed: usize,
    informative: usize,
    experiments: Vec<Done<'a>>,
}

/// Runs, compares and prints; a figure that is outside its tolerance is a failure.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let effort = if options.quick {
        Effort::Quick
    } else {
        Effort::Full
    };
    let asked = asked(&options.ids)?;
    let mut summary = Summary {
        quick: options.quick,
        ok: 0,
        failed: 0,
        informative: 0,
        experiments: Vec::new(),
    };
    for experiment in &asked {
        let begun = Instant::now();
        let figures = experiment
            .validate(effort)
            .map_err(|why| Failure::Asked(plain(&why)))?;
        say::aside(&format!(
            "{}: {:.1} s",
            experiment.id,
            begun.elapsed().as_secs_f64()
        ));
        for row in &figures {
            *match row.verdict {
                Verdict::Ok => &mut summary.ok,
                Verdict::Failed => &mut summary.failed,
                Verdict::Informative => &mut summary.informative,
            } += 1;
        }
        if !options.json {
            let gap = if summary.experiments.is_empty() {
                ""
            } else {
                "\n"
            };
            say::result(&format!("{gap}{}", told(experiment, &figures, effort)))?;
        }
        summary.experiments.push(Done {
            id: &experiment.id,
            title: &experiment.title,
            formula: &experiment.formula,
            source: &experiment.source,
            note: &experiment.note,
            figures,
        });
    }
    say::result(&if options.json {
        // It cannot fail: its keys are texts, and floats that are no number become `null`.
        serde_json::to_string_pretty(&summary).unwrap_or_default()
    } else {
        summed_up(&summary)
    })?;
    match summary.failed {
        0 => Ok(()),
        1 => Err(Failure::Outside(
            "one figure is outside its tolerance".into(),
        )),
        n => Err(Failure::Outside(format!(
            "{n} figures are outside their tolerance"
        ))),
    }
}

/// The experiments that were asked for, each once, in the order of the list.
fn asked(ids: &[String]) -> Result<Vec<Experiment>, Failure> {
    let read = |from: &Shipped| {
        let read = from.experiment();
        read.map_err(|why| Failure::Asked(format!("{}: {why}", from.slug)))
    };
    let ready: Vec<Experiment> = EXPERIMENTS.iter().map(read).collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(ready);
    }
    let later: Vec<Experiment> = LATER.iter().map(read).collect::<Result<_, _>>()?;
    let names: Vec<String> = ready.iter().chain(&later).map(|of| of.id.clone()).collect();
    let mut own = Vec::new();
    for id in ids {
        if is_file(id) {
            own.push(of_file(id)?);
        } else if !names.iter().any(|name| is_meant(name, id)) {
            return Err(Failure::Asked(format!(
                "there is no experiment \"{}\"; there are: {}. A file of your own ends in .json",
                plain(id),
                names.join(", ")
            )));
        }
    }
    let is_asked = |of: &Experiment| ids.iter().any(|id| !is_file(id) && is_meant(&of.id, id));
    let shipped = ready.into_iter().chain(later).filter(is_asked);
    Ok(shipped.chain(own).collect())
}

fn is_file(id: &str) -> bool {
    let dot = id.rfind('.').unwrap_or(id.len());
    id[dot..].eq_ignore_ascii_case(".json")
}

/// Whether an experiment is meant: by its name, or by that of its family, `R10` for `R10a`.
fn is_meant(name: &str, id: &str) -> bool {
    let family = name.trim_end_matches(|c: char| c.is_ascii_lowercase());
    name.eq_ignore_ascii_case(id) || family.eq_ignore_ascii_case(id)
}

fn of_file(path: &str) -> Result<Experiment, Failure> {
    let wrong = |why: String| Failure::Asked(format!("{}: {}", plain(path), plain(&why)));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    Experiment::read(&text).map_err(wrong)
}

/// An experiment and its figures, for people.
fn told(experiment: &Experiment, rows: &[Row], effort: Effort) -> String {
    let mut parts = vec![headline(experiment, rows, effort)];
    let heads = ["", "expected", "measured", "deviation", "tolerance", ""];
    for of_variant in rows.chunk_by(|a, b| a.variant == b.variant) {
        let title = of_variant.first().map_or("", |row| row.variant.as_str());
        let grid = table::grid(title, 1, WIDEST_NAME, &heads, of_variant.iter().map(cells));
        parts.extend(grid);
    }
    parts.join("\n\n")
}

fn headline(experiment: &Experiment, rows: &[Row], effort: Effort) -> String {
    let seeds = rows.iter().map(|row| row.seeds).max().unwrap_or(0);
    let length = match (experiment.run.requests, effort) {
        (Some(requests), Effort::Full) => format!("{} requests", count(requests)),
        (Some(requests), Effort::Quick) => format!("{} requests", count((requests / 10).max(1))),
        (None, _) => {
            let measure = experiment.run.measure.unwrap_or_default();
            match experiment.run.warmup {
                Span::ZERO => measure.to_string(),
                warmup => format!("{measure} after {warmup}"),
            }
        }
    };
    let seeds = if seeds == 1 {
        "1 seed".into()
    } else {
        format!("{seeds} seeds")
    };
    format!(
        "{} · {} · {seeds} of {length}\n{}",
        plain(&experiment.id),
        plain(&experiment.title),
        say::wrapped(&plain(&experiment.formula), "")
    )
}

fn cells(row: &Row) -> Vec<String> {
    let measured = match row.measured {
        None => "not measured".into(),
        Some(measured) if row.seeds_with < row.seeds => {
            format!("{} ({} of {})", six(measured), row.seeds_with, row.seeds)
        }
        Some(measured) => six(measured),
    };
    let in_unit = |n: f64| {
        if row.relative {
            format!("{} %", short(n * 100.0))
        } else {
            short(n)
        }
    };
    let deviation = row.deviation.map(|off| {
        let sign = if off > 0.0 { "+" } else { "" };
        format!("{sign}{}", in_unit(off))
    });
    vec![
        plain(&row.name),
        six(row.expected),
        measured,
        deviation.unwrap_or_default(),
        row.tolerance.map(in_unit).unwrap_or_default(),
        word(row.verdict).into(),
    ]
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "FAILED",
        Verdict::Informative => "for information",
    }
}

/// Two digits that count are enough for a deviation.
fn short(n: f64) -> String {
    crate::figure::digits(n, 2)
}

fn summed_up(summary: &Summary<'_>) -> String {
    let rows = summary.experiments.iter().flat_map(|of| &of.figures);
    let failed = rows
        .filter(|row| row.verdict == Verdict::Failed)
        .map(|row| {
            let variant = match row.variant.as_str() {
                "" => String::new(),
                variant => format!(", {variant}"),
            };
            plain(&format!(
                "FAILED  {}{variant}: {}",
                row.experiment, row.name
            ))
        });
    let more = match summary.informative {
        0 => String::new(),
        n => format!("; {n} more without a tolerance"),
    };
    let quick = if summary.quick {
        "; quick, so tolerances are wider by the square root of 10"
    } else {
        ""
    };
    let sum = format!(
        "{} experiments, {} figures: {} ok, {} FAILED{more}{quick}",
        summary.experiments.len(),
        summary.ok + summary.failed,
        summary.ok,
        summary.failed
    );
    let lines: Vec<String> = failed.chain([sum]).collect();
    format!("\n{}", lines.join("\n"))
}
