//! Series: the last hour in buckets, with the marks on it; the charts draw the minute before the moment that is shown.

use std::collections::VecDeque;

use sim::Frame;
use sim::frame::{BUCKET, Bucket, Mark};
use sim::scenario::{EdgeId, NodeId};
use sim::units::{Span, Time};

/// How much of the past a chart shows.
pub(crate) const WINDOW: f64 = 60.0;
/// How much of it is kept for going back.
const KEPT: f64 = 3_600.0;
/// Rates are counted over a second.
const SECOND: usize = 10;

/// The figures over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series {
    buckets: VecDeque<Bucket>,
    marks: VecDeque<Mark>,
    /// The moment that is shown.
    now: Time,
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
        self.put(frame);
        self.now = frame.at;
        let keep = Span::from_secs_f64(KEPT);
        let old = |at: Time| frame.at.since(at) > keep;
        while self.buckets.front().is_some_and(|b| old(b.at)) {
            self.buckets.pop_front();
        }
        while self.marks.front().is_some_and(|m| old(m.at)) {
            self.marks.pop_front();
        }
    }

    /// Puts buckets and marks in; after a jump they may lie in the past, in place of what was there.
    fn put(&mut self, frame: &Frame) {
        let (Some(first), Some(last)) = (frame.buckets.first(), frame.buckets.last()) else {
            self.marks.extend(frame.marks.iter().cloned());
            return;
        };
        if self.buckets.back().is_none_or(|b| b.at < first.at) {
            self.buckets.extend(frame.buckets.iter().cloned());
            self.marks.extend(frame.marks.iter().cloned());
            return;
        }
        let after = self.buckets.partition_point(|b| b.at <= last.at);
        let mut later = self.buckets.split_off(after);
        let from = self.buckets.partition_point(|b| b.at < first.at);
        self.buckets.truncate(from);
        self.buckets.extend(frame.buckets.iter().cloned());
        self.buckets.append(&mut later);
        let start = Time::from_nanos(first.at.as_nanos() - BUCKET.as_nanos());
        self.marks
            .retain(|mark| mark.at < start || mark.at > frame.at);
        let place = self.marks.partition_point(|mark| mark.at < start);
        let mut later = self.marks.split_off(place);
        self.marks.extend(frame.marks.iter().cloned());
        self.marks.append(&mut later);
    }

    /// The run is another one from here on: what was there is gone.
    pub(crate) fn cut(&mut self, end: Time) {
        let left = self.buckets.partition_point(|bucket| bucket.at <= end);
        self.buckets.truncate(left);
        self.marks.retain(|mark| mark.at <= end);
    }

    /// The window in seconds: the whole run while it is short, then the last minute.
    pub(crate) fn window(&self) -> (f64, f64) {
        let end = self.now.as_secs_f64().max(WINDOW);
        (end - WINDOW, end)
    }

    /// What the window shows, and a second before it.
    fn seen(&self) -> impl Iterator<Item = &Bucket> {
        let from = Span::from_secs_f64((self.window().0 - 1.0).max(0.0));
        let first = self.buckets.partition_point(|b| b.at < Time::ZERO + from);
        let buckets = self.buckets.range(first..);
        buckets.take_while(|bucket| bucket.at <= self.now)
    }

    /// All marks of the run that are kept.
    pub(crate) fn all_marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter()
    }

    pub(crate) fn marks(&self) -> impl Iterator<Item = &Mark> {
        let (from, _) = self.window();
        let seen = move |mark: &&Mark| mark.at.as_secs_f64() >= from && mark.at <= self.now;
        self.marks.iter().filter(seen)
    }

    pub(crate) fn last(&self) -> Option<&Bucket> {
        let after = self.buckets.partition_point(|b| b.at <= self.now);
        self.buckets.get(after.checked_sub(1)?)
    }

    /// A level over time.
    pub(crate) fn level(&self, of: impl Fn(&Bucket) -> Option<f32>) -> Vec<(f64, f64)> {
        let point = |b: &Bucket| of(b).map(|v| (b.at.as_secs_f64(), f64::from(v)));
        self.seen()
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
        let seen: Vec<&Bucket> = self.seen().collect();
        let mut points = Vec::with_capacity(seen.len());
        for (place, bucket) in seen.iter().enumerate() {
            sum += u64::from(of(bucket));
            if place >= SECOND {
                sum -= u64::from(of(seen[place - SECOND]));
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
        let long = fed(40_000);
        assert_eq!(long.window(), (3_940.0, 4_000.0));
        assert!(long.buckets.len() <= 36_001);
        assert!(long.rate(|b| b.offered).len() < 620);
    }

    #[test]
    fn a_jump_shows_the_past_and_puts_what_comes_again_in_its_place() {
        let mut series = fed(900);
        let at = |n: u64| Time::from_nanos(n * BUCKET.as_nanos());
        let bucket = |n: u64| Bucket {
            at: at(n),
            offered: 50,
            ..Bucket::default()
        };
        // Back to 70 s; the replay from the checkpoint brings the last two buckets again.
        series.fold(&Frame {
            from: at(700),
            at: at(700),
            buckets: vec![bucket(699), bucket(700)],
            ..Frame::default()
        });
        assert_eq!(
            series.buckets.len(),
            900,
            "nothing is lost and nothing doubled"
        );
        assert_eq!(series.window(), (10.0, 70.0));
        assert_eq!(
            series.last().map(|b| (b.at, b.offered)),
            Some((at(700), 50))
        );
        assert!(series.buckets.iter().is_sorted_by_key(|b| b.at));
        series.cut(at(700));
        assert_eq!(series.buckets.len(), 700);
    }
}
