//! A simulation is a value: a copy goes on as the original does, to the bit, whenever it is taken and however time is
//! cut.

use sim::rng::Luck;
use sim::scenario::Fault;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

use crate::board::at;
use crate::swarm::Dice;

/// Runs a board with its edits in one go.
fn straight(stages: &[(Scenario, Vec<Fault>)]) -> Simulation {
    let mut sim = Simulation::new(&stages[0].0);
    for (n, (board, faults)) in stages.iter().enumerate() {
        sim.adopt(board, faults);
        sim.run_until(end(n));
    }
    sim
}

fn end(stage: usize) -> Time {
    at((stage + 1) as f64 * 0.4)
}

/// The same, going on from copies taken at random times, in random cuts; the originals are thrown away.
fn in_pieces(stages: &[(Scenario, Vec<Fault>)], dice: &mut Dice) -> Simulation {
    let mut sim = Simulation::new(&stages[0].0);
    for (n, (board, faults)) in stages.iter().enumerate() {
        sim.adopt(board, faults);
        while sim.now() < end(n) {
            let copy = sim.clone();
            let mut original = std::mem::replace(&mut sim, copy);
            // What becomes of the original is nothing to the copy.
            original.run_until(end(n));
            let until = sim.now() + Span::micros(1 + dice.below(200_000));
            if dice.one_in(2) {
                sim.run_until(until.min(end(n)));
            } else {
                sim.run_slice(until.min(end(n)), 1 + dice.below(300) as u32);
            }
            if dice.one_in(3) {
                sim.frame(20);
            }
        }
    }
    sim
}

#[test]
fn a_copy_goes_on_as_the_original() {
    for seed in 0..200 {
        let mut dice = Dice {
            stream: Luck::of_seed(seed).part(4).stream(),
            loops: seed % 2 == 0,
        };
        let mut stages = vec![(dice.board(seed, 6, 8), Vec::new())];
        for _ in 0..3 {
            let mut board = stages[stages.len() - 1].0.clone();
            dice.edit(&mut board);
            let faults = dice.faults(&board);
            stages.push((board, faults));
        }
        let (one, other) = (straight(&stages), in_pieces(&stages, &mut dice));
        assert_eq!(
            one.digest(),
            other.digest(),
            "seed {seed}:\n{}",
            stages[0].0.save()
        );
        assert_eq!(one.events(), other.events(), "seed {seed}");
        assert_eq!(
            serde_json::to_string(&one.report()).unwrap(),
            serde_json::to_string(&other.report()).unwrap(),
            "seed {seed}"
        );
    }
}
