//! Lessons: which one is on, how far it is, and what was guessed. A step begins with a run of its own making, so that it
//! always begins alike; what is watched then is the very run that the prover ran.

mod progress;
mod puzzle;

use std::rc::Rc;

use lessons::Lesson;
use lessons::lesson::{Language, Leg, Step, Words};
use serde_json::Value;
use sim::scenario::Fault;
use sim::units::Span;

use super::{Beside, Effect, Focus, Leaf, Line, Selection, Store};
use crate::history::History;
pub(crate) use progress::{Progress, read_progress};

/// A lesson that is on.
#[derive(Debug)]
pub(crate) struct Taught {
    pub(crate) lesson: &'static Lesson,
    pub(crate) words: Rc<Words>,
    /// The step, from 0 on; the one after the last is the puzzle.
    pub(crate) place: usize,
    pub(crate) stage: Stage,
    /// The answer that was guessed; the one after the last is "no idea".
    pub(crate) guess: Option<usize>,
    /// The figures of this run, as far as it is.
    pub(crate) figures: Rc<Value>,
    /// What came of the puzzle.
    pub(crate) solved: Option<bool>,
    /// Which one of this visit's boards is the lesson's.
    doc: u32,
    /// What could be undone before it began.
    before: History<Leaf>,
    /// The speed before somebody was in a hurry.
    hurried: Option<usize>,
    /// Another seed than the lesson's, if somebody chose one.
    seed: Option<u64>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Something is to be done.
    Ready,
    /// It is done, and time has to pass.
    Watching,
    /// All is seen.
    Shown,
}

/// Something that is done with a lesson.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LessonAct {
    /// Opens a lesson at a step.
    Open(String, usize),
    /// Goes to a step and to the state with which it begins.
    Go(usize),
    /// Goes back to the state with which this step begins; in the puzzle the board stays as it was made.
    Again,
    Guess(usize),
    /// Does what the step says.
    Do,
    /// The next thing, whatever it is: does, or goes on.
    Forth,
    /// Lets time pass faster until all is seen.
    Hurry,
    /// The figures of this run; with true they are final.
    Measured(Rc<Value>, bool),
    /// Puts one of the puzzle's ways or traps on the board, and runs it.
    Try {
        trap: bool,
        place: usize,
    },
    /// Ends the lesson; the board stays.
    Leave,
}

/// The speed of those in a hurry, as its place in the list.
const FAST: usize = 8;

impl Taught {
    /// The step that is on; none in the puzzle.
    pub(crate) fn step(&self) -> Option<&'static Step> {
        self.lesson.steps.get(self.place)
    }

    /// When figures begin and end, after the time at which they are asked for.
    fn stretch(&self) -> (Span, Span) {
        let puzzle = &self.lesson.puzzle;
        let of = |step: &Step| (step.settles, step.lasts);
        self.step().map_or((puzzle.settles, puzzle.lasts), of)
    }

    /// The answer that is right in this run, once all is seen.
    pub(crate) fn right(&self) -> Option<usize> {
        let ask = self.step()?.ask.as_ref()?;
        let holds = |answer: &lessons::lesson::condition::Condition| {
            answer.holds(&self.figures) == Ok(true)
        };
        ask.answers.iter().position(holds)
    }

    /// Whether the next thing waits for a guess.
    pub(crate) fn wants_guess(&self) -> bool {
        self.stage == Stage::Ready
            && self.guess.is_none()
            && self.step().is_some_and(|step| step.ask.is_some())
    }
}

