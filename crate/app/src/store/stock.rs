//! What the palette holds, and what each piece is when it comes onto the board.

use sim::broker::Broker;
use sim::dist::Dist;
use sim::scenario::{Client, Node, NodeKind, Point, Role, Service};
use sim::units::{Limit, Ratio, Span};

/// A piece of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Client,
    Service,
    Database,
    External,
    Cache,
    Broker,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] = [
        Kind::Client,
        Kind::Service,
        Kind::Database,
        Kind::Cache,
        Kind::External,
        Kind::Broker,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Kind::Client => "Client",
            Kind::Service => "Service",
            Kind::Database => "Database",
            Kind::External => "External API",
            Kind::Cache => "Cache",
            Kind::Broker => "Broker",
        }
    }

    pub(crate) const fn about(self) -> &'static str {
        match self {
            Kind::Client => "Sends requests, whether or not earlier ones were answered.",
            Kind::Service => "Works on requests with a pool of threads; a thread that calls waits.",
            Kind::Database => "A service whose threads are connections.",
            Kind::External => "Somebody else's service: slow, and not yours to mend.",
            Kind::Broker => "Holds the queues of the async edges that go through it.",
            Kind::Cache => {
                "Answers what it remembers; for the rest it calls what stands behind it."
            }
        }
    }

    /// The kind of a node, for its icon.
    pub(crate) const fn of(node: &NodeKind) -> Kind {
        match node {
            NodeKind::Client(_) => Kind::Client,
            NodeKind::Service(service) => match service.role {
                Role::Service => Kind::Service,
                Role::Database => Kind::Database,
                Role::External => Kind::External,
                Role::Cache => Kind::Cache,
            },
            NodeKind::Broker(_) => Kind::Broker,
        }
    }

    /// A new node of this kind.
    pub(crate) fn node(self, name: String, at: Point) -> Node {
        let work = |role, threads, mean| {
            NodeKind::Service(Service {
                role,
                threads: Limit::Of(threads),
                before: Dist::LogNormal {
                    mean: Span::millis(mean),
                    cv: Ratio::percent(50),
                },
                ..Service::default()
            })
        };
        let kind = match self {
            Kind::Client => NodeKind::Client(Client::default()),
            Kind::Service => NodeKind::Service(Service::default()),
            Kind::Database => work(Role::Database, 16, 10),
            Kind::External => work(Role::External, 64, 100),
            Kind::Cache => work(Role::Cache, 64, 1),
            Kind::Broker => NodeKind::Broker(Broker::default()),
        };
        Node { name, at, kind }
    }
}
