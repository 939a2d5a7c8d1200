//! `tailback lesson`: the list, a proof, and a lesson that there is not.

use crate::ask::{json, printed, refused};

#[test]
fn without_a_name_the_lessons_are_listed() {
    let text = printed(&["lesson"]);
    for slug in ["one-thread", "what-a-queue-is", "slow-dependency"] {
        assert!(text.contains(slug), "{text}");
    }
}

#[test]
fn a_proof_prints_each_claim_with_its_figures_and_for_how_many_seeds_it_holds() {
    let text = printed(&["lesson", "slow-dependency", "--seeds", "2"]);
    assert!(text.contains("2. Reviews becomes slow"), "{text}");
    let line = text
        .lines()
        .find(|line| line.starts_with("Catalogue is idle"))
        .unwrap();
    assert!(line.ends_with("2 of 2"), "{line}");
    assert!(text.contains("claims hold with 2 of 2 seeds."), "{text}");
    let proofs = json(&["lesson", "one-thread", "--seeds", "1", "--json"]);
    assert_eq!(proofs[0]["lesson"], "one-thread");
    assert_eq!(proofs[0]["rows"][0]["holds"], 1);
}

#[test]
fn an_unknown_lesson_is_told_with_those_there_are() {
    let told = refused(&["lesson", "one-thred"]);
    let start = "there is no lesson \"one-thred\"; there are: one-thread, ";
    assert!(told.starts_with(start), "{told}");
    assert!(refused(&["lesson", "none.json"]).starts_with("none.json: "));
}
