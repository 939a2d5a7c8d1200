//! The build's mark: a short digest of every file that the page is made from.

use crate::top;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// All that can change what stands in `dist`.
const SOURCES: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "crate/app",
    "crate/lessons",
    "crate/sim",
    "crate/worker",
    "index.html",
    "www",
];

/// Not part of the page.
const NOT_SOURCES: [&str; 1] = ["www/test"];

/// Eight hexadecimal digits; equal sources give equal marks, on any machine and with or without git.
pub(crate) fn of_sources() -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut digest = FNV_START;
    for file in files {
        digest = fnv(digest, file.to_string_lossy().replace('\\', "/").as_bytes());
        digest = fnv(digest, &fs::read(top().join(&file))?);
    }
    Ok(format!("{:08x}", (digest >> 32) ^ (digest & 0xffff_ffff)))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if NOT_SOURCES.iter().any(|other| path == Path::new(other)) {
        return Ok(());
    }
    let full = top().join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)? {
            collect(&path.join(entry?.file_name()), files)?;
        }
    } else if full.is_file() {
        files.push(path.to_owned());
    } else {
        bail!(
            "{} is missing, but the page is made from it",
            full.display()
        );
    }
    Ok(())
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: enough to tell builds apart, and the same everywhere.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{FNV_START, fnv};

    #[test]
    fn the_digest_is_the_published_one() {
        // Vectors of the FNV reference page.
        assert_eq!(fnv(FNV_START, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(FNV_START, b"foobar"), 0x8594_4171_f739_67e8);
    }
}
