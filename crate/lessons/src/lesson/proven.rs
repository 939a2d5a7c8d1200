//! What was proven: the figures of every claim as they came out with the recorded number of seeds, for the badges. A test
//! runs all of it anew and fails where the record is not what comes out.

use std::fmt::Write;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::proof::{Proof, blank};
use super::{Lesson, Words};

/// The record; the tests write it when `RECORD=1` is set.
const RECORD: &str = include_str!("../../lesson/proven.json");

fn record() -> &'static Map<String, Value> {
    static READ: OnceLock<Map<String, Value>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(RECORD).unwrap_or_default())
}

/// What the record says of a lesson; none where it says nothing, or of another number of claims.
pub fn recorded(lesson: &Lesson, words: &Words) -> Option<Proof> {
    let of = record().get(&lesson.slug)?;
    let seeds = of["seeds"].as_u64()?;
    let mut rows = blank(lesson, words);
    let said = of["rows"]
        .as_array()
        .filter(|said| said.len() == rows.len())?;
    for (row, said) in rows.iter_mut().zip(said) {
        row.holds = said[0].as_u64()?;
        let figure = |place: usize| said[place].as_f64();
        row.figure = figure(1)
            .zip(figure(2))
            .map(|(low, high)| [low, f64::midpoint(low, high), high]);
    }
    Some(Proof {
        lesson: lesson.slug.clone(),
        seeds,
        rows,
    })
}

/// What the record has to say of these proofs, as a file: of each claim for how many seeds it holds, and the lowest and
/// the highest value of its figure to four digits.
pub fn file(proofs: &[Proof]) -> String {
    let figure = |value: f64| format!("{value:.3e}").parse().unwrap_or(value);
    let mut text = String::from("{\n");
    for (place, proof) in proofs.iter().enumerate() {
        let row = |row: &super::Row| {
            let [low, high] = row
                .figure
                .map_or([Value::Null, Value::Null], |[low, _, high]| {
                    [json!(figure(low)), json!(figure(high))]
                });
            json!([row.holds, low, high])
        };
        let rows: Vec<Value> = proof.rows.iter().map(row).collect();
        let entry = json!({ "seeds": proof.seeds, "rows": rows });
        let comma = if place + 1 < proofs.len() { "," } else { "" };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\"{}\": {entry}{comma}", proof.lesson);
    }
    text.push_str("}\n");
    text
}
