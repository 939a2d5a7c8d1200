//! A partition: its records in order, and how far its one reader has come with them.

use std::collections::VecDeque;

use super::Reset;
use crate::units::{Span, Time};

/// A partition and the place of the group in it. Offsets count its records from 0 on:
/// `committed <= position <= fetched <= end`. What retention has deleted is below `start`; what the reader has
/// polled by then stays in its hands, and in the books, until it commits or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition<R> {
    /// From the first on that is unread or polled.
    kept: VecDeque<Entry<R>>,
    /// The offset of the first of them.
    base: u64,
    /// What is below was deleted.
    start: u64,
    committed: u64,
    position: u64,
    fetched: u64,
    unread: usize,
    polled: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry<R> {
    /// None once it was passed over or deleted.
    record: Option<R>,
    at: Time,
}

impl<R> Default for Partition<R> {
    fn default() -> Self {
        Partition {
            kept: VecDeque::new(),
            base: 0,
            start: 0,
            committed: 0,
            position: 0,
            fetched: 0,
            unread: 0,
            polled: 0,
        }
    }
}

impl<R: Copy> Partition<R> {
    /// A record comes in.
    pub fn append(&mut self, record: R, now: Time) {
        self.kept.push_back(Entry {
            record: Some(record),
            at: now,
        });
        self.unread += 1;
    }

    /// The offset of the next record to come.
    pub fn end(&self) -> u64 {
        self.base + self.kept.len() as u64
    }

    /// The next record that the reader will poll.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Where a new reader begins.
    pub const fn committed(&self) -> u64 {
        self.committed
    }

    /// Records that the reader has not polled.
    pub const fn unread(&self) -> usize {
        self.unread
    }

    /// Records that the reader has polled and not committed.
    pub const fn polled(&self) -> usize {
        self.polled
    }

    /// Records that are not committed.
    pub const fn lag(&self) -> usize {
        self.unread + self.polled
    }

    /// Whether nothing is in it that anybody will read.
    pub fn is_drained(&self) -> bool {
        self.kept.is_empty()
    }

    /// When the oldest record came.
    pub fn oldest(&self) -> Option<Time> {
        let mut records = self.kept.iter().filter(|entry| entry.record.is_some());
        records.next().map(|entry| entry.at)
    }

    /// Whether the reader's next record is deleted.
    const fn has_lost_its_place(&self) -> bool {
        self.position < self.start
    }

    /// Whether the reader has nothing in its hands to poll, or has lost its place.
    pub const fn wants(&self) -> bool {
        self.fetched <= self.position || self.has_lost_its_place()
    }

    /// How many records a fetch would bring, at most so many.
    pub fn available(&self, most: u64) -> u64 {
        if self.wants() && !self.has_lost_its_place() {
            (self.end() - self.position).min(most)
        } else {
            0
        }
    }

    /// The reader has fetched up to there.
    pub fn fetched(&mut self, upto: u64) {
        self.fetched = self.fetched.max(upto).min(self.end());
    }

    /// What was fetched and not polled is thrown away.
    pub const fn forget_fetched(&mut self) {
        self.fetched = self.position;
    }

    /// A reader whose place is gone finds a new one; these records it passes over.
    pub fn find_place(&mut self, reset: Reset) -> Vec<R> {
        let mut passed = Vec::new();
        if !self.has_lost_its_place() {
            return passed;
        }
        self.position = match reset {
            Reset::Earliest => self.start.min(self.end()),
            Reset::Latest => {
                let unread = self.position.saturating_sub(self.base) as usize;
                let entries = self.kept.iter_mut().skip(unread);
                passed.extend(entries.filter_map(|entry| entry.record.take()));
                self.unread = 0;
                self.end()
            }
        };
        self.fetched = self.position;
        self.trim();
        passed
    }

    /// The next record that was fetched, with its offset.
    pub fn poll(&mut self) -> Option<(u64, R)> {
        while self.position < self.fetched && !self.has_lost_its_place() {
            let offset = self.position;
            let entry = self.kept[(offset - self.base) as usize];
            self.position += 1;
            if let Some(record) = entry.record {
                self.unread -= 1;
                self.polled += 1;
                return Some((offset, record));
            }
        }
        None
    }

