//! Slices: counts over a sliding window of ten equal parts, the one under way included.

use crate::units::{Span, Time};

const SLICES: usize = 10;

/// Two counts over the last ten slices of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slices {
    cells: [[u32; 2]; SLICES],
    /// The number of the newest slice, from the start of the run.
    newest: u64,
}

impl Slices {
    /// Moves on to now and gives the slice that is under way.
    fn slice(&mut self, now: Time, window: Span) -> &mut [u32; 2] {
        let slice = now.as_nanos() / (window.as_nanos() / SLICES as u64).max(1);
        let gone = slice.saturating_sub(self.newest).min(SLICES as u64);
        for back in 0..gone {
            self.cells[((slice - back) % SLICES as u64) as usize] = [0; 2];
        }
        self.newest = self.newest.max(slice);
        &mut self.cells[(self.newest % SLICES as u64) as usize]
    }

    /// Counts one more of the first or the second kind.
    pub fn count(&mut self, now: Time, window: Span, kind: usize) {
        self.slice(now, window)[kind] += 1;
    }

    /// Both counts over the window.
    pub fn sums(&mut self, now: Time, window: Span) -> [u64; 2] {
        self.slice(now, window);
        [0, 1].map(|kind| self.cells.iter().map(|cell| u64::from(cell[kind])).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let window = Span::secs(10);
        let at = |ms| Time::ZERO + Span::millis(ms);
        let mut slices = Slices::default();
        slices.count(at(500), window, 0);
        slices.count(at(3_000), window, 0);
        slices.count(at(3_999), window, 1);
        assert_eq!(slices.sums(at(9_999), window), [2, 1]);
        assert_eq!(slices.sums(at(10_000), window), [1, 1]);
        assert_eq!(slices.sums(at(12_999), window), [1, 1]);
        assert_eq!(slices.sums(at(13_000), window), [0, 0]);
        slices.count(at(90_000), window, 1);
        assert_eq!(slices.sums(at(90_000), window), [0, 1]);
    }
}
