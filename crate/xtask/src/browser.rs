//! Finds a Chromium and the driver that fits it, or installs both where a package manager can.

use crate::{say, shell};
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A browser for tests.
pub(crate) struct Browser {
    /// Chromium or Chrome.
    pub(crate) program: PathBuf,
    /// The driver of the same major version.
    pub(crate) driver: PathBuf,
}

/// A test browser draws without a graphics card and talks to nobody but the page's own server.
/// `www/test/page.mjs` has the same list.
const SWITCHES: [&str; 6] = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Places where a browser stands although PATH does not name it.
const BROWSER_PLACES: [&str; 3] = [
    "/usr/lib/chromium/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The same for the driver.
const DRIVER_PLACES: [&str; 2] = [
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
];

const ADVICE: &str = "\
no Chromium with a driver of the same major version was found. Install both:
   Debian:  apt install chromium chromium-driver
   macOS:   brew install --cask google-chrome chromedriver
or name them: CHROME=/path/to/chromium CHROMEDRIVER=/path/to/chromedriver";

impl Browser {
    /// One that is there, or a freshly installed one.
    pub(crate) fn ready() -> Result<Self> {
        if let Some(browser) = Self::found() {
            return Ok(browser);
        }
        if let Some(apt) = apt() {
            say::note(
                "No Chromium with a driver of its version is here; apt installs both (about 100 MB to load).",
            );
            shell::run(shell::command(&apt, &["update"]))?;
            let packages = ["chromium", "chromium-driver"];
            let install = ["install", "-y", "--no-install-recommends"];
            shell::run(shell::command(&apt, &[&install[..], &packages].concat()))
                .context(ADVICE)?;
        }
        Self::found().with_context(|| format!("{ADVICE}\nHere are: {}", inventory()))
    }

    /// Writes the capabilities file for `wasm-bindgen-test-runner`, which adds the switches for headless running itself.
    pub(crate) fn write_capabilities(&self, file: &Path) -> Result<()> {
        let switches = SWITCHES.map(|switch| format!("\"{switch}\"")).join(", ");
        let program = self.program.to_string_lossy().replace('\\', "\\\\");
        let text = format!(
            "{{ \"goog:chromeOptions\": {{ \"binary\": \"{program}\", \"args\": [{switches}] }} }}\n"
        );
        fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
    }

    fn found() -> Option<Self> {
        if let (Some(program), Some(driver)) = (named("CHROME"), named("CHROMEDRIVER")) {
            return Some(Self { program, driver });
        }
        let drivers = drivers();
        browsers().into_iter().find_map(|program| {
            let version = major(&program)?;
            let driver = drivers
                .iter()
                .find(|driver| major(driver) == Some(version))?;
            Some(Self {
                program,
                driver: driver.clone(),
            })
        })
    }
}

/// A program that the person named; it counts alone.
fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

fn browsers() -> Vec<PathBuf> {
    candidates("CHROME", &BROWSERS, &BROWSER_PLACES)
}

fn drivers() -> Vec<PathBuf> {
    candidates("CHROMEDRIVER", &["chromedriver"], &DRIVER_PLACES)
}

fn candidates(variable: &str, names: &[&str], places: &[&str]) -> Vec<PathBuf> {
    if let Some(path) = named(variable) {
        return vec![path];
    }
    let on_path = names.iter().filter_map(|name| shell::find(name));
    let elsewhere = places
        .iter()
        .map(PathBuf::from)
        .filter(|path| path.is_file());
    on_path.chain(elsewhere).collect()
}

/// The major version out of `Chromium 156.0.8078.79 built on Debian` or `ChromeDriver 156.0.8078.79 (…)`.
fn major(program: &Path) -> Option<u32> {
    major_in(&shell::ask(program, &["--version"])?)
}

fn major_in(answer: &str) -> Option<u32> {
    answer
        .split_whitespace()
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

/// What was found but does not fit together.
fn inventory() -> String {
    let all = browsers().into_iter().chain(drivers());
    let lines: Vec<String> = all
        .map(|path| {
            let version = shell::ask(&path, &["--version"]);
            format!(
                "{} ({})",
                path.display(),
                version.unwrap_or_else(|| "does not run".to_owned())
            )
        })
        .collect();
    if lines.is_empty() {
        "neither a browser nor a driver".to_owned()
    } else {
        lines.join(", ")
    }
}

/// How apt is called without a question, where it is there and we may.
fn apt() -> Option<Vec<&'static str>> {
    shell::find("apt-get")?;
    let call = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    if shell::ask("id", &["-u"])? == "0" {
        return Some(call.to_vec());
    }
    shell::ask("sudo", &["-n", "true"])?;
    Some([&["sudo", "-n"], &call[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::major_in;

    #[test]
    fn versions_are_read() {
        assert_eq!(
            major_in("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"),
            Some(156)
        );
        assert_eq!(
            major_in("ChromeDriver 156.0.8078.79 (1a2b3c-refs/heads/x@{#1})"),
            Some(156)
        );
        assert_eq!(major_in("nothing"), None);
    }
}
