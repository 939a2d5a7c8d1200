//! Edges: a directed use of one node by another, sync or async, with the settings of both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::{EdgeId, NodeId, QueueName};
use crate::broker::{Bus, Kind, Log, Outbox, Queue, log::Acks};
use crate::dedup::Dedup;
use crate::dist::Dist;
use crate::field::{Control, Field, Value, access, choice};
use crate::operation::OperationName;
use crate::policy::Policy;
use crate::units::{Limit, Ratio, Span};

/// A use of `to` by `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Who calls.
    pub from: NodeId,
    /// Who is called.
    pub to: NodeId,
    /// Whether the caller waits for the work to be done.
    #[serde(default)]
    pub mode: Mode,
    /// When it is used: a node's calls go in the order of their steps. Of the same step there may be alternatives,
    /// of which each request takes one, and calls beside them.
    #[serde(default = "first_step")]
    pub step: u32,
    /// How it stands to the other edges of its step.
    #[serde(default)]
    pub group: Group,
    /// How often it is taken among the alternatives of its step.
    #[serde(default = "even_weight")]
    pub weight: Ratio,
    /// The share of requests that make this call when they come to it.
    #[serde(default = "always")]
    pub probability: Ratio,
    /// The operations that make this call; none of them stands for all.
    #[serde(default)]
    pub operations: Vec<OperationName>,
    /// How many calls of it are made at once.
    #[serde(default = "alone")]
    pub fan_out: u32,
    /// Network latency, one way; drawn anew for each crossing.
    #[serde(default = "near")]
    pub latency: Dist,
    /// The same for the way back: of answers, confirms and acks; none: as the way out.
    #[serde(default)]
    pub latency_back: Option<Dist>,
    /// The share of requests and messages that are lost on their way: nobody tells the caller.
    #[serde(default)]
    pub loss: Ratio,
    /// The same of answers, confirms and acks.
    #[serde(default)]
    pub loss_back: Ratio,
    /// The share of its calls that block what an event loop or a virtual thread runs on.
    #[serde(default)]
    pub blocking: Ratio,
    /// Policies, outermost first. On an async edge they wrap the publish up to its confirm.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// What has the messages of the async mode.
    #[serde(default)]
    pub broker: Kind,
    /// The broker node that its messages go through; none: its queue stands on the edge by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<NodeId>,
    /// The name of its queue in that broker: edges with the same one share a queue. None: the edge's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_name: Option<QueueName>,
    /// The topic of a bus: edges of the same publisher, through the same broker if any, with the same topic are
    /// subscriptions to it, and one publish serves them all. None: a topic of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<QueueName>,
    /// The queue of the async mode; kept, and out of use, in the sync mode and with another broker.
    #[serde(default)]
    pub queue: Queue,
    /// The bus of the async mode; kept likewise.
    #[serde(default)]
    pub bus: Bus,
    /// The log of the async mode; kept likewise.
    #[serde(default)]
    pub log: Log,
    /// Whether and how the publisher stores messages before it publishes them; for the async mode.
    #[serde(default)]
    pub outbox: Outbox,
    /// Whether and how the callee finds what it has done before; for both modes.
    #[serde(default)]
    pub dedup: Dedup,
}

/// How the caller uses the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The caller's thread waits until the callee has answered.
    #[default]
    Sync,
    /// The caller hands a message to the queue and goes on; the callee takes it at its own pace.
    Async,
}

impl Mode {
    /// The other one.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Mode::Sync => Mode::Async,
            Mode::Async => Mode::Sync,
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Mode::Sync => "sync",
            Mode::Async => "async",
        }
    }
}

/// How an edge stands to the others of its step: all alternatives together are one choice, and what is parallel is
/// called beside it, at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// One of the alternatives, of which a request takes one by weight.
    #[default]
    Choice,
    /// Called at once with all others of the step.
    Parallel,
}

