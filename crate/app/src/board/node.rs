//! A service on the board: its pool in squares, its door, its memory, its state in a word.

use sim::frame::ServiceFrame;
use sim::health::State;
use sim::scenario::{Model, NodeId, Service};
use yew::prelude::*;

use super::fleet::{self, Fleet};
use crate::geometry::Rect;
use crate::icon;
use crate::live::Shown;
use crate::scene::{CARD, HEAD};
use crate::slots::Grid;
use crate::store::{Kind, Store};
use crate::words;

/// All that a service's card shows; two equal ones look alike.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct ServiceView {
    id: AttrValue,
    name: AttrValue,
    kind: Kind,
    card: Rect,
    state: State,
    grid: Grid,
    model: Model,
    working: u32,
    waiting: u32,
    /// Of the working ones, how many collect garbage.
    collecting: u32,
    fleet: Option<Fleet>,
    /// Who most of the waiting threads wait on, and whether half of the pool or more waits.
    wait_line: (AttrValue, bool),
    figures: AttrValue,
    memory: Option<Gauge>,
    /// How full the accept queue is, in tenths, and how many wait in it.
    door: (u32, u32),
    refused: f32,
    fault: Option<AttrValue>,
    selected: bool,
    /// Whether an edge that is being drawn would end here.
    aimed: bool,
    /// Whether print is large because the board is small.
    compact: bool,
    label: AttrValue,
}

/// How full the memory is.
#[derive(Debug, Clone, PartialEq)]
struct Gauge {
    percent: u32,
    words: AttrValue,
}

/// Near its limit, memory is told in words.
const NEAR: f32 = 0.7;
const RUNGS: u32 = 10;

/// What a service looks like now.
pub(crate) fn view(
    store: &Store,
    shown: &Shown,
    id: &NodeId,
    service: &Service,
    compact: bool,
) -> ServiceView {
    let frame = shown.services.get(id);
    let name = store.scenario.node_name(id);
    let whole = |n: f32| n.round().max(0.0) as u32;
    let waiting = frame.map_or(0, |f| whole(f.waiting_total()));
    let working = frame.map_or(0, |f| whole(f.working));
    let busy = working + waiting;
    let running = frame.map_or(service.replicas, |f| whole(f.running).max(1));
    let of = if service.autoscale.on {
        service.pool_of(running)
    } else {
        service.pool()
    };
    let grid = Grid::of(of, busy);
    let pool = of.number();
    let (working, waiting) = pool.map_or((working, waiting), |n| (working.min(n), waiting.min(n)));
    let state = frame.map_or(State::Idle, |f| f.state);
    let queue = frame.map_or(0, |f| whole(f.queue));
    let top_wait = frame
        .and_then(|f| f.waiting.first())
        .filter(|(_, n)| *n >= 0.5);
    let callee = top_wait
        .and_then(|(edge, _)| store.scenario.edges.get(edge))
        .map(|e| store.scenario.node_name(&e.to));
    let wait_line = match (callee, pool) {
        (Some(on), Some(n)) if waiting > 0 => {
            let of = if compact {
                String::new()
            } else {
                format!(" of {n}")
            };
            format!("{waiting}{of} wait on {}", words::shortened(on, 12))
        }
        (Some(on), None) if waiting > 0 => {
            format!("{waiting} wait on {}", words::shortened(on, 14))
        }
        _ => frame.map_or(String::new(), |f| aloft(f, compact)),
    };
    let fleet = Fleet::of(service, frame);
    let fault = super::faults(store, shown, &id.clone().into());
    let selected = store.selection.holds(id);
    let aimed = store
        .link
        .as_ref()
        .is_some_and(|link| link.to.as_ref() == Some(id));
    let mut label = label(
        name,
        Kind::of(&store.scenario.nodes[id].kind),
        service,
        (working, waiting),
        callee,
        queue,
        state,
    );
    label.extend(fleet.as_ref().map(Fleet::spoken));
    ServiceView {
        id: AttrValue::from(id.as_str().to_owned()),
        name: words::shortened(name, 14).into(),
        kind: Kind::of(&store.scenario.nodes[id].kind),
        card: store.scene.cards.get(id).copied().unwrap_or_default(),
        state,
        grid,
        model: service.model,
        working,
        waiting,
        collecting: frame.map_or(0, |f| whole(f.gc)).min(working),
        fleet,
        wait_line: (
            wait_line.into(),
            2 * waiting >= pool.unwrap_or(2 * working).max(1),
        ),
        figures: frame.map_or(String::new(), figures).into(),
        memory: frame.and_then(|f| gauge(f, service)),
        door: (rungs(queue, service), queue),
        refused: frame.map_or(0.0, |f| {
            if f.offered > 0.0 {
                f.refused / f.offered
            } else {
                0.0
            }
        }),
        label: format!(
            "{label}{}",
            fault
                .as_ref()
                .map_or(String::new(), |f| format!(", fault: {f}"))
        )
        .into(),
        fault,
        selected,
        aimed,
        compact,
    }
}

