//! Series: the last minute in buckets, with the marks on it, as the charts draw it.

use std::collections::VecDeque;

use sim::Frame;
use sim::frame::{BUCKET, Bucket, Mark};
use sim::scenario::{EdgeId, NodeId};
use sim::units::{Span, Time};

/// How much of the past a chart shows.
pub(crate) const WINDOW: f64 = 60.0;
/// Rates are counted over a second.
const SECOND: usize = 10;

/// The figures over time.
#[derive(Debug, Default)]
pub(crate) struct Series {
    buckets: VecDeque<Bucket>,
    marks: VecDeque<Mark>,
    /// What the parts of the buckets belong to, in their order.
    services: Vec<NodeId>,
    edges: Vec<EdgeId>,
}

/// Parts in a new order; what was not there before has none.
fn moved<Id: PartialEq, Part: Copy + Default>(parts: &[Part], old: &[Id], new: &[Id]) -> Vec<Part> {
    let of = |id| {
        old.iter()
            .position(|other| other == id)
            .and_then(|place| parts.get(place))
    };
    new.iter()
        .map(|id| of(id).copied().unwrap_or_default())
        .collect()
}

impl Series {
    pub(crate) fn fold(&mut self, frame: &Frame) {
        let services: Vec<NodeId> = frame.services.iter().map(|s| s.id.clone()).collect();
        let edges: Vec<EdgeId> = frame.edges.iter().map(|e| e.id.clone()).collect();
        if services != self.services || edges != self.edges {
            // Elements came or went: the parts of older buckets move to their new places.
            for old in &mut self.buckets {
                old.services = moved(&old.services, &self.services, &services);
                old.edges = moved(&old.edges, &self.edges, &edges);
            }
            (self.services, self.edges) = (services, edges);
        }
        self.buckets.extend(frame.buckets.iter().cloned());
        self.marks.extend(frame.marks.iter().cloned());
        let keep = Span::from_secs_f64(WINDOW + 1.0);
        let old = |at: Time| frame.at.since(at) > keep;
        while self.buckets.front().is_some_and(|b| old(b.at)) {
            self.buckets.pop_front();
        }
        while self.marks.front().is_some_and(|m| old(m.at)) {
            self.marks.pop_front();
        }
    }

    /// The window in seconds: the whole run while it is short, then the last minute.
    pub(crate) fn window(&self) -> (f64, f64) {
        let end = self
            .buckets
            .back()
            .map_or(0.0, |b| b.at.as_secs_f64())
            .max(WINDOW);
        (end - WINDOW, end)
    }

    pub(crate) fn marks(&self) -> impl Iterator<Item = &Mark> {
        let (from, _) = self.window();
        self.marks
            .iter()
            .filter(move |mark| mark.at.as_secs_f64() >= from)
    }

    pub(crate) fn last(&self) -> Option<&Bucket> {
        self.buckets.back()
    }

    /// A level over time.
    pub(crate) fn level(&self, of: impl Fn(&Bucket) -> Option<f32>) -> Vec<(f64, f64)> {
        let point = |b: &Bucket| of(b).map(|v| (b.at.as_secs_f64(), f64::from(v)));
        self.buckets
            .iter()
            .filter_map(point)
            .filter(|(_, v)| v.is_finite())
            .collect()
    }

    /// A level over time, each point the mean of the second that ends there.
    pub(crate) fn mean(&self, of: impl Fn(&Bucket) -> Option<f32>) -> Vec<(f64, f64)> {
        let points = self.level(of);
        let mean = |end: usize| {
            let part = &points[(end + 1).saturating_sub(SECOND)..=end];
            part.iter().map(|(_, v)| *v).sum::<f64>() / part.len() as f64
        };
        points
            .iter()
            .enumerate()
            .map(|(end, (at, _))| (*at, mean(end)))
            .collect()
    }

    /// A count over time, per second: each point is of the second that ends there.
    pub(crate) fn rate(&self, of: impl Fn(&Bucket) -> u32) -> Vec<(f64, f64)> {
        let mut sum = 0u64;
        let mut points = Vec::with_capacity(self.buckets.len());
        for (place, bucket) in self.buckets.iter().enumerate() {
            sum += u64::from(of(bucket));
            if place >= SECOND {
                sum -= u64::from(of(&self.buckets[place - SECOND]));
            }
            let counted = (place + 1).min(SECOND) as f64 * BUCKET.as_secs_f64();
            points.push((bucket.at.as_secs_f64(), sum as f64 / counted));
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(buckets: u64) -> Series {
        let mut series = Series::default();
        for n in 1..=buckets {
            let at = Time::from_nanos(n * BUCKET.as_nanos());
            let bucket = Bucket {
                at,
                offered: 20,
                ..Bucket::default()
            };
            series.fold(&Frame {
                at,
                buckets: vec![bucket],
                ..Frame::default()
            });
        }
        series
    }

    #[test]
    fn a_rate_is_per_second_from_the_first_bucket_on() {
        let points = fed(30).rate(|b| b.offered);
        assert_eq!(points.len(), 30);
        assert!(
            points.iter().all(|(_, v)| (v - 200.0).abs() < 1e-6),
            "{points:?}"
        );
    }

    #[test]
    fn the_window_stands_and_then_moves_and_the_past_is_forgotten() {
        assert_eq!(fed(50).window(), (0.0, WINDOW));
        let long = fed(2_000);
        assert_eq!(long.window(), (140.0, 200.0));
        assert!(long.buckets.len() < 620);
    }
}
