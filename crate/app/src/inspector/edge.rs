//! The inspector of an edge: the switch between sync and async, its policies, its broker.

use sim::broker::{Bus, Kind, Log, Outbox, Queue};
use sim::dedup::Dedup;
use sim::field::Field;
use sim::frame::EdgeFrame;
use sim::scenario::{Edge, EdgeId, Edit, FaultKind, Mode, NodeId};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::faults::faults;
use super::form::form;
use super::policies::Policies;
use super::via::{through, topic};
use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, End};
use crate::words;

#[derive(Properties, PartialEq)]
pub(super) struct EdgeProps {
    pub(super) id: EdgeId,
    pub(super) edge: Edge,
    /// The two ends as people call them.
    pub(super) ends: (AttrValue, AttrValue),
    /// The broker nodes on the board: id, name.
    pub(super) brokers: Vec<(NodeId, AttrValue)>,
    /// The nodes at which it can begin, and those at which it can end.
    pub(super) callers: Vec<(NodeId, AttrValue)>,
    pub(super) called: Vec<(NodeId, AttrValue)>,
    /// The edge whose queue settings hold, where it shares that edge's queue; else nothing.
    pub(super) inherits: AttrValue,
    /// The kinds of fault clicked on it.
    pub(super) faults: Vec<FaultKind>,
    pub(super) act: Callback<Action>,
}

/// An edge's figures in a few words.
pub(super) fn live(frame: &EdgeFrame) -> String {
    let mut parts = vec![format!(
        "{} calls",
        words::per_second(f64::from(frame.calls))
    )];
    if frame.calls > 0.0 && frame.attempts > frame.calls * 1.01 {
        parts.push(format!(
            "{:.1} attempts a call",
            frame.attempts / frame.calls
        ));
    }
    if let Some([p50, _, p99]) = frame.latency {
        parts.push(format!(
            "p50 {}, p99 {}",
            words::seconds(f64::from(p50)),
            words::seconds(f64::from(p99))
        ));
    }
    if let Some(limit) = frame.adaptive_limit {
        parts.push(format!("at most {limit} at once"));
    }
    for (rate, word) in [(frame.refused, "refused"), (frame.timed_out, "timed out")] {
        if rate > 0.0 {
            parts.push(format!("{} {word}", words::per_second(f64::from(rate))));
        }
    }
    if frame.lost > 0 {
        parts.push(format!("{} lost", words::count(frame.lost as f64)));
    }
    let queue = &frame.queue;
    if queue.published > 0.0 || queue.consumed > 0.0 {
        let (came, done) = (
            words::per_second(f64::from(queue.published)),
            words::per_second(f64::from(queue.consumed)),
        );
        parts.push(format!("published {came}, done {done}"));
    }
    if queue.members > 0 {
        parts.push(lag(&queue.lags, queue.members));
    }
    for (n, word) in [
        (queue.redelivered, "redelivered"),
        (queue.duplicates, "done twice"),
        (queue.deduplicated, "copies found"),
        (queue.out_of_order, "out of order"),
        (queue.lost, "lost"),
        (u64::from(queue.delayed), "delayed"),
        (queue.outbox.round() as u64, "in the outbox"),
        (queue.dead_lettered, "dead letters"),
        (queue.dropped, "dropped"),
        (queue.expired, "expired"),
        (queue.skipped, "passed over"),
        (queue.rejected, "rejected"),
    ] {
        if n > 0 {
            parts.push(format!("{} {word}", words::count(n as f64)));
        }
    }
    parts.join(" · ")
}

/// The lag of a log: how many records in all, and the worst of its partitions.
fn lag(lags: &[u32], members: u32) -> String {
    let total: u32 = lags.iter().sum();
    let worst = lags.iter().copied().enumerate();
    let worst = worst.max_by_key(|(place, lag)| (*lag, std::cmp::Reverse(*place)));
    let of = format!("{} in the consumer group", words::count(f64::from(members)));
    let count = |n: u32| words::count(f64::from(n));
    match worst {
        Some((place, lag)) if lag > 0 && lags.len() > 1 => format!(
            "lag {}, {} of it in partition {place} of {} · {of}",
            count(total),
            count(lag),
            lags.len()
        ),
        _ => format!("lag {} · {of}", count(total)),
    }
}

