//! The lesson that is on: reads its gauge as the run goes on, halts the run where figures begin and end, and keeps how far
//! one is.

use std::rc::Rc;

use lessons::lesson::Gauge;
use sim::units::Span;
use sim::{Frame, Scenario};
use yew::prelude::*;

use super::{App, address};
use crate::files;
use crate::lesson_panel::{LessonPanel, Shipped};
use crate::lessons_panel::LessonsPanel;
use crate::store::{Action, LessonAct, Store, Taught, read_progress};

impl App {
    /// Figures are gathered from here on.
    pub(super) fn begin_gauge(&mut self, from: Span, to: Span) {
        let now = self.live.now();
        self.gauge = Some(Gauge::new(now + from, now + to));
    }

    /// How far time may go until the gauge has to be read.
    pub(super) fn until_stop(&self) -> Span {
        let now = self.live.now();
        match &self.gauge {
            Some(gauge) if now < gauge.from() => gauge.from().since(now),
            Some(gauge) => gauge.to().since(now.min(gauge.to())),
            None => Span::nanos(u64::MAX),
        }
    }

    pub(super) fn fold_gauge(&mut self, frame: &Frame) {
        let Some(gauge) = &mut self.gauge else { return };
        gauge.fold(frame);
        if frame.at >= gauge.to() {
            let figures = Rc::new(gauge.figures());
            self.gauge = None;
            self.act(Action::Lesson(LessonAct::Measured(figures, true)));
        }
    }

    /// Tells the puzzle how its goal stands; steps are told at their end.
    pub(super) fn read_gauge(&mut self) {
        let puzzled = self
            .store
            .taught
            .as_ref()
            .is_some_and(|taught| taught.step().is_none());
        let now = self.live.now();
        if let Some(gauge) = &self.gauge
            && puzzled
            && now > gauge.from()
        {
            let figures = Rc::new(gauge.figures());
            self.act(Action::Lesson(LessonAct::Measured(figures, false)));
        }
    }

    /// Keeps how far one is, and which lesson to open with the next visit.
    pub(super) fn keep_progress(&self) {
        if let Some(taught) = &self.store.taught {
            files::keep_progress(&Store::note_progress(&files::progress(), taught));
            files::keep_open(&format!("lesson:{}.{}", taught.lesson.slug, taught.place));
            if taught.step().is_none() {
                files::keep_draft(&taught.lesson.slug, &self.store.scenario.save());
            }
        } else {
            files::forget_board();
        }
    }

    /// Opens the lesson that the address names, or else the one that was open last.
    pub(super) fn resume_lesson(&mut self) {
        if self.visit.embed {
            return;
        }
        let last =
            || files::open_last().and_then(|last| Some(last.strip_prefix("lesson:")?.to_owned()));
        let asked = address::lesson();
        let last = if address::is_bare() && self.visit.scenario.is_none() {
            last()
        } else {
            None
        };
        if let Some((slug, place)) = asked.or(last).as_deref().and_then(named) {
            let draft = files::draft().filter(|(of, _)| *of == slug);
            self.act(Action::Lesson(LessonAct::Open(slug, place)));
            let puzzled = |taught: &Taught| taught.step().is_none();
            if self.store.taught.as_ref().is_some_and(puzzled)
                && let Some(board) = draft.and_then(|(_, board)| Scenario::load(&board).ok())
            {
                self.act(Action::Put(Rc::new(board)));
            }
        }
    }

    /// The lesson's card, if one is on.
    pub(super) fn lesson(&self) -> Html {
        let Some(taught) = &self.store.taught else {
            return Html::default();
        };
        let now = self.live.now();
        let left = self.gauge.as_ref().map(|gauge| {
            let whole = taught
                .step()
                .map_or(taught.lesson.puzzle.lasts, |step| step.lasts);
            let left = gauge.to().since(now.min(gauge.to())).as_secs_f64();
            (left, whole.as_secs_f64())
        });
        html! {
            <LessonPanel lesson={Shipped(taught.lesson)} words={&taught.words} place={taught.place} stage={taught.stage} guess={taught.guess}
                right={taught.right()} figures={&taught.figures} solved={taught.solved} {left}
                breaks={self.store.breaks_rules()} act={&self.hands.act} />
        }
    }

    /// The list of lessons.
    pub(super) fn lessons(&self) -> Html {
        let progress = Rc::new(read_progress(&files::progress()));
        html! { <LessonsPanel key={self.store.panels} {progress} act={&self.hands.act} /> }
    }
}

/// A lesson and a step: "slow-dependency.2".
pub(super) fn named(text: &str) -> Option<(String, usize)> {
    let (slug, place) = text.split_once('.').unwrap_or((text, "0"));
    Some((slug.to_owned(), place.parse().ok()?))
}