/// What is in flight without holding a thread, and how much of it stands in line for a loop or a carrier.
fn aloft(frame: &ServiceFrame, compact: bool) -> String {
    let [off, line] = frame.off.map(f64::from);
    if off < 0.5 {
        return String::new();
    }
    let held = format!("{} in flight", words::count(off));
    if line < 0.5 {
        held
    } else if compact {
        format!("{held}, {} in line", words::count(line))
    } else {
        format!("{held}, {} in line for one", words::count(line))
    }
}

/// A service in a sentence.
fn label(
    name: &str,
    kind: Kind,
    service: &Service,
    (working, waiting): (u32, u32),
    callee: Option<&str>,
    queue: u32,
    state: State,
) -> String {
    let busy = working + waiting;
    let kind = kind.word().to_ascii_lowercase();
    let workers = service.model.workers();
    let mut label = match service.pool().number() {
        Some(n) => format!("{name}, {kind}, {busy} of {n} {workers} busy"),
        None => format!("{name}, {kind}, {busy} {workers} busy"),
    };
    if let Some(on) = callee.filter(|_| waiting > 0) {
        label = format!("{label}, {waiting} waiting on {on}");
    }
    if queue > 0 {
        label = format!("{label}, {queue} queued");
    }
    label + ", " + state.word()
}

/// What it completes and, as far as a card is wide, how it does: what goes wrong, else how long it takes.
fn figures(frame: &ServiceFrame) -> String {
    let share = |part: f32, whole: f32| words::share(f64::from(part), f64::from(whole));
    let refused = frame.refused > 0.0 && frame.refused >= 0.005 * frame.offered;
    let how = if refused {
        Some(format!("{} refused", share(frame.refused, frame.offered)))
    } else if frame.errors > 0.0 {
        Some(format!("{} errors", share(frame.errors, frame.completed)))
    } else {
        let p99 = frame.latency.map(|[.., p99]| f64::from(p99));
        p99.map(|p99| format!("p99 {}", words::brief(p99)))
    };
    let rate = words::per_second(f64::from(frame.completed));
    how.map_or(rate.clone(), |how| format!("{rate} · {how}"))
}

/// How full the memory is; garbage collection is told as soon as it takes time.
fn gauge(frame: &ServiceFrame, service: &Service) -> Option<Gauge> {
    let limit = service.memory.limit?.get() as f32;
    let share = (frame.memory / limit).clamp(0.0, 1.0);
    let near = share >= NEAR;
    let text = || {
        format!(
            "memory {} of {}",
            words::memory(f64::from(frame.memory)),
            words::memory(f64::from(limit))
        )
    };
    let mut words = if near { text() } else { String::new() };
    if frame.gc >= 0.5 {
        let workers = service.model.workers();
        words = format!("garbage takes {:.1} {workers}", frame.gc);
    }
    Some(Gauge {
        percent: (share * 100.0).round() as u32,
        words: words.into(),
    })
}

/// How many rungs of the ladder are full; where there is no limit, more and more slowly.
fn rungs(queue: u32, service: &Service) -> u32 {
    let share = match service.queue.number() {
        Some(0) => 0.0,
        Some(limit) => f64::from(queue) / f64::from(limit),
        None => 1.0 - 40.0 / (40.0 + f64::from(queue)),
    };
    ((share * f64::from(RUNGS)).ceil() as u32).min(RUNGS)
}

