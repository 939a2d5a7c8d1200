//! The runner: a command in, at most one report out. It knows no browser.

mod beside;

use sim::run::{Plan, Run};
use sim::scenario::Fault;
use sim::units::{Span, Time};
use sim::{Frame, Scenario};

use crate::protocol::{Board, Command, Line, Report};
use beside::Second;

/// Events between two looks at the clock: some tenths of a millisecond of work. It is also what lets a
/// browser exchange the engine's code for its optimised form, which it does only between calls.
const SLICE: u32 = 2_000;

/// Drives one run, and perhaps a second one beside it.
#[derive(Debug, Default)]
pub struct Runner {
    run: u32,
    main: Option<Run>,
    second: Option<Second>,
    told: Told,
    /// The story as the page knows it.
    known: Option<u64>,
}

/// What the page was told of the line of time.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    edits: usize,
    /// How many of them were made; the page knows the board of that one.
    made: usize,
    last: Option<Time>,
    /// Whether the page knows that the run is at its end.
    at_end: bool,
}

impl Runner {
    /// A runner without a board.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what is asked. `now` is real time in milliseconds, `budget` how many of them an `Advance`
    /// may take; the clock decides how far a run gets, never what happens in it.
    pub fn handle(
        &mut self,
        command: Command,
        now: &dyn Fn() -> f64,
        budget: f64,
    ) -> Option<Report> {
        match command {
            Command::Load { run, board } => match read(&board) {
                Ok((scenario, clicked)) => {
                    Some(self.start(run, Plan::new(&scenario, &clicked), now))
                }
                Err(what) => Some(Report::Broke { what }),
            },
            Command::Replay { run, plan } => match Plan::load(&plan) {
                Ok(plan) => {
                    let report = self.start(run, plan, now);
                    Some(self.with_board(report))
                }
                Err(error) => Some(Report::Unread {
                    what: error.to_string(),
                }),
            },
            Command::Walk { run, legs } => match self.walk(run, &legs, now) {
                Ok(report) => Some(report),
                Err(what) => Some(Report::Broke { what }),
            },
            Command::Adopt { board } => match read(&board) {
                Ok((scenario, clicked)) => {
                    self.adopt(&scenario, &clicked);
                    None
                }
                Err(what) => Some(Report::Broke { what }),
            },
            Command::Advance { nanos, dots } => {
                let main = self.main.as_mut()?;
                let until = main.now() + Span::nanos(nanos);
                let start = now();
                let there = loop {
                    let there = main.run_slice(until, SLICE);
                    let at = main.now();
                    // The second keeps pace, so that neither takes the budget of the other.
                    let behind = self
                        .second
                        .as_mut()
                        .is_some_and(|second| !second.run.run_slice(at, SLICE));
                    if (there && !behind) || now() - start >= budget {
                        break there;
                    }
                };
                self.keep_pace();
                Some(self.report(usize::from(dots), !there, now))
            }
            Command::Step { dots } => {
                self.main.as_mut()?.step();
                self.keep_pace();
                Some(self.report(usize::from(dots), false, now))
            }
            Command::Seek { nanos } => {
                self.main.as_mut()?.seek(Time::from_nanos(nanos));
                self.keep_pace();
                Some(self.jump(now))
            }
            Command::Compare => {
                self.compare()?;
                let report = self.jump(now);
                Some(self.with_board(report))
            }
            Command::Alone => {
                self.main.as_ref()?;
                self.second = None;
                Some(self.report(0, false, now))
            }
            Command::Plan => {
                let plan = self.main.as_ref()?.plan().save();
                Some(Report::Plan { plan })
            }
        }
    }

    fn start(&mut self, run: u32, plan: Plan, now: &dyn Fn() -> f64) -> Report {
        self.run = run;
        self.main = Some(Run::of(plan));
        self.second = None;
        self.told = Told::default();
        self.known = None;
        self.report(0, false, now)
    }

    /// Starts anew, and comes to the end of these legs.
    fn walk(
        &mut self,
        run: u32,
        legs: &[(Board, u64)],
        now: &dyn Fn() -> f64,
    ) -> Result<Report, String> {
        let ((first, until), rest) = legs.split_first().ok_or("a walk without legs")?;
        let (scenario, clicked) = read(first)?;
        // What it tells is told again, with all that came after it.
        let _ = self.start(run, Plan::new(&scenario, &clicked), now);
        self.come_to(*until);
        for (board, until) in rest {
            let (scenario, clicked) = read(board)?;
            self.adopt(&scenario, &clicked);
            self.come_to(*until);
        }
        Ok(self.report(0, false, now))
    }

