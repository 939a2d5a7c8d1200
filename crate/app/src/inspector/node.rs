//! The inspector of a node: its faults, its name, its settings and whom it is connected with.

use sim::broker::Broker;
use sim::scenario::{Client, Edit, FaultKind, Node, NodeId, NodeKind, Service};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::faults::faults;
use super::form::form;
use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, Selection};

#[derive(Properties, PartialEq)]
pub(super) struct NodeProps {
    pub(super) id: NodeId,
    pub(super) node: Node,
    pub(super) name: AttrValue,
    /// The kinds of fault clicked on it.
    pub(super) faults: Vec<FaultKind>,
    /// Its edges: id, words.
    pub(super) edges: Vec<(sim::scenario::EdgeId, AttrValue)>,
    pub(super) act: Callback<Action>,
}

/// The inspector of a node.
#[component]
pub(super) fn NodeForm(props: &NodeProps) -> Html {
    let set = {
        let id = props.id.clone();
        move |node: Node| Edit::SetNode(id.clone(), node)
    };
    let rename = {
        let (set, node) = (set.clone(), props.node.clone());
        props.act.reform(move |event: Event| {
            let name = event
                .target_dyn_into::<HtmlInputElement>()
                .map_or(String::new(), |input| input.value());
            let name = name.trim().chars().take(60).collect();
            Action::Keep(Some(set(Node {
                name,
                ..node.clone()
            })))
        })
    };
    let node = &props.node;
    let settings = match &node.kind {
        NodeKind::Client(client) => form(
            "client",
            Client::FIELDS,
            client,
            &Client::default(),
            &turned(props, NodeKind::Client),
        ),
        NodeKind::Service(service) => form(
            "service",
            Service::FIELDS,
            service,
            &Service::default(),
            &turned(props, NodeKind::Service),
        ),
        NodeKind::Broker(broker) => form(
            "broker",
            Broker::FIELDS,
            broker,
            &Broker::default(),
            &turned(props, NodeKind::Broker),
        ),
    };
    html! {
        <>
            { faults(&props.id.clone().into(), FaultKind::for_node(&props.node.kind), &props.faults, &props.act) }
            <div class="knob">
                <div class="knob-head"><label for="node-name">{ "Name" }</label></div>
                <input id="node-name" type="text" value={node.name.clone()} placeholder={props.id.as_str().to_owned()} onchange={rename} />
            </div>
            <h4>{ "Settings" }</h4>
            { settings }
            { connections(props) }
            <button class="delete" title={tip("Delete")} onclick={props.act.reform(|_: MouseEvent| Action::Delete)}>
                { icon("trash") }{ format!("Delete {}", props.name) }
            </button>
        </>
    }
}

/// The way from a node's settings to an edit.
fn turned<T: 'static>(props: &NodeProps, wrap: fn(T) -> NodeKind) -> Callback<(T, bool)> {
    let (id, node) = (props.id.clone(), props.node.clone());
    props.act.reform(move |(kind, keep): (T, bool)| {
        let edit = Edit::SetNode(
            id.clone(),
            Node {
                kind: wrap(kind),
                ..node.clone()
            },
        );
        if keep {
            Action::Keep(Some(edit))
        } else {
            Action::Try(edit)
        }
    })
}

fn connections(props: &NodeProps) -> Html {
    let edge = |(id, words): &(sim::scenario::EdgeId, AttrValue)| {
        let id = id.clone();
        let select = props
            .act
            .reform(move |_: MouseEvent| Action::Select(Selection::Edge(id.clone())));
        html! { <li><button class="row" onclick={select}>{ words }</button></li> }
    };
    let link = {
        let id = props.id.clone();
        props
            .act
            .reform(move |_: MouseEvent| Action::LinkFrom(id.clone()))
    };
    html! {
        <section aria-labelledby="connections">
            <h4 id="connections">{ "Connections" }</h4>
            <ul class="rows">{ for props.edges.iter().map(edge) }</ul>
            if let NodeKind::Broker(_) = props.node.kind {
                <p class="quiet">{ "An async edge goes through it when it is chosen there as the broker node." }</p>
            } else {
                <button title={tip("Connect to another node")} onclick={link}>{ "Connect to…" }</button>
            }
        </section>
    }
}
