//! The comparison: the score of two designs, figure by figure with the better one by word, and what they have otherwise.

use std::rc::Rc;

use sim::Scenario;
use sim::run::Score;
use sim::run::score::{Row, Side};
use sim::scenario::{Difference, Target};
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, Selection};

/// More differences than this are counted, not listed.
const MOST: usize = 12;

#[derive(Properties, PartialEq)]
pub(crate) struct CompareProps {
    pub(crate) scores: Option<[Score; 2]>,
    pub(crate) differences: Rc<Vec<Difference>>,
    /// Design B: the board.
    pub(crate) scenario: Rc<Scenario>,
    /// Design A.
    pub(crate) other: Rc<Scenario>,
    /// From when the two differ, in seconds; none: from the start.
    pub(crate) since: Option<f64>,
    pub(crate) act: Callback<Action>,
}

#[component]
pub(crate) fn ComparePanel(props: &CompareProps) -> Html {
    let end = props.act.reform(|_: MouseEvent| Action::Compare);
    let same = match props.since {
        None => "Same seed, same arrivals, same trouble, from 0 s.".to_owned(),
        Some(at) => {
            format!("One run until {at:.1} s; from there the same seed, arrivals and trouble.")
        }
    };
    html! {
        <section class="compare" aria-labelledby="compare-title">
            <header>
                <h3 id="compare-title">{ "A against B" }</h3>
                <button class="tool" onclick={end} title={tip("Compare two designs")} aria-label="End the comparison">{ icon("close") }</button>
            </header>
            <p class="quiet">{ same }</p>
            if let Some([a, b]) = &props.scores {
                <table>
                    <thead><tr><th scope="col">{ "Since 0 s" }</th><th scope="col">{ "A" }</th><th scope="col">{ "B" }</th></tr></thead>
                    <tbody>{ for Score::rows(a, b).iter().map(row) }</tbody>
                </table>
            }
            <h4>{ "What differs" }</h4>
            { differences(props) }
        </section>
    }
}

fn row(row: &Row) -> Html {
    let cell = |side: Side, text: String| {
        let better = row.better == Some(side);
        html! {
            <td class={better.then_some("better")}>{ text }if better { <span class="word">{ " better" }</span> }</td>
        }
    };
    html! {
        <tr title={row.definition}>
            <th scope="row">{ row.name }</th>
            { cell(Side::A, row.a.clone()) }
            { cell(Side::B, row.b.clone()) }
        </tr>
    }
}

fn differences(props: &CompareProps) -> Html {
    if props.differences.is_empty() {
        return html! { <p class="quiet">{ "Nothing yet: both designs are the same. Change something on the board, which is B." }</p> };
    }
    let line = |one: &Difference| {
        let (name, go) = match &one.on {
            None => ("Board".to_owned(), None),
            Some(Target::Node(id)) => {
                let here = props.scenario.nodes.contains_key(id);
                let board = if here { &props.scenario } else { &props.other };
                let go = here.then(|| Selection::Node(id.clone()));
                (board.node_name(id).to_owned(), go)
            }
            Some(Target::Edge(id)) => {
                let here = props.scenario.edges.contains_key(id);
                let board = if here { &props.scenario } else { &props.other };
                let go = here.then(|| Selection::Edge(id.clone()));
                (board.edge_name(id), go)
            }
        };
        let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "not there".into());
        let what = html! {
            <><b>{ name }</b>{ " " }if !one.path.is_empty() { <code>{ &one.path }</code>{" "} }
            <span class="values">{ text(&one.a) }{ " → " }{ text(&one.b) }</span></>
        };
        match go {
            Some(to) => {
                let go = props
                    .act
                    .reform(move |_: MouseEvent| Action::GoTo(to.clone()));
                html! { <li><button class="row" onclick={go}>{ what }</button></li> }
            }
            None => html! { <li><span class="row">{ what }</span></li> },
        }
    };
    let more = props.differences.len().saturating_sub(MOST);
    html! {
        <ul class="differences">
            { for props.differences.iter().take(MOST).map(line) }
            if more > 0 { <li class="quiet">{ format!("and {more} more") }</li> }
        </ul>
    }
}
