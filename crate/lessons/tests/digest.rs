//! The same facts to the bit, natively and in a browser, however time is cut into steps.
//!
//! This file runs natively and, compiled to wasm, in a real browser. Both compare with the same numbers,
//! so both are equal to each other. A change of the engine that changes facts changes the numbers: run
//! it natively, read them off the failure, and say in the commit why the facts had to change.

#[allow(dead_code, reason = "the engine's own tests use the rest")]
#[path = "../../sim/tests/it/swarm.rs"]
mod swarm;

use lessons::Preset;
use sim::Simulation;
use sim::rng::Luck;
use sim::scenario::{Edit, Fault, FaultKind, NodeId};
use sim::units::{Ratio, Span, Time};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Sixty seconds of each shop, in this order, and of the shop with a fault and a switch on its way.
const EXPECTED: [u64; 3] = [0x470ee12a4791f87e, 0x167cb43c8a2924e3, 0x9740d5cb432a3ac9];

/// What comes of two hundred boards of the swarm, each with an edit and faults on its way.
const SWARM: u64 = 0xbe0877a343751127;

/// Runs up to a time in steps of this length.
fn go(sim: &mut Simulation, until: Span, step: Span) {
    let until = Time::ZERO + until;
    while sim.now() < until {
        let next = sim.now() + step;
        sim.run_until(next.min(until));
        // Reading a frame must not change what happens.
        sim.frame(30);
    }
}

fn digests(step: Span) -> [u64; 3] {
    let plain = |slug: &str| {
        let mut sim = Simulation::new(&Preset::find(slug).unwrap().scenario().unwrap());
        go(&mut sim, Span::secs(60), step);
        sim.digest()
    };
    [plain("shop"), plain("shop-async"), eventful(step)]
}

fn eventful(step: Span) -> u64 {
    let mut scenario = Preset::find("shop").unwrap().scenario().unwrap();
    let slow = FaultKind::Slow(Ratio::whole(10));
    let clicked = [Fault {
        on: NodeId::new("database").unwrap().into(),
        kind: slow,
    }];
    let mut sim = Simulation::new(&scenario);
    go(&mut sim, Span::millis(15_303), step);
    sim.adopt(&scenario, &clicked);
    go(&mut sim, Span::millis(31_007), step);
    let (id, edge) = scenario
        .edges
        .iter()
        .find(|(id, _)| id.as_str() == "checkout-payments")
        .unwrap();
    let flipped = sim::scenario::Edge {
        mode: edge.mode.flipped(),
        ..edge.clone()
    };
    let edit = Edit::SetEdge(id.clone(), flipped);
    scenario.apply(edit);
    sim.adopt(&scenario, &clicked);
    go(&mut sim, Span::millis(45_001), step);
    sim.adopt(&scenario, &[]);
    go(&mut sim, Span::secs(60), step);
    sim.digest()
}

fn check(step: Span) {
    let found = digests(step);
    assert_eq!(found, EXPECTED, "in steps of {step}: {found:#018x?}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn in_steps_of_a_millisecond() {
    check(Span::millis(1));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn in_steps_of_a_screen_frame() {
    check(Span::micros(16_700));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn in_steps_of_a_second() {
    check(Span::secs(1));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn two_hundred_boards() {
    let mut all = Luck::of_seed(0);
    for seed in 0..200 {
        let mut dice = swarm::Dice {
            stream: Luck::of_seed(seed).part(5).stream(),
            loops: seed % 4 == 0,
        };
        let mut board = dice.board(seed, 6, 8);
        let mut sim = Simulation::new(&board);
        // Loops that multiply make more than there is to learn from them.
        sim.run_slice(Time::ZERO + Span::millis(500), 20_000);
        dice.edit(&mut board);
        let faults = dice.faults(&board);
        sim.adopt(&board, &faults);
        sim.run_slice(Time::ZERO + Span::millis(1_000), 20_000);
        all = all.part(sim.digest());
    }
    let found = all.name();
    assert_eq!(found, SWARM, "{found:#018x}");
}
