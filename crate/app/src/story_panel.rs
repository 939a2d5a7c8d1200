//! The story panel: how things stand in a sentence, and what happened, with times.

use std::rc::Rc;

use sim::scenario::Hint;
use sim::scenario::check::About;
use sim::units::{Span, Time};
use yew::prelude::*;

use crate::icon::{icon, of_tone};
use crate::store::{Action, Selection};
use crate::story::{Advice, Line};
use crate::words::{self, Tone};

#[derive(Properties, PartialEq)]
pub(crate) struct StoryProps {
    pub(crate) headline: (Tone, String),
    pub(crate) lines: Rc<Vec<Line>>,
    /// Which dependency to decouple first.
    pub(crate) advice: Option<Rc<Advice>>,
    /// What is odd about the board, with the name of what it concerns.
    pub(crate) hints: Vec<(String, Hint)>,
    pub(crate) act: Callback<Action>,
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Calm => "calm",
        Tone::Busy => "busy",
        Tone::Trouble => "trouble",
        Tone::Fault => "fault",
        Tone::Switch => "switch",
    }
}

/// The story; a line selects what it is about.
#[component]
pub(crate) fn StoryPanel(props: &StoryProps) -> Html {
    let select = |selection: Selection| {
        props
            .act
            .reform(move |_: MouseEvent| Action::Select(selection.clone()))
    };
    let go = |selection: Selection| {
        props
            .act
            .reform(move |_: MouseEvent| Action::GoTo(selection.clone()))
    };
    let seek = |at: f64| {
        let at = Time::ZERO + Span::from_secs_f64(at);
        props.act.reform(move |_: MouseEvent| Action::Seek(at))
    };
    let line = |line: &Line| {
        let led = match line.depth {
            0 => None,
            1 => Some("led-1"),
            2 => Some("led-2"),
            _ => Some("led-3"),
        };
        let over = (!line.goes_on).then_some("over");
        html! {
            <li key={line.key.clone()} class={classes!(led, over)}>
                <button class="when" title="Go back to this moment" onclick={seek(line.at)}>
                    <time>{ words::clock(line.at, false) }</time>
                </button>
                <button class={class(line.tone)} onclick={go(line.place.clone())}>
                    { icon(of_tone(line.tone)) }
                    <span>
                        <b>{ &line.name }</b>{ " " }{ &line.what }
                        if let Some(cause) = &line.cause {
                            <span class="unseen">{ format!(", because of {cause}") }</span>
                        }
                    </span>
                </button>
            </li>
        }
    };
    let advice = |advice: &Rc<Advice>| {
        let edge = advice.edge.clone();
        let switch = props
            .act
            .reform(move |_: MouseEvent| Action::Switch(edge.clone()));
        let [from, to] = &advice.ends;
        html! {
            <section class="advice" aria-labelledby="advice-title">
                <h4 id="advice-title">{ "Decouple first" }</h4>
                <p>{ &advice.why }{ "." }</p>
                <p class="price">{ format!("Async, {from} hands its work to a queue and answers at once; {to} takes it at its own pace, later.") }</p>
                <div>
                    <button class="apply" onclick={switch}>{ icon("switch") }{ format!("Switch {} to async", advice.name) }</button>
                    <button onclick={go(Selection::Edge(advice.edge.clone()))}>{ "Show it" }</button>
                </div>
            </section>
        }
    };
    let hint = |(name, hint): &(String, Hint)| {
        let selection = match &hint.about {
            About::Node(id) => Selection::Node(id.clone()),
            About::Edge(id) => Selection::Edge(id.clone()),
            About::Board => Selection::Nothing,
        };
        html! { <li><button class="hint" onclick={select(selection)}><b>{ name }</b>{ " " }{ &hint.what }</button></li> }
    };
    html! {
        <section class="story" aria-labelledby="story-title">
            <h3 id="story-title">{ "What is happening" }</h3>
            <p class={classes!("headline", class(props.headline.0))}>{ &props.headline.1 }</p>
            if !props.hints.is_empty() {
                <ul class="hints">{ for props.hints.iter().map(hint) }</ul>
            }
            if !props.lines.is_empty() {
                <div class="scroll"><ol>{ for props.lines.iter().map(line) }</ol></div>
            }
            { for props.advice.iter().map(advice) }
        </section>
    }
}
