//! Recent: what the buckets of the last second added, from which rates and states are made.

use std::collections::VecDeque;

use super::flow::Flow;
use crate::units::Span;

/// Buckets in the second that rates and states look back on.
pub const SECOND: usize = 10;

/// What each of the last buckets added to a tally, their sum, and the spans recorded in each.
///
/// A tally that nothing happens to may leave out its buckets once all of its last second are alike: then the second
/// stays what it is however far it moves on. `wake` tells it where it is before something happens again.
#[derive(Debug, Clone)]
pub struct Recent<F> {
    /// At the end of the last bucket.
    read: F,
    /// What each bucket of the last second added, round and round.
    buckets: [F; SECOND],
    /// Their sum.
    second: F,
    /// The place of the last bucket.
    last: usize,
    /// How many there were, up to a second of them.
    closed: usize,
    /// Spans in nanoseconds, in order; those of the open bucket too.
    spans: VecDeque<u64>,
    /// How many of them each bucket of the last second has.
    ended: [u32; SECOND],
    /// How many are of buckets that have closed.
    whole: usize,
}

impl<F: Flow> Default for Recent<F> {
    fn default() -> Self {
        Recent {
            read: F::default(),
            buckets: [F::default(); SECOND],
            second: F::default(),
            last: 0,
            closed: 0,
            spans: VecDeque::new(),
            ended: [0; SECOND],
            whole: 0,
        }
    }
}

impl<F: Flow> Recent<F> {
    /// A span ended now.
    pub fn record(&mut self, span: Span) {
        self.spans.push_back(span.as_nanos());
    }

    /// A bucket closes with this reading; whether the spans of the last second are others now.
    pub fn close(&mut self, read: F) -> bool {
        let added = read.less(&self.read);
        self.read = read;
        self.last = (self.last + 1) % SECOND;
        let slot = &mut self.buckets[self.last];
        self.second = self.second.and(&added).less(slot);
        *slot = added;
        self.closed = (self.closed + 1).min(SECOND);
        let ended = (self.spans.len() - self.whole) as u32;
        let gone = std::mem::replace(&mut self.ended[self.last], ended);
        for _ in 0..gone {
            self.spans.pop_front();
        }
        self.whole = self.spans.len();
        ended | gone > 0
    }

    /// The buckets up to now were left out, each like the last one; this was the reading at the end of it.
    pub fn wake(&mut self, read: F) {
        self.read = read;
    }

    /// The reading at the end of the last bucket.
    pub const fn read(&self) -> &F {
        &self.read
    }

    /// What the last second added (or the time since the start), and how long it was in seconds.
    pub fn second(&self) -> (&F, f64) {
        (&self.second, self.closed as f64 / SECOND as f64)
    }

    /// What the last bucket added.
    pub const fn bucket(&self) -> &F {
        &self.buckets[self.last]
    }

    /// What the first bucket of the last second added.
    pub const fn oldest(&self) -> &F {
        &self.buckets[(self.last + 1) % SECOND]
    }

    /// The spans of the last second.
    pub fn spans(&self) -> impl Iterator<Item = u64> + '_ {
        self.spans.range(..self.whole).copied()
    }
}
