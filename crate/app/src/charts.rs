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
}

/// A line with its name and its newest value in words.
struct Named {
    name: String,
    value: String,
    line: Line,
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
        let ink = |kind: &MarkKind| match kind {
            MarkKind::FaultOn(..)
            | MarkKind::OutOfMemory(_)
            | MarkKind::Unhealthy(_)
            | MarkKind::Readiness(_, false)
            | MarkKind::BackOff(..)
            | MarkKind::Blocked(_) => Ink::Trouble,
            MarkKind::FaultOff(..) | MarkKind::Restarted(_) | MarkKind::Readiness(_, true) => {
                Ink::Good
            }
            MarkKind::Switched(..) | MarkKind::Scaled(..) => Ink::Work,
        };
        let marks = series
            .marks()
            .map(|mark| (mark.at.as_secs_f64(), ink(&mark.kind)))
            .collect();
        let plot = Plot {
            time: series.window(),
            scale: self.scale,
            lines,
            marks,
            label: self.label,
        };
        (plot, legend)
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
