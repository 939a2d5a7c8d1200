//! Nodes: what stands on the board, with every setting it has.

mod autoscale;
mod caching;
mod memory;
mod model;
mod point;
mod probes;
mod shedding;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Client;
use crate::autoscale::Autoscale;
use crate::backoff::Restart;
use crate::balance::Balance;
use crate::broker::Broker;
use crate::cache::Cache;
use crate::discipline::Discipline;
use crate::dist::Dist;
use crate::field::{Control, Field, Value, access, choice, join};
use crate::probe::{Liveness, Readiness};
use crate::shedding::Shedding;
use crate::units::{Limit, Ratio, Span};
pub use memory::Memory;
pub use model::Model;
pub use point::Point;

/// A client, a service or a broker.
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

/// What a node is.
#[allow(
    clippy::large_enum_variant,
    reason = "nodes are few, and a box would stand in the way of every setting"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NodeKind {
    /// Where requests come from.
    Client(Client),
    /// What works on them.
    Service(Service),
    /// What holds the queues of the edges that go through it.
    Broker(Broker),
}

impl NodeKind {
    /// The word for what it is.
    pub const fn word(&self) -> &'static str {
        match self {
            NodeKind::Client(_) => "client",
            NodeKind::Service(service) => service.role.word(),
            NodeKind::Broker(_) => "broker",
        }
    }
}

/// Something that works on requests with a pool of threads; it blocks: a thread that calls waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// What it is: words and an icon, and of a cache what it remembers.
    pub role: Role,
    /// How many processes of it run, each with a pool, a queue and memory of its own.
    pub replicas: u32,
    /// Which of them gets a request.
    pub balance: Balance,
    /// Threads in the pool of each replica.
    pub threads: Limit,
    /// How it works on many requests at once: with these threads, or with loops or carriers instead.
    pub model: Model,
    /// Event loops of each replica.
    pub loops: u32,
    /// Connections that each replica of a caller keeps open to the loops; unbounded: one for each request.
    pub connections: Limit,
    /// Threads of each replica that carry the virtual ones.
    pub carriers: u32,
    /// Requests that each replica takes on at once, where they have no thread each.
    pub in_flight: Limit,
    /// Requests that may wait for a thread.
    pub queue: Limit,
    /// Who of them is next.
    pub discipline: Discipline,
    /// Whether those whose deadline has passed are dropped when their turn comes.
    pub drop_expired: bool,
    /// Whether those who waited too long are turned away while no wait is short.
    pub codel: bool,
    /// The wait that is short enough.
    pub target: Span,
    /// The time over which the queue is judged.
    pub interval: Span,
    /// Whether and how it sheds those first that matter least.
    pub shed: Shedding,
    /// Its own work before its calls.
    pub before: Dist,
    /// Its own work after its calls.
    pub after: Dist,
    /// The share of its work that ends in an error.
    pub errors: Ratio,
    /// What it holds in memory.
    pub memory: Memory,
    /// How it is started again after it was killed.
    pub restart: Restart,
    /// Whether it is asked if it may be sent requests.
    pub readiness: Readiness,
    /// Whether it is asked if it has to be started again.
    pub liveness: Liveness,
    /// Its keys, where it is a cache; out of use in every other role.
    pub cache: Cache,
    /// Whether and how the number of its replicas follows a metric.
    pub autoscale: Autoscale,
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
    /// A cache: what it remembers it answers without its calls.
    Cache,
}

impl Role {
    /// Every role, in the order of the palette.
    pub const ALL: [Role; 4] = [Role::Service, Role::Database, Role::External, Role::Cache];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Service => "service",
            Role::Database => "database",
            Role::External => "external API",
            Role::Cache => "cache",
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Service {
            role: Role::Service,
            replicas: 1,
            balance: Balance::RoundRobin,
            threads: Limit::Of(16),
            model: Model::Blocking,
            loops: 4,
            connections: Limit::Of(500),
            carriers: 4,
            in_flight: Limit::Unbounded,
            queue: Limit::Of(32),
            discipline: Discipline::Fifo,
            drop_expired: false,
            codel: false,
            target: Span::millis(5),
            interval: Span::millis(100),
            shed: Shedding::default(),
            before: Dist::Exponential(Span::millis(5)),
            after: Dist::Constant(Span::ZERO),
            errors: Ratio::ZERO,
            memory: Memory::default(),
            restart: Restart::default(),
            readiness: Readiness::default(),
            liveness: Liveness::default(),
            cache: Cache::default(),
            autoscale: Autoscale::default(),
        }
    }
}

