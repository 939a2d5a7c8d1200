//! Nodes: what stands on the board, with every setting it has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::field::{Control, Field, Value, access};
use crate::units::{Bytes, Limit, Rate, Ratio, Span};

/// A client or a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// What people call it; its id where this is empty.
    #[serde(default)]
    pub name: String,
    /// Where its centre is drawn; the engine takes no notice.
    #[serde(default)]
    pub at: Point,
    /// What it is, with its settings.
    pub kind: NodeKind,
}

/// A place on the board, in whole canvas units; x grows to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(from = "(i32, i32)", into = "(i32, i32)")]
#[schemars(with = "(i32, i32)")]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

impl From<(i32, i32)> for Point {
    fn from((x, y): (i32, i32)) -> Self {
        Point { x, y }
    }
}

impl From<Point> for (i32, i32) {
    fn from(at: Point) -> Self {
        (at.x, at.y)
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NodeKind {
    /// Where requests come from.
    Client(Client),
    /// What works on them.
    Service(Service),
}

impl NodeKind {
    /// The word for what it is.
    pub const fn word(&self) -> &'static str {
        match self {
            NodeKind::Client(_) => "client",
            NodeKind::Service(service) => service.role.word(),
        }
    }
}

/// An open-loop source of requests: it does not wait for answers before it sends the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Requests per second.
    pub rate: Rate,
    /// How they are spread in time.
    pub arrivals: Arrivals,
    /// An answer counts for goodput only if it comes within this time.
    pub deadline: Span,
    /// A request's effects count as *in time* only if the last one comes within this time.
    pub effect_deadline: Span,
}

/// How requests are spread in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Independent of each other: exponential gaps.
    Poisson,
    /// One after the other at equal gaps.
    Constant,
}

impl Default for Client {
    fn default() -> Self {
        Client {
            rate: Rate::per_sec(50),
            arrivals: Arrivals::Poisson,
            deadline: Span::secs(1),
            effect_deadline: Span::secs(120),
        }
    }
}

impl Client {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Client>] = &[
        Field::new(
            "rate",
            "Rate",
            Control::Rate(Rate::per_sec(0), Rate::per_sec(20_000)),
            access!(Rate, rate),
            "Requests per second. They keep coming whether or not earlier ones were answered.",
            "open-loop load: Schroeder et al., NSDI 2006",
        ),
        Field::new(
            "arrivals",
            "Arrivals",
            Control::Choice(&["Poisson", "constant"]),
            (
                |of| Value::Choice(of.arrivals as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.arrivals = [Arrivals::Poisson, Arrivals::Constant][place.min(1)];
                    }
                },
            ),
            "Poisson: independent of each other, as many users are. Constant: at equal gaps.",
            "queueing theory's M and D",
        ),
        Field::new(
            "deadline",
            "Deadline",
            Control::Span(Span::millis(1), Span::secs(600)),
            access!(Span, deadline),
            "An ok answer counts for goodput only if it comes within this time of the request.",
            "goodput: SRE book, chapters 21 and 22",
        ),
        Field::new(
            "effect_deadline",
            "Effects within",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, effect_deadline),
            "A request's effects count as in time if the last of them is done within this time of it.",
            "Tailback's own measure: a cure must not merely postpone the work for ever",
        ),
    ];
}

/// Something that works on requests with a pool of threads; it blocks: a thread that calls waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// What it is called on screen: words and an icon, nothing else.
    pub role: Role,
    /// Threads in its pool.
    pub threads: Limit,
    /// Requests that may wait for a thread.
    pub queue: Limit,
    /// Its own work before its calls.
    pub before: Dist,
    /// Its own work after its calls.
    pub after: Dist,
    /// The share of its work that ends in an error.
    pub errors: Ratio,
    /// What it holds in memory.
    pub memory: Memory,
}

/// What a service is called on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A service.
    Service,
    /// A database: its threads are connections.
    Database,
    /// Somebody else's service.
    External,
}

impl Role {
    /// Every role, in the order of the palette.
    pub const ALL: [Role; 3] = [Role::Service, Role::Database, Role::External];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Service => "service",
            Role::Database => "database",
            Role::External => "external API",
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Service {
            role: Role::Service,
            threads: Limit::Of(16),
            queue: Limit::Of(32),
            before: Dist::Exponential(Span::millis(5)),
            after: Dist::Constant(Span::ZERO),
            errors: Ratio::ZERO,
            memory: Memory::default(),
        }
    }
}

