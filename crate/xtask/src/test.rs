//! Runs every check there is, step by step, and counts them.

use crate::browser::Browser;
use crate::tally::{self, Tally};
use crate::tools::{self, WASM, WASM_BINDGEN};
use crate::{build, node, say, shell, top};
use anyhow::{Context, Result};
use std::fs;
use std::process::Command;
use std::time::Instant;

/// A part of the run that can be asked for alone.
pub(crate) struct Step {
    /// How it is asked for.
    pub(crate) name: &'static str,
    title: &'static str,
    run: fn() -> Result<Tally>,
}

/// In this order: what is quick and what others build on comes first.
pub(crate) const STEPS: [Step; 6] = [
    Step {
        name: "fmt",
        title: "Formatting",
        run: fmt,
    },
    Step {
        name: "clippy",
        title: "Lints",
        run: clippy,
    },
    Step {
        name: "native",
        title: "Tests on this machine",
        run: native,
    },
    Step {
        name: "wasm",
        title: "Tests as wasm in a real browser",
        run: wasm,
    },
    Step {
        name: "build",
        title: "Release build and its size",
        run: release,
    },
    Step {
        name: "e2e",
        title: "The built page in a real browser",
        run: e2e,
    },
];

/// The tests that run as wasm too: they compare the engine's digests with those of the native run.
const WASM_TESTS: [&str; 4] = ["-p", "lessons", "--test", "digest"];

/// Runs all steps, or the one asked for, and prints the count as the last line; true when nothing failed.
pub(crate) fn run(only: Option<&Step>) -> bool {
    let start = Instant::now();
    let mut total = Tally::default();
    let mut summary = Vec::new();
    let mut built = true;
    for step in &STEPS {
        if only.is_some_and(|only| only.name != step.name) {
            continue;
        }
        say::heading(&format!("{} ({})", step.title, step.name));
        if step.name == "e2e" && !built {
            say::note("Not run: there is no page to test, because the build failed.");
            summary.push(format!("{:8} not run", step.name));
            continue;
        }
        let begun = Instant::now();
        let tally = (step.run)().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Tally::one(false)
        });
        if step.name == "build" {
            built = tally.passed > 0;
        }
        let line = format!(
            "{:8} {} passed, {} failed, {}",
            step.name,
            tally.passed,
            tally.failed,
            say::lasted(begun.elapsed())
        );
        say::note(&line);
        summary.push(line);
        total += tally;
    }
    say::heading(&format!("All steps, {}", say::lasted(start.elapsed())));
    say::note(&summary.join("\n"));
    println!("{} passed, {} failed", total.passed, total.failed);
    total.failed == 0
}

fn fmt() -> Result<Tally> {
    tools::component("rustfmt", "fmt")?;
    let formatted = shell::watch(cargo(&["fmt", "--all", "--check"]))?.ok;
    if !formatted {
        say::note("`cargo fmt --all` sets this right.");
    }
    Ok(Tally::one(formatted))
}

fn clippy() -> Result<Tally> {
    tools::component("clippy", "clippy")?;
    tools::wasm_target()?;
    let strict = ["--", "-D", "warnings"];
    let native = ["clippy", "--workspace", "--all-targets"];
    let browser = ["clippy", "--target", WASM, "-p", "app", "-p", "worker"];
    let mut tally = Tally::default();
    for arguments in [&native[..], &browser] {
        let clean = shell::watch(cargo(&[arguments, &strict].concat()))?.ok;
        tally += Tally::one(clean);
    }
    Ok(tally)
}

fn native() -> Result<Tally> {
    if shell::ask("cargo", &["nextest", "--version"]).is_none() {
        // Documentation examples are among these.
        let tests = shell::watch(cargo(&["test", "--workspace", "--no-fail-fast"]))?;
        return Ok(tally::of_cargo_test(&tests.text)
            .ended(tests.ok)
            .not_empty());
    }
    let tests = shell::watch(cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]))?;
    let mut tally = tally::of_nextest(&tests.text).ended(tests.ok).not_empty();
    // cargo-nextest leaves out the examples in the documentation.
    let examples = shell::watch(cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]))?;
    tally += tally::of_cargo_test(&examples.text).ended(examples.ok);
    Ok(tally)
}

fn wasm() -> Result<Tally> {
    tools::wasm_target()?;
    let runner = tools::folder(&WASM_BINDGEN)?.join("wasm-bindgen-test-runner");
    let browser = Browser::ready()?;
    let capabilities = top().join(".build").join("webdriver.json");
    fs::create_dir_all(top().join(".build"))?;
    browser.write_capabilities(&capabilities)?;
    let mut tests = cargo(&["test", "--target", WASM, "--no-fail-fast"]);
    tests
        .args(WASM_TESTS)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
        // In seconds; the runner's own limits are made for small tests on an idle machine.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .env("CHROMEDRIVER", &browser.driver);
    // The runner takes the first of these that it meets, and another browser would come before ours.
    for other in ["GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        tests
            .env_remove(other)
            .env_remove(format!("{other}_REMOTE"));
    }
    tests.env_remove("CHROMEDRIVER_REMOTE");
    let tests = shell::watch(tests)?;
    Ok(tally::of_cargo_test(&tests.text)
        .ended(tests.ok)
        .not_empty())
}

fn release() -> Result<Tally> {
    let within_budget = build::release()?;
    let mut tally = Tally::one(true);
    tally += Tally::one(within_budget);
    Ok(tally)
}

fn e2e() -> Result<Tally> {
    let mut node = node::ready()?;
    let browser = Browser::ready()?;
    build::fresh()?;
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(e2e_files()?)
        .current_dir(top())
        .env("CHROME", &browser.program);
    let tests = shell::watch(node)?;
    Ok(tally::of_node_test(&tests.text).ended(tests.ok).not_empty())
}

/// One by one: given a folder named `test`, Node would take every file in it for a test.
fn e2e_files() -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(node::tests()).context("www/test is missing")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("www/test/{name}"));
        }
    }
    files.sort();
    Ok(files)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(top());
    cargo
}
