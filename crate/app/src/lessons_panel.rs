//! The lessons: all of them in a list, each with what it shows and how far one is.

use std::collections::BTreeMap;
use std::rc::Rc;

use lessons::Lesson;
use lessons::lesson::Language;
use yew::prelude::*;

use crate::icon::icon;
use crate::modal::Modal;
use crate::store::{Action, LessonAct, Progress};

#[derive(Properties, PartialEq)]
pub(crate) struct LessonsProps {
    pub(crate) progress: Rc<BTreeMap<String, Progress>>,
    pub(crate) act: Callback<Action>,
}

/// The dialog.
#[component]
pub(crate) fn LessonsPanel(props: &LessonsProps) -> Html {
    let close = props.act.reform(|()| Action::Panel(None));
    let row = |(number, lesson): (usize, &'static Lesson)| {
        let words = Language::English.words(&lesson.slug).ok()?;
        let far = props
            .progress
            .get(&lesson.slug)
            .copied()
            .unwrap_or_default();
        let (steps, count) = (far.steps.min(lesson.steps.len()), lesson.steps.len());
        let state = match (far.solved, steps) {
            (true, _) => "puzzle solved".to_owned(),
            (false, 0) => format!("{count} steps, {} minutes", lesson.minutes),
            (false, _) => format!("{steps} of {count} steps"),
        };
        let place = if far.solved || steps >= count {
            0
        } else {
            steps
        };
        let open = Action::Lesson(LessonAct::Open(lesson.slug.clone(), place));
        let press = props.act.reform(move |_: MouseEvent| open.clone());
        Some(html! {
            <li key={lesson.slug.clone()}>
                <button class="lesson-row" data-lesson={lesson.slug.clone()} onclick={press}>
                    <span class={classes!("number", far.solved.then_some("solved"))}>
                        if far.solved { { icon("check") } } else { { number + 1 } }
                    </span>
                    <b>{ words.title }</b><span>{ words.promise }</span><small>{ state }</small>
                </button>
            </li>
        })
    };
    html! {
        <Modal id="lessons" title="Lessons" class="wide" {close}>
            <p>{ "Play with the board first, as long as you like; every step begins from a state of its own, and your own board comes back with undo. Each lesson asks before it shows, and every claim in it was proven with twenty seeds." }</p>
            <ol class="lesson-list">{ for Lesson::all().iter().enumerate().filter_map(row) }</ol>
        </Modal>
    }
}
