//! Latency: how long good answers took.

use sim::frame::Bucket;

use super::{Chart, Named};
use crate::ink::Ink;
use crate::plot::{Dash, Line, Scale};
use crate::words::seconds;

pub(super) const CHART: Chart = Chart {
    title: "Latency",
    unit: "log scale",
    definition: "How long ok answers took, from the client's request, over the last second: the median, and \
                 what 95 and 99 of 100 stay below.",
    scale: Scale::Log(0.01, 1.0),
    label: axis,
    pair: &["p99"],
    lines: |series, _| {
        let quantiles: [(&str, Ink, Dash); 3] = [
            ("p50", Ink::Work, Dash::Solid),
            ("p95", Ink::Wait, Dash::Dashed),
            ("p99", Ink::Trouble, Dash::Dotted),
        ];
        let line = |(place, (name, ink, dash)): (usize, (&str, Ink, Dash))| {
            let of = |bucket: &Bucket| bucket.latency.map(|all| all[place]);
            let value = series.last().and_then(of);
            Named {
                name: name.into(),
                value: value.map_or("–".into(), |v| seconds(f64::from(v))),
                line: Line {
                    ink,
                    dash,
                    points: series.level(of),
                },
            }
        };
        quantiles.into_iter().enumerate().map(line).collect()
    },
};

/// Powers of ten only.
fn axis(secs: f64) -> String {
    if secs < 0.000_99 {
        format!("{:.0} µs", secs * 1e6)
    } else if secs < 0.99 {
        format!("{:.0} ms", secs * 1e3)
    } else {
        format!("{secs:.0} s")
    }
}
