//! The lesson's card: a step with its question, what to do and what to notice, then the explanation with the figures of
//! this very run; at the end the puzzle with its goal.

use std::rc::Rc;

use lessons::Lesson;
use lessons::lesson::proof::Place;
use lessons::lesson::words::{PuzzleWords, StepWords};
use lessons::lesson::{Goal, Row, Step, Unit, Words, proven};
use serde_json::Value;
use sim::units::Span;
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, LessonAct, Stage};

#[derive(Properties, PartialEq)]
pub(crate) struct LessonProps {
    pub(crate) lesson: Shipped,
    pub(crate) words: Rc<Words>,
    pub(crate) place: usize,
    pub(crate) stage: Stage,
    pub(crate) guess: Option<usize>,
    /// The answer that this run showed to be right.
    pub(crate) right: Option<usize>,
    pub(crate) figures: Rc<Value>,
    pub(crate) solved: Option<bool>,
    /// Seconds until all is seen, of how many.
    pub(crate) left: Option<(f64, f64)>,
    /// Whether something of the puzzle was changed that has to stay.
    pub(crate) breaks: bool,
    pub(crate) act: Callback<Action>,
}

/// A lesson that ships: two are the same if they are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Shipped(pub(crate) &'static Lesson);

impl PartialEq for Shipped {
    fn eq(&self, other: &Shipped) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl LessonProps {
    fn press(&self, act: LessonAct) -> Callback<MouseEvent> {
        self.act
            .reform(move |_: MouseEvent| Action::Lesson(act.clone()))
    }
}

/// The card.
#[component]
pub(crate) fn LessonPanel(props: &LessonProps) -> Html {
    let (lesson, words) = (props.lesson.0, &props.words);
    let count = lesson.steps.len();
    let number = Lesson::all()
        .iter()
        .position(|other| std::ptr::eq(other, lesson))
        .unwrap_or(0)
        + 1;
    let title = |place: usize| match words.steps.get(place) {
        Some(step) => format!("Step {}: {}", place + 1, step.title),
        None => "The puzzle".to_owned(),
    };
    let stone = |place: usize| {
        let now = place == props.place;
        let class = classes!(
            (place < props.place).then_some("past"),
            now.then_some("now")
        );
        html! {
            <li key={place}>
                <button {class} title={title(place)} aria-label={title(place)} aria-current={now.then_some("step")} onclick={props.press(LessonAct::Go(place))}>
                    if place < count { { place + 1 } } else { { icon("dice") } }
                </button>
            </li>
        }
    };
    html! {
        <section class="lesson" aria-labelledby="lesson-title">
            <header>
                <p class="quiet">{ format!("Lesson {number} of {}, {} minutes", Lesson::all().len(), lesson.minutes) }</p>
                <h2 id="lesson-title" tabindex="-1">{ &words.title }</h2>
                <button class="tool present" aria-label="Present" title={tip("Present on a projector, or end it")} onclick={props.act.reform(|_: MouseEvent| Action::Present(true))}>{ icon("present") }</button>
                <button class="tool close" aria-label="Close the lesson" title="Close the lesson; the board stays" onclick={props.press(LessonAct::Leave)}>{ icon("close") }</button>
            </header>
            <ol class="stones" aria-label="Steps">{ for (0..=count).map(stone) }</ol>
            <div class="card-body">
                if let (Some(step), Some(words)) = (lesson.steps.get(props.place), words.steps.get(props.place)) {
                    { told(props, step, words) }
                } else {
                    { puzzle(props, &words.puzzle) }
                }
                if props.place == 0 {
                    <details class="incident">
                        <summary>{ "It has happened" }</summary>
                        <p>{ &words.incident }</p>
                        <ul>
                            for source in &lesson.sources {
                                <li><a href={source.url.clone()} target="_blank" rel="noopener noreferrer">{ &source.title }</a></li>
                            }
                        </ul>
                    </details>
                }
            </div>
            <footer>
                <button aria-disabled={(props.place == 0).to_string()} title={tip("Step before")} onclick={props.press(LessonAct::Go(props.place.saturating_sub(1)))}>{ icon("left") }{ "Back" }</button>
                <button title={tip("Begin this step of the lesson anew")} onclick={props.press(LessonAct::Again)}>{ icon("reset") }{ if props.place < count { "Again" } else { "To 0 s" } }</button>
                if props.place < count {
                    <button class={classes!((props.stage == Stage::Shown).then_some("main"))} title={tip("Next thing in the lesson")}
                        onclick={props.press(LessonAct::Go(props.place + 1))}>{ if props.place + 1 < count { "Next" } else { "To the puzzle" } }{ icon("right") }</button>
                } else if let Some(next) = Lesson::all().get(number) {
                    <button class={classes!((props.solved == Some(true)).then_some("main"))} onclick={props.press(LessonAct::Open(next.slug.clone(), 0))}>{ "Next lesson" }{ icon("right") }</button>
                } else {
                    <button onclick={props.press(LessonAct::Leave)}>{ "Finish" }</button>
                }
            </footer>
        </section>
    }
}

/// A step.
fn told(props: &LessonProps, step: &'static Step, words: &StepWords) -> Html {
    let waits = props.stage == Stage::Ready && step.ask.is_some() && props.guess.is_none();
    html! {
        <>
            <h3>{ format!("{}. {}", props.place + 1, words.title) }</h3>
            <p>{ &words.text }</p>
            { question(props, step, words) }
            if props.stage == Stage::Ready {
                <button class="main do" aria-disabled={waits.to_string()} title={if waits { "Make a guess first".to_owned() } else { tip("Next thing in the lesson") }}
                    onclick={if waits { Callback::noop() } else { props.press(LessonAct::Do) }}>{ icon("play") }{ &words.button }</button>
                if waits { <p class="quiet">{ "First make a guess." }</p> }
            }
            if props.stage == Stage::Watching {
                <p class="notice-this"><b>{ "Notice: " }</b>{ &words.notice }</p>
                { waiting(props) }
            }
            if props.stage == Stage::Shown {
                <div class="why">
                    { verdict(props, words) }
                    <p>{ step.explained(&words.why, &props.figures) }</p>
                    { badge(props, Place::Step(props.place)) }
                </div>
            }
        </>
    }
}

/// How long it still takes, and the way to make it shorter.
fn waiting(props: &LessonProps) -> Html {
    let (left, whole) = props.left.unwrap_or_default();
    html! {
        <div class="waiting">
            <progress max={whole.to_string()} value={(whole - left).to_string()} aria-label="Simulated time to watch"></progress>
            <span>{ format!("{left:.0} s to go") }</span>
            <button onclick={props.press(LessonAct::Hurry)} title="25 times as fast until the end">{ "Faster" }</button>
        </div>
    }
}

/// The answers in an order that does not give the right one away, the same for everybody.
fn order(slug: &str, place: usize, count: usize) -> Vec<usize> {
    let start = slug.bytes().map(usize::from).sum::<usize>() + place;
    (0..count).map(|at| (at + start) % count).collect()
}

/// The question before the reveal.
fn question(props: &LessonProps, step: &Step, words: &StepWords) -> Html {
    if step.ask.is_none() {
        return Html::default();
    }
    let shown = props.stage == Stage::Shown;
    let count = words.answers.len();
    let answer = |at: usize, text: &str| {
        let chosen = props.guess == Some(at);
        let class = match props.right {
            Some(right) if shown && right == at => "right",
            Some(_) if shown && chosen => "wrong",
            _ => "",
        };
        let choose = props
            .act
            .reform(move |_: Event| Action::Lesson(LessonAct::Guess(at)));
        html! {
            <label {class}>
                <input type="radio" name="guess" checked={chosen} disabled={shown} onchange={choose} />
                <span>{ text }</span>
                if class == "right" { <b>{ icon("check") }<span class="unseen">{ "This is what happened" }</span></b> }
            </label>
        }
    };
    html! {
        <fieldset class="question">
            <legend>{ &words.ask }</legend>
            for at in order(&props.lesson.0.slug, props.place, count) {
                { answer(at, &words.answers[at]) }
            }
            if !shown { { answer(count, "No idea: show me") } }
        </fieldset>
    }
}

/// Whether the guess was right.
fn verdict(props: &LessonProps, words: &StepWords) -> Html {
    let (Some(right), Some(guess)) = (props.right, props.guess) else {
        return Html::default();
    };
    let text = if guess == right {
        "Right.".to_owned()
    } else if guess >= words.answers.len() {
        format!("It is: {}.", words.answers[right])
    } else {
        format!("Not quite. It is: {}.", words.answers[right])
    };
    html! { <p class={classes!("verdict", if guess == right { "good" } else { "other" })}>{ text }</p> }
}

/// What was proven of this part of the lesson, and how to prove it again.
fn badge(props: &LessonProps, place: Place) -> Html {
    let Some(proof) = proven::recorded(props.lesson.0, &props.words) else {
        return Html::default();
    };
    let rows: Vec<&Row> = proof.rows.iter().filter(|row| row.place == place).collect();
    let least = rows.iter().map(|row| row.holds).min().unwrap_or(0);
    let mut sum = format!("Proven with {least} of {} seeds", proof.seeds);
    // The first claim of a step is what it is about; of a puzzle it is one way of many.
    if let (Place::Step(_), Some(first)) = (place, rows.first()) {
        sum = format!("{sum}: {}", first.told());
    }
    html! {
        <details class="badge-proof">
            <summary>{ icon("check") }<span>{ sum }</span></summary>
            <table>
                <thead><tr><th scope="col">{ "Claim" }</th><th scope="col">{ "Lowest to highest" }</th></tr></thead>
                <tbody>
                    for row in rows {
                        <tr><td>{ &row.words }</td><td>{ row.told() }</td></tr>
                    }
                </tbody>
            </table>
            <p>{ "To prove it again: " }<code>{ format!("tailback lesson {} --seeds {}", proof.lesson, proof.seeds) }</code></p>
        </details>
    }
}

/// The puzzle.
fn puzzle(props: &LessonProps, words: &PuzzleWords) -> Html {
    let of = &props.lesson.0.puzzle;
    let run = props.act.reform(|_: MouseEvent| Action::Play(true));
    let way = |trap: bool, place: usize, text: &str| {
        html! {
            <li><span>{ text }</span><button onclick={props.press(LessonAct::Try { trap, place })} aria-label={format!("Try: {text}")}>{ "Try" }</button></li>
        }
    };
    let (class, said) = match props.solved {
        Some(true) => ("good", "Solved. There are more ways: see below."),
        Some(false) if props.breaks => (
            "other",
            "Something was changed that has to stay as it is. Undo it, or start over.",
        ),
        Some(false) => (
            "other",
            "Not yet. Change the board and run it again from 0 s.",
        ),
        None => ("", ""),
    };
    html! {
        <>
            <h3>{ "The puzzle" }</h3>
            <p>{ &words.text }</p>
            <ul class="goals">
                for (goal, text) in of.goals.iter().zip(&words.goals) { { gauge(props, goal, text) } }
            </ul>
            <p class="quiet">{ format!("Counted from {} to {}.", clock(of.settles), clock(of.lasts)) }</p>
            if props.breaks && props.solved.is_none() {
                <p class="verdict other">{ "Something was changed that has to stay as it is." }</p>
            }
            if props.stage == Stage::Ready {
                <button class="main do" title={tip("Next thing in the lesson")} onclick={run}>{ icon("play") }{ "Run it" }</button>
            }
            if props.stage == Stage::Watching { { waiting(props) } }
            if props.stage == Stage::Shown {
                <p class={classes!("verdict", class)}>{ said }</p>
                <div class="row-of">
                    <button class={classes!((props.solved != Some(true)).then_some("main"))} onclick={props.press(LessonAct::Again)}>{ "Back to 0 s with this board" }</button>
                    <button onclick={props.press(LessonAct::Go(props.place))}>{ "Start over" }</button>
                </div>
            }
            <details class="ways-there" open={props.solved == Some(true)}>
                <summary>{ format!("{} ways that work", words.ways.len()) }</summary>
                <ul>{ for words.ways.iter().enumerate().map(|(place, text)| way(false, place, text)) }</ul>
                <p class="quiet">{ "Tempting, and no way:" }</p>
                <ul>{ for words.traps.iter().enumerate().map(|(place, text)| way(true, place, text)) }</ul>
                <p>{ &words.why }</p>
                { badge(props, Place::Puzzle) }
            </details>
        </>
    }
}

/// A time of the run, for people.
fn clock(span: Span) -> String {
    Unit::Seconds.told(span.as_secs_f64())
}

/// A part of the goal, with how it stands.
fn gauge(props: &LessonProps, goal: &Goal, text: &str) -> Html {
    let figure = |of: Result<Option<f64>, String>| of.ok().flatten();
    let value = figure(goal.that.figure(&props.figures));
    let bound = figure(goal.that.bound(&props.figures));
    let holds = value.is_some() && goal.that.holds(&props.figures) == Ok(true);
    let (Some(bound), less) = (bound, goal.that.wants_less()) else {
        return Html::default();
    };
    let now = value.map_or("\u{2013}".to_owned(), |value| goal.unit.told(value));
    let wanted = format!(
        "{} {}",
        if less { "at most" } else { "at least" },
        goal.unit.told(bound)
    );
    // The mark of the goal stands at three quarters of the bar.
    let share = value.map_or(0.0, |value| {
        (value / bound.max(1e-9) * 75.0).clamp(0.0, 100.0)
    });
    html! {
        <li class={classes!(value.is_some().then_some(if holds { "held" } else { "missed" }))}>
            <span>{ text }</span><b>{ now }</b>
            <span class="bar" aria-hidden="true"><i style={format!("width:{share:.0}%")}></i></span>
            <small>{ wanted }</small>
        </li>
    }
}
