//! The story of a run, as lines of text and as data: the same words as on the screen.

use serde::Serialize;
use serde_json::Value;
use sim::Scenario;
use sim::scenario::Target;
use sim::story::{Account, Chapter, advised, said, told};
use sim::words;

/// The story as lines; nothing of a run in which nothing went wrong.
pub(crate) fn lines(scenario: &Scenario, account: &Account) -> Option<String> {
    if account.chapters.is_empty() {
        return None;
    }
    let mut lines = vec!["The story".to_owned()];
    for chapter in &account.chapters {
        let number = chapter.number;
        let because = match &chapter.cause {
            Some(cause) => format!("  (by {})", cause.chapter),
            None => String::new(),
        };
        lines.push(format!(
            "{number:>4}  {:>8}  {} {}{because}",
            words::clock(chapter.at.as_secs_f64(), false),
            told(scenario, &chapter.place),
            said(scenario, chapter)
        ));
    }
    if account.left_out > 0 {
        lines.push(format!("      and {} more", account.left_out));
    }
    if let Some(advice) = &account.decouple {
        lines.push(format!("decouple first  {}", advised(scenario, advice)));
    }
    Some(lines.join("\n"))
}

/// The story as data.
#[derive(Serialize)]
pub(crate) struct Told {
    chapters: Vec<Line>,
    left_out: u32,
    decouple: Option<Decouple>,
}

/// A chapter as data.
#[derive(Serialize)]
struct Line {
    number: u32,
    /// Which trouble of the run it belongs to, from 0.
    episode: u32,
    at_s: f64,
    until_s: Option<f64>,
    place: Target,
    kind: String,
    figures: Value,
    /// The edge on which it waits, or over which it fails.
    via: Option<String>,
    /// The number of the chapter that led to it; none of a first cause.
    cause: Option<u32>,
    /// The edge between the two.
    cause_edge: Option<String>,
    text: String,
}

/// The dependency to decouple first.
#[derive(Serialize)]
struct Decouple {
    edge: String,
    waiting: f32,
    of: f32,
    since_s: f64,
    text: String,
}

/// The story as data.
pub(crate) fn data(scenario: &Scenario, account: &Account) -> Told {
    Told {
        chapters: account
            .chapters
            .iter()
            .map(|chapter| line(scenario, chapter))
            .collect(),
        left_out: account.left_out,
        decouple: account.decouple.as_ref().map(|advice| Decouple {
            edge: advice.edge.to_string(),
            waiting: advice.waiting,
            of: advice.of,
            since_s: advice.since.as_secs_f64(),
            text: advised(scenario, advice),
        }),
    }
}

fn line(scenario: &Scenario, chapter: &Chapter) -> Line {
    let (kind, figures) = chapter.what.parts();
    let cause = chapter.cause.as_ref();
    Line {
        number: chapter.number,
        episode: chapter.episode,
        at_s: chapter.at.as_secs_f64(),
        until_s: chapter.until.map(sim::units::Time::as_secs_f64),
        place: chapter.place.clone(),
        kind,
        figures,
        via: chapter.via.as_ref().map(ToString::to_string),
        cause: cause.map(|cause| cause.chapter),
        cause_edge: cause.and_then(|cause| cause.edge.as_ref().map(ToString::to_string)),
        text: format!(
            "{} {}",
            told(scenario, &chapter.place),
            said(scenario, chapter)
        ),
    }
}
