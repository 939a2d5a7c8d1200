//! The prover: runs every step, every answer, every way and every trap of a lesson with many seeds, and counts for how
//! many each holds. It is the one prover of tests, terminal and badges.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;
use serde_json::Value;
use sim::units::Span;
use sim::{Scenario, Simulation};

use super::course::with;
use super::{Act, Gauge, Lesson, Unit, Words};

/// Frames are taken so often.
const FRAME: Span = Span::secs(1);

/// What came out of a lesson's claims.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// The lesson.
    pub lesson: String,
    /// How many seeds were run, from 1 on.
    pub seeds: u64,
    /// Every claim.
    pub rows: Vec<Row>,
}

/// Where in a lesson something is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the step with this number, from 0 on.
    Step(usize),
    /// In the puzzle.
    Puzzle,
}

/// A claim, and for how many seeds it holds.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Where it is made.
    pub place: Place,
    /// What is claimed, in words.
    pub words: String,
    /// The condition.
    pub that: String,
    /// For how many seeds it holds.
    pub holds: u64,
    /// The lowest value of its first figure, the mean, and the highest; none where no seed has the figure.
    pub figure: Option<[f64; 3]>,
    /// What that figure is written as.
    #[serde(skip)]
    pub unit: Unit,
}

impl Proof {
    /// Whether all holds for every seed.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|row| row.holds == self.seeds)
    }

    /// What does not hold, a line each.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.rows.iter().filter(|row| row.holds != self.seeds);
        failed
            .map(|row| {
                let place = match row.place {
                    Place::Step(place) => format!("step {}", place + 1),
                    Place::Puzzle => "puzzle".into(),
                };
                format!(
                    "{}, {place}: \"{}\" ({}) holds for {} of {} seeds; {}",
                    self.lesson,
                    row.words,
                    row.that,
                    row.holds,
                    self.seeds,
                    row.told()
                )
            })
            .collect()
    }
}

impl Row {
    /// Its figure in words: the lowest and the highest of all seeds.
    pub fn told(&self) -> String {
        let Some([low, _, high]) = self.figure else {
            return "no figure".into();
        };
        let (low, high) = (self.unit.told(low), self.unit.told(high));
        if low == high {
            low
        } else {
            format!("{low} to {high}")
        }
    }
}

/// What a seed says of a claim: whether it holds, and its figure.
type Finding = (bool, Option<f64>);

/// Runs everything that a lesson claims with the seeds from 1 to this number, as many at a time as there are cores.
///
/// # Errors
/// Says what in the lesson cannot be run.
pub fn prove(lesson: &Lesson, words: &Words, seeds: u64) -> Result<Proof, String> {
    let problems = words.problems(lesson);
    if let Some(problem) = problems.first() {
        return Err(format!("{}: {problem}", lesson.slug));
    }
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(seeds as usize);
    let work = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed) as u64 + 1;
            if seed > seeds {
                return done;
            }
            done.push(one_seed(lesson, seed).map_err(|what| format!("{}: {what}", lesson.slug)));
        }
    };
    let found = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| match worker.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.flatten().collect::<Result<Vec<_>, _>>()
    })?;
    let mut rows = blank(lesson, words);
    for findings in &found {
        for (row, (holds, figure)) in rows.iter_mut().zip(findings) {
            row.holds += u64::from(*holds);
            if let Some(value) = figure {
                let [low, sum, high] =
                    row.figure
                        .unwrap_or([f64::INFINITY, 0.0, f64::NEG_INFINITY]);
                row.figure = Some([
                    low.min(*value),
                    sum + value / seeds as f64,
                    high.max(*value),
                ]);
            }
        }
    }
    Ok(Proof {
        lesson: lesson.slug.clone(),
        seeds,
        rows,
    })
}

/// What is claimed, with nothing counted yet; in the order in which [`one_seed`] finds.
pub(super) fn blank(lesson: &Lesson, words: &Words) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut claim = |place, words: String, that: String, unit| {
        rows.push(Row {
            place,
            words,
            that,
            holds: 0,
            figure: None,
            unit,
        });
    };
    for (place, (step, words)) in lesson.steps.iter().zip(&words.steps).enumerate() {
        for (of, words) in step.claims.iter().zip(&words.claims) {
            claim(
                Place::Step(place),
                words.clone(),
                of.that.text().to_owned(),
                of.unit,
            );
        }
        if let Some((ask, right)) = step
            .ask
            .as_ref()
            .and_then(|ask| Some((ask, ask.answers.first()?)))
        {
            let words = format!(
                "{} {}",
                words.ask,
                words.answers.first().map_or("", String::as_str)
            );
            claim(Place::Step(place), words, right.text().to_owned(), ask.unit);
        }
    }
    let puzzle = &lesson.puzzle;
    let goal = puzzle
        .goals
        .iter()
        .map(|goal| goal.that.text())
        .collect::<Vec<_>>()
        .join(" and ");
    let unit = puzzle
        .goals
        .first()
        .map_or_else(Unit::default, |goal| goal.unit);
    let missed = format!("not ({goal})");
    claim(
        Place::Puzzle,
        "As it is, the goal is missed".into(),
        missed.clone(),
        unit,
    );
    for words in &words.puzzle.ways {
        claim(Place::Puzzle, format!("A way: {words}"), goal.clone(), unit);
    }
    for words in &words.puzzle.traps {
        claim(
            Place::Puzzle,
            format!("No way: {words}"),
            missed.clone(),
            unit,
        );
    }
    rows
}

