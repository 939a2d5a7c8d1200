//! Output and failure: what goes to which stream, and with which exit code it ends.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be done; the text says why and what to do instead.
    Asked(String),
    /// It was done, and what came out is not as it should be.
    Outside(String),
    /// The output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// The exit code: 2 is also what clap uses for arguments that it cannot read.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Failure::Asked(_) => 2,
            Failure::Outside(_) | Failure::Output(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Asked(why) | Failure::Outside(why) => f.write_str(why),
            Failure::Output(error) => write!(f, "the output cannot be written: {error}"),
        }
    }
}

/// Writes the result to standard output.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        // Whoever read us has seen enough (`| head`): that is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(Failure::Output),
    }
}

/// Writes to standard error what is not part of the result.
pub(crate) fn aside(text: &str) {
    // `eprintln!` would panic where nobody listens.
    let _ = writeln!(io::stderr(), "{text}");
}

/// A text from a file on one line, without what would steer a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// So wide is a line of a text.
const WIDTH: usize = 100;

/// A text on lines of a legible length, each after the same indent.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.extend([" ", word]);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}
