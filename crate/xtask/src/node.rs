//! Node.js and what comes from npm: the browser tests' packages and wasm-opt.

use crate::{say, shell, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node.js whose test runner has what the browser tests use.
const OLDEST: u32 = 20;

/// Where the browser tests stand, with the list of their packages.
pub(crate) fn tests() -> PathBuf {
    crate::top().join("www").join("test")
}

/// A `node` command with the packages of the browser tests in place.
pub(crate) fn ready() -> Result<Command> {
    let Some(node) = node() else {
        bail!(
            "the browser tests need Node.js {OLDEST} or newer with npm; \
             install it (https://nodejs.org, or `apt install nodejs npm`) and run this again"
        );
    };
    packages()?;
    Ok(Command::new(node))
}

/// How `wasm-opt` of the pinned version is called; npm installs it when needed; nothing without Node.js.
pub(crate) fn wasm_opt() -> Result<Option<Vec<PathBuf>>> {
    if let Some(path) = shell::find("wasm-opt").filter(|path| right_wasm_opt(path)) {
        return Ok(Some(vec![path]));
    }
    let (Some(node), Some(npm)) = (node(), shell::find("npm")) else {
        return Ok(None);
    };
    let home = tools::cache()?.join(format!("binaryen-{}", tools::BINARYEN));
    let script = home.join("node_modules/binaryen/bin/wasm-opt");
    if !script.is_file() {
        let package = format!("binaryen@{}", tools::BINARYEN);
        say::note(&format!(
            "wasm-opt makes the wasm files smaller; npm installs {package} once, into {}.",
            home.display()
        ));
        let partial = home.with_added_extension("partial");
        fs::create_dir_all(&partial)?;
        let mut install = Command::new(npm);
        install
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ])
            .arg("--prefix")
            .arg(&partial)
            .arg(package);
        shell::run(install).context("wasm-opt could not be installed from npm")?;
        tools::settle(&partial, &home)?;
    }
    Ok(Some(vec![node, script]))
}

fn node() -> Option<PathBuf> {
    let path = shell::find("node")?;
    let answer = shell::ask(&path, &["--version"])?;
    let major: u32 = answer
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()?;
    (major >= OLDEST).then_some(path)
}

/// Installs the packages that the lock file names, unless they stand there from this very lock file.
fn packages() -> Result<()> {
    let folder = tests();
    let lock = fs::read(folder.join("package-lock.json"))?;
    let installed_from = folder.join("node_modules").join(".installed-from");
    if fs::read(&installed_from).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    let Some(npm) = shell::find("npm") else {
        bail!(
            "npm is missing, although Node.js is there; install it (`apt install npm`) and run this again"
        );
    };
    say::note("npm installs the packages of the browser tests; this takes some seconds.");
    let mut install = Command::new(npm);
    install
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&folder);
    shell::run(install)
        .context("the packages of the browser tests could not be installed from npm")?;
    fs::write(installed_from, lock)?;
    Ok(())
}

fn right_wasm_opt(path: &Path) -> bool {
    let major = tools::BINARYEN.split('.').next();
    shell::ask(path, &["--version"]).is_some_and(|answer| answer.split_whitespace().nth(2) == major)
}