impl Store {
    pub(super) fn lesson(&mut self, act: LessonAct) -> Vec<Effect> {
        if let LessonAct::Open(slug, place) = act {
            return self.open_lesson(&slug, place);
        }
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        match act {
            LessonAct::Open(..) => vec![],
            LessonAct::Go(place) => self.go_to_step(place),
            LessonAct::Again => self.again(),
            LessonAct::Guess(answer) => {
                taught.guess = Some(answer);
                vec![]
            }
            LessonAct::Do => self.do_step(),
            LessonAct::Forth => match taught.stage {
                Stage::Ready if taught.wants_guess() => {
                    vec![Effect::Say("First make a guess".into())]
                }
                Stage::Ready => self.do_step(),
                Stage::Watching => self.hurry(),
                Stage::Shown => {
                    let next = (taught.place + 1).min(taught.lesson.steps.len());
                    self.go_to_step(next)
                }
            },
            LessonAct::Hurry => self.hurry(),
            LessonAct::Measured(figures, last) => self.measured(figures, last),
            LessonAct::Try { trap, place } => self.try_way(trap, place),
            LessonAct::Leave => {
                let start = taught.lesson.legs(taught.place).ok();
                let start = start.and_then(|mut legs| legs.pop());
                let made = start.is_none_or(|start| start.board != *self.scenario);
                self.taught = None;
                let mut effects = vec![
                    Effect::Ungauge,
                    Effect::KeepProgress,
                    Effect::Say("The lesson is closed; the board stays".into()),
                    Effect::Focus(Focus::Selected),
                ];
                // What somebody made of the lesson's board is theirs.
                effects.extend(made.then_some(Effect::Remember));
                effects
            }
        }
    }

    fn open_lesson(&mut self, slug: &str, place: usize) -> Vec<Effect> {
        let found = Lesson::find(slug).and_then(|lesson| {
            let words = Language::English.words(slug).ok()?;
            let place = place.min(lesson.steps.len());
            let board = lesson.legs(place).ok()?.pop()?.board;
            Some((lesson, words, place, board))
        });
        let Some((lesson, words, place, board)) = found else {
            return vec![];
        };
        self.taught = None;
        let _ = self.start_with(board, "", String::new());
        self.taught = Some(Taught {
            lesson,
            words: Rc::new(words),
            place,
            stage: Stage::Ready,
            guess: None,
            figures: Rc::default(),
            solved: None,
            doc: self.doc,
            before: self.history.clone(),
            hurried: None,
            seed: None,
        });
        let mut effects = self.go_to_step(place);
        effects.push(Effect::Focus(Focus::Lesson));
        effects
    }

    /// Goes to a step: with the board, the faults and the run with which it begins.
    fn go_to_step(&mut self, place: usize) -> Vec<Effect> {
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        let place = place.min(taught.lesson.steps.len());
        let Ok(mut legs) = taught.lesson.legs(place) else {
            return vec![];
        };
        for leg in &mut legs {
            leg.board.seed = taught.seed.unwrap_or(leg.board.seed);
        }
        let Some(last) = legs.last() else {
            return vec![];
        };
        taught.place = place;
        taught.guess = None;
        taught.solved = None;
        self.history = taught.before.clone();
        let title = match taught.words.steps.get(place) {
            Some(step) => format!("Step {}: {}", place + 1, step.title),
            None => "The puzzle".into(),
        };
        self.selection = Selection::Nothing;
        let (board, faults) = (last.board.clone(), last.faults.clone());
        let mut effects = self.begin_run(board, faults, legs);
        effects.extend([Effect::KeepProgress, Effect::Say(title)]);
        effects
    }

    /// A new run of the lesson's.
    fn begin_run(
        &mut self,
        board: sim::Scenario,
        faults: Vec<Fault>,
        legs: Vec<Leg>,
    ) -> Vec<Effect> {
        let hurried = self.taught.as_mut().and_then(|taught| {
            taught.stage = Stage::Ready;
            taught.figures = Rc::default();
            taught.solved = None;
            taught.hurried.take()
        });
        self.speed = hurried.unwrap_or(self.speed);
        self.tried = None;
        let _ = self.show(Rc::new(board));
        self.fit();
        self.run += 1;
        self.line = Line::default();
        self.ahead = None;
        self.beside = Beside::Nothing;
        self.playing = false;
        self.clicked = Rc::new(faults);
        vec![Effect::Ungauge, Effect::Walk(Rc::new(legs))]
    }

