//! Set-up, serve, build and test: what the README's two commands call.

mod bench;
mod browser;
mod build;
mod node;
mod say;
mod serve;
mod shell;
mod size;
mod stamp;
mod tally;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask serve [--port N] [--no-open] [--release]
                       build the page, open it in a browser, build again on every change
cargo xtask build      build the page for others into dist/
cargo xtask test [--only STEP]
                       run every check; the last line is the count
                       (steps: fmt, clippy, native, wasm, build, e2e)
cargo xtask bench      measure how smoothly the built page runs
cargo xtask help       show this

Tools that are missing are installed, in the pinned version, for this user only.";

/// What the person asked for.
enum Task {
    Help,
    Serve(serve::Options),
    Build,
    Test(Option<&'static test::Step>),
    Bench,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let task = match understand(&words) {
        Ok(task) => task,
        Err(reason) => {
            eprintln!("error: {reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match task {
        Task::Help => {
            println!("{USAGE}");
            Ok(())
        }
        Task::Serve(options) => serve::run(&options),
        Task::Build => build::release().map(drop),
        Task::Test(only) if test::run(only) => Ok(()),
        Task::Test(_) => return ExitCode::FAILURE,
        Task::Bench => bench::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn understand(words: &[&str]) -> Result<Task, String> {
    match words {
        [] | ["help" | "--help" | "-h"] => Ok(Task::Help),
        ["serve", rest @ ..] => serve_options(rest).map(Task::Serve),
        ["build"] => Ok(Task::Build),
        ["test"] => Ok(Task::Test(None)),
        ["test", "--only", name] => test::STEPS
            .iter()
            .find(|step| step.name == *name)
            .map(|step| Task::Test(Some(step)))
            .ok_or_else(|| format!("there is no step `{name}`")),
        ["bench"] => Ok(Task::Bench),
        _ => Err(format!("`cargo xtask {}` is not known", words.join(" "))),
    }
}

fn serve_options(mut words: &[&str]) -> Result<serve::Options, String> {
    let mut options = serve::Options::default();
    while let [word, rest @ ..] = words {
        words = rest;
        match *word {
            "--no-open" => options.open = false,
            "--release" => options.release = true,
            "--port" => {
                let [port, rest @ ..] = words else {
                    return Err("`--port` wants a number after it".to_owned());
                };
                words = rest;
                options.port = port
                    .parse()
                    .map_err(|_| format!("`{port}` is no port; it is a number from 1 to 65535"))?;
            }
            other => return Err(format!("`serve` does not know `{other}`")),
        }
    }
    Ok(options)
}

/// The top folder of the checkout.
fn top() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Task, understand};

    #[test]
    fn the_usage_names_every_step() {
        let names = super::test::STEPS.map(|step| step.name).join(", ");
        assert!(super::USAGE.contains(&names));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(matches!(understand(&[]), Ok(Task::Help)));
        assert!(matches!(
            understand(&["test", "--only", "fmt"]),
            Ok(Task::Test(Some(_)))
        ));
        for words in [
            &["tset"][..],
            &["test", "--only", "x"],
            &["build", "x"],
            &["serve", "--port", "x"],
        ] {
            assert!(understand(words).is_err(), "{words:?}");
        }
        match understand(&["serve", "--port", "9000", "--no-open"]) {
            Ok(Task::Serve(options)) => {
                assert!(options.port == 9000 && !options.open && !options.release);
            }
            _ => panic!("serve was not understood"),
        }
    }
}
