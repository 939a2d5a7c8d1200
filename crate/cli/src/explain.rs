//! `tailback explain`: what a parameter does, what values it takes, its default and where that is from.

use clap::Args;
use sim::scenario::tables::{self, Row};

use crate::bounds::{default, takes};
use crate::say::{self, Failure};
use crate::{near, table};

/// What can be asked for.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A parameter, such as `prefetch`, `retry.attempts` or `memory.limit`, or a kind, such as `retry`;
    /// without a name all of them are listed
    name: Option<String>,
}

/// Prints what the name stands for.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut rows = Vec::new();
    tables::every(&mut |row| rows.push(row));
    let Some(name) = &options.name else {
        return say::result(&list(&rows));
    };
    let asked: Vec<&Row> = rows.iter().filter(|row| is_called(row, name)).collect();
    if asked.is_empty() {
        return Err(Failure::Asked(unknown(name, &rows)));
    }
    let told: Vec<String> = asked.into_iter().map(explained).collect();
    say::result(&told.join("\n\n"))
}

/// Whether a parameter goes by this name: its key or the end of it, its kind, both, or its label.
fn is_called(row: &Row, name: &str) -> bool {
    let end = row.key.rsplit('.').next();
    name == row.key
        || Some(name) == end
        || name == row.of
        || name == qualified(row)
        || name.eq_ignore_ascii_case(row.label)
}

fn qualified(row: &Row) -> String {
    format!("{}.{}", row.of, row.key)
}

fn explained(row: &Row) -> String {
    let parts = [
        ("takes", takes(row)),
        ("default", default(row)),
        ("source", row.source.to_owned()),
        ("path", row.path()),
    ];
    let parts = parts.map(|(what, value)| format!("  {what:9}{value}"));
    format!(
        "{} · {}\n{}\n{}",
        qualified(row),
        row.label,
        say::wrapped(row.help, "  "),
        parts.join("\n")
    )
}

/// All parameters, kind by kind.
/// What values it takes, where there is room for two or three words only.
fn in_short(row: &Row) -> String {
    match row.words.len() {
        0..=3 => takes(row),
        many => format!("one of {many} words"),
    }
}

fn list(rows: &[Row]) -> String {
    let heads = ["", "", "takes", "default"];
    let group = |of: &[Row]| {
        let cells = |row: &Row| {
            vec![
                row.key.to_owned(),
                row.label.to_owned(),
                in_short(row),
                default(row),
            ]
        };
        let first = of.first()?;
        let path = first.path();
        let place = path.strip_suffix(first.key).unwrap_or(&path);
        let title = format!("{} · {}", first.of, place.trim_end_matches('.'));
        table::grid(
            &title,
            heads.len(),
            table::WIDEST_ID,
            &heads,
            of.iter().map(cells),
        )
    };
    let groups: Vec<String> = rows
        .chunk_by(|a, b| a.of == b.of)
        .filter_map(group)
        .collect();
    groups.join("\n\n")
}

fn unknown(name: &str, rows: &[Row]) -> String {
    let mut names: Vec<String> = rows.iter().map(qualified).collect();
    names.extend(rows.iter().map(|row| row.of.to_owned()));
    names.dedup();
    let name = say::plain(name);
    // A name without its kind is compared with names without theirs.
    let of = |full: &String| {
        let bare = full.split_once('.').map_or(full.as_str(), |(_, key)| key);
        let end = full.rsplit('.').next().unwrap_or_default();
        let near = [full, bare, end].map(|other| near::distance(&name, other));
        near.into_iter().min().unwrap_or_default()
    };
    match near::nearest(&name, &names, of).as_slice() {
        [] => format!("there is no parameter \"{name}\"; `tailback explain` lists all"),
        nearest => format!(
            "there is no parameter \"{name}\"; near to it: {}. `tailback explain` lists all",
            nearest.join(", ")
        ),
    }
}
