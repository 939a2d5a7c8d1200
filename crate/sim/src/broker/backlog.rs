//! The messages of a classic queue: the ready ones in order, and how many are unacknowledged.

use std::collections::VecDeque;

use super::{Overflow, Queue};

/// The queue itself: the ready messages in order and the number of unacknowledged ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog<M> {
    ready: VecDeque<M>,
    unacked: usize,
}

impl<M> Default for Backlog<M> {
    fn default() -> Self {
        Backlog {
            ready: VecDeque::new(),
            unacked: 0,
        }
    }
}

impl<M: Copy> Backlog<M> {
    /// A message arrives from a publisher; false if it is refused.
    #[must_use]
    pub fn publish(&mut self, setting: &Queue, message: M) -> bool {
        let fits = setting.max_length.admits(self.ready.len());
        let stored = fits || setting.overflow == Overflow::DropHead;
        if stored {
            self.ready.push_back(message);
        }
        stored
    }

    /// Takes the oldest ready message if there are more than the queue may hold and it drops its head.
    pub fn drop_head(&mut self, setting: &Queue) -> Option<M> {
        let over = setting
            .max_length
            .number()
            .is_some_and(|most| self.ready.len() > most as usize);
        let drops = over && setting.overflow == Overflow::DropHead;
        if drops { self.ready.pop_front() } else { None }
    }

    /// Takes the next message to deliver.
    pub fn deliver(&mut self) -> Option<M> {
        let message = self.ready.pop_front()?;
        self.unacked += 1;
        Some(message)
    }

    /// Takes the oldest ready message away.
    pub fn take_head(&mut self) -> Option<M> {
        self.ready.pop_front()
    }

    /// A delivered message is done with.
    pub fn settle(&mut self) {
        self.unacked -= 1;
    }

    /// A message that is delivered already comes onto these books from others.
    pub fn adopt_unacked(&mut self) {
        self.unacked += 1;
    }

    /// A message comes back to its place at the head, behind those that are `older`.
    pub fn put_back(&mut self, message: M, older: impl Fn(M) -> bool) {
        let place = self.ready.iter().take_while(|other| older(**other)).count();
        self.ready.insert(place, message);
    }

    /// The ready messages, oldest first.
    pub fn ready(&self) -> impl ExactSizeIterator<Item = M> + '_ {
        self.ready.iter().copied()
    }

    /// How many are delivered and not yet acknowledged.
    pub const fn unacked(&self) -> usize {
        self.unacked
    }

    /// Takes those ready messages away that are `chosen`, oldest first.
    pub fn extract(&mut self, chosen: impl Fn(M) -> bool) -> Vec<M> {
        let all = std::mem::take(&mut self.ready);
        let (taken, kept): (Vec<M>, Vec<M>) = all.into_iter().partition(|message| chosen(*message));
        self.ready = kept.into();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Limit;

    fn bounded(max: u32, overflow: Overflow) -> Queue {
        Queue {
            max_length: Limit::Of(max),
            overflow,
            ..Queue::default()
        }
    }

    #[test]
    fn a_full_queue_drops_its_head_or_rejects() {
        let mut backlog = Backlog::default();
        let drop = bounded(2, Overflow::DropHead);
        for message in 1..=3 {
            assert!(backlog.publish(&drop, message));
        }
        assert_eq!(backlog.drop_head(&drop), Some(1));
        assert_eq!(backlog.drop_head(&drop), None);
        assert!(!backlog.publish(&bounded(2, Overflow::RejectPublish), 4));
        assert_eq!(backlog.ready().collect::<Vec<_>>(), [2, 3]);
        // A bound that is lowered takes effect at once.
        assert_eq!(backlog.drop_head(&bounded(0, Overflow::DropHead)), Some(2));
        assert_eq!(
            backlog.drop_head(&bounded(0, Overflow::RejectPublish)),
            None
        );
    }

    #[test]
    fn unacked_messages_do_not_count_for_the_bound() {
        let mut backlog = Backlog::default();
        let setting = bounded(1, Overflow::RejectPublish);
        assert!(backlog.publish(&setting, 1));
        assert_eq!(backlog.deliver(), Some(1));
        assert!(backlog.publish(&setting, 2));
        assert_eq!(backlog.deliver(), Some(2));
        assert_eq!((backlog.unacked(), backlog.deliver()), (2, None));
    }

    #[test]
    fn requeued_messages_go_back_to_their_places_at_the_head() {
        let mut backlog = Backlog::default();
        let setting = Queue::default();
        for message in 1..=4 {
            assert!(backlog.publish(&setting, message));
        }
        let all: Vec<i32> = (0..3).filter_map(|_| backlog.deliver()).collect();
        // In whichever order they come back.
        for message in [all[1], all[0], all[2]] {
            backlog.settle();
            backlog.put_back(message, |other| other < message);
        }
        assert_eq!(backlog.ready().collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(backlog.unacked(), 0);
    }
}
