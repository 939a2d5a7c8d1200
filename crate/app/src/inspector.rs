//! The inspector: every parameter of what is selected, and how it does.

mod dist;
mod edge;
mod faults;
mod form;
mod knob;
mod many;
mod node;
mod operations;
mod policies;
mod profile;
mod scale;
mod via;

use sim::frame::BrokerFrame;
use sim::scenario::{Edge, EdgeId, Model, NodeId, NodeKind};
use yew::prelude::*;

use crate::icon::icon;
use crate::live::Shown;
use crate::store::{Action, Selection, Store};
use crate::words;
use edge::EdgeForm;
use node::NodeForm;

/// The inspector of what is selected; nothing if nothing is.
pub(crate) fn inspector(store: &Store, shown: &Shown, act: &Callback<Action>) -> Option<Html> {
    // What changes while it runs stands outside the forms: a form that is drawn anew loses what is typed.
    let (title, kind, key, live, form) = match &store.selection {
        Selection::Nothing => return None,
        Selection::Many(all) => return Some(many::many(store, all, act)),
        Selection::Node(id) => {
            let node = store.scenario.nodes.get(id)?;
            let title = store.scenario.node_name(id).to_owned();
            let form = node_form(store, id, act)?;
            let live = match &node.kind {
                NodeKind::Client(_) => operations::live(shown, id),
                NodeKind::Service(service) => state(shown, id, service.model),
                NodeKind::Broker(_) => shown.brokers.get(id).map_or(Html::default(), broker_state),
            };
            (title, node.kind.word(), id.as_str(), live, form)
        }
        Selection::Edge(id) => {
            let live = shown
                .edges
                .get(id)
                .map_or("Nothing has gone over it yet.".to_owned(), edge::live);
            let live = html! { <p class="live">{ live }</p> };
            (
                store.scenario.edge_name(id),
                "edge",
                id.as_str(),
                live,
                edge_form(store, id, act)?,
            )
        }
    };
    let close = act.reform(|_: MouseEvent| Action::Select(Selection::Nothing));
    Some(html! {
        <section class="inspector" aria-labelledby="inspected" key={key}>
            <header>
                <h3 id="inspected" tabindex="-1">{ title }<small>{ kind }</small></h3>
                <button class="tool" aria-label="Close" title="Back to what is happening" onclick={close}>{ icon("close") }</button>
            </header>
            { live }
            { form }
        </section>
    })
}

/// How a service does, and what the word means.
fn state(shown: &Shown, id: &NodeId, model: Model) -> Html {
    let workers = model.workers();
    let Some(frame) = shown.services.get(id) else {
        return Html::default();
    };
    let class = classes!("state", format!("state-{}", frame.state.word()));
    let mut more = Vec::new();
    if frame.orphans >= 0.5 {
        more.push(format!(
            "{:.0} {workers} do work that nobody waits for.",
            frame.orphans
        ));
    }
    let [off, line] = frame.off;
    if off >= 0.05 {
        more.push(format!(
            "{} requests in flight hold no thread; {} of them are in line for one of its {workers}.",
            words::count(f64::from(off)),
            words::count(f64::from(line))
        ));
    }
    if frame.prefetched >= 0.5 {
        more.push(format!(
            "{} prefetched messages wait for a thread.",
            words::count(f64::from(frame.prefetched))
        ));
    }
    more.extend(operations::refused(frame));
    if frame.kills > 0 {
        let times = if frame.kills == 1 {
            "once"
        } else {
            &format!("{} times", frame.kills)
        };
        more.push(format!("It went down {times}."));
    }
    if let Some(wanted) = frame.wanted {
        more.push(format!(
            "Its autoscaler wants {wanted} replicas; {} run{}.",
            words::count(f64::from(frame.running)),
            match frame.starting {
                0 => String::new(),
                n => format!(", {n} more start up"),
            }
        ));
    }
    if frame.unready > 0 {
        more.push(format!("Not ready: {} of its replicas.", frame.unready));
    }
    if frame.gc >= 0.05 {
        more.push(format!(
            "Garbage collection takes the time of {:.1} threads.",
            frame.gc
        ));
    }
    if !frame.replicas.is_empty() {
        let busy: Vec<String> = frame
            .replicas
            .iter()
            .map(|replica| {
                if replica.up < 0.5 {
                    "down".into()
                } else {
                    words::count(replica.busy)
                }
            })
            .collect();
        more.push(format!("Busy {workers} by replica: {}.", busy.join(", ")));
    }
    html! {
        <p {class}><b>{ words::capital(frame.state.word()) }{ ". " }</b>{ frame.state.meaning() }{ " " }{ more.join(" ") }</p>
    }
}

