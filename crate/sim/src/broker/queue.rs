//! The classic queue: ready and unacknowledged messages, prefetch, a bound, redelivery, dead letters.
//!
//! Helps by parting the caller's pace from the consumer's; a queue only buys time: if arrivals stay above
//! the consumer's capacity it grows without end. Terms and defaults are `RabbitMQ`'s: prefetch is per
//! consumer, unacknowledged messages do not count for `max_length`, a requeued message goes back to the
//! head, a delivery limit of L means L + 1 deliveries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::field::{Control, Field, access, choice};
use crate::units::{Limit, Span};

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
    /// How long the broker takes until it confirms a message it has.
    pub confirm_latency: Dist,
    /// When the broker takes a delivered message for handled.
    pub ack: Ack,
    /// What the consumer does with a message on which its work failed.
    pub on_error: OnError,
    /// How long a message waits before it is delivered again, for each time it was delivered.
    pub delayed_retry_min: Span,
    /// The longest such wait.
    pub delayed_retry_max: Span,
    /// Whether messages expire.
    pub expire: bool,
    /// After how long, from the publish on.
    pub ttl: Span,
    /// Whether what is given up goes to a dead-letter queue.
    pub dead_letter: bool,
    /// How long a consumer may hold a message; 0 is for ever.
    pub consumer_timeout: Span,
    /// How many keys there are within which order matters; 0: it matters nowhere.
    pub keys: u32,
}

/// When the broker takes a delivered message for handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ack {
    /// When the consumer says so, its work being done.
    Manual,
    /// When it is sent: there is no prefetch limit, and what fails or dies with the consumer is lost.
    Automatic,
}

/// What the consumer does with a message on which its work failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// It goes back to the head of the queue.
    Requeue,
    /// It is rejected without a requeue.
    DeadLetter,
}

/// Why a queue gave a message up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was delivered too often.
    DeliveryLimit,
    /// The consumer rejected it.
    Rejected,
    /// It waited too long.
    Expired,
    /// The queue was full.
    MaxLength,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 4] = [
        Reason::DeliveryLimit,
        Reason::Rejected,
        Reason::Expired,
        Reason::MaxLength,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Reason::DeliveryLimit => "delivery limit",
            Reason::Rejected => "rejected",
            Reason::Expired => "expired",
            Reason::MaxLength => "max length",
        }
    }
}

/// What a full queue does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Drops its oldest ready message to make room.
    DropHead,
    /// Refuses the new message; a publisher that waits for the confirm is told.
    RejectPublish,
    /// The same, and the refused message goes to the dead-letter queue.
    RejectPublishDlx,
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
            confirm_latency: Dist::Constant(Span::ZERO),
            ack: Ack::Manual,
            on_error: OnError::Requeue,
            delayed_retry_min: Span::ZERO,
            delayed_retry_max: Span::secs(60),
            expire: false,
            ttl: Span::secs(60),
            dead_letter: true,
            consumer_timeout: Span::ZERO,
            keys: 0,
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
            Control::Choice(&["drop head", "reject publish", "reject publish dlx"]),
            choice!(
                overflow,
                [
                    Overflow::DropHead,
                    Overflow::RejectPublish,
                    Overflow::RejectPublishDlx
                ]
            ),
            "Drop the oldest ready message, refuse the new one, or refuse it and dead-letter it.",
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
        Field::new(
            "confirm_latency",
            "Confirm takes",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, confirm_latency),
            "How long the broker takes to confirm a message that it has, to write it to disk or to have it replicated.",
            "RabbitMQ, Publisher Confirms: after fsync or by a majority",
        ),
        Field::new(
            "ack",
            "Acknowledged",
            Control::Choice(&["manual", "automatic"]),
            choice!(ack, [Ack::Manual, Ack::Automatic]),
            "Manual: when its work is done. Automatic: when it is sent; then prefetch does not limit, and what \
             fails or dies with the consumer is lost.",
            "RabbitMQ, Consumer Acknowledgements",
        ),
        Field::new(
            "on_error",
            "On error",
            Control::Choice(&["requeue", "dead letter"]),
            choice!(on_error, [OnError::Requeue, OnError::DeadLetter]),
            "What the consumer does with a message on which its work failed: back to the head of the queue, or \
             rejected without a requeue.",
            "RabbitMQ, basic.reject",
        ),
        Field::new(
            "delayed_retry_min",
            "Redelivery delay",
            Control::Span(Span::ZERO, Span::secs(3_600)),
            access!(Span, delayed_retry_min),
            "A message that comes back waits so long, times the number of its deliveries. 0 delivers it again at once.",
            "RabbitMQ 4.3, delayed-retry-min: none by default",
        ),
        Field::new(
            "delayed_retry_max",
            "at most",
            Control::Span(Span::ZERO, Span::secs(3_600)),
            access!(Span, delayed_retry_max),
            "The longest wait of a message that comes back.",
            "RabbitMQ 4.3, delayed-retry-max",
        ),
        Field::new(
            "expire",
            "Messages expire",
            Control::Flag,
            access!(Flag, expire),
            "Whether a ready message is given up when it has waited for its time to live.",
            "RabbitMQ, Time-To-Live: none by default",
        ),
        Field::new(
            "ttl",
            "Time to live",
            Control::Span(Span::ZERO, Span::secs(86_400)),
            access!(Span, ttl),
            "How long a message may be in the queue, from the publish on, requeues included. 0 delivers at once or not \
             at all.",
            "RabbitMQ, x-message-ttl",
        ),
        Field::new(
            "dead_letter",
            "Dead-letter queue",
            Control::Flag,
            access!(Flag, dead_letter),
            "Whether what is rejected, expired, dropped or delivered too often is kept aside. Without it, it is lost.",
            "RabbitMQ, Dead Letter Exchanges; on here, so that it can be seen",
        ),
        Field::new(
            "consumer_timeout",
            "Consumer timeout",
            Control::Span(Span::ZERO, Span::secs(7_200)),
            access!(Span, consumer_timeout),
            "A message not acknowledged for so long is taken back and delivered again, even while it is being worked \
             on. 0 waits for ever.",
            "RabbitMQ, consumer_timeout: 30 min; off here",
        ),
        Field::new(
            "keys",
            "Ordering keys",
            Control::Count(0, 10_000),
            access!(Count, keys),
            "Each request belongs to one of so many keys. The effect of an older message after that of a newer one of the \
             same key is counted as out of order. 0 counts none.",
            "Tailback; Kafka and SQS FIFO: order holds within a key or group",
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

    /// How long a message waits before its next delivery, after so many.
    pub fn retry_delay(&self, deliveries: u32) -> Span {
        let least = self.delayed_retry_min.as_nanos();
        let delay = least.saturating_mul(u64::from(deliveries));
        Span::nanos(delay.min(self.delayed_retry_max.as_nanos()))
    }

    /// Whether a message that has failed after so many deliveries may be delivered once more.
    pub const fn redelivers(&self, deliveries: u32) -> bool {
        self.delivery_limit
            .admits(deliveries.saturating_sub(1) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_delay_grows_with_the_deliveries_up_to_its_bound() {
        let queue = Queue {
            delayed_retry_min: Span::secs(10),
            delayed_retry_max: Span::secs(25),
            ..Queue::default()
        };
        assert_eq!(
            [1, 2, 3].map(|n| queue.retry_delay(n)),
            [10, 20, 25].map(Span::secs)
        );
    }
}