const LONGEST_WORK: Span = Span::secs(600);

impl Service {
    /// The threads of all its replicas together, as it begins.
    pub fn pool(&self) -> Limit {
        self.pool_of(self.replicas)
    }

    /// The same where an autoscaler has made them as many as it may.
    pub fn largest_pool(&self) -> Limit {
        let most = if self.autoscale.on {
            self.autoscale.max
        } else {
            0
        };
        self.pool_of(most.max(self.replicas))
    }

    /// The threads of so many replicas.
    pub fn pool_of(&self, replicas: u32) -> Limit {
        match self.workers() {
            Limit::Of(threads) => Limit::Of(threads.saturating_mul(replicas)),
            Limit::Unbounded => Limit::Unbounded,
        }
    }

    /// What a person can set.
    pub const FIELDS: &'static [Field<Service>] = &join::<_, { Self::OWN.len() + Self::PARTS }>(&[
        Self::OWN,
        shedding::FIELDS,
        model::FIELDS,
        memory::FIELDS,
        probes::READINESS,
        probes::LIVENESS,
        caching::FIELDS,
        autoscale::FIELDS,
    ]);

    /// The rows of its parts.
    const PARTS: usize = model::FIELDS.len()
        + shedding::FIELDS.len()
        + memory::FIELDS.len()
        + caching::FIELDS.len()
        + probes::READINESS.len()
        + probes::LIVENESS.len()
        + autoscale::FIELDS.len();

    const OWN: &'static [Field<Service>] = &[
        Field::new(
            "role",
            "Role",
            Control::Choice(&["service", "database", "external API", "cache"]),
            (
                |of| Value::Choice(of.role as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.role = Role::ALL[place.min(3)];
                    }
                },
            ),
            "A cache answers what it remembers without its calls. The other roles are words and icon only.",
            "Tailback",
        ),
        Field::new(
            "replicas",
            "Replicas",
            Control::Count(1, 100),
            access!(Count, replicas),
            "How many processes of it run. Each has a pool, an accept queue, memory and a life of its own; the settings \
             below are those of one.",
            "Kubernetes Deployment, replicas: 1",
        ),
        Field::new(
            "balance",
            "Balancing",
            Control::Choice(&[
                "round robin",
                "random",
                "least of two",
                "least of two distinct",
                "least of all",
                "ring hash",
            ]),
            choice!(balance, Balance::ALL),
            "Which running replica gets a request: one after the other; any; of two drawn (maybe twice the same) the one \
             with fewer active requests; the same of two that differ; the one with the fewest; or always the same for a \
             request, its retries included.",
            "Envoy: round robin, random, least request of two with replacement, ring hash; Finagle: of two distinct",
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
            "discipline",
            "Next in the queue",
            Control::Choice(&["first in", "last in", "adaptive"]),
            (
                |of| Value::Choice(of.discipline as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.discipline = Discipline::ALL[place.min(2)];
                    }
                },
            ),
            "First in, first out; last in, first out; or adaptive: last in first while the queue has not been \
             empty for an interval.",
            "Fail at Scale (ACM Queue 2015): adaptive LIFO",
        ),
        Field::new(
            "drop_expired",
            "Drop expired",
            Control::Flag,
            access!(Flag, drop_expired),
            "A request whose propagated deadline has passed is dropped when its turn comes. Alone it does not cure \
             a first-in-first-out queue.",
            "SRE book ch. 22: check the deadline before each stage",
        ),
        Field::new(
            "codel",
            "CoDel",
            Control::Flag,
            access!(Flag, codel),
            "If even the shortest wait of an interval was above the target, requests that waited more than twice \
             the target are turned away.",
            "folly Codel, the variant for servers",
        ),
        Field::new(
            "target",
            "CoDel target",
            Control::Span(Span::micros(1), Span::secs(60)),
            access!(Span, target),
            "The wait in the accept queue that is short enough.",
            "folly Codel, target_delay: 5 ms",
        ),
        Field::new(
            "interval",
            "Judged over",
            Control::Span(Span::millis(1), Span::secs(60)),
            access!(Span, interval),
            "The time over which CoDel and adaptive last-in-first-out judge the queue.",
            "folly Codel, interval: 100 ms",
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
    ];
}
