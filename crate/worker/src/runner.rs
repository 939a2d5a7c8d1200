//! The runner: a command in, at most one report out. It knows no browser.

use sim::scenario::Fault;
use sim::units::Span;
use sim::{Scenario, Simulation};

use crate::protocol::{Board, Command, Report};

/// Events between two looks at the clock: some tenths of a millisecond of work. It is also what lets a
/// browser exchange the engine's code for its optimised form, which it does only between calls.
const SLICE: u32 = 2_000;

/// Drives one simulation.
#[derive(Debug, Default)]
pub struct Runner {
    run: u32,
    simulation: Option<Simulation>,
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
                    let mut simulation = Simulation::new(&scenario);
                    if !clicked.is_empty() {
                        simulation.adopt(&scenario, &clicked);
                    }
                    let frame = Box::new(simulation.frame(0));
                    self.run = run;
                    self.simulation = Some(simulation);
                    Some(Report::Frame {
                        run,
                        frame,
                        short: false,
                    })
                }
                Err(what) => Some(Report::Broke { what }),
            },
            Command::Adopt { board } => match read(&board) {
                Ok((scenario, clicked)) => {
                    if let Some(simulation) = &mut self.simulation {
                        simulation.adopt(&scenario, &clicked);
                    }
                    None
                }
                Err(what) => Some(Report::Broke { what }),
            },
            Command::Advance { nanos, dots } => {
                let simulation = self.simulation.as_mut()?;
                let until = simulation.now() + Span::nanos(nanos);
                let start = now();
                let mut there = simulation.run_slice(until, SLICE);
                while !there && now() - start < budget {
                    there = simulation.run_slice(until, SLICE);
                }
                let frame = Box::new(simulation.frame(usize::from(dots)));
                Some(Report::Frame {
                    run: self.run,
                    frame,
                    short: !there,
                })
            }
            Command::Step { dots } => {
                let simulation = self.simulation.as_mut()?;
                simulation.step();
                let frame = Box::new(simulation.frame(usize::from(dots)));
                Some(Report::Frame {
                    run: self.run,
                    frame,
                    short: false,
                })
            }
        }
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
