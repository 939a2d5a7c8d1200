//! Requests: what was asked for, what was answered, and what was answered well and in time.

use sim::frame::Bucket;

use super::{Chart, Named};
use crate::ink::Ink;
use crate::plot::{Dash, Line, Scale};
use crate::words::count;

/// A line: its name, its look, and what it counts.
type Kind = (&'static str, Ink, Dash, fn(&Bucket) -> u32);

pub(super) const CHART: Chart = Chart {
    title: "Requests",
    unit: "per second",
    definition: "Of all clients, over the last second. Offered: requests sent. Throughput: requests answered, \
                 well or badly. Goodput: ok answers within the client's deadline.",
    scale: Scale::Linear(10.0),
    label: count,
    pair: &["goodput", "offered"],
    lines: |series, _| {
        let rates: [Kind; 3] = [
            ("offered", Ink::Dim, Dash::Dotted, |b| b.offered),
            ("throughput", Ink::Work, Dash::Dashed, |b| b.answered),
            ("goodput", Ink::Good, Dash::Solid, |b| b.good),
        ];
        let line = |(name, ink, dash, of): Kind| {
            let points = series.rate(of);
            let value = points.last().map_or("–".into(), |(_, v)| count(*v));
            Named {
                name: name.into(),
                value,
                line: Line { ink, dash, points },
            }
        };
        rates.into_iter().map(line).collect()
    },
};
