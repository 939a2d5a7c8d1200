//! The classic queue: ready and unacknowledged messages, prefetch, a bound, redelivery, dead letters.
//!
//! Helps by parting the caller's pace from the consumer's; a queue only buys time: if arrivals stay above
//! the consumer's capacity it grows without end. Terms and defaults are `RabbitMQ`'s: prefetch is per
//! consumer, unacknowledged messages do not count for `max_length`, a requeued message goes back to the
//! head, a delivery limit of L means L + 1 deliveries.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, Value, access};
use crate::units::Limit;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Queue {
    /// Whether the publisher waits until the broker has the message.
    pub confirm: bool,
    /// How many ready messages it holds.
    pub max_length: Limit,
    /// What happens to a message that finds it full.
    pub overflow: Overflow,
    /// How many of the consuming service's threads may work on this queue at once.
    pub consumers: Limit,
    /// Unacknowledged messages a consumer may hold; 0 is no limit.
    pub prefetch: u32,
    /// How often a message is delivered again after it failed, before it is dead-lettered.
    pub delivery_limit: Limit,
}

/// What a full queue does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Drops its oldest ready message to make room.
    DropHead,
    /// Refuses the new message; a publisher that waits for the confirm is told.
    RejectPublish,
}

impl Default for Queue {
    fn default() -> Self {
        Queue {
            confirm: true,
            max_length: Limit::Unbounded,
            overflow: Overflow::DropHead,
            consumers: Limit::Unbounded,
            prefetch: 10,
            delivery_limit: Limit::Of(20),
        }
    }
}

impl Queue {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Queue>] = &[
        Field::new(
            "confirm",
            "Publisher confirms",
            Control::Flag,
            access!(Flag, confirm),
            "On: the caller waits until the broker has the message, and is told if it is refused. Off: \
             it goes on at once and never learns of a loss.",
            "RabbitMQ, Publisher Confirms",
        ),
        Field::new(
            "max_length",
            "Max length",
            Control::Limit(0, 1_000_000),
            access!(Limit, max_length),
            "How many ready messages the queue holds. Messages already delivered do not count.",
            "RabbitMQ, Queue Length Limit: none by default",
        ),
        Field::new(
            "overflow",
            "When full",
            Control::Choice(&["drop head", "reject publish"]),
            (
                |of| Value::Choice(of.overflow as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.overflow = [Overflow::DropHead, Overflow::RejectPublish][place.min(1)];
                    }
                },
            ),
            "Drop the oldest ready message, or refuse the new one.",
            "RabbitMQ, Queue Length Limit, overflow: drop-head by default",
        ),
        Field::new(
            "consumers",
            "Consumers",
            Control::Limit(1, 1_000),
            access!(Limit, consumers),
            "How many threads of the consuming service may work on this queue at once.",
            "Spring AMQP, concurrency; unbounded here: the service's own pool is the limit",
        ),
        Field::new(
            "prefetch",
            "Prefetch",
            Control::Count(0, 2_000),
            access!(Count, prefetch),
            "Unacknowledged messages a consumer may hold, the one at work included; 0 is no limit.",
            "RabbitMQ, Consumer Prefetch, per consumer",
        ),
        Field::new(
            "delivery_limit",
            "Delivery limit",
            Control::Limit(0, 1_000),
            access!(Limit, delivery_limit),
            "A message that failed is delivered again at most so often, then it is dead-lettered.",
            "RabbitMQ quorum queues, delivery-limit: 20 since 4.0",
        ),
    ];

    /// How many messages may be unacknowledged at once, for a consumer with this many threads.
    pub fn window(&self, threads: Limit) -> Limit {
        if self.prefetch == 0 {
            return Limit::Unbounded;
        }
        match self.consumers.min(threads) {
            Limit::Of(consumers) => Limit::Of(consumers.saturating_mul(self.prefetch)),
            Limit::Unbounded => Limit::Unbounded,
        }
    }

    /// Whether a message that has failed after so many deliveries may be delivered once more.
    pub const fn redelivers(&self, deliveries: u32) -> bool {
        self.delivery_limit
            .admits(deliveries.saturating_sub(1) as usize)
    }
}

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

    /// Takes the next message to deliver; the caller sees to it that a consumer may hold one more.
    pub fn deliver(&mut self) -> Option<M> {
        let message = self.ready.pop_front()?;
        self.unacked += 1;
        Some(message)
    }

    /// A delivered message is done with.
    pub fn settle(&mut self) {
        self.unacked -= 1;
    }

    /// A delivered message comes back to its place at the head, behind those that are `older`.
    pub fn requeue(&mut self, message: M, older: impl Fn(M) -> bool) {
        self.unacked -= 1;
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

    /// Takes all ready messages away.
    pub fn clear(&mut self) -> Vec<M> {
        self.ready.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(backlog.unacked(), 1);
        backlog.settle();
        assert_eq!(backlog.deliver(), Some(2));
        assert_eq!(backlog.deliver(), None);
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
            backlog.requeue(message, |other| other < message);
        }
        assert_eq!(backlog.ready().collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(backlog.unacked(), 0);
    }

    #[test]
    fn a_delivery_limit_of_two_means_three_deliveries() {
        let queue = Queue {
            delivery_limit: Limit::Of(2),
            ..Queue::default()
        };
        assert!(queue.redelivers(1) && queue.redelivers(2) && !queue.redelivers(3));
    }

    #[test]
    fn the_window_is_prefetch_times_consumers() {
        let queue = Queue {
            prefetch: 10,
            consumers: Limit::Of(3),
            ..Queue::default()
        };
        assert_eq!(queue.window(Limit::Of(8)), Limit::Of(30));
        assert_eq!(queue.window(Limit::Of(2)), Limit::Of(20));
        assert_eq!(
            Queue {
                prefetch: 0,
                ..queue
            }
            .window(Limit::Of(2)),
            Limit::Unbounded
        );
    }
}
