//! A broker on the board: what it holds, its memory against the watermark, and whether it blocks its publishers.

use sim::broker::Broker;
use sim::frame::BrokerFrame;
use sim::scenario::NodeId;
use yew::prelude::*;

use crate::geometry::{Pt, Rect};
use crate::icon;
use crate::live::Shown;
use crate::scene::CARD;
use crate::store::{Kind, Store};
use crate::words;

/// How a broker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Idle,
    Well,
    Blocks,
    Down,
}

impl Mood {
    fn of(frame: Option<&BrokerFrame>) -> Mood {
        match frame {
            Some(frame) if frame.down => Mood::Down,
            Some(frame) if frame.blocked >= 0.5 => Mood::Blocks,
            Some(frame) if frame.taken_in > 0.0 || frame.messages >= 0.5 => Mood::Well,
            _ => Mood::Idle,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Mood::Idle => "idle",
            Mood::Well => "healthy",
            Mood::Blocks => "blocking",
            Mood::Down => "down",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Mood::Idle => "Nothing is in it.",
            Mood::Well => "It takes in what is published.",
            Mood::Blocks => {
                "Its memory is above the high watermark: it blocks all connections that publish."
            }
            Mood::Down => "Publishes are refused, and nothing is delivered.",
        }
    }

    /// The state whose colours it has.
    const fn class(self) -> &'static str {
        match self {
            Mood::Idle => "state-idle",
            Mood::Well => "state-healthy",
            Mood::Blocks => "state-refusing",
            Mood::Down => "state-down",
        }
    }
}

/// All that a broker's card shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct BrokerView {
    id: AttrValue,
    name: AttrValue,
    card: Rect,
    mood: Mood,
    /// What waits in front of it, in words.
    waits: AttrValue,
    /// How many messages it has, and how many it takes in.
    figures: AttrValue,
    /// How full its memory is and where the watermark is, in per cent; and the same in words.
    memory: Option<(u32, u32, AttrValue)>,
    depth: u32,
    fault: Option<AttrValue>,
    selected: bool,
    compact: bool,
    label: AttrValue,
}

/// What a broker looks like now.
pub(crate) fn view(
    store: &Store,
    shown: &Shown,
    id: &NodeId,
    broker: &Broker,
    compact: bool,
) -> BrokerView {
    let frame = shown.brokers.get(id);
    let name = store.scenario.node_name(id);
    let mood = Mood::of(frame);
    let depth = frame.map_or(0.0, |f| f.messages).round();
    let holds = format!("{} messages", words::count(f64::from(depth)));
    let waits = frame.map_or(String::new(), waits);
    let fault = super::faults(store, shown, &id.clone().into());
    let trouble = fault
        .as_ref()
        .map_or(String::new(), |f| format!(", fault: {f}"));
    let about = if waits.is_empty() {
        String::new()
    } else {
        format!(", {waits}")
    };
    BrokerView {
        id: AttrValue::from(id.as_str().to_owned()),
        name: words::shortened(name, 14).into(),
        card: store.scene.cards.get(id).copied().unwrap_or_default(),
        label: format!("{name}, broker, {holds}{about}, {}{trouble}", mood.word()).into(),
        mood,
        waits: waits.into(),
        figures: match frame {
            Some(f) => format!("{holds} · {} in", words::per_second(f64::from(f.taken_in))).into(),
            None => holds.into(),
        },
        memory: memory(frame, broker),
        depth: depth as u32,
        fault,
        selected: store.selection.holds(id),
        compact,
    }
}

/// What is in front of it.
pub(crate) fn waits(frame: &BrokerFrame) -> String {
    let mut parts = Vec::new();
    // The one it works on does not wait.
    if frame.intake >= 1.5 {
        let count = words::count(f64::from(frame.intake));
        parts.push(format!("{count} to take in"));
    }
    if frame.held_up >= 0.5 {
        let count = words::count(f64::from(frame.held_up));
        parts.push(format!("{count} held up"));
    }
    parts.join(", ")
}

