//! A client on the board: how much it asks for, and how it is served.

use sim::frame::ClientFrame;
use sim::scenario::{Client, NodeId};
use yew::prelude::*;

use crate::geometry::Rect;
use crate::icon;
use crate::live::Shown;
use crate::store::{Kind, Store};
use crate::words;

/// All that a client shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct ClientView {
    id: AttrValue,
    name: AttrValue,
    card: Rect,
    rate: AttrValue,
    /// How it is served, and whether that is bad.
    served: (AttrValue, bool),
    refused: f32,
    fault: Option<AttrValue>,
    selected: bool,
    label: AttrValue,
}

/// What a client looks like now.
pub(crate) fn view(store: &Store, shown: &Shown, id: &NodeId, client: &Client) -> ClientView {
    let frame = shown.clients.get(id).filter(|f| f.offered > 0.0);
    let name = store.scenario.node_name(id);
    let rate = words::per_second(frame.map_or(client.rate.as_f64(), |f| f64::from(f.offered)));
    let served = frame.map_or((String::new(), false), served);
    let fault = super::faults(store, shown, &id.clone().into());
    let about = if served.0.is_empty() {
        String::new()
    } else {
        format!(", {}", served.0)
    };
    ClientView {
        id: AttrValue::from(id.as_str().to_owned()),
        name: words::shortened(name, 14).into(),
        card: store.scene.cards.get(id).copied().unwrap_or_default(),
        label: format!("{name}, client, {rate}{about}").into(),
        rate: rate.into(),
        served: (served.0.into(), served.1),
        refused: frame.map_or(0.0, |f| f.refused / f.offered),
        fault,
        selected: store.selection.holds(id),
    }
}

/// The worst that befalls more than one request in a hundred.
fn served(frame: &ClientFrame) -> (String, bool) {
    let offered = f64::from(frame.offered);
    let troubles = [
        (frame.refused, "turned away"),
        (frame.timed_out, "gave up"),
        (frame.late, "too late"),
        (frame.errors, "failed"),
    ];
    let worst = troubles
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.0, ""));
    let part = f64::from(worst.0).min(offered);
    if part >= 0.01 * offered {
        (format!("{} {}", words::share(part, offered), worst.1), true)
    } else {
        (
            format!("{} in time", words::per_second(f64::from(frame.good))),
            false,
        )
    }
}

/// A client.
#[component]
pub(crate) fn ClientCard(v: &ClientView) -> Html {
    let (w, h) = (v.card.w, v.card.h);
    let class = classes!(
        "node",
        "client",
        v.served.1.then_some("badly"),
        v.selected.then_some("selected"),
        v.fault.is_some().then_some("faulty"),
    );
    let middle = (w / 2.0).to_string();
    html! {
        <g {class} id={format!("node-{}", v.id)} transform={format!("translate({:.1} {:.1})", v.card.x, v.card.y)}
            role="button" tabindex="0" aria-label={&v.label} aria-pressed={v.selected.to_string()}
            data-node={&v.id} data-state={if v.served.1 { "turned away" } else { "served" }} data-busy="0"
            data-waiting="0" data-queue="0" data-refused={format!("{:.4}", v.refused)}>
            <rect class="ring" x="-6" y="-6" width={(w + 12.0).to_string()} height={(h + 12.0).to_string()} rx="52" />
            <rect class="card" width={w.to_string()} height={h.to_string()} rx={(h / 2.0).to_string()} />
            <path class="sign" transform={format!("translate({} 9) scale(0.9)", w / 2.0 - 9.0)} d={icon::of_kind(Kind::Client)} />
            <text class="name" x={middle.clone()} y="43">{ &v.name }</text>
            <text class="figures" x={middle.clone()} y="61">{ &v.rate }</text>
            <text class="served" x={middle} y="79">{ &v.served.0 }</text>
            <circle class="port" cx={w.to_string()} cy={(h / 2.0).to_string()} r="7" />
            { for v.fault.as_ref().map(|words| super::bolt(words)) }
        </g>
    }
}