/// A service's card.
#[component]
pub(crate) fn ServiceCard(v: &ServiceView) -> Html {
    let working = v.grid.share(v.working);
    let waiting = v
        .grid
        .share(v.waiting)
        .min(v.grid.cells - working.min(v.grid.cells));
    // What turns is round.
    let round = v.model != Model::Blocking;
    let under = HEAD + v.grid.height();
    let below = under + v.fleet.as_ref().map_or(0.0, |_| fleet::HEIGHT);
    let collecting = v.grid.share(v.collecting).min(working);
    let class = classes!(
        "node",
        "service",
        format!("state-{}", v.state.word()),
        v.selected.then_some("selected"),
        v.aimed.then_some("aimed"),
        v.fault.is_some().then_some("faulty"),
    );
    // Where print is large, the state stands on the upper edge, so that the name has room.
    let (letter, lift) = if v.compact { (9.4, -13.0) } else { (7.3, 12.0) };
    let pill = v.state.word().len() as f64 * letter + 16.0;
    html! {
        <g {class} id={format!("node-{}", v.id)} transform={format!("translate({:.1} {:.1})", v.card.x, v.card.y)}
            role="button" tabindex="0" aria-label={&v.label} aria-pressed={v.selected.to_string()}
            data-node={&v.id} data-state={v.state.word()} data-busy={(v.working + v.waiting).to_string()}
            data-waiting={v.waiting.to_string()} data-queue={v.door.1.to_string()}
            data-refused={format!("{:.4}", v.refused)}>
            <rect class="ring" x="-6" y="-6" width={(CARD + 12.0).to_string()} height={(v.card.h + 12.0).to_string()} rx="16" />
            <rect class="card" width={CARD.to_string()} height={v.card.h.to_string()} rx="11" />
            <path class="sign" transform="translate(11 14) scale(0.9)" d={icon::of_kind(v.kind)} />
            <text class="name" x="33" y="28">{ &v.name }</text>
            <g class="pill" transform={format!("translate({} {lift})", CARD - pill - 9.0)}>
                <title>{ v.state.meaning() }</title>
                <rect width={pill.to_string()} height={if v.compact { "25" } else { "21" }} rx="11" />
                <text x={(pill / 2.0).to_string()} y={if v.compact { "18" } else { "15" }}>{ v.state.word() }</text>
            </g>
            <g transform={format!("translate(14 {HEAD})")}>
                <path class="slot working" d={v.grid.path(collecting, working, round)} />
                <path class="slot collecting" d={v.grid.path(0, collecting, round)} />
                <path class="slot waiting" d={v.grid.path(working, working + waiting, round)} />
                <path class="slot idle" d={v.grid.path(working + waiting, v.grid.cells, round)} />
                if v.grid.each > 1 {
                    <text class="each" x={(CARD - 28.0).to_string()} y="-5">{ format!("□ ×{}", v.grid.each) }</text>
                }
            </g>
            { for v.fleet.as_ref().map(|row| fleet::row(row, under + 4.0, CARD - 28.0)) }
            <text class={classes!("wait-line", (!v.wait_line.1).then_some("calm"))} x="14" y={(below + 17.0).to_string()}>{ &v.wait_line.0 }</text>
            <text class="figures" x="14" y={(below + 36.0).to_string()}>{ &v.figures }</text>
            { memory(v, below + 45.0) }
            { ladder(v) }
            <circle class="port" cx={CARD.to_string()} cy={(v.card.h / 2.0).to_string()} r="7" />
            { for v.fault.as_ref().map(|words| super::bolt(words)) }
        </g>
    }
}

fn memory(v: &ServiceView, top: f64) -> Html {
    let Some(gauge) = &v.memory else {
        return Html::default();
    };
    let width = CARD - 28.0;
    let near = (!gauge.words.is_empty()).then_some("near");
    html! {
        <g class={classes!("memory", near)} transform={format!("translate(14 {top})")}>
            <rect class="trough" width={width.to_string()} height="5" rx="2.5" />
            <rect class="level" width={(width * f64::from(gauge.percent) / 100.0).to_string()} height="5" rx="2.5" />
            <text y="15">{ &gauge.words }</text>
        </g>
    }
}

/// The accept queue in front of the door.
fn ladder(v: &ServiceView) -> Html {
    let pitch = ((v.card.h - 30.0) / f64::from(RUNGS)).clamp(6.0, 13.0);
    let height = pitch * f64::from(RUNGS);
    let top = (v.card.h - height) / 2.0;
    let rung = |place: u32| {
        let y = top + height - f64::from(place + 1) * pitch;
        format!("M-14.5 {y:.1}h9v{:.1}h-9z", pitch - 2.5)
    };
    let path = |from, to| (from..to).map(rung).collect::<String>();
    html! {
        <g class="door">
            <path class="rung empty" d={path(v.door.0, RUNGS)} />
            <path class="rung full" d={path(0, v.door.0)} />
            if v.door.1 > 0 {
                <text x="-10" y={(top + height + 11.0).to_string()}>{ v.door.1 }</text>
            }
        </g>
    }
}
