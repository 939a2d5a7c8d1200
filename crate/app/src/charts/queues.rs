//! Queue depth: messages that wait on async edges, and requests that wait in front of services.

use sim::frame::Bucket;
use sim::scenario::Mode;

use super::{Chart, LOOKS, Named};
use crate::ink::Ink;
use crate::plot::{Dash, Line, Scale};
use crate::words::count;

const MOST: usize = 3;

pub(super) const CHART: Chart = Chart {
    title: "Queue depth",
    unit: "items",
    definition: "Messages that are ready for delivery on each async edge, and, together, the requests in the \
                 accept queues of all services.",
    scale: Scale::Linear(20.0),
    label: count,
    pair: &[],
    lines: |series, scenario| {
        let accept = |b: &Bucket| {
            (!b.services.is_empty()).then(|| b.services.iter().map(|s| s.queue).sum::<f32>())
        };
        let mut lines = Vec::new();
        for (place, (id, edge)) in scenario.edges.iter().enumerate() {
            let points = series.level(|b| b.edges.get(place).map(|e| e.ready));
            let used = edge.mode == Mode::Async || points.iter().any(|(_, v)| *v > 0.0);
            if used && lines.len() < MOST {
                let look = if lines.is_empty() {
                    (Ink::Queue, Dash::Solid)
                } else {
                    LOOKS[lines.len() + 1]
                };
                lines.push(named(scenario.edge_name(id), look, points));
            }
        }
        // Last, where a narrow legend has the least room: the board shows these at the doors of the cards.
        let look = (Ink::Dim, Dash::Dotted);
        lines.push(named("accept queues".into(), look, series.level(accept)));
        lines
    },
};

fn named(name: String, (ink, dash): (Ink, Dash), points: Vec<(f64, f64)>) -> Named {
    let value = points.last().map_or("–".into(), |(_, v)| count(*v));
    Named {
        name,
        value,
        line: Line { ink, dash, points },
    }
}
