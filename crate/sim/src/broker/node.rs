//! A broker as a node: how fast it takes messages in, what it holds in memory, and when it blocks its publishers.
//!
//! Helps by keeping publisher and consumer apart, also in their troubles. It is one more thing that can be slow,
//! full or down, for all the queues in it at once. Terms and defaults are `RabbitMQ`'s. Each edge is a connection.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::field::{Control, Field, access};
use crate::units::{Bytes, Ratio, Span, Time};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Broker {
    /// From a message's arrival until its turn may come; many are on this way at once.
    pub latency: Dist,
    /// How long it works on each message that it takes in, one after the other: its capacity is one by the mean.
    pub work: Dist,
    /// What it holds in memory.
    pub memory: BrokerMemory,
    /// Whether a connection that publishes faster than messages are taken in is throttled.
    pub flow: bool,
    /// How many messages a connection may have sent that are not taken in yet.
    pub credit: u32,
    /// After how many that were taken in the connection gets their credit back.
    pub more_credit: u32,
    /// Whether its messages survive when it goes down.
    pub durable: bool,
}

/// What a broker holds in memory, and above what it blocks its publishers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BrokerMemory {
    /// For each message: ready, delayed, unacknowledged or about to be taken in.
    pub per_message: Bytes,
    /// What it has; none: there is no alarm.
    pub limit: Option<Bytes>,
    /// The share of the limit above which the alarm is on.
    pub watermark: Ratio,
    /// How often it looks.
    pub check: Span,
}

impl Default for Broker {
    fn default() -> Self {
        Broker {
            latency: Dist::Constant(Span::ZERO),
            work: Dist::Constant(Span::millis(1)),
            memory: BrokerMemory::default(),
            flow: true,
            credit: 400,
            more_credit: 200,
            durable: true,
        }
    }
}

impl Default for BrokerMemory {
    fn default() -> Self {
        BrokerMemory {
            per_message: Bytes::kib(16),
            limit: Some(Bytes::mib(128)),
            watermark: Ratio::percent(60),
            check: Span::millis(2_500),
        }
    }
}

impl BrokerMemory {
    /// What so many messages take, in bytes.
    pub const fn held(&self, messages: u64) -> u64 {
        self.per_message.get().saturating_mul(messages)
    }

    /// Whether so many messages are above the high watermark.
    pub fn alarms(&self, messages: u64) -> bool {
        self.limit.is_some_and(|limit| {
            let mark = u128::from(limit.get()) * u128::from(self.watermark.as_micros());
            u128::from(self.held(messages)) * u128::from(Ratio::ONE.as_micros()) > mark
        })
    }

    /// When it looks next, after `now`: it does so at whole multiples of its interval.
    pub fn next_check(&self, now: Time) -> Time {
        let every = self.check.as_nanos().max(1);
        Time::from_nanos((now.as_nanos() / every + 1) * every)
    }
}

impl Broker {
    /// Whether a connection that has sent so many messages which are not credited yet has to wait.
    pub const fn throttles(&self, sent: u32) -> bool {
        self.flow && sent >= self.credit
    }

    /// Whether so many messages that were taken in are credited now. No more can be owed than were lent.
    pub fn credits(&self, taken: u32) -> bool {
        taken >= self.more_credit.min(self.credit)
    }

    /// What a person can set.
    pub const FIELDS: &'static [Field<Broker>] = &[
        Field::new(
            "latency",
            "Publish latency",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, latency),
            "From a message's arrival until it stands in line to be taken in, to route it and the like; many at once.",
            "Tailback: none; the way there is the edge's network latency",
        ),
        Field::new(
            "work",
            "Work per message",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, work),
            "How long it takes to take a message in, one after the other: 1 ms is a capacity of 1,000 a second. Faster \
             publishers build up a backlog in front of it.",
            "Tailback: small, so that a limit can be seen; RabbitMQ takes in some ten thousand a second per queue",
        ),
        Field::new(
            "memory.per_message",
            "Memory per message",
            Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
            access!(Bytes, memory.per_message),
            "What each message holds that is not acknowledged yet.",
            "Tailback",
        ),
        Field::new(
            "memory.limit",
            "Broker memory",
            Control::MaybeBytes(Bytes::kib(1), Bytes::mib(1 << 20)),
            access!(MaybeBytes, memory.limit),
            "What the broker has; without it there is no alarm.",
            "Tailback: small, so that the alarm can be seen",
        ),
        Field::new(
            "memory.watermark",
            "High watermark",
            Control::Share,
            access!(Ratio, memory.watermark),
            "Above this share of its memory it blocks all connections that publish; consumers go on. It is not a hard \
             limit.",
            "RabbitMQ, vm_memory_high_watermark: 0.6",
        ),
        Field::new(
            "memory.check",
            "Looked at every",
            Control::Span(Span::millis(1), Span::secs(60)),
            access!(Span, memory.check),
            "How often it compares its memory with the watermark; the alarm begins and ends then.",
            "RabbitMQ, memory_monitor_interval: 2.5 s",
        ),
        Field::new(
            "flow",
            "Flow control",
            Control::Flag,
            access!(Flag, flow),
            "A connection that publishes faster than the broker takes in is blocked until there is credit for it again.",
            "RabbitMQ, Flow Control: credits per connection",
        ),
        Field::new(
            "credit",
            "Credit",
            Control::Count(1, 1_000_000),
            access!(Count, credit),
            "How many messages a connection may have sent that are not taken in yet.",
            "RabbitMQ, credit_flow_default_credit: 400",
        ),
        Field::new(
            "more_credit",
            "Credited after",
            Control::Count(1, 1_000_000),
            access!(Count, more_credit),
            "After so many messages of a connection were taken in, their credit is given back at once.",
            "RabbitMQ, credit_flow_default_credit: 200",
        ),
        Field::new(
            "durable",
            "Durable",
            Control::Flag,
            access!(Flag, durable),
            "Whether its messages survive when it goes down. If not, all in it is lost then, but for the records of a log: \
             they are on disk.",
            "RabbitMQ: durable queues with persistent messages",
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alarm_is_on_above_the_watermark_and_not_at_it() {
        let memory = BrokerMemory {
            per_message: Bytes::kib(1),
            limit: Some(Bytes::kib(10)),
            ..BrokerMemory::default()
        };
        assert!(!memory.alarms(6) && memory.alarms(7));
        let boundless = BrokerMemory {
            limit: None,
            ..memory
        };
        assert!(!boundless.alarms(u64::MAX));
    }

    #[test]
    fn credit_comes_back_in_lots_and_never_more_than_was_lent() {
        let broker = Broker::default();
        assert!(!broker.throttles(399) && broker.throttles(400));
        assert!(!broker.credits(199) && broker.credits(200));
        let tight = Broker {
            credit: 3,
            ..broker.clone()
        };
        assert!(!tight.credits(2) && tight.credits(3));
        let open = Broker {
            flow: false,
            ..broker
        };
        assert!(!open.throttles(u32::MAX));
    }
}