    /// All up to there is done with; gives one record after the other, and none after the last.
    pub fn commit(&mut self, upto: u64) -> Option<R> {
        self.committed = self.committed.max(upto.min(self.end()));
        while self.base < self.committed {
            let offset = self.base;
            let entry = self.kept.pop_front()?;
            self.base += 1;
            if let Some(record) = entry.record {
                self.left(offset);
                return Some(record);
            }
        }
        None
    }

    /// The reader is another one, or the same anew: it begins where the last commit was. What it had polled: it is
    /// unread again, or was deleted meanwhile, as the flag says.
    pub fn rewind(&mut self) -> Vec<(R, bool)> {
        let read = self.position.saturating_sub(self.base) as usize;
        let mut polled = Vec::new();
        for (place, entry) in self.kept.iter_mut().take(read).enumerate() {
            let deleted = self.base + (place as u64) < self.start;
            polled.extend(entry.record.map(|record| (record, deleted)));
            if deleted {
                entry.record = None;
            }
        }
        let gone = polled.iter().filter(|(_, deleted)| *deleted).count();
        self.unread += self.polled - gone;
        self.polled = 0;
        self.position = self.committed;
        self.fetched = self.committed;
        self.trim();
        polled
    }

    /// A record is passed over for good; whether it was there.
    pub fn pass(&mut self, offset: u64) -> bool {
        let Some(place) = offset.checked_sub(self.base) else {
            return false;
        };
        let entry = self.kept.get_mut(place as usize);
        let was = entry.and_then(|entry| entry.record.take()).is_some();
        if was {
            self.left(offset);
            self.trim();
        }
        was
    }

    /// Deletes the oldest records if they are too old; gives one unread record after the other.
    pub fn expire(&mut self, retention: Span, now: Time) -> Option<R> {
        while let Some(at) = self.deletes() {
            if at + retention > now {
                break;
            }
            if let Some(unread) = self.delete() {
                return Some(unread);
            }
        }
        None
    }

    /// Deletes the oldest records if there are more than so many, committed ones included.
    pub fn shrink(&mut self, most: u64) -> Option<R> {
        while self.deletes().is_some() && self.end() - self.start > most.max(1) {
            if let Some(unread) = self.delete() {
                return Some(unread);
            }
        }
        None
    }

    /// When the next record will be too old.
    pub fn expires(&self, retention: Span) -> Option<Time> {
        let place = self.start.saturating_sub(self.base) as usize;
        self.kept.get(place).map(|entry| entry.at + retention)
    }

    /// When the next record came that retention deletes.
    fn deletes(&mut self) -> Option<Time> {
        self.start = self.start.max(self.base);
        let place = self.start - self.base;
        self.kept.get(place as usize).map(|entry| entry.at)
    }

    fn delete(&mut self) -> Option<R> {
        let offset = self.start;
        let entry = &mut self.kept[(offset - self.base) as usize];
        self.start += 1;
        if offset < self.position {
            return None;
        }
        let unread = entry.record.take();
        self.unread -= usize::from(unread.is_some());
        self.trim();
        unread
    }

    /// Takes away the first ones where nothing is left of them.
    fn trim(&mut self) {
        while self
            .kept
            .front()
            .is_some_and(|entry| entry.record.is_none())
        {
            self.kept.pop_front();
            self.base += 1;
        }
        if !self.has_lost_its_place() {
            self.position = self.position.max(self.base);
            self.fetched = self.fetched.max(self.base);
        }
    }