    fn come_to(&mut self, nanos: u64) {
        if let Some(main) = &mut self.main {
            main.run_until(Time::ZERO + Span::nanos(nanos));
        }
    }

    /// Carries on with another board. Where that leaves a future behind, the run goes on there too, beside this one.
    fn adopt(&mut self, scenario: &Scenario, clicked: &[Fault]) {
        let Some(main) = &mut self.main else {
            return;
        };
        let before = (self.second.is_none() && main.end() > main.now()).then(|| main.clone());
        let since = main.now();
        if main.adopt(scenario, clicked)
            && let Some(old) = before
        {
            self.second = Some(Second::new(old, Some(since)));
        } else if let Some(second) = &mut self.second {
            second.befall(clicked);
        }
        // The page knows the board that it sent.
        self.told.made = main.made();
        self.keep_pace();
    }

    /// Both designs from the start to now.
    fn compare(&mut self) -> Option<()> {
        let main = self.main.as_mut()?;
        let (now, plan) = (main.now(), main.plan());
        let [a, b] = [&plan.first().scenario, &main.board().scenario]
            .map(|design| Run::of(plan.with_design(design)));
        *main = b;
        main.run_until(now);
        self.second = Some(Second::new(a, None));
        self.keep_pace();
        self.told = Told::default();
        Some(())
    }

    /// The second run stands where the first one stands.
    fn keep_pace(&mut self) {
        if let (Some(main), Some(second)) = (&self.main, &mut self.second) {
            second.come_to(main.now());
        }
    }

    /// Reports of a run that was put at another time.
    fn jump(&mut self, now: &dyn Fn() -> f64) -> Report {
        let way = self.main.as_mut().map(|main| main.frame(0));
        let other = self.second.as_mut().map(|second| second.run.frame(0));
        let mut report = self.report(0, false, now);
        if let Report::Frame {
            frame,
            beside,
            jump,
            ..
        } = &mut report
        {
            *jump = true;
            if let Some(way) = way {
                take_over(frame, way);
            }
            if let (Some(beside), Some(way)) = (beside, other) {
                take_over(&mut beside.frame, way);
            }
        }
        report
    }

    fn report(&mut self, dots: usize, short: bool, now: &dyn Fn() -> f64) -> Report {
        let Some(main) = &mut self.main else {
            return Report::Broke {
                what: "the engine has no board. Reload the page".into(),
            };
        };
        let frame = Box::new(Frame {
            story: main.simulation().story().news(&mut self.known),
            ..main.frame(dots)
        });
        let line = self.told.line(main).map(Box::new);
        let beside = self.second.as_mut().map(|second| {
            let beside = second.tell(main, dots, now());
            Box::new(beside)
        });
        Report::Frame {
            run: self.run,
            frame,
            short,
            jump: false,
            line,
            beside,
        }
    }

    /// The same report, with the board whether or not the page should know it.
    fn with_board(&self, mut report: Report) -> Report {
        if let (Report::Frame { line, .. }, Some(main)) = (&mut report, &self.main) {
            let line = line.get_or_insert_default();
            line.end = main.end();
            line.edits = main.plan().edits().iter().map(|edit| edit.at).collect();
            line.board = Some(written(main));
        }
        report
    }
}

impl Told {
    /// What the page has to be told anew.
    fn line(&mut self, run: &Run) -> Option<Line> {
        let edits = run.plan().edits();
        let next = Told {
            edits: edits.len(),
            made: run.made(),
            last: edits.last().map(|edit| edit.at),
            at_end: run.now() >= run.end(),
        };
        if *self == next {
            return None;
        }
        // At the very start the page has sent the board itself.
        let board = (self.made != next.made && self.edits > 0).then(|| written(run));
        *self = next;
        Some(Line {
            end: run.end(),
            edits: edits.iter().map(|edit| edit.at).collect(),
            board,
        })
    }
}

/// Gives a frame of no length what was found on the way to it.
fn take_over(frame: &mut Frame, way: Frame) {
    frame.buckets = way.buckets;
    frame.marks = way.marks;
    frame.changes = way.changes;
}

/// The board that is in force, as it crosses the wall.
fn written(run: &Run) -> Board {
    let board = run.board();
    Board {
        scenario: board.scenario.save(),
        clicked: serde_json::to_string(&board.clicked).unwrap_or_default(),
    }
}

fn read(board: &Board) -> Result<(Scenario, Vec<Fault>), String> {
    let scenario = Scenario::load(&board.scenario).map_err(|error| error.to_string())?;
    let clicked = match board.clicked.as_str() {
        "" => Vec::new(),
        text => serde_json::from_str(text).map_err(|error| format!("clicked faults: {error}"))?,
    };
    Ok((scenario, clicked))
}
