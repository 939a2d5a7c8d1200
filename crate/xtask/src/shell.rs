//! Runs other programs: to see them work, to keep what they said, or to ask them one thing.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a watched program said and whether it was content.
pub(crate) struct Watched {
    /// It ended with exit code 0.
    pub(crate) ok: bool,
    /// All it wrote, standard output and standard error in the order of writing.
    pub(crate) text: String,
}

/// Runs a program with our own input and output and fails when it does.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let line = announce(&command);
    let ended = command
        .status()
        .with_context(|| format!("could not start `{line}`"))?;
    if !ended.success() {
        bail!("`{line}` failed ({ended}); the reason stands in its output above");
    }
    Ok(())
}

/// Runs a program, shows what it writes and keeps it; a failure of the program is not an error here.
pub(crate) fn watch(mut command: Command) -> Result<Watched> {
    let line = announce(&command);
    if io::stdout().is_terminal() {
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let (mut output, pen) = io::pipe().context("could not make a pipe")?;
    command
        .stdin(Stdio::null())
        .stdout(pen.try_clone()?)
        .stderr(pen);
    let mut child = command
        .spawn()
        .with_context(|| format!("could not start `{line}`"))?;
    // The command holds our ends of the pipe; as long as it lives, reading would never end.
    drop(command);

    let mut text = Vec::new();
    let mut chunk = [0; 8192];
    let mut screen = io::stdout();
    loop {
        let length = output.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        screen.write_all(&chunk[..length])?;
        screen.flush()?;
        text.extend_from_slice(&chunk[..length]);
    }
    let ended = child.wait()?;
    if !ended.success() {
        println!("`{line}` failed ({ended})");
    }
    Ok(Watched {
        ok: ended.success(),
        text: plain(&String::from_utf8_lossy(&text)),
    })
}

/// What a program answers on standard output; nothing when it is not there or fails.
pub(crate) fn ask(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(program.as_ref())
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// A command of a call that is itself several words, such as `sudo -n apt-get` or `node script`.
pub(crate) fn command<T: AsRef<OsStr>>(call: &[T], arguments: &[&str]) -> Command {
    let mut command = Command::new(&call[0]);
    command.args(&call[1..]).args(arguments);
    command
}

/// The first program of this name on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_owned()]
    };
    env::split_paths(&env::var_os("PATH")?)
        .flat_map(|folder| names.iter().map(move |file| folder.join(file)))
        .find(|path| path.is_file())
}

/// PATH with these folders before all others.
pub(crate) fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&old));
    env::join_paths(all).context("a folder's name cannot stand on PATH")
}

/// Prints the command line before it runs, so that every failure can be repeated by hand.
fn announce(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    println!("$ {line}");
    line
}

/// Takes the colours out of a text, so that it can be read by a program.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        out.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_go() {
        assert_eq!(plain("\u{1b}[1;32mok\u{1b}[0m. 3 passed"), "ok. 3 passed");
        assert_eq!(plain("no colour"), "no colour");
    }
}