    fn left(&mut self, offset: u64) {
        if offset < self.position {
            self.polled -= 1;
        } else {
            self.unread -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Time {
        Time::ZERO + Span::secs(secs)
    }

    /// Records 0 to n - 1, one a second, all of them fetched.
    fn filled(n: u32) -> Partition<u32> {
        let mut partition = Partition::default();
        for record in 0..n {
            partition.append(record, at(u64::from(record)));
        }
        partition.fetched(u64::from(n));
        partition
    }

    fn polled(partition: &mut Partition<u32>) -> Vec<u32> {
        std::iter::from_fn(|| partition.poll())
            .map(|(_, r)| r)
            .collect()
    }

    #[test]
    fn what_is_not_committed_is_read_again() {
        let mut of = filled(5);
        assert_eq!((of.poll(), of.poll()), (Some((0, 0)), Some((1, 1))));
        assert_eq!((of.commit(1), of.commit(1)), (Some(0), None));
        assert_eq!(
            (of.unread(), of.polled(), of.end(), of.committed()),
            (3, 1, 5, 1)
        );
        assert_eq!(of.rewind(), [(1, false)]);
        assert_eq!((of.unread(), of.polled(), of.wants()), (4, 0, true));
        of.fetched(5);
        assert_eq!(polled(&mut of), [1, 2, 3, 4]);
    }

    #[test]
    fn only_what_was_fetched_is_polled() {
        let mut of = Partition::default();
        (0..5).for_each(|record| of.append(record, at(0)));
        assert_eq!((of.poll(), of.available(3)), (None, 3));
        of.fetched(3);
        assert_eq!((of.wants(), of.available(3)), (false, 0));
        assert_eq!(polled(&mut of), [0, 1, 2]);
        assert_eq!(of.available(3), 2);
    }

    #[test]
    fn a_record_that_was_passed_over_does_not_come_again() {
        let mut of = filled(3);
        assert_eq!(polled(&mut of), [0, 1, 2]);
        assert!(of.pass(1) && !of.pass(1));
        assert_eq!(of.polled(), 2);
        assert_eq!(of.rewind(), [(0, false), (2, false)]);
        of.fetched(3);
        assert_eq!(polled(&mut of), [0, 2]);
        assert_eq!(
            (of.commit(3), of.commit(3), of.commit(3)),
            (Some(0), Some(2), None)
        );
        assert!(of.is_drained());
    }

    #[test]
    fn retention_takes_what_is_too_old_and_nobody_has() {
        let mut of = filled(5);
        assert_eq!(of.poll(), Some((0, 0)));
        let expired = |of: &mut Partition<u32>, now| of.expire(Span::secs(10), at(now));
        assert_eq!(expired(&mut of, 9), None);
        // The first one is polled: it stays in the reader's hands.
        assert_eq!(
            (expired(&mut of, 11), expired(&mut of, 11)),
            (Some(1), None)
        );
        assert_eq!((of.unread(), of.polled(), of.oldest()), (3, 1, Some(at(0))));
        assert_eq!(of.expires(Span::secs(10)), Some(at(12)));
        assert_eq!((of.commit(1), of.oldest()), (Some(0), Some(at(2))));
        assert_eq!(
            (of.shrink(3), of.shrink(1), of.shrink(1)),
            (None, Some(2), Some(3))
        );
        assert_eq!((of.unread(), of.polled()), (1, 0));
    }

    #[test]
    fn who_has_lost_its_place_goes_to_the_end_or_to_the_oldest() {
        for (reset, passed, rest) in [
            (Reset::Latest, vec![2, 3], vec![]),
            (Reset::Earliest, vec![], vec![2, 3]),
        ] {
            let mut of = filled(4);
            while of.expire(Span::secs(10), at(11)).is_some() {}
            assert_eq!((of.poll(), of.available(9)), (None, 0));
            assert_eq!(of.find_place(reset), passed);
            assert!(of.find_place(reset).is_empty());
            of.fetched(9);
            assert_eq!(polled(&mut of), rest);
        }
    }

    #[test]
    fn what_was_polled_and_deleted_does_not_come_again() {
        let mut of = filled(4);
        assert_eq!(polled(&mut of), [0, 1, 2, 3]);
        assert_eq!(of.expire(Span::secs(10), at(11)), None);
        // It has read on; only a new reader would have to begin at 0.
        assert!(of.find_place(Reset::Latest).is_empty());
        assert_eq!(of.rewind(), [(0, true), (1, true), (2, false), (3, false)]);
        assert_eq!((of.unread(), of.polled()), (2, 0));
        assert_eq!(of.find_place(Reset::Latest), [2, 3]);
        assert_eq!((of.unread(), of.end(), of.is_drained()), (0, 4, true));
    }
}
