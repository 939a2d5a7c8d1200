//! Threads waiting: the share of each pool that only waits for another service.

use sim::Scenario;
use sim::frame::Bucket;
use sim::scenario::NodeKind;

use super::{Chart, LOOKS, Named};
use crate::ink::Ink;
use crate::plot::{Dash, Line, Scale};

/// A pool that never gets this full of waiting threads is left out while others do.
const WORTH: f64 = 5.0;
/// So many lines can be told apart.
const MOST: usize = 4;

pub(super) const CHART: Chart = Chart {
    title: "Threads waiting",
    unit: "% of the pool",
    definition: "The share of each service's threads that only wait for the answer of another service, mean of the last second.",
    scale: Scale::Linear(92.5),
    label: |v| format!("{v:.0}"),
    pair: &[],
    lines: |series, scenario| {
        let mut pools: Vec<(f64, Named)> = pools(scenario)
            .map(|(place, name, threads)| {
                let of = move |b: &Bucket| {
                    let of = b.services.get(place)?;
                    Some(of.waiting / (threads * of.running.max(1.0)) * 100.0)
                };
                let points = series.mean(of);
                let (ink, dash) = LOOKS[place % LOOKS.len()];
                let value = points.last().map_or("–".into(), |(_, v)| format!("{v:.0}"));
                let peak = points.iter().map(|(_, v)| *v).fold(0.0, f64::max);
                (
                    peak,
                    Named {
                        name,
                        value,
                        line: Line { ink, dash, points },
                    },
                )
            })
            .filter(|(peak, _)| *peak > 0.0)
            .collect();
        let threshold = if pools.iter().any(|(peak, _)| *peak >= WORTH) {
            WORTH
        } else {
            0.0
        };
        pools.retain(|(peak, _)| *peak >= threshold);
        while pools.len() > MOST {
            let least = pools
                .iter()
                .enumerate()
                .min_by(|a, b| a.1.0.total_cmp(&b.1.0))
                .map(|(place, _)| place);
            pools.remove(least.unwrap_or(0));
        }
        different(pools.into_iter().map(|(_, named)| named).collect())
    },
};

/// The bounded pools: their place among the services, their names and the size of each replica's.
fn pools(scenario: &Scenario) -> impl Iterator<Item = (usize, String, f32)> {
    let services = scenario
        .nodes
        .iter()
        .filter_map(|(id, node)| match &node.kind {
            NodeKind::Service(service) => Some((id, service)),
            NodeKind::Client(_) | NodeKind::Broker(_) => None,
        });
    services.enumerate().filter_map(|(place, (id, service))| {
        let threads = service.workers().number()?;
        Some((
            place,
            scenario.node_name(id).to_owned(),
            threads.max(1) as f32,
        ))
    })
}

/// Gives a line another look if an earlier one has the same.
fn different(mut lines: Vec<Named>) -> Vec<Named> {
    for place in 1..lines.len() {
        let (before, rest) = lines.split_at_mut(place);
        let line = &mut rest[0].line;
        let taken = |look: &(Ink, Dash)| {
            before
                .iter()
                .any(|other| (other.line.ink, other.line.dash) == *look)
        };
        if taken(&(line.ink, line.dash))
            && let Some((ink, dash)) = LOOKS.into_iter().find(|look| !taken(look))
        {
            (line.ink, line.dash) = (ink, dash);
        }
    }
    lines
}
