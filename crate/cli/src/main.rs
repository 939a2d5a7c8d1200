//! `tailback`: runs a scenario without a screen. This file knows the commands and the exit codes.

mod figure;
mod run;
mod say;
mod schema;
mod set;
mod source;
mod table;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs scenarios of services, calls and queues, and says how they fared.
#[derive(Debug, Parser)]
#[command(
    name = "tailback",
    version,
    after_help = "Exit codes: 0 done, 1 an experiment failed or the output cannot be written, 2 what was asked for cannot be done."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and print its figures
    Run(run::Options),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Run experiments with known answers and compare
    Validate(validate::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => run::run(&options).map(|()| true),
        Command::Schema => schema::print().map(|()| true),
        Command::Validate(options) => validate::validate(&options),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            say::aside(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}
