//! Words: what a lesson says, apart from what happens in it, so that it can be said in other languages. A language is a
//! folder in `words/` with a file a lesson; whatever is missing or too many in it fails the tests.

use serde::Deserialize;
use serde_json::Value;
use sim::units::Span;

use super::{Lesson, Step};

/// A language that lessons are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
}

/// The words of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What it is called.
    pub title: String,
    /// What it is about, in a line.
    pub promise: String,
    /// The real incident behind it.
    pub incident: String,
    /// The words of its steps.
    pub steps: Vec<StepWords>,
    /// The words of its puzzle.
    pub puzzle: PuzzleWords,
}

/// The words of a step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepWords {
    /// What it is called.
    pub title: String,
    /// What is before one and what to do.
    pub text: String,
    /// What its button says.
    pub button: String,
    /// What to notice meanwhile.
    pub notice: String,
    /// What is asked beforehand; nothing where nothing is.
    #[serde(default)]
    pub ask: String,
    /// The answers to choose from.
    #[serde(default)]
    pub answers: Vec<String>,
    /// What happened and why; `{name}` is a figure of this very run.
    pub why: String,
    /// What each claim says.
    pub claims: Vec<String>,
}

/// The words of a puzzle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PuzzleWords {
    /// What to reach, and what must stay as it is.
    pub text: String,
    /// What each part of the goal says.
    pub goals: Vec<String>,
    /// What each of the ways is.
    pub ways: Vec<String>,
    /// What each of the traps is.
    pub traps: Vec<String>,
    /// Why the ways work and the traps do not.
    pub why: String,
}

macro_rules! told {
    ($language:literal: $($slug:literal)*) => {
        &[$(($slug, include_str!(concat!("../../words/", $language, "/", $slug, ".json")))),*]
    };
}

/// By the slugs of the lessons.
const ENGLISH: &[(&str, &str)] = every_lesson!(told! "en":);

impl Language {
    /// Every language.
    pub const ALL: [Language; 1] = [Language::English];

    const fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Language::English => ENGLISH,
        }
    }

    /// The words of a lesson in it.
    ///
    /// # Errors
    /// Says what is wrong with the file; none for a lesson that ships.
    pub fn words(self, slug: &str) -> Result<Words, String> {
        let found = self.files().iter().find(|(of, _)| *of == slug);
        let (_, file) =
            found.ok_or_else(|| format!("there are no words for the lesson \"{slug}\""))?;
        Words::read(file).map_err(|what| format!("{slug}: {what}"))
    }
}

impl Words {
    /// Reads the words of a lesson.
    ///
    /// # Errors
    /// Says in which line what is wrong.
    pub fn read(file: &str) -> Result<Words, String> {
        serde_json::from_str(file)
            .map_err(|error| format!("these are no words of a lesson: {error}"))
    }

    /// What does not go together with the lesson: too few or too many words, a figure that it does not have.
    pub fn problems(&self, lesson: &Lesson) -> Vec<String> {
        let mut problems = Vec::new();
        let mut same = |what: String, words: usize, things: usize| {
            if words != things {
                problems.push(format!("{what}: words for {words}, but there are {things}"));
            }
        };
        same("steps".into(), self.steps.len(), lesson.steps.len());
        for (place, (words, step)) in self.steps.iter().zip(&lesson.steps).enumerate() {
            let of = |what: &str| format!("step {}, {what}", place + 1);
            same(of("claims"), words.claims.len(), step.claims.len());
            let answers = step.ask.as_ref().map_or(0, |ask| ask.answers.len());
            same(of("answers"), words.answers.len(), answers);
            same(
                of("the question"),
                usize::from(!words.ask.is_empty()),
                usize::from(step.ask.is_some()),
            );
        }
        let (words, puzzle) = (&self.puzzle, &lesson.puzzle);
        same("goals".into(), words.goals.len(), puzzle.goals.len());
        same("ways".into(), words.ways.len(), puzzle.ways.len());
        same("traps".into(), words.traps.len(), puzzle.traps.len());
        let stretches = lesson.steps.iter().map(|step| (step.settles, step.lasts));
        for (settles, lasts) in stretches.chain([(lesson.puzzle.settles, lesson.puzzle.lasts)]) {
            if settles == Span::ZERO || settles >= lasts {
                problems.push(
                    "figures begin some time after the act, and end after that: settles, lasts"
                        .into(),
                );
            }
        }
        for (place, (words, step)) in self.steps.iter().zip(&lesson.steps).enumerate() {
            let named = names(&words.why);
            let missing = named
                .iter()
                .filter(|name| !step.figures.contains_key(**name));
            problems.extend(
                missing.map(|name| format!("step {}: there is no figure {{{name}}}", place + 1)),
            );
            let unused = step
                .figures
                .keys()
                .filter(|name| !named.contains(&name.as_str()));
            problems.extend(
                unused.map(|name| format!("step {}: nobody tells the figure {name}", place + 1)),
            );
        }
        problems
    }
}

/// The names in braces.
fn names(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

impl Step {
    /// An explanation with the figures of a run in their places; a figure that has no value is a dash.
    pub fn explained(&self, why: &str, figures: &Value) -> String {
        let mut text = why.to_owned();
        for (name, figure) in &self.figures {
            let value = figure.what.value(figures).ok().flatten();
            let told = value.map_or("\u{2013}".to_owned(), |value| figure.unit.told(value));
            text = text.replace(&format!("{{{name}}}"), &told);
        }
        text
    }
}
