//! Scripts of commands and the reports that come of them; every message survives its way over the wall.

use lessons::PRESETS;
use sim::units::{Span, Time};
use worker::Runner;
use worker::protocol::{Board, Command, Report, decode, encode};

fn board() -> Board {
    Board {
        scenario: PRESETS[0].file.to_owned(),
        clicked: String::new(),
    }
}

/// A clock that stands still: an `Advance` gets as far as it asks.
fn frozen() -> f64 {
    0.0
}

fn tell(runner: &mut Runner, command: &Command) -> Option<Report> {
    let crossed: Command = decode(&encode(command)).unwrap();
    assert_eq!(crossed, *command);
    let report = runner.handle(crossed, &frozen, 10.0);
    if let Some(report) = &report {
        assert_eq!(decode::<Report>(&encode(report)).unwrap(), *report);
    }
    report
}

fn frame(report: Option<Report>) -> (u32, sim::Frame, bool) {
    match report {
        Some(Report::Frame { run, frame, short }) => (run, *frame, short),
        other => panic!("no frame: {other:?}"),
    }
}

#[test]
fn a_run_answers_each_advance_with_a_frame_of_its_number() {
    let mut runner = Runner::new();
    let (run, first, _) = frame(tell(
        &mut runner,
        &Command::Load {
            run: 3,
            board: board(),
        },
    ));
    assert_eq!((run, first.at.as_nanos()), (3, 0));
    assert_eq!((first.services.len(), first.edges.len()), (6, 6));
    let (run, next, short) = frame(tell(&mut runner, &Command::advance(Span::secs(2), 40)));
    assert_eq!(
        (run, next.at, short),
        (3, Time::ZERO + Span::secs(2), false)
    );
    assert_eq!(next.buckets.len(), 20);
    assert!(!next.flights.is_empty() && next.flights.len() <= 40);
}

#[test]
fn nothing_comes_of_an_advance_without_a_board() {
    assert_eq!(
        tell(&mut Runner::new(), &Command::advance(Span::secs(1), 0)),
        None
    );
    assert_eq!(tell(&mut Runner::new(), &Command::Step { dots: 0 }), None);
}

#[test]
fn a_clicked_fault_and_a_switch_act_without_a_restart() {
    let mut runner = Runner::new();
    tell(
        &mut runner,
        &Command::Load {
            run: 1,
            board: board(),
        },
    );
    tell(&mut runner, &Command::advance(Span::secs(5), 0));
    let clicked = r#"[{"on": "database", "kind": {"slow": 10}}]"#;
    let slow = Board {
        clicked: clicked.into(),
        ..board()
    };
    assert_eq!(
        tell(
            &mut runner,
            &Command::Adopt {
                board: slow.clone()
            }
        ),
        None
    );
    let (_, stuck, _) = frame(tell(&mut runner, &Command::advance(Span::secs(10), 0)));
    assert_eq!(stuck.at, Time::ZERO + Span::secs(15));
    let gateway = |frame: &sim::Frame| {
        frame
            .services
            .iter()
            .find(|s| s.id.as_str() == "gateway")
            .cloned()
    };
    assert!(gateway(&stuck).unwrap().refused > 10.0);
    let flipped = Board {
        scenario: PRESETS[1].file.to_owned(),
        ..slow
    };
    tell(&mut runner, &Command::Adopt { board: flipped });
    let (_, cured, _) = frame(tell(&mut runner, &Command::advance(Span::secs(10), 0)));
    assert!(gateway(&cured).unwrap().refused < 0.1);
    assert_eq!(cured.marks.len(), 1, "{:?}", cured.marks);
}

#[test]
fn a_spent_budget_ends_an_advance_early_and_the_next_one_goes_on() {
    let mut runner = Runner::new();
    tell(
        &mut runner,
        &Command::Load {
            run: 1,
            board: board(),
        },
    );
    let ticks = std::cell::Cell::new(0.0);
    let clock = || {
        ticks.set(ticks.get() + 6.0);
        ticks.get()
    };
    let (_, early, short) = frame(runner.handle(Command::advance(Span::secs(60), 0), &clock, 10.0));
    assert!(short && early.at.as_secs_f64() < 60.0);
    let (_, later, _) = frame(runner.handle(Command::advance(Span::secs(60), 0), &clock, 10.0));
    assert!(later.at > early.at);
}

#[test]
fn a_broken_board_is_told_and_the_run_goes_on() {
    let mut runner = Runner::new();
    tell(
        &mut runner,
        &Command::Load {
            run: 1,
            board: board(),
        },
    );
    let broken = Board {
        scenario: "{".into(),
        clicked: String::new(),
    };
    assert!(matches!(
        tell(&mut runner, &Command::Adopt { board: broken }),
        Some(Report::Broke { .. })
    ));
    assert!(tell(&mut runner, &Command::advance(Span::secs(1), 0)).is_some());
}

#[test]
fn bytes_that_are_no_message_are_refused_in_words() {
    let error = decode::<Command>(&[250, 1, 2]).unwrap_err();
    assert!(error.contains("Reload the page"), "{error}");
}