impl Group {
    /// Both, in the order of the form.
    pub const ALL: [Group; 2] = [Group::Choice, Group::Parallel];
}

const fn always() -> Ratio {
    Ratio::ONE
}

const fn alone() -> u32 {
    1
}

const fn first_step() -> u32 {
    1
}

const fn even_weight() -> Ratio {
    Ratio::ONE
}

fn near() -> Dist {
    Dist::Constant(Span::millis(1))
}

impl Edge {
    /// An edge with every setting at its default.
    pub fn new(from: NodeId, to: NodeId) -> Self {
        Edge {
            from,
            to,
            mode: Mode::Sync,
            step: first_step(),
            group: Group::Choice,
            weight: even_weight(),
            probability: always(),
            operations: Vec::new(),
            fan_out: alone(),
            latency: near(),
            latency_back: None,
            loss: Ratio::ZERO,
            loss_back: Ratio::ZERO,
            blocking: Ratio::ZERO,
            policies: Vec::new(),
            broker: Kind::Queue,
            via: None,
            queue_name: None,
            topic: None,
            queue: Queue::default(),
            bus: Bus::default(),
            log: Log::default(),
            outbox: Outbox::default(),
            dedup: Dedup::default(),
        }
    }

    /// Latency of the way back.
    pub fn back(&self) -> &Dist {
        self.latency_back.as_ref().unwrap_or(&self.latency)
    }

    /// Whether requests for this operation make its calls.
    pub fn serves(&self, operation: &OperationName) -> bool {
        self.operations.is_empty() || self.operations.contains(operation)
    }

    /// Whether the owner of a call waits for its end.
    pub const fn waits(&self) -> bool {
        match (self.mode, self.broker) {
            (Mode::Sync, _) => true,
            (Mode::Async, _) if self.outbox.on => false,
            (Mode::Async, Kind::Queue) => self.queue.confirm,
            (Mode::Async, Kind::Bus) => self.bus.confirm,
            (Mode::Async, Kind::Log) => !matches!(self.log.acks, Acks::None),
        }
    }

