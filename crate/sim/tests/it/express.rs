//! The short way of plain calls: it states the same facts as the usual one, on any board, whatever happens.

use sim::dist::Dist;
use sim::policy::{Policy, Timeout};
use sim::rng::Luck;
use sim::scenario::{Group, NodeKind, Role};
use sim::units::{Ratio, Span};
use sim::{Scenario, Simulation};

use crate::adds_up::{audit, fail};
use crate::board::at;
use crate::swarm::Dice;

/// Makes most of a board plain.
fn iron(dice: &mut Dice, board: &mut Scenario) {
    for edge in board.edges.values_mut() {
        if dice.one_in(5) {
            continue;
        }
        edge.latency = Dist::Constant(Span::ZERO);
        edge.latency_back = None;
        (edge.loss, edge.loss_back) = (Ratio::ZERO, Ratio::ZERO);
        edge.dedup.on = false;
        if !dice.one_in(6) {
            (edge.probability, edge.fan_out) = (Ratio::ONE, 1);
            edge.group = Group::Choice;
        }
        edge.policies.clear();
        if dice.one_in(2) {
            edge.policies.push(Policy::Timeout(Timeout {
                after: Span::millis(1 + dice.below(120)),
                ..Timeout::default()
            }));
        }
    }
    for node in board.nodes.values_mut() {
        if let NodeKind::Service(service) = &mut node.kind {
            service.replicas = 1 + dice.below(5) as u32 / 4;
            if !dice.one_in(6) {
                service.role = Role::Service;
                service.autoscale.on = false;
                service.memory.gc = Ratio::ZERO;
            }
        }
    }
}

fn one(seed: u64) -> u64 {
    let mut dice = Dice {
        stream: Luck::of_seed(seed).part(1).stream(),
        loops: seed.is_multiple_of(8),
    };
    let mut board = Scenario {
        seed,
        ..Scenario::default()
    };
    for _ in 0..30 {
        dice.edit(&mut board);
    }
    iron(&mut dice, &mut board);
    let mut short = Simulation::new(&board);
    let mut usual = short.clone();
    usual.without_express();
    for stretch in 1..=8u32 {
        let until = at(f64::from(stretch) * 0.4);
        let (mut said, mut expected) = (Vec::new(), Vec::new());
        short.run_watched(until, &mut |at, fact| said.push((at, *fact)));
        usual.run_watched(until, &mut |at, fact| expected.push((at, *fact)));
        audit(seed, &board, &short);
        if short.digest() != usual.digest() {
            let other = said.iter().zip(&expected).position(|(a, b)| a != b);
            let place = other.unwrap_or(said.len().min(expected.len()));
            let from = place.saturating_sub(6);
            let some =
                |facts: &[_]| format!("{:#?}", facts.iter().skip(from).take(9).collect::<Vec<_>>());
            let what = format!("{}\n  instead of\n{}", some(&said), some(&expected));
            fail(seed, &board, &what);
        }
        if dice.one_in(2) {
            dice.edit(&mut board);
            iron(&mut dice, &mut board);
        }
        let faults = dice.faults(&board);
        short.adopt(&board, &faults);
        usual.adopt(&board, &faults);
    }
    usual.events() - short.events()
}

#[test]
fn the_short_way_states_the_same_facts() {
    let saved: u64 = (0..1_500).map(one).sum();
    // Not because nothing took it.
    assert!(saved > 40_000, "{saved} events saved");
}
