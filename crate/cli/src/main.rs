//! `tailback`: runs a scenario without a screen. This file knows the commands and the exit codes.

mod bench;
mod bounds;
mod explain;
mod figure;
mod lesson;
mod near;
mod run;
mod say;
mod schema;
mod source;
mod story;
mod table;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs scenarios of services, calls and queues, and says how they fared.
#[derive(Debug, Parser)]
#[command(
    name = "tailback",
    version,
    after_help = "Exit codes: 0 done, 1 a figure is outside its tolerance or the output cannot be written, 2 what was asked \
                  for cannot be done."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and print its figures
    Run(run::Options),
    /// Say what a parameter does, what values it takes, its default and where that is from
    Explain(explain::Options),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Run experiments whose figures are known beforehand, and compare
    Validate(validate::Options),
    /// Prove what a lesson claims, with many seeds
    Lesson(lesson::Options),
    /// Time the engine on a workload that other engines run too
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Schema => schema::print(),
        Command::Validate(options) => validate::run(&options),
        Command::Lesson(options) => lesson::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::aside(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}