    /// The broker node and the name of the queue that it publishes to, where others may do so too: edges with the
    /// same pair share one queue. `id` is its own. None while its queue is its own in any case.
    pub fn shares<'a>(&'a self, id: &'a EdgeId) -> Option<(&'a NodeId, &'a str)> {
        if self.mode != Mode::Async || self.broker != Kind::Queue {
            return None;
        }
        let name = self.queue_name.as_ref().map(QueueName::as_str);
        Some((self.via.as_ref()?, name.unwrap_or(id.as_str())))
    }

    /// The topic that it publishes to, and through which broker node, where others may subscribe too.
    pub fn subscribes(&self) -> Option<(Option<&NodeId>, &QueueName)> {
        let to_bus = self.mode == Mode::Async && self.broker == Kind::Bus;
        to_bus.then_some((self.via.as_ref(), self.topic.as_ref()?))
    }

    /// The settings of its queue that all who share it have in common: all but the publisher's own.
    pub(super) fn queue_apart(&self) -> Queue {
        Queue {
            confirm: true,
            ..self.queue.clone()
        }
    }

    /// How many threads of the consumer may work on its messages at once.
    pub const fn consumers(&self) -> Limit {
        match self.broker {
            Kind::Queue => self.queue.consumers,
            Kind::Bus => self.bus.consumers,
            // Each member of the group has one record at a time.
            Kind::Log => Limit::Unbounded,
        }
    }

    /// What a person can set, besides the policies and the brokers.
    pub const FIELDS: &'static [Field<Edge>] = &[
        Field::new(
            "mode",
            "Mode",
            Control::Choice(&["sync", "async"]),
            (
                |of| Value::Choice(of.mode as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.mode = [Mode::Sync, Mode::Async][place.min(1)];
                    }
                },
            ),
            "Sync: the caller's thread waits for the answer. Async: it hands a message to a queue and goes on.",
            "Tailback",
        ),
        Field::new(
            "broker",
            "Broker",
            Control::Choice(&["queue", "bus", "log"]),
            choice!(broker, Kind::ALL),
            "What has the messages of the async mode: a classic queue, the subscription of an event bus, or a \
             partitioned log.",
            "Tailback: queue",
        ),
        Field::new(
            "step",
            "Step",
            Control::Count(1, 99),
            access!(Count, step),
            "A node's calls go in the order of their steps; a step begins when all calls of the one before have \
             returned. Of the same step there may be alternatives, and calls at once.",
            "Tailback",
        ),
        Field::new(
            "group",
            "Within its step",
            Control::Choice(&["an alternative", "at once"]),
            choice!(group, Group::ALL),
            "All alternatives of a step are one choice: a request takes one of them, by weight. What is called at once \
             is called beside that, and all are waited for. The first that fails ends the step: the others are given \
             up as their own timeout would do it.",
            "structured concurrency: JEP 453, ShutdownOnFailure; errgroup.WithContext in Go",
        ),
        Field::new(
            "weight",
            "Weight",
            Control::Factor(Ratio::ZERO, Ratio::whole(1_000)),
            access!(Ratio, weight),
            "How often it is taken among the alternatives of its step.",
            "Tailback",
        ),
        Field::new(
            "probability",
            "Made by",
            Control::Share,
            access!(Ratio, probability),
            "The share of requests that make this call when they come to it; the others leave it out. An alternative is \
             taken first, and made or left out then.",
            "Tailback: every request",
        ),
        Field::new(
            "operations",
            "For operations",
            Control::Names,
            access!(Names, operations),
            "Only requests for these operations make this call, and only among their calls do they choose; without any \
             name all do. So reads can stay sync while writes go async, over two edges.",
            "Tailback: every operation",
        ),
        Field::new(
            "fan_out",
            "Fan-out",
            Control::Count(1, 2_000),
            access!(Count, fan_out),
            "How many calls of it are made at once, to read from many shards or so. Each has chance and policies of its \
             own, and is a piece of work of its own. All are waited for, as in a group.",
            "The Tail at Scale (CACM 2013): fan-outs of 100 to 2,000 leaves",
        ),
        Field::new(
            "latency",
            "Network latency",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, latency),
            "The way out; drawn anew for each crossing.",
            "Tailback: 1 ms, a hop within one region",
        ),
        Field::new(
            "latency_back",
            "Latency back",
            Control::MaybeDist(Span::ZERO, Span::secs(60)),
            access!(MaybeDist, latency_back),
            "The way back: of answers, confirms and acks. None: as the way out.",
            "Tailback: routes are alike both ways until said otherwise",
        ),
        Field::new(
            "loss",
            "Lost on the way out",
            Control::Share,
            access!(Ratio, loss),
            "This share of requests and messages is lost. Nobody tells the caller: it waits until its timeout or, \
             without one, until the operating system gives the connection up after 15 minutes.",
            "Linux tcp_retries2 = 15: 924.6 s",
        ),
        Field::new(
            "loss_back",
            "Lost on the way back",
            Control::Share,
            access!(Ratio, loss_back),
            "This share of answers, confirms and acks is lost: the work is done, and the caller does not know. What a \
             broker waits for in vain it delivers again after a minute.",
            "Linux tcp_retries2 = 15: 924.6 s; RabbitMQ heartbeat: 60 s",
        ),
        Field::new(
            "blocking",
            "Calls that block",
            Control::Share,
            access!(Ratio, blocking),
            "This share of its calls holds the caller's event loop, or pins its virtual thread to the carrier, until \
             they are answered. A caller with a thread for each request waits with that anyway.",
            "Netty: never block a loop; JDK 21 to 23: synchronized pins, JEP 491 ends that",
        ),
    ];
}