fn memory(frame: Option<&BrokerFrame>, broker: &Broker) -> Option<(u32, u32, AttrValue)> {
    let limit = broker.memory.limit?.get() as f32;
    let held = frame.map_or(0.0, |f| f.memory);
    let percent = |share: f32| (share.clamp(0.0, 1.0) * 100.0).round() as u32;
    let mark = broker.memory.watermark.as_f64() as f32;
    let words = format!(
        "memory {} of {}",
        words::memory(f64::from(held)),
        words::memory(f64::from(limit))
    );
    Some((percent(held / limit), percent(mark), words.into()))
}

/// A broker's card.
#[component]
pub(crate) fn BrokerCard(v: &BrokerView) -> Html {
    let class = classes!(
        "node",
        "broker",
        v.mood.class(),
        v.selected.then_some("selected"),
        v.fault.is_some().then_some("faulty"),
    );
    let (letter, lift) = if v.compact { (9.4, -13.0) } else { (7.3, 12.0) };
    let pill = v.mood.word().len() as f64 * letter + 16.0;
    html! {
        <g {class} id={format!("node-{}", v.id)} transform={format!("translate({:.1} {:.1})", v.card.x, v.card.y)}
            role="button" tabindex="0" aria-label={&v.label} aria-pressed={v.selected.to_string()}
            data-node={&v.id} data-state={v.mood.word()} data-busy="0" data-waiting="0"
            data-queue={v.depth.to_string()} data-refused="0.0000">
            <rect class="ring" x="-6" y="-6" width={(CARD + 12.0).to_string()} height={(v.card.h + 12.0).to_string()} rx="16" />
            <rect class="card" width={CARD.to_string()} height={v.card.h.to_string()} rx="11" />
            <path class="sign" transform="translate(11 14) scale(0.9)" d={icon::of_kind(Kind::Broker)} />
            <text class="name" x="33" y="28">{ &v.name }</text>
            <g class="pill" transform={format!("translate({} {lift})", CARD - pill - 9.0)}>
                <title>{ v.mood.meaning() }</title>
                <rect width={pill.to_string()} height={if v.compact { "25" } else { "21" }} rx="11" />
                <text x={(pill / 2.0).to_string()} y={if v.compact { "18" } else { "15" }}>{ v.mood.word() }</text>
            </g>
            <text class="figures" x="14" y="56">{ &v.figures }</text>
            <text class="wait-line" x="14" y="76">{ &v.waits }</text>
            { for v.memory.as_ref().map(|of| gauge(of, v.mood == Mood::Blocks)) }
            { for v.fault.as_ref().map(|words| super::bolt(words)) }
        </g>
    }
}

fn gauge((held, mark, words): &(u32, u32, AttrValue), alarm: bool) -> Html {
    let width = CARD - 28.0;
    let at = |percent: u32| (width * f64::from(percent) / 100.0).to_string();
    html! {
        <g class={classes!("memory", alarm.then_some("near"))} transform="translate(14 87)">
            <rect class="trough" width={width.to_string()} height="5" rx="2.5" />
            <rect class="level" width={at(*held)} height="5" rx="2.5" />
            <path class="watermark" d={format!("M{} -3v11", at(*mark))} />
            <text class={classes!((!alarm).then_some("calm"))} y="20">{ words }</text>
        </g>
    }
}

/// The thin link from the queue of an edge to the broker that it stands in.
pub(crate) fn tether(middle: Pt, card: Rect) -> Html {
    let nearest = |at: f64, from: f64, length: f64| at.clamp(from, from + length);
    let (x, y) = (
        nearest(middle.x, card.x, card.w),
        nearest(middle.y, card.y, card.h),
    );
    html! { <path class="tether" d={format!("M{:.1} {:.1}L{x:.1} {y:.1}", middle.x, middle.y)} /> }
}
