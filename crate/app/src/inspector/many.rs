//! The inspector of several nodes: what can be done with all of them at once.

use std::collections::BTreeSet;

use sim::scenario::NodeId;
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, Arrange, Selection, Store};

/// The same words as in the table of keys.
const DEEDS: [(&str, Action, usize); 5] = [
    ("Align in a row", Action::Arrange(Arrange::Row), 2),
    ("Align in a column", Action::Arrange(Arrange::Column), 2),
    ("Spread evenly across", Action::Arrange(Arrange::Across), 3),
    ("Spread evenly downwards", Action::Arrange(Arrange::Down), 3),
    ("Duplicate", Action::Duplicate, 1),
];

/// The inspector of several nodes.
pub(super) fn many(store: &Store, all: &BTreeSet<NodeId>, act: &Callback<Action>) -> Html {
    let press = |action: Action| act.reform(move |_: MouseEvent| action.clone());
    html! {
        <section class="inspector" aria-labelledby="inspected" key="several">
            <header>
                <h3 id="inspected" tabindex="-1">{ format!("{} nodes", all.len()) }<small>{ "selected together" }</small></h3>
                <button class="tool" aria-label="Close" title="Back to what is happening"
                    onclick={press(Action::Select(Selection::Nothing))}>{ icon("close") }</button>
            </header>
            for (words, action, least) in DEEDS {
                <button title={tip(words)} disabled={all.len() < least} onclick={press(action)}>{ words }</button>
            }
            <section aria-labelledby="several">
                <h4 id="several">{ "These are" }</h4>
                <ul class="rows">
                    for id in all {
                        <li><button class="row" onclick={press(Action::Select(Selection::Node(id.clone())))}>{ store.scenario.node_name(id).to_owned() }</button></li>
                    }
                </ul>
            </section>
            <button class="delete" title={tip("Delete")} onclick={press(Action::Delete)}>
                { icon("trash") }{ format!("Delete {} nodes", all.len()) }
            </button>
        </section>
    }
}
