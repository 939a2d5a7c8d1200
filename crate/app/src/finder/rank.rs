//! Ranking: which entries fit what was typed, the best first, and which of their letters were meant.
//!
//! Each word that was typed must be found: best where a word begins, else anywhere, else letter by letter in order. The
//! library that does this best would weigh some thirty kilobytes, for a list of a hundred short lines.

use super::Entry;

/// An entry that fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its place among all entries.
    pub(super) place: usize,
    /// The places of the letters that were meant.
    pub(super) marks: Vec<usize>,
}

/// What fits, the best first; all of it in its own order while nothing is typed. What only the small print says comes
/// after all names that fit.
pub(super) fn rank(entries: &[Entry], query: &str) -> Vec<Hit> {
    let words: Vec<Vec<char>> = query.split_whitespace().map(letters).collect();
    let mut hits: Vec<(u32, Hit)> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let mut marks = Vec::new();
        let (name, about) = (letters(&entry.words), letters(&entry.about));
        let mut total = 0;
        let all = words.iter().all(|word| {
            let found = find(&name, word).map(|(score, places)| {
                marks.extend(places);
                score
            });
            // In small print, letters that lie apart mean nothing.
            let small = || find(&about, word).filter(|(score, _)| *score > LOOSE);
            let score = found.or_else(|| small().map(|_| 1));
            total += score.unwrap_or(0);
            score.is_some()
        });
        if all {
            // Put in place one by one: a list this short needs no sorting machinery in the wasm.
            let before = hits.partition_point(|(score, _)| *score >= total);
            hits.insert(before, (total, Hit { place, marks }));
        }
    }
    hits.into_iter().map(|(_, hit)| hit).collect()
}

/// The score of letters that lie apart, at most.
const LOOSE: u32 = 10;

fn letters(text: &str) -> Vec<char> {
    // One for one, so that places stay what they are.
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    text.chars().map(lower).collect()
}

/// How well a word is found in a text, and where.
fn find(text: &[char], word: &[char]) -> Option<(u32, Vec<usize>)> {
    let begins = |place: usize| place == 0 || !text[place - 1].is_alphanumeric();
    let whole = |place: &usize| text[*place..].starts_with(word);
    let mut places = (0..text.len()).filter(whole);
    let any = places.clone().next();
    if let Some(place) = places.find(|place| begins(*place)).or(any) {
        let score = match (begins(place), place) {
            (true, 0) => 100,
            (true, _) => 80,
            (false, _) => 40,
        };
        return Some((score, (place..place + word.len()).collect()));
    }
    // Letter by letter: those at the beginning of words count.
    let (mut found, mut score, mut from) = (Vec::new(), 2, 0);
    for letter in word {
        let place = (from..text.len()).find(|place| text[*place] == *letter)?;
        score += u32::from(begins(place));
        found.push(place);
        from = place + 1;
    }
    Some((score.min(LOOSE), found))
}

/// A text cut into pieces that are marked and pieces that are not.
pub(super) fn pieces(text: &str, marks: &[usize]) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = Vec::new();
    for (place, letter) in text.chars().enumerate() {
        let marked = marks.contains(&place);
        match all.last_mut() {
            Some((piece, same)) if *same == marked => piece.push(letter),
            Some(_) | None => all.push((letter.to_string(), marked)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Action;

    fn entries() -> Vec<Entry> {
        [
            ("Add a client", "Sends requests."),
            ("Zoom to 100 %", "View"),
            ("Connect to another node", "Selection"),
            ("Checkout", "Go to this node"),
        ]
        .map(|(words, about)| Entry {
            words: words.into(),
            about: about.into(),
            keys: "",
            sign: "",
            action: Action::Undo,
        })
        .into()
    }

    fn found(query: &str) -> Vec<usize> {
        let hits = rank(&entries(), query);
        hits.into_iter().map(|hit| hit.place).collect()
    }

    #[test]
    fn letters_in_order_are_enough_and_names_come_first() {
        assert_eq!(found(""), [0, 1, 2, 3], "all, as they stand");
        assert_eq!(found("cnct"), [2]);
        assert_eq!(found("node"), [2, 3], "a name before small print");
        assert_eq!(found("ZOOM"), [1]);
        assert_eq!(found("client add"), [0], "words in any order");
        assert_eq!(found("c"), [2, 3, 0], "first words before later ones");
        assert!(found("qqq").is_empty());
    }

    #[test]
    fn the_letters_that_were_meant_are_marked() {
        let hits = rank(&entries(), "check");
        assert_eq!(hits[0].place, 3);
        assert_eq!(
            pieces("Checkout", &hits[0].marks),
            [("Check".to_owned(), true), ("out".to_owned(), false)]
        );
    }
}
