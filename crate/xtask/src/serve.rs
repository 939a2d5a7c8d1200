//! Serves the page for development: builds it, opens a browser, and builds again on every change.

use crate::{build, say, shell};
use anyhow::Result;

/// What the person may choose.
pub(crate) struct Options {
    /// The port on this machine.
    pub(crate) port: u16,
    /// Open a browser when the first build is done.
    pub(crate) open: bool,
    /// Compile for speed, which takes longer.
    pub(crate) release: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 8080,
            open: true,
            release: false,
        }
    }
}

/// Runs until it is stopped.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut trunk = build::trunk()?;
    trunk
        .args(["serve", "--offline", "--public-url", "/"])
        // Not `dist`: that one is for others and keeps its small files.
        .args(["--dist", ".build/serve", "--port"])
        .arg(options.port.to_string());
    if options.open {
        trunk.arg("--open");
    }
    if options.release {
        trunk.arg("--release");
    }
    say::note(&format!(
        "Tailback will stand at http://127.0.0.1:{}/ when it is built; the first build compiles everything and takes a \
         few minutes. Stop it with Ctrl-C.",
        options.port
    ));
    shell::run(trunk)
}
