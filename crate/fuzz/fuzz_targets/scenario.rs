//! Any text as a scenario file: refused, or whole and fit to run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

fuzz_target!(|text: &str| {
    if let Ok(board) = Scenario::load(text) {
        assert_eq!(Scenario::load(&board.save()).as_ref(), Ok(&board));
        let mut sim = Simulation::new(&board);
        sim.run_slice(Time::ZERO + Span::secs(2), 3_000);
        assert_eq!(sim.audit(), Vec::<String>::new());
    }
});
