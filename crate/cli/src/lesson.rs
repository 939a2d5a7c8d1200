//! `tailback lesson`: proves what a lesson claims, with many seeds, and prints each claim with its figures.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

use clap::Args;
use lessons::Lesson;
use lessons::lesson::proof::Place;
use lessons::lesson::{Language, Proof, Row, Words, prove};

use crate::say::{self, Failure};
use crate::table;

/// So wide may a claim be; a longer one goes over several lines.
const WIDEST: u16 = 72;

const HELP: &str = "\
Without a name it lists the lessons; `all` proves every one of them. Each claim is judged with the
seeds 1, 2, 3 and so on; what is printed are the lowest and the highest value of its first figure.\n\
Of a lesson of your own, give the path of its file; its words are looked for in NAME.words.json beside it.";

/// What can be asked for.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Options {
    /// The name of a lesson, the path of a lesson's file, or `all`
    name: Option<String>,
    /// With how many seeds
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Proves and prints; a claim that does not hold with every seed is a failure.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let Some(name) = &options.name else {
        return say::result(&list()?);
    };
    let mut proofs = Vec::new();
    for (lesson, words) in asked(name)? {
        let begun = Instant::now();
        let proof = prove(&lesson, &words, options.seeds).map_err(Failure::Asked)?;
        if !options.json {
            let gap = if proofs.is_empty() { "" } else { "\n" };
            say::result(&format!("{gap}{}", told(&words, &proof)))?;
        }
        say::aside(&format!(
            "{}: {:.1} s",
            lesson.slug,
            begun.elapsed().as_secs_f64()
        ));
        proofs.push(proof);
    }
    if options.json {
        // It cannot fail: its keys are texts, and floats that are no number become `null`.
        say::result(&serde_json::to_string_pretty(&proofs).unwrap_or_default())?;
    }
    let failed: usize = proofs.iter().map(|proof| proof.failures().len()).sum();
    match failed {
        0 => Ok(()),
        1 => Err(Failure::Outside(
            "one claim does not hold with every seed".into(),
        )),
        n => Err(Failure::Outside(format!(
            "{n} claims do not hold with every seed"
        ))),
    }
}

fn words(slug: &str) -> Result<Words, Failure> {
    Language::English.words(slug).map_err(Failure::Asked)
}

/// The lessons that were asked for, with their words.
fn asked(name: &str) -> Result<Vec<(Lesson, Words)>, Failure> {
    if Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "json")
    {
        return Ok(vec![of_files(name)?]);
    }
    let mut asked = Vec::new();
    for lesson in Lesson::all()
        .iter()
        .filter(|lesson| name == "all" || lesson.slug == name)
    {
        asked.push((lesson.clone(), words(&lesson.slug)?));
    }
    if asked.is_empty() {
        let slugs: Vec<&str> = Lesson::all()
            .iter()
            .map(|lesson| lesson.slug.as_str())
            .collect();
        return Err(Failure::Asked(format!(
            "there is no lesson \"{}\"; there are: {}. A lesson of your own ends in .json",
            say::plain(name),
            slugs.join(", ")
        )));
    }
    Ok(asked)
}

/// A lesson of one's own, whose words stand beside it.
fn of_files(name: &str) -> Result<(Lesson, Words), Failure> {
    let read = |path: &str| {
        fs::read_to_string(path)
            .map_err(|error| Failure::Asked(format!("{}: {error}", say::plain(path))))
    };
    let told = |path: &str, what: &str| {
        Failure::Asked(format!("{}: {}", say::plain(path), say::plain(what)))
    };
    let lesson = Lesson::read(&read(name)?).map_err(|what| told(name, &what))?;
    let path = format!("{}.words.json", name.trim_end_matches(".json"));
    let words = Words::read(&read(&path)?).map_err(|what| told(&path, &what))?;
    Ok((lesson, words))
}

/// All lessons, a line each.
fn list() -> Result<String, Failure> {
    let mut rows = Vec::new();
    for lesson in Lesson::all() {
        rows.push(vec![lesson.slug.clone(), words(&lesson.slug)?.promise]);
    }
    let heads = ["lesson", "what it shows"];
    Ok(table::grid("", 2, WIDEST, &heads, rows.into_iter()).unwrap_or_default())
}

/// A lesson's claims as a table a step, and the sum of them.
fn told(words: &Words, proof: &Proof) -> String {
    let row = |row: &Row| {
        let seeds = format!("{} of {}", row.holds, proof.seeds);
        vec![row.words.clone(), row.told(), seeds]
    };
    let mut text = format!("{}\n{}\n", words.title, words.promise);
    let steps = words.steps.iter().enumerate();
    let steps =
        steps.map(|(place, step)| (Place::Step(place), format!("{}. {}", place + 1, step.title)));
    for (place, title) in steps.chain([(Place::Puzzle, "The puzzle".to_owned())]) {
        let rows = proof.rows.iter().filter(|row| row.place == place).map(row);
        let heads = ["claim", "lowest to highest", "seeds"];
        if let Some(table) = table::grid(&title, 1, WIDEST, &heads, rows) {
            let _ = writeln!(text, "\n{table}");
        }
    }
    let failed = proof.failures();
    let _ = if failed.is_empty() {
        writeln!(
            text,
            "\nAll {} claims hold with {} of {1} seeds.",
            proof.rows.len(),
            proof.seeds
        )
    } else {
        writeln!(text, "\n{}", failed.join("\n"))
    };
    text
}
