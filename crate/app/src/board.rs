//! The board: cards and edges as SVG, dots on a canvas over them, and the pointer's way to the gestures.

mod broker;
mod client;
mod defs;
mod edge;
pub(crate) mod fleet;
mod flow;
mod legend;
mod log;
mod map;
mod marks;
mod node;
mod queue;

use sim::scenario::{Mode, NodeKind, Target};
use web_sys::{PointerEvent, WheelEvent};
use yew::prelude::*;

use crate::geometry::{Pt, pt};
use crate::gesture::Phase;
use crate::icon;
use crate::live::Shown;
use crate::store::{Action, End, Store};
pub(crate) use broker::waits;
use broker::{BrokerCard, tether};
use client::ClientCard;
use edge::EdgeLine;
pub(crate) use flow::Flow;
use legend::Legend;
use node::ServiceCard;

/// Below this zoom, small print would not be read: there is less of it, and it is larger.
const COMPACT: f64 = 0.8;
/// Below this one, names and squares are all there is.
const TINY: f64 = 0.42;

/// The ways from the board to the app.
#[derive(Clone, PartialEq)]
pub(crate) struct Hands {
    pub(crate) pointer: Callback<(Phase, PointerEvent)>,
    pub(crate) wheel: Callback<WheelEvent>,
    pub(crate) act: Callback<Action>,
    pub(crate) focus: Callback<FocusEvent>,
    pub(crate) menu: Callback<MouseEvent>,
    pub(crate) twice: Callback<MouseEvent>,
}

/// The board as it is now. The press of a mouse moves the keyboard only where an action sends it.
pub(crate) fn board(
    store: &Store,
    shown: &Shown,
    hands: &Hands,
    svg: &NodeRef,
    canvas: &NodeRef,
) -> Html {
    let on = |phase: Phase| {
        hands
            .pointer
            .reform(move |event: PointerEvent| (phase, event))
    };
    let class = classes!(sizes(store), store.link.is_some().then_some("linking"));
    html! {
        <>
            <canvas class="flow" ref={canvas} aria-hidden="true"></canvas>
            <svg {class} id="diagram" ref={svg} role="application" tabindex="0"
                aria-label="Diagram of services. Arrow keys go from node to node, question mark lists all keys."
                onmousedown={|event: MouseEvent| event.prevent_default()} onpointerdown={on(Phase::Down)} onpointermove={on(Phase::Move)} onpointerup={on(Phase::Up)}
                onpointercancel={on(Phase::Cancel)} oncontextmenu={&hands.menu} ondblclick={&hands.twice} onwheel={&hands.wheel} onfocusin={&hands.focus}>
                { defs::defs() }
                <g transform={store.camera.transform()}>
                    { pieces(store, shown) }
                    { marks::marks(store) }
                </g>
            </svg>
            <Legend dots={store.dots} act={&hands.act} />
            { map::map(store, shown, &hands.act) }
            { empty(store) }
            { hint(store) }
        </>
    }
}

/// A board that is only looked at: what it shows is told by the score and the charts to people who do not see it.
pub(crate) fn picture(store: &Store, shown: &Shown, canvas: &NodeRef) -> Html {
    html! {
        <div class="picture" inert=true aria-hidden="true">
            <canvas class="flow" ref={canvas}></canvas>
            <svg class={sizes(store)}>
                <g transform={store.camera.transform()}>{ pieces(store, shown) }</g>
            </svg>
        </div>
    }
}

/// What the zoom leaves to be read.
fn sizes(store: &Store) -> Classes {
    classes!(
        "diagram",
        (store.camera.zoom < COMPACT).then_some("compact"),
        (store.camera.zoom < TINY).then_some("tiny"),
    )
}

/// Edges and cards.
fn pieces(store: &Store, shown: &Shown) -> Html {
    let compact = store.camera.zoom < COMPACT;
    html! {
        <>
            { for tethers(store) }
            for (id, edge) in &store.scenario.edges {
                <EdgeLine key={id.as_str()} ..edge::view(store, shown, id, edge) />
            }
            for (id, node) in &store.scenario.nodes {
                { match &node.kind {
                    NodeKind::Client(client) => html! {
                        <ClientCard key={id.as_str()} ..client::view(store, shown, id, client) />
                    },
                    NodeKind::Service(service) => html! {
                        <ServiceCard key={id.as_str()} ..node::view(store, shown, id, service, compact) />
                    },
                    NodeKind::Broker(broker) => html! {
                        <BrokerCard key={id.as_str()} ..broker::view(store, shown, id, broker, compact) />
                    },
                } }
            }
        </>
    }
}

/// The links from queues to the brokers that they stand in.
fn tethers(store: &Store) -> impl Iterator<Item = Html> + '_ {
    let edges = store.scenario.edges.iter();
    edges.filter_map(|(id, edge)| {
        let via = edge.via.as_ref().filter(|_| edge.mode == Mode::Async)?;
        let card = store.scene.cards.get(via)?;
        Some(tether(store.scene.middle(id), *card))
    })
}

fn empty(store: &Store) -> Html {
    if store.scenario.nodes.is_empty() {
        html! { <p class="cue">{ "Drag a client and a service here from the palette, then drag from one card's right edge to the other." }</p> }
    } else {
        Html::default()
    }
}

/// What to do while an edge is being drawn.
fn hint(store: &Store) -> Html {
    let Some(link) = &store.link else {
        return Html::default();
    };
    let name = store.scenario.node_name(&link.from);
    let what = match link.hand() {
        End::To => format!("{name} is to call"),
        End::From => format!("{name} is to be called by"),
    };
    html! { <p class="cue low">{ format!("{what}: press on a card, or choose with the arrow keys and press Enter. Escape cancels.") }</p> }
}

/// The faults on a node or an edge now, clicked and planned, in words.
fn faults(store: &Store, shown: &Shown, on: &Target) -> Option<AttrValue> {
    let clicked = store.clicked_on(on).map(|fault| fault.kind);
    let planned = store.scenario.faults.iter().filter(|fault| {
        let since = shown.at.since(sim::units::Time::ZERO + fault.start);
        let begun = shown.events > 0 && shown.at >= sim::units::Time::ZERO + fault.start;
        fault.on == *on && begun && fault.duration.is_none_or(|length| since < length)
    });
    let words: Vec<String> = clicked
        .chain(planned.map(|fault| fault.kind))
        .map(sim::scenario::FaultKind::describe)
        .collect();
    (!words.is_empty()).then(|| words.join(", ").into())
}

/// A fault's badge on the upper edge of a card.
fn bolt(words: &str) -> Html {
    let width = words.chars().count() as f64 * 9.6 + 38.0;
    html! {
        <g class="fault" transform="translate(-14 -16)">
            <rect width={width.to_string()} height="24" rx="12" />
            <path transform="translate(7 3) scale(0.9)" d={icon::bolt()} />
            <text x="28" y="17">{ words }</text>
        </g>
    }
}

/// How far a pointer may miss: a finger is wider than a mouse.
pub(crate) fn reach(event: &PointerEvent, zoom: f64) -> f64 {
    let pixels = if event.pointer_type() == "touch" {
        22.0
    } else {
        11.0
    };
    pixels / zoom
}

/// Where an event is, in pixels from a corner.
pub(crate) fn place(client: (i32, i32), corner: (f64, f64)) -> Pt {
    pt(
        f64::from(client.0) - corner.0,
        f64::from(client.1) - corner.1,
    )
}
