//! What nothing happens to is not counted anew: its figures are those that counting would give, on any board.

use sim::rng::Luck;
use sim::scenario::NodeKind;
use sim::units::{Rate, Time};
use sim::{Scenario, Simulation};

use crate::adds_up::fail;
use crate::swarm::Dice;

/// Runs a board with long calm stretches both ways; how many frames were compared.
fn one(seed: u64) -> u64 {
    let mut dice = Dice {
        stream: Luck::of_seed(seed).part(1).stream(),
        loops: seed.is_multiple_of(8),
    };
    let mut board = Scenario {
        seed,
        ..Scenario::default()
    };
    for _ in 0..20 {
        dice.edit(&mut board);
    }
    let mut calm = Simulation::new(&board);
    let mut awake = calm.clone();
    awake.without_sleep();
    let (mut now, mut frames) = (0, 0);
    for _ in 0..8 {
        // In milliseconds, with times between the ends of buckets.
        let lasts = [30, 100, 730, 7_000][dice.below(4) as usize];
        for part in 1..=1 + dice.below(3) {
            let at = Time::from_nanos((now + lasts * part / 3) * 1_000_000);
            calm.run_until(at);
            awake.run_until(at);
            if dice.one_in(2) {
                let (frame, expected) = (calm.frame(9), awake.frame(9));
                if frame != expected {
                    let what = format!("at {at:?}:\n{frame:#?}\n  instead of\n{expected:#?}");
                    fail(seed, &board, &what);
                }
                frames += 1;
            }
        }
        now += lasts;
        if dice.one_in(3) {
            for node in board.nodes.values_mut() {
                if let NodeKind::Client(client) = &mut node.kind {
                    client.rate = Rate::per_sec(dice.below(3));
                }
            }
        } else if dice.one_in(2) {
            dice.edit(&mut board);
        }
        if dice.one_in(9) {
            calm.restart_figures();
            awake.restart_figures();
        }
        let faults = dice.faults(&board);
        calm.adopt(&board, &faults);
        awake.adopt(&board, &faults);
    }
    frames
}

#[test]
fn what_is_still_shows_what_it_would() {
    let frames: u64 = (0..300).map(one).sum();
    assert!(frames > 1_000, "{frames} frames compared");
}
