//! `tailback bench`.

use crate::ask::{json, printed, refused};

#[test]
fn a_workload_is_one_line_of_json() {
    for name in ["w1", "w2", "w3"] {
        let words = ["bench", name, "--requests", "3000"];
        assert_eq!(printed(&words).lines().count(), 1);
        let line = json(&words);
        assert_eq!(line["workload"], name);
        assert_eq!(line["requests"], 3000, "exactly as many as asked for");
        for key in ["req_s", "events", "events_s", "mean_ms"] {
            assert!(line[key].as_f64().unwrap() > 0.0, "{name}: {key}");
        }
        let answered = line["ok"].as_u64().unwrap() + line["failed"].as_u64().unwrap();
        assert!((2_800..=3_000).contains(&answered), "{name}: {answered}");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let digest =
        |seed| json(&["bench", "w3", "--requests", "2000", "--seed", seed])["digest"].clone();
    assert_eq!(digest("1"), digest("1"));
    assert_ne!(digest("1"), digest("2"));
}

#[test]
fn what_cannot_be_timed_is_refused() {
    let told = refused(&["bench", "w9"]);
    assert_eq!(told, "there is no workload \"w9\"; there are: w1, w2, w3\n");
    refused(&["bench", "w1", "--requests", "0"]);
    refused(&["bench"]);
}
