//! The story panel: how things stand in a sentence, and what happened, with times.

use std::rc::Rc;

use sim::scenario::Hint;
use sim::scenario::check::About;
use yew::prelude::*;

use crate::icon::{icon, of_tone};
use crate::store::{Action, Selection};
use crate::story::Line;
use crate::words::{self, Tone};

#[derive(Properties, PartialEq)]
pub(crate) struct StoryProps {
    pub(crate) headline: (Tone, String),
    pub(crate) lines: Rc<Vec<Line>>,
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
    let line = |line: &Line| {
        let selection = line
            .node
            .clone()
            .map_or(Selection::Nothing, Selection::Node);
        html! {
            <li key={line.number}>
                <button class={class(line.tone)} onclick={select(selection)}>
                    <time>{ words::clock(line.at, false) }</time>
                    { icon(of_tone(line.tone)) }
                    <span><b>{ &line.name }</b>{ " " }{ &line.what }</span>
                </button>
            </li>
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
        </section>
    }
}
