//! The broker node that an edge goes through, and the name of its queue there.

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
                { name(props, turn) }
            }
        </>
    }
}

/// The name of its queue.
fn name(props: &EdgeProps, turn: &Callback<(Edge, bool)>) -> Html {
    let set = {
        let edge = props.edge.clone();
        turn.reform(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let text = input.map_or(String::new(), |input| input.value());
            // What is not a name in files is made one.
            let queue_name = Some(text.trim())
                .filter(|text| !text.is_empty())
                .map(|text| QueueName::fresh(text, |_| false));
            let edge = edge.clone();
            (Edge { queue_name, ..edge }, true)
        })
    };
    let value = props.edge.queue_name.as_ref();
    html! {
        <div class="knob">
            <div class="knob-head"><label for="edge-queue-name">{ "Queue name" }</label></div>
            <input id="edge-queue-name" type="text" placeholder={props.id.as_str().to_owned()} onchange={set}
                value={value.map_or(String::new(), ToString::to_string)} />
            <p class="quiet">{ "Edges with the same broker node and the same name share one queue." }</p>
        </div>
    }
}
