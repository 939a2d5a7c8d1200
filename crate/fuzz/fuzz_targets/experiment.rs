//! Any text as an experiment file, and as an expression over a report.
#![no_main]

use lessons::experiment::{Experiment, Expression};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Experiment::read(text);
    if let Ok(of) = Expression::read(text) {
        let _ = of.value(&serde_json::json!({ "clients": [{ "id": "c", "good": 1.5 }] }));
    }
});
