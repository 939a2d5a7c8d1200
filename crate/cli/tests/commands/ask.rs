//! Asking the command line: arguments in, streams and exit codes out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What came of a command.
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub told: String,
}

/// Runs `tailback` away from the checkout.
pub fn tailback(words: &[&str]) -> Answer {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_tailback"))
        .args(words)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    Answer {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        told: String::from_utf8(stderr).unwrap(),
    }
}

/// What a command printed that went well.
pub fn printed(words: &[&str]) -> String {
    let answer = tailback(words);
    assert_eq!(answer.code, 0, "{words:?}: {}", answer.told);
    answer.out
}

/// The same as JSON.
pub fn json(words: &[&str]) -> Value {
    serde_json::from_str(&printed(words)).unwrap()
}

/// A command that must not be done: what it said.
pub fn refused(words: &[&str]) -> String {
    let answer = tailback(words);
    assert_eq!(answer.code, 2, "{words:?}: {}", answer.told);
    assert_eq!(answer.out, "", "{words:?}");
    answer.told
}

/// A file for a command; its path.
pub fn written(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