const LONGEST_WORK: Span = Span::secs(600);

impl Service {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Service>] = &[
        Field::new(
            "role",
            "Role",
            Control::Choice(&["service", "database", "external API"]),
            (
                |of| Value::Choice(of.role as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.role = Role::ALL[place.min(2)];
                    }
                },
            ),
            "Words and icon only: the engine treats every role alike.",
            "Tailback",
        ),
        Field::new(
            "threads",
            "Threads",
            Control::Limit(1, 10_000),
            access!(Limit, threads),
            "How many requests it works on at once. A thread is held until its request is done, waiting \
             for calls included.",
            "Tomcat maxThreads: 200; smaller here, so that a pool can be seen",
        ),
        Field::new(
            "queue",
            "Accept queue",
            Control::Limit(0, 100_000),
            access!(Limit, queue),
            "Requests that may wait for a thread; one more is refused.",
            "Tomcat: maxConnections less maxThreads; SRE book ch. 22 asks for a short one",
        ),
        Field::new(
            "before",
            "Work before calls",
            Control::Dist(Span::ZERO, LONGEST_WORK),
            access!(Dist, before),
            "How long a thread works before it calls others.",
            "service time of queueing theory",
        ),
        Field::new(
            "after",
            "Work after calls",
            Control::Dist(Span::ZERO, LONGEST_WORK),
            access!(Dist, after),
            "How long a thread works after its calls have returned.",
            "service time of queueing theory",
        ),
        Field::new(
            "errors",
            "Error rate",
            Control::Share,
            access!(Ratio, errors),
            "The share of its work that ends in an error, after the work is done.",
            "Tailback",
        ),
        Field::new(
            "memory.limit",
            "Memory limit",
            Control::MaybeBytes(Bytes::mib(1), Bytes::mib(1 << 20)),
            access!(MaybeBytes, memory.limit),
            "Above it the service is killed: all in flight is lost and it starts anew.",
            "Kubernetes: OOMKilled, exit code 137",
        ),
        Field::new(
            "memory.base",
            "Memory, idle",
            Control::Bytes(Bytes::new(0), Bytes::mib(1 << 20)),
            access!(Bytes, memory.base),
            "What it holds with nothing to do.",
            "Tailback: a small JVM service",
        ),
        Field::new(
            "memory.per_thread",
            "per busy thread",
            Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
            access!(Bytes, memory.per_thread),
            "The stack of each thread that is at work or waiting.",
            "HotSpot reserves 1 MiB a thread; what is touched is less",
        ),
        Field::new(
            "memory.per_request",
            "per request in flight",
            Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
            access!(Bytes, memory.per_request),
            "What each request holds while a thread has it.",
            "Metastable Failures in the Wild (OSDI 2022): 0.5 MB a job",
        ),
        Field::new(
            "memory.per_item",
            "per queued item",
            Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
            access!(Bytes, memory.per_item),
            "What each waiting request or prefetched message holds.",
            "Tailback",
        ),
        Field::new(
            "memory.restart",
            "Restart takes",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, memory.restart),
            "How long it is away after it was killed.",
            "Kubernetes: the first restart is immediate; then the process has to start",
        ),
    ];
}

/// What a service holds in memory, and when it is killed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// With nothing to do.
    pub base: Bytes,
    /// For each busy thread.
    pub per_thread: Bytes,
    /// For each request or message a thread has.
    pub per_request: Bytes,
    /// For each waiting request or prefetched message.
    pub per_item: Bytes,
    /// Above it the service is killed; none: it never is.
    pub limit: Option<Bytes>,
    /// How long it is away after it was killed.
    pub restart: Span,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            base: Bytes::mib(128),
            per_thread: Bytes::mib(1),
            per_request: Bytes::kib(512),
            per_item: Bytes::kib(64),
            limit: Some(Bytes::mib(512)),
            restart: Span::secs(5),
        }
    }
}

impl Memory {
    /// What is held with so many busy threads and so many waiting items.
    pub fn held(&self, busy: usize, waiting: usize) -> Bytes {
        let each = |bytes: Bytes, count: usize| bytes.get().saturating_mul(count as u64);
        Bytes::new(
            self.base
                .get()
                .saturating_add(each(self.per_thread, busy))
                .saturating_add(each(self.per_request, busy))
                .saturating_add(each(self.per_item, waiting)),
        )
    }
}
