//! The weight of the page: a table of what stands in `dist`, and the budget for its wasm.

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What all wasm files together may weigh as they travel, in bytes after gzip.
const BUDGET: u64 = 1_020_000;

/// One file of the page.
struct Row {
    name: String,
    raw: u64,
    gzip: u64,
}

/// Prints the table; true when the wasm keeps to its budget.
pub(crate) fn report(dist: &Path) -> Result<bool> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let bytes = fs::read(&file)?;
        rows.push(Row {
            name: file
                .strip_prefix(dist)?
                .to_string_lossy()
                .replace('\\', "/"),
            raw: bytes.len() as u64,
            gzip: gzipped(&bytes)?,
        });
    }
    let wasm = sum("all wasm", rows.iter().filter(|row| is_wasm(&row.name)));
    let all = sum("all files", rows.iter());
    let within = wasm.gzip <= BUDGET;
    let weight = wasm.gzip;
    rows.extend([wasm, all]);

    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    println!("{:width$}  {:>10}  {:>10}", "file", "raw", "gzip");
    for row in rows {
        println!(
            "{:width$}  {:>10}  {:>10}",
            row.name,
            kilobytes(row.raw),
            kilobytes(row.gzip)
        );
    }
    println!(
        "The wasm weighs {} after gzip; the budget is {}: {}.",
        kilobytes(weight),
        kilobytes(BUDGET),
        if within { "kept" } else { "EXCEEDED" }
    );
    Ok(within)
}

fn is_wasm(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "wasm")
}

fn sum<'a>(name: &str, rows: impl Iterator<Item = &'a Row> + Clone) -> Row {
    Row {
        name: name.to_owned(),
        raw: rows.clone().map(|row| row.raw).sum(),
        gzip: rows.map(|row| row.gzip).sum(),
    }
}

/// All files but the hidden ones, which no server should send.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .file_name()
            .is_some_and(|name| !name.to_string_lossy().starts_with('.'))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn gzipped(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}
