//! Recent: the readings of the last second, from which rates and states are made.

use std::collections::VecDeque;

use crate::units::Span;

/// Buckets in the second that rates and states look back on.
pub const SECOND: usize = 10;

/// Readings at the ends of the last buckets, and the spans recorded in each.
#[derive(Debug, Clone)]
pub struct Recent<R> {
    /// From a second ago to the last full bucket.
    readings: VecDeque<R>,
    /// Spans in nanoseconds, per bucket; the last one is still open.
    spans: VecDeque<Vec<u64>>,
}

impl<R: Copy + Default> Default for Recent<R> {
    fn default() -> Self {
        Recent {
            readings: VecDeque::from([R::default()]),
            spans: VecDeque::from([Vec::new()]),
        }
    }
}

impl<R: Copy + Default> Recent<R> {
    /// A span ended now.
    pub fn record(&mut self, span: Span) {
        if let Some(open) = self.spans.back_mut() {
            open.push(span.as_nanos());
        }
    }

    /// A bucket closes with this reading.
    pub fn close(&mut self, reading: R) {
        self.readings.push_back(reading);
        if self.readings.len() > SECOND + 1 {
            self.readings.pop_front();
        }
        // The oldest bucket's space serves the new one.
        let mut open = if self.spans.len() > SECOND {
            self.spans.pop_front().unwrap_or_default()
        } else {
            Vec::new()
        };
        open.clear();
        self.spans.push_back(open);
    }

    /// The readings a second ago (or at the start) and at the end of the last full bucket, and the time
    /// between them in seconds.
    pub fn second(&self) -> (R, R, f64) {
        let first = self.readings.front().copied().unwrap_or_default();
        let last = self.readings.back().copied().unwrap_or_default();
        (
            first,
            last,
            (self.readings.len() - 1) as f64 / SECOND as f64,
        )
    }

    /// The readings at both ends of the last full bucket.
    pub fn bucket(&self) -> (R, R) {
        let n = self.readings.len();
        let at = |back: usize| {
            self.readings
                .get(n.wrapping_sub(back))
                .copied()
                .unwrap_or_default()
        };
        (at(2), at(1))
    }

    /// The spans of the last second.
    pub fn spans(&self) -> impl Iterator<Item = u64> + '_ {
        self.spans
            .iter()
            .take(self.spans.len() - 1)
            .flatten()
            .copied()
    }
}
