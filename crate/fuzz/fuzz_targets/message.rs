//! Any bytes as a message to the engine.
#![no_main]

use lessons::PRESETS;
use libfuzzer_sys::fuzz_target;
use worker::protocol::{Board, Command, decode};
use worker::runner::Runner;

fuzz_target!(|bytes: &[u8]| {
    let mut runner = Runner::new();
    let board = Board {
        scenario: PRESETS[0].file.to_owned(),
        clicked: String::new(),
    };
    runner.handle(Command::Load { run: 1, board }, &|| 0.0, -1.0);
    if let Ok(command) = decode::<Command>(bytes) {
        runner.handle(command, &|| 0.0, -1.0);
    }
});