/// What one seed says of each claim.
fn one_seed(lesson: &Lesson, seed: u64) -> Result<Vec<Finding>, String> {
    let mut findings = Vec::new();
    let mut run: Option<Run> = None;
    for (place, step) in lesson.steps.iter().enumerate() {
        let mut here = match run.take() {
            Some(run) if step.fresh.is_none() => run,
            Some(_) | None => {
                let legs = lesson.legs(place)?;
                let first = legs.into_iter().next().ok_or("a run without a beginning")?;
                Run::new(Scenario {
                    seed,
                    ..first.board
                })
            }
        };
        let mut others: Vec<(usize, Run)> = Vec::new();
        for (number, claim) in step.claims.iter().enumerate() {
            if claim.instead.is_some() {
                others.push((number, here.clone()));
            }
        }
        let figures = here.watch(&step.act, step.settles, step.lasts)?;
        for (number, claim) in step.claims.iter().enumerate() {
            let other = others.iter_mut().find(|(of, _)| *of == number);
            let figures = match (other, &claim.instead) {
                (Some((_, run)), Some(act)) => &run.watch(act, step.settles, step.lasts)?,
                _ => &figures,
            };
            findings.push((claim.that.holds(figures)?, claim.that.figure(figures)?));
        }
        if let Some((right, wrong)) = step.ask.as_ref().and_then(|ask| ask.answers.split_first()) {
            let mut only = right.holds(&figures)?;
            for answer in wrong {
                only &= !answer.holds(&figures)?;
            }
            findings.push((only, right.figure(&figures)?));
        }
        for figure in step.figures.values() {
            figure.what.value(&figures)?;
        }
        run = Some(here);
    }
    let puzzle = &lesson.puzzle;
    let board = with(&lesson.scenario()?, &puzzle.with)?;
    let board = Scenario { seed, ..board };
    let mut solve = |settings: &[String], wanted: bool| -> Result<(), String> {
        let changed = with(&board, settings)?;
        if wanted && with(&changed, &puzzle.keep)? != changed {
            return Err(format!("a way changes what has to stay: {settings:?}"));
        }
        let mut run = Run::new(changed);
        let figures = run.watch(&Act::default(), puzzle.settles, puzzle.lasts)?;
        let reached = puzzle.reached(&figures)?;
        let figure = match puzzle.goals.first() {
            Some(goal) => goal.that.figure(&figures)?,
            None => None,
        };
        findings.push((reached == wanted, figure));
        Ok(())
    };
    solve(&[], false)?;
    puzzle.ways.iter().try_for_each(|way| solve(way, true))?;
    puzzle
        .traps
        .iter()
        .try_for_each(|trap| solve(trap, false))?;
    Ok(findings)
}

impl super::Puzzle {
    /// Whether these figures are those of a solution.
    ///
    /// # Errors
    /// Says which figure there is not.
    pub fn reached(&self, figures: &Value) -> Result<bool, String> {
        let mut reached = true;
        for goal in &self.goals {
            reached &= goal.that.holds(figures)?;
        }
        Ok(reached)
    }
}

/// A run with the board and the faults as they are.
#[derive(Clone)]
struct Run {
    sim: Simulation,
    board: Scenario,
    faults: Vec<sim::scenario::Fault>,
}

impl Run {
    fn new(board: Scenario) -> Run {
        Run {
            sim: Simulation::new(&board),
            board,
            faults: Vec::new(),
        }
    }

    /// Does something, lets time pass, and reads the gauge of the stretch.
    fn watch(&mut self, act: &Act, settles: Span, lasts: Span) -> Result<Value, String> {
        let seed = self.board.seed;
        let (board, faults) = act.apply(&self.board, &self.faults)?;
        let board = Scenario { seed, ..board };
        if board != self.board || faults != self.faults {
            self.sim.adopt(&board, &faults);
        }
        (self.board, self.faults) = (board, faults);
        let start = self.sim.now();
        let mut gauge = Gauge::new(start + settles, start + lasts);
        gauge.fold(&self.sim.frame(0));
        for end in [gauge.from(), gauge.to()] {
            while self.sim.now() < end {
                let next = (self.sim.now() + FRAME).min(end);
                self.sim.run_until(next);
                gauge.fold(&self.sim.frame(0));
            }
        }
        Ok(gauge.figures())
    }
}
