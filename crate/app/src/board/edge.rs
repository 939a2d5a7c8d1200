//! An edge on the board: solid where the caller waits, dashed where it hands a message to a queue.

use sim::scenario::{Edge, EdgeId, Mode};
use yew::prelude::*;

use super::queue::{QueueView, queue};
use crate::geometry::Pt;
use crate::live::Shown;
use crate::store::{Selection, Store};
use crate::words;

/// All that an edge shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct EdgeView {
    id: AttrValue,
    mode: Mode,
    path: AttrValue,
    middle: Pt,
    /// Its handles, while it is selected.
    handles: Vec<Pt>,
    /// How many threads wait on it, in steps that can be seen.
    warmth: u32,
    queue: QueueView,
    /// Whether its queue has something to show although it is sync.
    draining: bool,
    selected: bool,
    fault: Option<AttrValue>,
    label: AttrValue,
}

/// What an edge looks like now.
pub(crate) fn view(store: &Store, shown: &Shown, id: &EdgeId, edge: &Edge) -> EdgeView {
    let frame = shown.edges.get(id);
    let waiting = shown
        .services
        .get(&edge.from)
        .and_then(|s| s.waiting.iter().find(|(e, _)| e == id))
        .map_or(0.0, |(_, n)| *n);
    let queue = QueueView::of(frame.map(|f| &f.queue), edge);
    let name = store.scenario.edge_name(id).replace('→', "to");
    let calls = frame.map_or(String::new(), |f| {
        format!(", {}", words::per_second(f64::from(f.calls)))
    });
    let more = match edge.mode {
        Mode::Sync if waiting >= 0.5 => format!(", {waiting:.0} threads wait on it"),
        Mode::Sync => String::new(),
        Mode::Async => format!(", {}", queue.spoken()),
    };
    let word = edge.mode.word();
    let fault = super::faults(store, shown, &id.clone().into());
    let trouble = fault
        .as_ref()
        .map_or(String::new(), |f| format!(", fault: {f}"));
    EdgeView {
        id: AttrValue::from(id.as_str().to_owned()),
        mode: edge.mode,
        path: store
            .scene
            .routes
            .get(id)
            .map_or(String::new(), crate::geometry::Curve::path)
            .into(),
        middle: store.scene.middle(id),
        handles: handles(store, id),
        warmth: if waiting < 0.5 {
            0
        } else {
            (waiting.sqrt() * 2.0).ceil() as u32
        },
        draining: queue.holds_any(),
        queue,
        selected: store.selection == Selection::Edge(id.clone()),
        fault,
        label: format!("{name}, {word}{calls}{more}{trouble}, press S to switch").into(),
    }
}

/// Where the ends of an edge can be taken in hand.
fn handles(store: &Store, id: &EdgeId) -> Vec<Pt> {
    if store.selection != Selection::Edge(id.clone()) {
        return vec![];
    }
    let found = store.scene.handles(id).into_iter().flatten();
    found.map(|(_, at)| at).collect()
}

/// An edge.
#[component]
pub(crate) fn EdgeLine(v: &EdgeView) -> Html {
    let boxed = v.mode == Mode::Async || v.draining;
    let class = classes!(
        "edge",
        v.mode.word(),
        v.selected.then_some("selected"),
        (v.warmth > 0).then_some("warm")
    );
    let arrow = if v.selected {
        "url(#arrow-on)"
    } else {
        "url(#arrow)"
    };
    html! {
        <g {class} id={format!("edge-{}", v.id)} role="button" tabindex="0" aria-label={&v.label}
            aria-pressed={v.selected.to_string()} data-edge={&v.id} data-mode={v.mode.word()}
            data-depth={v.queue.depth().to_string()} data-oldest={format!("{:.1}", v.queue.oldest())}>
            <path class="reach" d={&v.path} />
            if v.warmth > 0 {
                <path class="warmth" d={&v.path} stroke-width={(4 + v.warmth.min(18)).to_string()} />
            }
            <path class="line" d={&v.path} marker-end={arrow} />
            for at in &v.handles {
                <circle class="handle" cx={format!("{:.1}", at.x)} cy={format!("{:.1}", at.y)} r="8" />
            }
            <g transform={format!("translate({:.1} {:.1})", v.middle.x, v.middle.y)}>
                if boxed {
                    { queue(&v.queue) }
                } else {
                    <circle class="badge" r="12" />
                    <path class="badge-sign" d="M-5 -2.5h9l-2.5 -2.5M5 2.5h-9l2.5 2.5" />
                }
                { for v.fault.as_ref().map(|words| super::bolt(words)) }
            </g>
        </g>
    }
}
