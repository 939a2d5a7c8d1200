//! Charts: four figures over time under the board. A chart is a file; this is their list and their frame.

mod latency;
mod queues;
mod requests;
mod threads;

use std::rc::Rc;

use sim::Scenario;
use sim::frame::MarkKind;
use yew::prelude::*;

use crate::ink::Ink;
use crate::plot::{Dash, Line, Plot, Scale};
use crate::series::Series;

/// A chart.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    /// What is counted, over which window.
    pub(crate) definition: &'static str,
    scale: Scale,
    label: fn(f64) -> String,
    lines: fn(&Series, &Scenario) -> Vec<Named>,
    /// The lines that matter most when two designs are drawn, in the order of their worth; where none is named, those
    /// that went highest.
    pair: &'static [&'static str],
}

/// A line with its name and its newest value in words.
struct Named {
    name: String,
    value: String,
    line: Line,
}

impl Named {
    fn peak(&self) -> f64 {
        let values = self.line.points.iter().map(|(_, value)| *value);
        values.fold(0.0, f64::max)
    }
}

/// All charts, in the order on the screen.
pub(crate) const CHARTS: [Chart; 4] = [
    latency::CHART,
    requests::CHART,
    threads::CHART,
    queues::CHART,
];

/// A line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    name: String,
    value: String,
    ink: Ink,
    dash: Dash,
}

/// Lines of one chart differ by ink and dash.
const LOOKS: [(Ink, Dash); 6] = [
    (Ink::Wait, Dash::Solid),
    (Ink::Work, Dash::Dashed),
    (Ink::Trouble, Dash::Dotted),
    (Ink::Good, Dash::Solid),
    (Ink::Retry, Dash::Dashed),
    (Ink::Dim, Dash::Dotted),
];

/// So many things are drawn of two designs: twice as many lines can just be told apart.
const PAIRS: usize = 2;
const PAIR_INKS: [Ink; PAIRS] = [Ink::Wait, Ink::Work];

impl Chart {
    /// What it shows now, and its legend.
    pub(crate) fn plot(&self, series: &Series, scenario: &Scenario) -> (Plot, Vec<Entry>) {
        let mut lines = Vec::new();
        let mut legend = Vec::new();
        for Named { name, value, line } in (self.lines)(series, scenario) {
            legend.push(Entry {
                name,
                value,
                ink: line.ink,
                dash: line.dash,
            });
            lines.push(line);
        }
        (self.frame(series, lines), legend)
    }

    /// What it shows of two designs: A solid, B dashed, the same ink for the same thing.
    pub(crate) fn plot_pair(
        &self,
        a: (&Series, &Scenario),
        b: (&Series, &Scenario),
    ) -> (Plot, Vec<Entry>) {
        let mut all_a = (self.lines)(a.0, a.1);
        let mut all_b = (self.lines)(b.0, b.1);
        // Each once, what was named first or else what went highest.
        let mut names: Vec<(f64, String)> = Vec::new();
        for named in all_a.iter().chain(&all_b) {
            let worth = match self.pair.iter().position(|name| *name == named.name) {
                Some(place) => -(place as f64),
                None if self.pair.is_empty() => named.peak(),
                None => continue,
            };
            match names.iter_mut().find(|(_, name)| *name == named.name) {
                Some((best, _)) => *best = best.max(worth),
                None => names.push((worth, named.name.clone())),
            }
        }
        names.sort_by(|a, b| b.0.total_cmp(&a.0));
        names.truncate(PAIRS);
        let (mut lines, mut legend) = (Vec::new(), Vec::new());
        for (place, (_, name)) in names.into_iter().enumerate() {
            let ink = PAIR_INKS[place % PAIR_INKS.len()];
            for (side, all, dash) in [
                ("A", &mut all_a, Dash::Solid),
                ("B", &mut all_b, Dash::Dashed),
            ] {
                let Some(found) = all.iter().position(|named| named.name == name) else {
                    continue;
                };
                let Named { value, line, .. } = all.swap_remove(found);
                legend.push(Entry {
                    name: format!("{side} {name}"),
                    value,
                    ink,
                    dash,
                });
                lines.push(Line { ink, dash, ..line });
            }
        }
        (self.frame(b.0, lines), legend)
    }

    fn frame(&self, series: &Series, lines: Vec<Line>) -> Plot {
        let marks = series
            .marks()
            .map(|mark| (mark.at.as_secs_f64(), ink(&mark.kind)))
            .collect();
        Plot {
            time: series.window(),
            scale: self.scale,
            lines,
            marks,
            label: self.label,
        }
    }
}

/// The ink of a mark.
pub(crate) const fn ink(kind: &MarkKind) -> Ink {
    match kind {
        MarkKind::FaultOn(..)
        | MarkKind::OutOfMemory(_)
        | MarkKind::Unhealthy(_)
        | MarkKind::Readiness(_, false)
        | MarkKind::BackOff(..)
        | MarkKind::Blocked(_) => Ink::Trouble,
        MarkKind::FaultOff(..) | MarkKind::Restarted(_) | MarkKind::Readiness(_, true) => Ink::Good,
        MarkKind::Switched(..) | MarkKind::Scaled(..) => Ink::Work,
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct PaneProps {
    pub(crate) place: usize,
    pub(crate) canvas: NodeRef,
    pub(crate) legend: Rc<Vec<Entry>>,
    /// What the chart says to people who do not see it; it changes seldom.
    pub(crate) spoken: AttrValue,
}

/// The frame of a chart: title, legend with the newest values, and the canvas it is drawn on.
#[component]
pub(crate) fn Pane(props: &PaneProps) -> Html {
    let chart = &CHARTS[props.place];
    html! {
        <figure class="chart" title={chart.definition}>
            <figcaption>
                <h3>{ chart.title }</h3>
                <span class="unit">{ chart.unit }</span>
                <ul class="legend">
                    for entry in props.legend.iter() {
                        <li>
                            <svg class={format!("key ink-{}", &entry.ink.variable()[2..])} viewBox="0 0 18 4" aria-hidden="true">
                                <path d="M0 2h18" stroke-dasharray={dashes(entry.dash)} />
                            </svg>
                            { &entry.name }{ " " }<b>{ &entry.value }</b>
                        </li>
                    }
                </ul>
            </figcaption>
            <div class="plot"><canvas ref={&props.canvas} role="img" aria-label={&props.spoken}></canvas></div>
        </figure>
    }
}

const fn dashes(dash: Dash) -> &'static str {
    match dash {
        Dash::Solid => "none",
        Dash::Dashed => "6 3",
        Dash::Dotted => "2 2",
    }
}

/// A chart in a sentence: its title and its newest values.
pub(crate) fn spoken(place: usize, legend: &[Entry]) -> AttrValue {
    let chart = &CHARTS[place];
    let values: Vec<String> = legend
        .iter()
        .map(|e| format!("{} {}", e.name, e.value))
        .collect();
    let values = if values.is_empty() {
        "nothing yet".to_owned()
    } else {
        values.join(", ")
    };
    format!("Chart: {}, {}. Now: {values}.", chart.title, chart.unit).into()
}