/// How a broker does.
fn broker_state(frame: &BrokerFrame) -> Html {
    let mut text = format!(
        "{} messages, {} taken in",
        words::count(f64::from(frame.messages)),
        words::per_second(f64::from(frame.taken_in))
    );
    let waits = crate::board::waits(frame);
    if !waits.is_empty() {
        text = format!("{text}, {waits}");
    }
    if frame.down {
        text += ". It is down: publishes are refused, and nothing is delivered";
    } else if frame.blocked >= 0.5 {
        text +=
            ". It blocks all connections that publish until its memory is below the high watermark";
    }
    html! { <p class="live">{ text }{ "." }</p> }
}

fn node_form(store: &Store, id: &NodeId, act: &Callback<Action>) -> Option<Html> {
    let node = store.scenario.nodes.get(id)?;
    let edges: Vec<(EdgeId, AttrValue)> = store
        .scenario
        .edges
        .iter()
        .filter(|(_, edge)| edge.from == *id || edge.to == *id || edge.via.as_ref() == Some(id))
        .map(|(id, edge)| {
            (
                id.clone(),
                format!("{}, {}", store.scenario.edge_name(id), edge.mode.word()).into(),
            )
        })
        .collect();
    Some(html! {
        <NodeForm key={id.as_str().to_owned()} id={id.clone()} node={node.clone()} name={store.scenario.node_name(id).to_owned()}
            faults={store.clicked_on(&id.clone().into()).map(|fault| fault.kind).collect::<Vec<_>>()} {edges} {act} />
    })
}

fn edge_form(store: &Store, id: &EdgeId, act: &Callback<Action>) -> Option<Html> {
    let edge = store.scenario.edges.get(id)?;
    let name = |id: &NodeId| AttrValue::from(store.scenario.node_name(id).to_owned());
    let brokers = store.scenario.nodes.iter();
    let brokers = brokers.filter(|(_, node)| matches!(node.kind, NodeKind::Broker(_)));
    let brokers: Vec<(NodeId, AttrValue)> = brokers.map(|(id, _)| (id.clone(), name(id))).collect();
    // An end can be where the board allows the edge to be.
    let ends = |put: fn(&mut Edge, NodeId)| {
        let fits = |node: &&NodeId| {
            let mut edge = edge.clone();
            put(&mut edge, (*node).clone());
            edge.from != edge.to && store.scenario.allows(id, &edge)
        };
        let nodes = store.scenario.nodes.keys().filter(fits);
        nodes.map(|id| (id.clone(), name(id))).collect::<Vec<_>>()
    };
    let (callers, called) = (
        ends(|edge, node| edge.from = node),
        ends(|edge, node| edge.to = node),
    );
    let inherits = store
        .scenario
        .shared_with(id)
        .map(|first| store.scenario.edge_name(first).into());
    Some(
        html! { <EdgeForm key={id.as_str().to_owned()} id={id.clone()} {brokers} {callers} {called} inherits={inherits.unwrap_or(AttrValue::Static(""))} edge={edge.clone()} ends={(name(&edge.from), name(&edge.to))}
        faults={store.clicked_on(&id.clone().into()).map(|fault| fault.kind).collect::<Vec<_>>()} {act} /> },
    )
}
