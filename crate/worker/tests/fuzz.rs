//! Whatever crosses the wall: it is refused with words, or it is done. No message makes the runner panic.

use lessons::PRESETS;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use worker::protocol::{Board, Command, Report, decode, encode};
use worker::runner::Runner;

fn handle(runner: &mut Runner, command: Command) {
    if let Some(Report::Broke { what }) = runner.handle(command, &|| 0.0, -1.0) {
        assert!(what.len() > 10, "{what}");
    }
}

fn loaded() -> Runner {
    let mut runner = Runner::new();
    let board = Board {
        scenario: PRESETS[0].file.to_owned(),
        clicked: String::new(),
    };
    handle(&mut runner, Command::Load { run: 1, board });
    runner
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        match decode::<Command>(&bytes) {
            Ok(command) => handle(&mut loaded(), command),
            Err(error) => prop_assert!(error.contains("Reload")),
        }
        if let Err(error) = decode::<Report>(&bytes) {
            prop_assert!(error.contains("Reload"));
        }
    }

    #[test]
    fn a_changed_message(at in any::<prop::sample::Index>(), byte in any::<u8>(), nanos in any::<u64>(), dots in any::<u16>()) {
        let mut bytes = encode(&Command::Advance { nanos, dots });
        handle(&mut loaded(), decode(&bytes).expect("it is ours"));
        let place = at.index(bytes.len());
        bytes[place] = byte;
        if let Ok(command) = decode::<Command>(&bytes) {
            handle(&mut loaded(), command);
        }
    }

    #[test]
    fn any_board(scenario in ".{0,80}", clicked in ".{0,40}") {
        let mut runner = loaded();
        handle(&mut runner, Command::Adopt { board: Board { scenario, clicked: String::new() } });
        let board = Board { scenario: PRESETS[0].file.to_owned(), clicked };
        handle(&mut runner, Command::Adopt { board });
        handle(&mut runner, Command::Step { dots: 1 });
    }
}
