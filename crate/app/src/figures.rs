//! Figures: how the clients are served, in four numbers, each with its definition.

use sim::Scenario;
use sim::frame::{ClientFrame, ClientTotal};
use sim::scenario::NodeKind;
use yew::prelude::*;

use crate::live::Shown;
use crate::words;

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    name: &'static str,
    /// As a plain number, for those who measure.
    pub(crate) number: f64,
    text: String,
    note: String,
    bad: bool,
    definition: &'static str,
}

/// All figures, of all clients together.
pub(crate) fn figures(scenario: &Scenario, shown: &Shown) -> Vec<Figure> {
    let clients: Vec<&ClientFrame> = shown.clients.values().collect();
    let sum = |of: fn(&ClientFrame) -> f32| clients.iter().map(|c| f64::from(of(c))).sum::<f64>();
    let total =
        |of: fn(&ClientTotal) -> u64| clients.iter().map(|c| of(&c.total)).sum::<u64>() as f64;
    let (offered, good, refused) = (sum(|c| c.offered), sum(|c| c.good), sum(|c| c.refused));
    let deadline = scenario.nodes.values().filter_map(|node| match &node.kind {
        NodeKind::Client(client) => Some(client.deadline.as_secs_f64()),
        NodeKind::Service(_) | NodeKind::Broker(_) => None,
    });
    let deadline = deadline.fold(f64::INFINITY, f64::min);
    // Of several clients the worst one counts: percentiles do not add up.
    let p99 = clients
        .iter()
        .filter_map(|c| c.latency.map(|l| f64::from(l[2])))
        .reduce(f64::max);
    let (pending, in_time) = (total(|t| t.effects_pending), total(|t| t.effects_in_time));
    let (late, lost) = (total(|t| t.effects_late), total(|t| t.effects_lost));
    let running = offered > 0.0;
    vec![
        Figure {
            key: "goodput",
            name: "Goodput",
            number: good,
            text: words::per_second(good),
            note: format!("of {} offered", words::per_second(offered)),
            bad: running && good < 0.95 * offered,
            definition: "Ok answers within the client's deadline, over the last second of simulated time. Late, \
                         wrong and refused ones do not count.",
        },
        Figure {
            key: "p99",
            name: "p99 latency",
            number: p99.unwrap_or(0.0),
            text: p99.map_or("–".into(), words::seconds),
            note: if deadline.is_finite() {
                format!("deadline {}", words::seconds(deadline))
            } else {
                "no client".into()
            },
            bad: p99.is_some_and(|p99| p99 > deadline),
            definition: "99 of 100 ok answers of the last second came faster than this. Answers that never came \
                         are not in it: see goodput.",
        },
        Figure {
            key: "refused",
            name: "Turned away",
            number: if running { refused / offered } else { 0.0 },
            text: words::share(refused, offered),
            note: "of the requests".into(),
            bad: running && refused >= 0.01 * offered,
            definition: "The share of the clients' requests of the last second that ended refused: a pool and its \
                         accept queue were full, after all retries.",
        },
        Figure {
            key: "effects",
            name: "Effects pending",
            number: pending,
            text: words::count(pending),
            note: format!(
                "{} in time, {} late, {} lost",
                words::count(in_time),
                words::count(late),
                words::count(lost)
            ),
            bad: lost + late > 0.0,
            definition: "Requests that were answered ok, since the start: pending while messages they caused are \
                         not yet worked off, in time when the last was done within the client's limit, lost when \
                         one never will be.",
        },
    ]
}

#[derive(Properties, PartialEq)]
pub(crate) struct FiguresProps {
    pub(crate) figures: Vec<Figure>,
}

/// The figures; pressing one shows how it is defined.
#[component]
pub(crate) fn Figures(props: &FiguresProps) -> Html {
    let open = use_state(|| None::<&'static str>);
    let card = |figure: &Figure| {
        let shown = *open == Some(figure.key);
        let toggle = {
            let (open, key) = (open.clone(), figure.key);
            Callback::from(move |_: MouseEvent| open.set((!shown).then_some(key)))
        };
        html! {
            <button class={classes!("figure", figure.bad.then_some("bad"))} title={figure.definition} aria-expanded={shown.to_string()}
                data-figure={figure.key} data-value={(figure.number + 0.0).to_string()} onclick={toggle}>
                <span>{ figure.name }</span><b>{ &figure.text }</b><small>{ &figure.note }</small>
            </button>
        }
    };
    let definition = props
        .figures
        .iter()
        .find(|figure| *open == Some(figure.key));
    html! {
        <section class="figures" aria-labelledby="figures-title">
            <h3 id="figures-title">{ "All clients, the last second" }</h3>
            <div class="grid">{ for props.figures.iter().map(card) }</div>
            if let Some(figure) = definition {
                <p class="definition"><b>{ figure.name }{ ". " }</b>{ figure.definition }</p>
            }
        </section>
    }
}
