//! Scripts of commands and the reports that come of them; every message survives its way over the wall.

use lessons::PRESETS;
use sim::units::{Span, Time};
use worker::Runner;
use worker::protocol::{Beside, Board, Command, Line, Report, decode, encode};

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
        Some(Report::Frame {
            run, frame, short, ..
        }) => (run, *frame, short),
        other => panic!("no frame: {other:?}"),
    }
}

/// The line and the run beside, of a report with a frame.
fn around(report: Option<Report>) -> (sim::Frame, Option<Line>, Option<Beside>) {
    match report {
        Some(Report::Frame {
            frame,
            line,
            beside,
            ..
        }) => (*frame, line.map(|line| *line), beside.map(|beside| *beside)),
        other => panic!("no frame: {other:?}"),
    }
}

fn load(runner: &mut Runner) {
    let board = board();
    tell(runner, &Command::Load { run: 1, board });
}

fn run_on(runner: &mut Runner, secs: u64) -> (sim::Frame, Option<Line>, Option<Beside>) {
    around(tell(runner, &Command::advance(Span::secs(secs), 0)))
}

fn seek(runner: &mut Runner, secs: u64) -> (sim::Frame, Option<Line>, Option<Beside>) {
    let nanos = Span::secs(secs).as_nanos();
    around(tell(runner, &Command::Seek { nanos }))
}

fn slow() -> Board {
    Board {
        clicked: r#"[{"on": "database", "kind": {"slow": 10}}]"#.into(),
        ..board()
    }
}

fn flipped() -> Board {
    Board {
        scenario: PRESETS[1].file.to_owned(),
        ..slow()
    }
}

fn secs(n: u64) -> Time {
    Time::ZERO + Span::secs(n)
}

#[test]
fn a_rewind_brings_back_the_board_and_time_goes_on_as_it_went() {
    let mut runner = Runner::new();
    load(&mut runner);
    run_on(&mut runner, 5);
    tell(&mut runner, &Command::Adopt { board: slow() });
    let (end, line, _) = run_on(&mut runner, 10);
    let line = line.expect("an edit came to the line");
    assert_eq!((line.edits, line.board), (vec![secs(0), secs(5)], None));
    let (there, line, _) = seek(&mut runner, 3);
    assert_eq!(there.at, secs(3));
    let line = line.expect("the board is another one");
    assert_eq!(line.end, secs(15));
    assert_eq!(line.board.unwrap().clicked, "[]");
    // The fault is clicked again by the run itself, and the page is told.
    let (again, line, beside) = run_on(&mut runner, 12);
    assert_eq!((again.at, again.digest), (end.at, end.digest));
    let clicked = line.unwrap().board.unwrap().clicked;
    assert!(clicked.contains("database"), "{clicked}");
    assert_eq!(beside, None);
}

#[test]
fn a_change_in_the_past_leaves_the_old_future_beside() {
    let mut runner = Runner::new();
    load(&mut runner);
    run_on(&mut runner, 5);
    tell(&mut runner, &Command::Adopt { board: slow() });
    let (old, _, _) = run_on(&mut runner, 10);
    seek(&mut runner, 8);
    tell(&mut runner, &Command::Adopt { board: flipped() });
    let (new, line, beside) = run_on(&mut runner, 7);
    let (line, beside) = (line.unwrap(), beside.unwrap());
    assert_eq!(line.edits, [secs(0), secs(5), secs(8)]);
    assert_eq!(beside.since, Some(secs(8)));
    assert_eq!((beside.frame.at, beside.frame.digest), (old.at, old.digest));
    assert_ne!(new.digest, old.digest);
    assert!(beside.board.unwrap().scenario.contains("The shop"));
    let [a, b] = beside.scores.unwrap();
    assert_eq!(a.requests, b.requests);
    let (_, _, none) = around(tell(&mut runner, &Command::Alone));
    assert_eq!(none, None);
}

#[test]
fn two_designs_run_from_the_start_under_the_same_trouble() {
    let mut runner = Runner::new();
    load(&mut runner);
    run_on(&mut runner, 5);
    tell(&mut runner, &Command::Adopt { board: slow() });
    run_on(&mut runner, 10);
    tell(&mut runner, &Command::Adopt { board: flipped() });
    run_on(&mut runner, 5);
    let (frame, line, beside) = around(tell(&mut runner, &Command::Compare));
    assert_eq!(frame.at, secs(20));
    assert_eq!(line.unwrap().edits, [secs(0), secs(5)]);
    let beside = beside.unwrap();
    assert_eq!((beside.frame.at, beside.since), (secs(20), None));
    let [a, b] = beside.scores.unwrap();
    assert_eq!(a.requests, b.requests);
    assert!(a.goodput < 0.7 && b.goodput > 0.95, "{a:?} {b:?}");
    // Healing befalls both.
    let healed = Board {
        clicked: String::new(),
        ..flipped()
    };
    tell(&mut runner, &Command::Adopt { board: healed });
    let (_, _, beside) = run_on(&mut runner, 15);
    let beside = beside.unwrap();
    let marks = &beside.frame.marks;
    assert!(
        marks
            .iter()
            .any(|mark| matches!(mark.kind, sim::frame::MarkKind::FaultOff(..))),
        "{marks:?}"
    );
    // Both go back together.
    let (frame, _, beside) = seek(&mut runner, 10);
    assert_eq!((frame.at, beside.unwrap().frame.at), (secs(10), secs(10)));
}

#[test]
fn a_run_goes_out_as_a_file_and_comes_in_again() {
    let mut runner = Runner::new();
    load(&mut runner);
    run_on(&mut runner, 5);
    tell(&mut runner, &Command::Adopt { board: slow() });
    let (end, _, _) = run_on(&mut runner, 10);
    let Some(Report::Plan { plan }) = tell(&mut runner, &Command::Plan) else {
        panic!("no plan");
    };
    let mut other = Runner::new();
    let (first, line, _) = around(tell(&mut other, &Command::Replay { run: 4, plan }));
    assert_eq!(first.at, secs(0));
    let line = line.unwrap();
    assert_eq!(line.edits, [secs(0), secs(5)]);
    assert!(line.board.is_some(), "the page does not know it");
    let (again, _, _) = run_on(&mut other, 15);
    assert_eq!(again.digest, end.digest);
    let plan = "{}".to_owned();
    let refused = tell(&mut other, &Command::Replay { run: 5, plan });
    assert!(
        matches!(refused, Some(Report::Unread { .. })),
        "{refused:?}"
    );
    assert!(tell(&mut other, &Command::advance(Span::secs(1), 0)).is_some());
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
    for command in [
        Command::Step { dots: 0 },
        Command::Seek { nanos: 7 },
        Command::Compare,
        Command::Alone,
        Command::Plan,
    ] {
        assert_eq!(tell(&mut Runner::new(), &command), None);
    }
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
