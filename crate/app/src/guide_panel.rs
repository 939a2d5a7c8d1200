//! The guide: a few things to do, each with a button that does it and what to notice then.

use lessons::{Guide, Step};
use yew::prelude::*;

use crate::icon::icon;
use crate::store::Action;

#[derive(Properties, PartialEq)]
pub(crate) struct GuideProps {
    pub(crate) guide: &'static Guide,
    /// How many steps are done.
    pub(crate) done: usize,
    pub(crate) act: Callback<Action>,
}

/// The guide as a list to tick off.
#[component]
pub(crate) fn GuidePanel(props: &GuideProps) -> Html {
    let step = |(place, step): (usize, &Step)| {
        let (class, sign) = match place {
            _ if place < props.done => ("done", icon("check")),
            _ if place == props.done => ("next", html! { { place + 1 } }),
            _ => ("later", html! { { place + 1 } }),
        };
        let press = props.act.reform(move |_: MouseEvent| Action::Guide(place));
        html! {
            <li {class}>
                <button onclick={press} aria-current={(place == props.done).then_some("step")}>
                    <span class="tick">{ sign }</span>{ step.action }
                    if place < props.done { <span class="unseen">{ ", done" }</span> }
                </button>
                if place + 1 == props.done { <p>{ step.notice }</p> }
            </li>
        }
    };
    let close = props.act.reform(|_: MouseEvent| Action::GuideOpen(false));
    let finished = props.done >= props.guide.steps.len();
    html! {
        <section class="guide" aria-labelledby="guide-title">
            <h3 id="guide-title">{ if finished { "That was the cascade" } else { "The first minute" } }</h3>
            <button class="tool close" aria-label="Put the guide away" onclick={close}>{ icon("close") }</button>
            if props.done == 0 {
                <p>{ "Press play, then slow the database. Each step has a button, or do it on the board." }</p>
            }
            <ol>{ for props.guide.steps.iter().enumerate().map(step) }</ol>
            if finished {
                <p>{ "Reset and try another cure: a shorter queue, fewer retries, a timeout. Undo brings everything back." }</p>
            }
        </section>
    }
}
