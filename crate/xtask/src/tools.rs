//! The tools that build the page: their versions in one table, and how each comes onto a machine.

use crate::{say, shell};
use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that comes from the crate registry.
pub(crate) struct Tool {
    package: &'static str,
    version: &'static str,
    /// The programs we use of it; the first one knows its version.
    programs: &'static [&'static str],
    purpose: &'static str,
    /// How long it compiles on two cores, so that nobody thinks it hangs.
    minutes: u32,
}

/// Newer ones want a newer compiler than `rust-toolchain.toml` names.
pub(crate) const TRUNK: Tool = Tool {
    package: "trunk",
    version: "0.21.14",
    programs: &["trunk"],
    purpose: "puts the page together and serves it",
    minutes: 10,
};

/// Must be the very version of the `wasm-bindgen` library in `Cargo.toml`.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.128",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    purpose: "joins the compiled wasm to JavaScript and runs tests in a browser",
    minutes: 3,
};

/// The npm package that holds `wasm-opt`; Debian's own is too old.
pub(crate) const BINARYEN: &str = "132.0.0";

/// The target of everything that runs in a browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The folder with the tool's programs; installs the tool when it is neither on PATH nor in the cache.
pub(crate) fn folder(tool: &Tool) -> Result<PathBuf> {
    let on_path = shell::find(tool.programs[0]).and_then(|path| path.parent().map(Path::to_owned));
    if let Some(folder) = on_path.filter(|folder| fits(tool, folder)) {
        return Ok(folder);
    }
    let home = cache()?.join(format!("{}-{}", tool.package, tool.version));
    let folder = home.join("bin");
    if !fits(tool, &folder) {
        install(tool, &home)?;
        if !fits(tool, &folder) {
            bail!(
                "{} was installed in {} but does not run there; remove that folder and try again",
                tool.package,
                home.display()
            );
        }
    }
    Ok(folder)
}

/// Where tools are kept for this user, shared by all checkouts.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("no home directory is known; set XDG_CACHE_HOME to a folder for the tools")?;
    Ok(base.join("tailback").join("tools"))
}

/// Moves a finished folder to its place: what stands there is always complete, however often this was interrupted.
pub(crate) fn settle(partial: &Path, home: &Path) -> Result<()> {
    if home.exists() {
        fs::remove_dir_all(home)?;
    }
    fs::rename(partial, home)
        .with_context(|| format!("could not move {} to {}", partial.display(), home.display()))
}

fn fits(tool: &Tool, folder: &Path) -> bool {
    let program = |name: &str| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    tool.programs.iter().all(|name| program(name).is_file())
        && shell::ask(program(tool.programs[0]), &["--version"])
            .is_some_and(|answer| answer.split_whitespace().any(|word| word == tool.version))
}

fn install(tool: &Tool, home: &Path) -> Result<()> {
    say::heading(&format!("Installing {} {}", tool.package, tool.version));
    say::note(&format!(
        "It {}; this machine does not have it in this version.\n\
         cargo compiles it once, into {}.\n\
         This takes about {} minutes on two cores; if you stop it, the next try goes on where it was.",
        tool.purpose,
        home.display(),
        tool.minutes
    ));
    let partial = home.with_added_extension("partial");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["install", tool.package, "--version", tool.version])
        .args(["--locked", "--force", "--root"])
        .arg(&partial)
        // Beside the programs, so that an interrupted compilation is carried on and a finished one leaves nothing.
        .arg("--target-dir")
        .arg(partial.join("target"))
        .env_remove("CARGO_BUILD_TARGET");
    shell::run(cargo).with_context(|| {
        format!(
            "{} {} could not be installed; it needs the crate registry and a C linker",
            tool.package, tool.version
        )
    })?;
    fs::remove_dir_all(partial.join("target"))?;
    settle(&partial, home)
}

/// Adds the browser target to the tool chain when it is missing.
pub(crate) fn wasm_target() -> Result<()> {
    let there = shell::ask("rustc", &["--print", "target-libdir", "--target", WASM])
        .is_some_and(|folder| Path::new(&folder).is_dir());
    if there {
        return Ok(());
    }
    say::note("The compiler's part for browsers is missing; rustup adds it in a few seconds.");
    rustup(&["target", "add", WASM])
}

/// Adds a component of the tool chain (`clippy`, `rustfmt`) when its command does not run.
pub(crate) fn component(name: &str, subcommand: &str) -> Result<()> {
    if shell::ask("cargo", &[subcommand, "--version"]).is_some() {
        return Ok(());
    }
    rustup(&["component", "add", name])
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("rustup");
    command.args(arguments);
    shell::run(command).with_context(|| {
        format!(
            "Rust must come from rustup (https://rustup.rs) for this; with another installation, add by its own means \
             what `rustup {}` would add",
            arguments.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::WASM_BINDGEN;
    use std::fs;

    #[test]
    fn the_tool_has_the_version_of_the_library() {
        let manifest = fs::read_to_string(crate::top().join("Cargo.toml")).unwrap();
        let pin = format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version);
        assert!(
            manifest.contains(&pin),
            "Cargo.toml should say {pin}, as tools.rs does"
        );
    }
}
