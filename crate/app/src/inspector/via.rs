//! The broker node that an edge goes through, and the names that it can share with others: of a queue there, of a
//! topic.

use sim::broker::Kind;
use sim::scenario::{Edge, QueueName};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::edge::EdgeProps;

/// The choice among the brokers on the board; nothing where there is none.
pub(super) fn through(props: &EdgeProps, turn: &Callback<(Edge, bool)>) -> Html {
    if props.brokers.is_empty() {
        return html! { <p class="quiet">{ "Its queue stands on the edge by itself. Add a broker to the board to let it stand there." }</p> };
    }
    let choose = {
        let (edge, brokers) = (props.edge.clone(), props.brokers.clone());
        turn.reform(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.map_or(0, |select| select.selected_index().max(0) as usize);
            let broker = place.checked_sub(1).and_then(|place| brokers.get(place));
            let via = broker.map(|(id, _)| id.clone());
            let edge = edge.clone();
            (Edge { via, ..edge }, true)
        })
    };
    html! {
        <>
            <div class="knob">
                <div class="knob-head"><label for="edge-via">{ "Broker node" }</label></div>
                <select id="edge-via" onchange={choose}>
                    <option selected={props.edge.via.is_none()}>{ "none: by itself" }</option>
                    for (id, name) in &props.brokers {
                        <option selected={props.edge.via.as_ref() == Some(id)}>{ name }</option>
                    }
                </select>
            </div>
            if props.edge.via.is_some() && props.edge.broker == Kind::Queue {
                { queue_name(props, turn) }
            }
        </>
    }
}

/// The name of its queue.
fn queue_name(props: &EdgeProps, turn: &Callback<(Edge, bool)>) -> Html {
    let put = |edge: Edge, queue_name| Edge { queue_name, ..edge };
    html! {
        <Name id="edge-queue-name" label="Queue name" value={props.edge.queue_name.clone()} none={props.id.as_str().to_owned()}
            set={of(props, turn, put)} help="Edges with the same broker node and the same name share one queue." />
    }
}

/// The topic that it subscribes to.
pub(super) fn topic(props: &EdgeProps, turn: &Callback<(Edge, bool)>) -> Html {
    let put = |edge: Edge, topic| Edge { topic, ..edge };
    html! {
        <Name id="edge-topic" label="Topic" value={props.edge.topic.clone()} none="its own" set={of(props, turn, put)}
            help="Edges of the same publisher with the same topic are published once: each has a subscription to it. The first of them by step and id publishes for all." />
    }
}

fn of(
    props: &EdgeProps,
    turn: &Callback<(Edge, bool)>,
    put: fn(Edge, Option<QueueName>) -> Edge,
) -> Callback<Option<QueueName>> {
    let edge = props.edge.clone();
    turn.reform(move |name| (put(edge.clone(), name), true))
}

#[derive(Properties, PartialEq)]
struct NameProps {
    id: AttrValue,
    label: AttrValue,
    value: Option<QueueName>,
    /// What stands there while it has none.
    none: AttrValue,
    help: AttrValue,
    set: Callback<Option<QueueName>>,
}

/// A name that edges can have in common.
#[component]
fn Name(props: &NameProps) -> Html {
    let set = props.set.reform(|event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        let text = input.map_or(String::new(), |input| input.value());
        // What is not a name in files is made one.
        let text = Some(text.trim()).filter(|text| !text.is_empty());
        text.map(|text| QueueName::fresh(text, |_| false))
    });
    html! {
        <div class="knob">
            <div class="knob-head"><label for={props.id.clone()}>{ &props.label }</label></div>
            <input id={props.id.clone()} type="text" placeholder={props.none.clone()} onchange={set}
                value={props.value.as_ref().map_or(String::new(), ToString::to_string)} />
            <p class="quiet">{ &props.help }</p>
        </div>
    }
}
