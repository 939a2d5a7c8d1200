//! Builds the page for others into `dist`: it runs at the top of a site and under any path.

use crate::tools::{self, TRUNK, WASM_BINDGEN};
use crate::{node, say, shell, size, stamp, top};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Named one by one: `--all-features` lets wasm-opt write forms that not every browser reads yet.
const WASM_FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where the finished page stands.
pub(crate) fn dist() -> PathBuf {
    top().join("dist")
}

/// Builds and reports; true when the wasm keeps to its budget.
pub(crate) fn release() -> Result<bool> {
    let mark = stamp::of_sources()?;
    let mut build = trunk()?;
    build
        .args(["build", "--release", "--cargo-profile", "page"])
        .args(["--offline", "--public-url", "./"]);
    shell::run(build)?;
    let optimised = optimise(&dist())?;
    // The folder ignores itself, and so nothing need stand at the top level for it.
    fs::write(dist().join(".gitignore"), ignore_file(&mark, optimised))?;
    say::heading("Size of dist");
    let within = size::report(&dist())?;
    if !optimised {
        say::note(
            "These wasm files could be about a third smaller (a fifth after gzip): wasm-opt did not run, because it \
             comes from npm and Node.js 20 or newer is not here. Install it and build again for the small ones.",
        );
    }
    Ok(within)
}

/// Builds when `dist` is missing or was made from other sources.
pub(crate) fn fresh() -> Result<()> {
    let wanted = ignore_file(&stamp::of_sources()?, true);
    if fs::read_to_string(dist().join(".gitignore")).is_ok_and(|text| text == wanted) {
        say::note("dist is made from these sources already.");
        return Ok(());
    }
    release().map(drop)
}

/// A Trunk command that finds the right tools and all crates, and so needs no network.
pub(crate) fn trunk() -> Result<Command> {
    tools::wasm_target()?;
    let folders = [tools::folder(&TRUNK)?, tools::folder(&WASM_BINDGEN)?];
    let mut fetch = Command::new("cargo");
    fetch
        .args(["fetch", "--locked", "--quiet"])
        .current_dir(top());
    shell::run(fetch).context("the crates could not be fetched")?;
    let mut trunk = Command::new("trunk");
    trunk
        .current_dir(top())
        .env("PATH", shell::path_with(&folders)?)
        // Trunk takes the variable for a switch that must say true or false, and stops at `1`.
        .env_remove("NO_COLOR");
    Ok(trunk)
}

/// Makes every wasm file smaller; false when wasm-opt is not to be had.
fn optimise(dist: &Path) -> Result<bool> {
    let Some(wasm_opt) = node::wasm_opt()? else {
        return Ok(false);
    };
    for entry in fs::read_dir(dist)? {
        let file = entry?.path();
        if file.extension().is_none_or(|ending| ending != "wasm") {
            continue;
        }
        let smaller = file.with_added_extension("smaller");
        let mut command = shell::command(&wasm_opt, &["-Oz"]);
        command
            .args(WASM_FEATURES)
            .arg(&file)
            .arg("-o")
            .arg(&smaller);
        shell::run(command)?;
        fs::rename(smaller, file)?;
    }
    Ok(true)
}

/// Says in `dist` itself what it was made from; another tool that writes there takes the note away with the rest.
fn ignore_file(mark: &str, optimised: bool) -> String {
    let how = if optimised { "" } else { " without wasm-opt" };
    format!("# Made by `cargo xtask build` from sources {mark}{how}; not kept in git.\n*\n")
}
