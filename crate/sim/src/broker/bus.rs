//! The event bus: one subscription an edge, with a visibility timeout or a schedule of retries.
//!
//! Helps as a queue does; what a consumer does not finish in time is handed out once more while the first one
//! still works on it: a duplicate without any failure. Terms and defaults are those of SQS where the consumer
//! pulls, and of `EventBridge` where the bus pushes.

mod subscription;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, access, choice};
use crate::units::{Limit, Span};
pub use subscription::{Failed, Received, State, Subscription};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bus {
    /// Whether the publisher waits until the bus has the message.
    pub confirm: bool,
    /// Who begins a delivery.
    pub delivery: Delivery,
    /// How many of the consuming service's threads may work on this subscription at once.
    pub consumers: Limit,
    /// From the publish to the first time that it can be received.
    pub delay: Span,
    /// From the publish to its end, whether or not it was received.
    pub retention: Span,
    /// Pull: from a receive to the next one, unless it is deleted by then.
    pub visibility_timeout: Span,
    /// Pull: how often it is received before it is dead-lettered.
    pub max_receive_count: Limit,
    /// Pull: messages that a consumer takes at once.
    pub receive_batch: u32,
    /// Pull: messages in flight at most.
    pub max_in_flight: u32,
    /// Push: deliveries in all.
    pub attempts: Limit,
    /// Push: the wait before the second delivery; it doubles each time.
    pub retry_base: Span,
    /// Push: no wait is longer.
    pub retry_cap: Span,
    /// Push: no delivery later than this after the publish.
    pub retry_window: Span,
    /// Push: whether each wait is drawn evenly from nothing to its length.
    pub jitter: bool,
}

/// Who begins a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The consumer asks for messages and deletes them when it is done: what it does not delete in time comes
    /// back.
    Pull,
    /// The bus hands messages over and tries again by a schedule when it is told of a failure.
    Push,
}

impl Default for Bus {
    fn default() -> Self {
        Bus {
            confirm: true,
            delivery: Delivery::Pull,
            consumers: Limit::Unbounded,
            delay: Span::ZERO,
            retention: Span::secs(4 * 86_400),
            visibility_timeout: Span::secs(30),
            max_receive_count: Limit::Unbounded,
            receive_batch: 1,
            max_in_flight: 120_000,
            attempts: Limit::Of(185),
            retry_base: Span::secs(1),
            retry_cap: Span::secs(900),
            retry_window: Span::DAY,
            jitter: true,
        }
    }
}

impl Bus {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Bus>] = &[
        Field::new(
            "confirm",
            "Wait for the bus",
            Control::Flag,
            access!(Flag, confirm),
            "On: the caller waits until the bus has the message. Off: it goes on at once and never learns of a \
             loss.",
            "SNS and SQS: a publish is answered once it is stored",
        ),
        Field::new(
            "delivery",
            "Delivery",
            Control::Choice(&["pull", "push"]),
            choice!(delivery, [Delivery::Pull, Delivery::Push]),
            "Pull: the consumer receives and deletes; what it does not delete in time comes back. Push: the bus \
             hands over and tries again by its schedule.",
            "SQS pulls; SNS to HTTP and EventBridge push",
        ),
        Field::new(
            "consumers",
            "Consumers",
            Control::Limit(1, 1_000),
            access!(Limit, consumers),
            "How many threads of the consuming service may work on this subscription at once.",
            "Tailback: unbounded, the service's own pool is the limit",
        ),
        Field::new(
            "delay",
            "Delivery delay",
            Control::Span(Span::ZERO, Span::secs(900)),
            access!(Span, delay),
            "A message cannot be received before this long after its publish.",
            "SQS, DelaySeconds: 0, at most 15 min",
        ),
        Field::new(
            "retention",
            "Retention",
            Control::Span(Span::secs(60), Span::FORTNIGHT),
            access!(Span, retention),
            "A message this old is deleted, whether or not anybody has received it. Its age counts from the publish.",
            "SQS, MessageRetentionPeriod: 4 days, 1 min to 14 days",
        ),
        Field::new(
            "visibility_timeout",
            "Visibility timeout",
            Control::Span(Span::ZERO, Span::secs(43_200)),
            access!(Span, visibility_timeout),
            "Pull: a received message that is not deleted within this time can be received again, also while the \
             first consumer still works on it.",
            "SQS, VisibilityTimeout: 30 s, at most 12 h",
        ),
        Field::new(
            "max_receive_count",
            "Max receive count",
            Control::Limit(1, 1_000),
            access!(Limit, max_receive_count),
            "Pull: after so many receives the next one dead-letters the message.",
            "SQS redrive policy, maxReceiveCount; none unless a dead-letter queue is set up",
        ),
        Field::new(
            "receive_batch",
            "Receive batch",
            Control::Count(1, 10),
            access!(Count, receive_batch),
            "Pull: messages a consumer takes at once. The clock of the last one runs while it works on the first.",
            "SQS ReceiveMessage, MaxNumberOfMessages: 1, at most 10",
        ),
        Field::new(
            "max_in_flight",
            "Max in flight",
            Control::Count(1, 120_000),
            access!(Count, max_in_flight),
            "Pull: while so many are received and not deleted, no more can be received.",
            "SQS quota for standard queues: 120 000",
        ),
        Field::new(
            "attempts",
            "Attempts",
            Control::Limit(1, 100_000),
            access!(Limit, attempts),
            "Push: a message that failed so often, the first delivery included, is dead-lettered.",
            "EventBridge: 185 attempts; SNS to HTTP: 3 retries",
        ),
        Field::new(
            "retry_base",
            "Retry base",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, retry_base),
            "Push: the wait before the second delivery. Each further wait is twice as long.",
            "Tailback: EventBridge does not publish its first wait",
        ),
        Field::new(
            "retry_cap",
            "Retry cap",
            Control::Span(Span::millis(1), Span::DAY),
            access!(Span, retry_cap),
            "Push: no wait is longer than this.",
            "Tailback: 24 h at 185 attempts come to waits of about 15 min",
        ),
        Field::new(
            "retry_window",
            "Retry window",
            Control::Span(Span::ZERO, Span::DAY),
            access!(Span, retry_window),
            "Push: a message that would be tried later than this after its publish is dead-lettered.",
            "EventBridge: 24 h",
        ),
        Field::new(
            "jitter",
            "Jitter",
            Control::Flag,
            access!(Flag, jitter),
            "Push: each wait is drawn evenly between nothing and its length.",
            "EventBridge: exponential back-off with jitter",
        ),
    ];

    /// How many deliveries a replica of the consumer may have at once, with this many threads.
    pub fn window(&self, threads: Limit) -> Limit {
        let batch = match self.delivery {
            Delivery::Pull => self.receive_batch,
            Delivery::Push => 1,
        };
        match self.consumers.min(threads) {
            Limit::Of(consumers) => Limit::Of(consumers.saturating_mul(batch)),
            Limit::Unbounded => Limit::Unbounded,
        }
    }

    /// The longest wait after so many deliveries.
    fn wait(&self, deliveries: u32) -> Span {
        let doublings = deliveries.saturating_sub(1).min(63);
        let wait = self.retry_base.as_nanos().saturating_mul(1 << doublings);
        Span::nanos(wait).min(self.retry_cap)
    }
}
