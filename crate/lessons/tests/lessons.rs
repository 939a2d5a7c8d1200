//! The lessons, proven: every claim of every lesson holds with every one of twenty seeds, and one that lies is caught.

use lessons::Lesson;
use lessons::lesson::proven::{file, recorded};
use lessons::lesson::{Language, Proof, prove};
use serde_json::{Value, json};

const SEEDS: u64 = 20;

fn proven(slug: &str) -> Proof {
    let lesson = Lesson::find(slug).unwrap();
    let words = Language::English.words(slug).unwrap();
    prove(lesson, &words, SEEDS).unwrap()
}

/// What badges show has to be what comes out, to a twentieth.
fn as_recorded(proof: &Proof) {
    let anew = "write it anew: RECORD=1 cargo test -p lessons --test lessons record";
    let lesson = Lesson::find(&proof.lesson).unwrap();
    let words = Language::English.words(&proof.lesson).unwrap();
    let recorded =
        recorded(lesson, &words).unwrap_or_else(|| panic!("{}: no record; {anew}", proof.lesson));
    assert_eq!(recorded.seeds, proof.seeds);
    for (now, then) in proof.rows.iter().zip(&recorded.rows) {
        assert_eq!(
            (now.holds, now.figure.is_some()),
            (then.holds, then.figure.is_some()),
            "{}; {anew}",
            now.words
        );
        let both = now
            .figure
            .into_iter()
            .flatten()
            .zip(then.figure.into_iter().flatten());
        // The mean is not recorded.
        for (place, (now_is, was)) in both.enumerate().filter(|(place, _)| *place != 1) {
            let near = (now_is - was).abs() <= 0.05 * was.abs().max(0.2);
            assert!(
                near,
                "{}, \"{}\", figure {place}: {now_is}, recorded {was}; {anew}",
                proof.lesson, now.words
            );
        }
    }
}

/// Writes the record, where it is asked for.
#[test]
fn record() {
    if std::env::var_os("RECORD").is_some() {
        let proofs: Vec<Proof> = Lesson::all()
            .iter()
            .map(|lesson| proven(&lesson.slug))
            .collect();
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/lesson/proven.json"),
            file(&proofs),
        )
        .unwrap();
    }
}

/// A test a lesson, so that they run beside each other.
macro_rules! lessons {
    ($($name:ident $slug:literal)*) => {
        const TESTED: &[&str] = &[$($slug),*];

        $(#[test]
        fn $name() {
            let proof = proven($slug);
            assert_eq!(proof.failures(), Vec::<String>::new());
            as_recorded(&proof);
        })*
    };
}

lessons! {
    one_thread "one-thread"
    what_a_queue_is "what-a-queue-is"
    slow_dependency "slow-dependency"
    flip_the_edge "flip-the-edge"
    queue_buys_time "queue-buys-time"
    retries_multiply "retries-multiply"
    metastable "metastable"
    everyone_at_once "everyone-at-once"
    charged_twice "charged-twice"
    waiting_looks_idle "waiting-looks-idle"
    async_that_blocked "async-that-blocked"
    poison_message "poison-message"
}

#[test]
fn every_lesson_is_tested_and_has_its_words_in_every_language() {
    let slugs: Vec<&str> = Lesson::all()
        .iter()
        .map(|lesson| lesson.slug.as_str())
        .collect();
    assert_eq!(slugs, TESTED);
    for language in Language::ALL {
        for lesson in Lesson::all() {
            let words = language.words(&lesson.slug).unwrap();
            assert_eq!(
                words.problems(lesson),
                Vec::<String>::new(),
                "{language:?}, {}",
                lesson.slug
            );
        }
    }
}

/// The lesson about one thread with something put into its file.
fn broken(pointer: &str, value: Value) -> Result<Proof, String> {
    let file = include_str!("../lesson/one-thread.json");
    let mut json: Value = serde_json::from_str(file).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    let lesson = Lesson::read(&json.to_string())?;
    prove(&lesson, &Language::English.words("one-thread").unwrap(), 3)
}

#[test]
fn a_lesson_that_lies_is_caught_wherever_it_lies() {
    for (pointer, value, where_) in [
        ("/steps/0/claims/0/that", json!("goodput < 0.99"), "step 1"),
        (
            "/steps/1/ask/answers/0",
            json!("services.api.busy < 1"),
            "step 2",
        ),
        // A second answer that is right as well.
        (
            "/steps/1/ask/answers/1",
            json!("services.api.busy > 1"),
            "step 2",
        ),
        ("/steps/2/act/faults/0/kind", json!({"slow": 1}), "step 3"),
        ("/puzzle/ways/0/0", json!("nodes.api.threads=5"), "puzzle"),
        ("/puzzle/traps/0/0", json!("nodes.api.threads=16"), "puzzle"),
        // A goal that needs no cure.
        ("/puzzle/goals/0/that", json!("goodput >= 0"), "puzzle"),
    ] {
        let proof = broken(pointer, value).unwrap();
        let failures = proof.failures();
        assert!(!proof.holds(), "{pointer}");
        assert!(
            failures.iter().any(|line| line.contains(where_)),
            "{pointer}: {failures:?}"
        );
    }
    assert!(
        broken("/slug", json!("one-thread")).unwrap().holds(),
        "as it is, it holds"
    );
}

#[test]
fn a_lesson_that_cannot_be_run_says_why() {
    for (pointer, value, told) in [
        (
            "/steps/0/claims/0/that",
            json!("godput < 0.99"),
            "the report has no \"godput\"",
        ),
        ("/steps/1/act/faults/0/on", json!("users"), "cannot befall"),
        (
            "/puzzle/ways/0/0",
            json!("nodes.ap.threads=16"),
            "there is no node \"ap\"",
        ),
        (
            "/puzzle/ways/0/0",
            json!("nodes.users.rate=1"),
            "changes what has to stay",
        ),
        ("/steps/0/claims", json!([]), "words for 2, but there are 0"),
        ("/steps/0/figures", json!({}), "there is no figure {"),
        (
            "/steps/0/lasts",
            json!("2s"),
            "figures begin some time after",
        ),
    ] {
        let error = broken(pointer, value).unwrap_err();
        assert!(error.contains(told), "{pointer}: {error}");
    }
}