/// The inspector of an edge.
#[component]
pub(super) fn EdgeForm(props: &EdgeProps) -> Html {
    let (id, edge) = (props.id.clone(), props.edge.clone());
    let turn: Callback<(Edge, bool)> = props.act.reform({
        let id = id.clone();
        move |(edge, keep): (Edge, bool)| {
            let edit = Edit::SetEdge(id.clone(), edge);
            if keep {
                Action::Keep(Some(edit))
            } else {
                Action::Try(edit)
            }
        }
    });
    let default = Edge::new(edge.from.clone(), edge.to.clone());
    let unused = edge.mode == Mode::Sync;
    html! {
        <>
            { mode(props) }
            { faults(&props.id.clone().into(), FaultKind::for_edge(), &props.faults, &props.act) }
            <h4>{ "Ends" }</h4>
            { end(props, End::From) }
            { end(props, End::To) }
            <h4>{ "Settings" }</h4>
            { form("edge", settings(), &edge, &default, &turn) }
            <Policies id={id.as_str().to_owned()} policies={edge.policies.clone()} turn={of(&edge, &turn, |edge, policies| edge.policies = policies)} />
            <h4>
                { words::capital(edge.broker.word()) }
                { if unused { " (kept for the async mode)" } else { "" } }
            </h4>
            { through(props, &turn) }
            if edge.broker == Kind::Bus {
                { topic(props, &turn) }
            }
            if !props.inherits.is_empty() {
                <p class="quiet">{ format!("It shares the queue of {}: the settings there hold, but for publisher confirms.", props.inherits) }</p>
            }
            {
                match edge.broker {
                    Kind::Queue => form("queue", Queue::FIELDS, &edge.queue, &Queue::default(), &of(&edge, &turn, |edge, queue| edge.queue = queue)),
                    Kind::Bus => form("bus", Bus::FIELDS, &edge.bus, &Bus::default(), &of(&edge, &turn, |edge, bus| edge.bus = bus)),
                    Kind::Log => form("log", Log::FIELDS, &edge.log, &Log::default(), &of(&edge, &turn, |edge, log| edge.log = log)),
                }
            }
            <h4>{ "Transactional outbox" }{ if unused { " (kept for the async mode)" } else { "" } }</h4>
            { form("outbox", Outbox::FIELDS, &edge.outbox, &Outbox::default(), &of(&edge, &turn, |edge, outbox| edge.outbox = outbox)) }
            <h4>{ "Idempotent consumer" }</h4>
            { form("dedup", Dedup::FIELDS, &edge.dedup, &Dedup::default(), &of(&edge, &turn, |edge, dedup| edge.dedup = dedup)) }
            <button class="delete" title={tip("Delete")} onclick={props.act.reform(|_: MouseEvent| Action::Delete)}>
                { icon("trash") }{ "Delete this edge" }
            </button>
        </>
    }
}

/// The choice of the node at an end.
fn end(props: &EdgeProps, end: End) -> Html {
    let (label, id, nodes, now) = match end {
        End::From => ("Caller", "edge-from", &props.callers, &props.edge.from),
        End::To => ("Called", "edge-to", &props.called, &props.edge.to),
    };
    let choose = {
        let (edge, nodes, now) = (props.id.clone(), nodes.clone(), now.clone());
        props.act.reform(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.map_or(0, |select| select.selected_index().max(0) as usize);
            let at = nodes.get(place).map_or(&now, |(id, _)| id).clone();
            Action::PutEnd(edge.clone(), end, at)
        })
    };
    html! {
        <div class="knob">
            <div class="knob-head"><label for={id}>{ label }</label></div>
            <select {id} onchange={choose}>
                for (node, name) in nodes {
                    <option selected={node == now}>{ name }</option>
                }
            </select>
        </div>
    }
}

/// The way from a part of an edge to the whole.
fn of<T: 'static>(
    edge: &Edge,
    turn: &Callback<(Edge, bool)>,
    put: fn(&mut Edge, T),
) -> Callback<(T, bool)> {
    let edge = edge.clone();
    turn.reform(move |(part, keep): (T, bool)| {
        let mut next = edge.clone();
        put(&mut next, part);
        (next, keep)
    })
}

/// All fields but the mode, which has its own switch.
fn settings() -> &'static [Field<Edge>] {
    match Edge::FIELDS.iter().position(|field| field.key == "mode") {
        Some(place) => &Edge::FIELDS[place + 1..],
        None => Edge::FIELDS,
    }
}

/// The switch this is all about.
fn mode(props: &EdgeProps) -> Html {
    let (from, to) = &props.ends;
    let choice = |mode: Mode, about: String| {
        let on = props.edge.mode == mode;
        let id = props.id.clone();
        // Pressing the one that is on changes nothing.
        let press = if on {
            Callback::noop()
        } else {
            props
                .act
                .reform(move |_: MouseEvent| Action::Switch(id.clone()))
        };
        html! {
            <button aria-pressed={on.to_string()} onclick={press} title={tip("Switch the edge between sync and async")}>
                <b>{ words::capital(mode.word()) }</b><span>{ about }</span>
            </button>
        }
    };
    html! {
        <div class="mode" role="group" aria-label="Mode">
            { choice(Mode::Sync, format!("A thread of {from} waits until {to} has answered.")) }
            { choice(Mode::Async, format!("{from} hands over a message and goes on; {to} takes it at its own pace.")) }
            <p class="quiet">{ "Or press " }<kbd>{ "S" }</kbd>{ " on the board." }</p>
        </div>
    }
}
