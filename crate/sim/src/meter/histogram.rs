//! A histogram of lengths of time: 128 buckets an octave, so any percentile is within 0.4 %.
//!
//! The bucket is read off the bits of the number as a double: its exponent and the first seven bits of
//! its mantissa. One shift, no logarithm, the same on every target.

use crate::units::Span;

const SHIFT: u32 = 52 - 7;
/// The bits of 1.0, the shortest span told apart from zero: a nanosecond.
const FIRST: u64 = 1.0f64.to_bits() >> SHIFT;
/// 44 octaves: from a nanosecond to nearly five hours.
const CELLS: usize = 44 * 128;

/// Counts of spans, by their length.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    cells: Vec<u32>,
    count: u64,
    /// In nanoseconds.
    sum: u128,
}

fn cell(span: Span) -> usize {
    let bits = (span.as_nanos().max(1) as f64).to_bits() >> SHIFT;
    ((bits - FIRST) as usize).min(CELLS - 1)
}

/// The middle of a bucket; the first one is for no time at all.
fn middle(cell: usize) -> f64 {
    if cell == 0 {
        return 0.0;
    }
    let low = f64::from_bits((cell as u64 + FIRST) << SHIFT);
    let high = f64::from_bits((cell as u64 + FIRST + 1) << SHIFT);
    f64::midpoint(low, high)
}

impl Histogram {
    /// Takes in one span.
    pub fn record(&mut self, span: Span) {
        if self.cells.is_empty() {
            self.cells = vec![0; CELLS];
        }
        self.cells[cell(span)] += 1;
        self.count += 1;
        self.sum += u128::from(span.as_nanos());
    }

    /// Takes in all that another one has.
    pub fn merge(&mut self, other: &Histogram) {
        if self.cells.is_empty() {
            self.cells.clone_from(&other.cells);
        } else {
            for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
                *cell += more;
            }
        }
        self.count += other.count;
        self.sum += other.sum;
    }

    /// How many were taken in.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean.
    pub fn mean(&self) -> Option<Span> {
        (self.count > 0).then(|| Span::from_nanos_f64(self.sum as f64 / self.count as f64))
    }

    /// The span that this share of them does not exceed (nearest rank).
    pub fn percentile(&self, share: f64) -> Option<Span> {
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        self.cells.iter().enumerate().find_map(|(place, n)| {
            seen += u64::from(*n);
            (seen >= rank).then(|| Span::from_nanos_f64(middle(place)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    #[test]
    fn percentiles_are_within_their_bound() {
        let mut histogram = Histogram::default();
        let mut exact: Vec<u64> = Vec::new();
        let mut luck = Luck::of_seed(2).stream();
        for _ in 0..50_000 {
            let span = crate::dist::exponential(Span::millis(20), &mut luck);
            histogram.record(span);
            exact.push(span.as_nanos());
        }
        exact.sort_unstable();
        for share in [0.01, 0.5, 0.95, 0.99, 0.999, 1.0] {
            let rank = ((share * exact.len() as f64).ceil() as usize).max(1) - 1;
            let measured = histogram.percentile(share).unwrap().as_nanos() as f64;
            let error = (measured / exact[rank] as f64 - 1.0).abs();
            assert!(error < 0.004, "p{share}: {error}");
        }
        let mean = exact.iter().sum::<u64>() as f64 / exact.len() as f64;
        let measured = histogram.mean().unwrap().as_nanos() as f64;
        assert!((measured / mean - 1.0).abs() < 1e-7);
    }

    #[test]
    fn two_merged_are_as_one() {
        let (mut one, mut other, mut both) = (
            Histogram::default(),
            Histogram::default(),
            Histogram::default(),
        );
        for millis in 1..=100 {
            let span = Span::millis(millis);
            let half = if millis % 3 == 0 {
                &mut one
            } else {
                &mut other
            };
            half.record(span);
            both.record(span);
        }
        let mut merged = Histogram::default();
        merged.merge(&one);
        merged.merge(&other);
        merged.merge(&Histogram::default());
        assert_eq!((merged.count(), merged.mean()), (both.count(), both.mean()));
        for share in [0.1, 0.5, 0.99, 0.999] {
            assert_eq!(merged.percentile(share), both.percentile(share));
        }
    }

    #[test]
    fn zero_and_very_long_spans_have_a_place() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(0.5), None);
        histogram.record(Span::ZERO);
        histogram.record(Span::DAY);
        assert_eq!(histogram.count(), 2);
        assert_eq!(histogram.percentile(0.5), Some(Span::ZERO));
        assert!(histogram.percentile(1.0).unwrap() > Span::secs(16_000));
    }
}
