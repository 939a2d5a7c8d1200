//! How far somebody is in the lessons, as it is kept with the browser.

use std::collections::BTreeMap;

use super::{Stage, Taught};
use crate::store::Store;

/// How far somebody is in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    /// How many steps were seen to their end.
    pub(crate) steps: usize,
    /// Whether the puzzle was solved.
    pub(crate) solved: bool,
}

impl Store {
    /// How far one is in each lesson, as it is kept: "slug:3 other:4!" with a mark where the puzzle is solved.
    pub(crate) fn note_progress(kept: &str, taught: &Taught) -> String {
        let mut all = read_progress(kept);
        let now = all.entry(taught.lesson.slug.clone()).or_default();
        let seen =
            taught.place + usize::from(taught.stage == Stage::Shown && taught.step().is_some());
        now.steps = now.steps.max(seen);
        now.solved |= taught.solved == Some(true);
        let word = |(slug, of): (&String, &Progress)| {
            format!("{slug}:{}{}", of.steps, if of.solved { "!" } else { "" })
        };
        all.iter().map(word).collect::<Vec<_>>().join(" ")
    }
}

/// How far somebody is, by lesson; what cannot be read is nothing.
pub(crate) fn read_progress(kept: &str) -> BTreeMap<String, Progress> {
    let words = kept.split_whitespace().filter_map(|word| {
        let (slug, rest) = word.split_once(':')?;
        let steps = rest.trim_end_matches('!').parse().ok()?;
        let solved = rest.ends_with('!');
        Some((slug.to_owned(), Progress { steps, solved }))
    });
    words.collect()
}
