//! Where a scenario comes from: a file, standard input or a shipped preset.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use lessons::preset::PRESETS;
use lessons::{Preset, Setting, setting};
use sim::Scenario;
use sim::scenario::save::LONGEST_FILE;

use crate::say::{Failure, plain};

/// Reads the scenario that `file` stands for, with these settings put into it.
pub(crate) fn scenario(file: &Path, settings: &[Setting]) -> Result<Scenario, Failure> {
    let (name, text) = if file == Path::new("-") {
        ("standard input".into(), whole(io::stdin().lock()))
    } else {
        (plain(&file.to_string_lossy()), of_file(file))
    };
    let text = text.map_err(|error| Failure::Asked(unread(&name, &error)))?;
    setting::load(&text, settings)
        .map_err(|error| Failure::Asked(each_line(&name, &error.to_string())))
}

/// The text of a file or, where there is none of this name, of a preset.
fn of_file(file: &Path) -> io::Result<String> {
    let preset = || file.to_str().and_then(Preset::find);
    let text = File::open(file).and_then(whole);
    match (text, preset()) {
        // A folder of that name, say `shop`, is no scenario file either.
        (Err(error), Some(preset)) if is_no_file(&error) => Ok(preset.file.to_owned()),
        (text, _) => text,
    }
}

/// Reads all of it, but never much more than a scenario can have: the pipe may be endless.
fn whole(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST_FILE {
        let what = format!("it is longer than {LONGEST_FILE} bytes, the most that a scenario has");
        return Err(io::Error::other(what));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not text in UTF-8"))
}

fn is_no_file(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory)
}

/// Why a file was not read, and what to do.
fn unread(name: &str, error: &io::Error) -> String {
    let why = if error.kind() == ErrorKind::NotFound {
        "there is no such file"
    } else if error.kind() == ErrorKind::IsADirectory {
        "this is a folder"
    } else {
        return format!("{name}: {error}");
    };
    let presets: Vec<&str> = PRESETS.iter().map(|preset| preset.slug).collect();
    format!(
        "{name}: {why}. Give the path of a scenario file, `-` for standard input, or the name of a shipped \
         scenario: {}",
        presets.join(", ")
    )
}

/// Each problem on a line of its own that also says in which file it is, as compilers do.
fn each_line(name: &str, problems: &str) -> String {
    let lines: Vec<String> = problems
        .lines()
        .map(|line| format!("{name}: {}", plain(line)))
        .collect();
    lines.join("\n")
}
