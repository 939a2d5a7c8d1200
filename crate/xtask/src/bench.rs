//! Measures how smoothly the built page runs, against an empty page on the same machine.

use crate::browser::Browser;
use crate::{build, node, shell, top};
use anyhow::Result;

/// Builds when needed, measures, and fails when the page misses its figures.
pub(crate) fn run() -> Result<()> {
    let mut node = node::ready()?;
    let browser = Browser::ready()?;
    build::fresh()?;
    node.arg("www/test/bench.mjs")
        .current_dir(top())
        .env("CHROME", browser.program);
    shell::run(node)
}