    /// The state with which the step begins. The puzzle's board is the learner's work: it stays.
    pub(super) fn again(&mut self) -> Vec<Effect> {
        let Some(taught) = &self.taught else {
            return vec![];
        };
        if taught.step().is_some() {
            let guess = taught.guess;
            let effects = self.go_to_step(taught.place);
            if let Some(taught) = &mut self.taught {
                taught.guess = guess;
            }
            return effects;
        }
        let board = (*self.scenario).clone();
        let leg = Leg {
            board: board.clone(),
            faults: Vec::new(),
            until: Span::ZERO,
        };
        let mut effects = self.begin_run(board, Vec::new(), vec![leg]);
        effects.push(Effect::Say("Back at 0 seconds".into()));
        effects
    }

    /// The same step with the luck of another seed.
    pub(super) fn reseed(&mut self, seed: u64) -> Vec<Effect> {
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        taught.seed = Some(seed);
        Rc::make_mut(&mut self.scenario).seed = seed;
        self.again()
    }

    fn do_step(&mut self) -> Vec<Effect> {
        let Some(taught) = &self.taught else {
            return vec![];
        };
        let mut effects = Vec::new();
        if let Some(step) = taught.step() {
            let Ok((board, faults)) = step.act.apply(&self.scenario, &self.clicked) else {
                // The board was changed so that there is nothing to do it on.
                let again = self.again();
                let said = "The board is another one by now: this step begins anew";
                return again
                    .into_iter()
                    .chain([Effect::Say(said.into())])
                    .collect();
            };
            let same = *self.clicked == faults;
            self.clicked = Rc::new(faults);
            effects = self.settle(board);
            if !same && !effects.contains(&Effect::Adopt) {
                effects.push(Effect::Adopt);
            }
        }
        self.playing = true;
        effects
    }

    fn hurry(&mut self) -> Vec<Effect> {
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        if taught.stage == Stage::Watching && taught.hurried.is_none() && self.speed < FAST {
            taught.hurried = Some(self.speed);
            self.speed = FAST;
        }
        self.playing = true;
        vec![]
    }

    fn measured(&mut self, figures: Rc<Value>, last: bool) -> Vec<Effect> {
        let kept = !self.breaks_rules();
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        taught.figures = figures;
        if !last || taught.stage != Stage::Watching {
            return vec![];
        }
        taught.stage = Stage::Shown;
        self.speed = taught.hurried.take().unwrap_or(self.speed);
        self.playing = false;
        let said = if let (Some(step), Some(words)) =
            (taught.step(), taught.words.steps.get(taught.place))
        {
            step.explained(&words.why, &taught.figures)
        } else {
            let reached = taught.lesson.puzzle.reached(&taught.figures) == Ok(true);
            taught.solved = Some(reached && kept);
            match (reached, kept) {
                (true, true) => "Solved".into(),
                (true, false) => {
                    "The goal is reached, but something was changed that has to stay as it is"
                        .into()
                }
                (false, _) => "The goal is not reached".into(),
            }
        };
        vec![Effect::KeepProgress, Effect::Say(said)]
    }

    /// One goes to another time: what was watched is watched anew from there.
    pub(super) fn look_elsewhere(&mut self) {
        if let Some(taught) = &mut self.taught
            && taught.stage == Stage::Watching
        {
            taught.stage = Stage::Ready;
            self.playing = false;
        }
    }

    /// Follows what was done: a step that was done by hand is done; who goes to another board leaves the lesson.
    pub(super) fn follow_lesson(&mut self) -> Vec<Effect> {
        let Some(taught) = &mut self.taught else {
            return vec![];
        };
        if taught.doc != self.doc {
            self.taught = None;
            return vec![Effect::Ungauge];
        }
        if taught.stage != Stage::Ready || !self.playing {
            return vec![];
        }
        let shows = taught
            .step()
            .is_none_or(|step| step.act.shows(&self.scenario, &self.clicked));
        if !shows {
            return vec![];
        }
        taught.stage = Stage::Watching;
        let (from, to) = taught.stretch();
        vec![Effect::Gauge(from, to)]
    }
}
