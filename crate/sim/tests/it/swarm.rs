//! The swarm: random boards, settings, faults and edits.
//!
//! Settings are drawn from the field tables, so a new parameter is in the swarm by itself.

use sim::Scenario;
use sim::broker::Broker;
use sim::criticality::Criticality;
use sim::dist::{Dist, Share};
use sim::field::{Control, Field, Value};
use sim::operation::{Operation, OperationName};
use sim::policy::Policy;
use sim::profile::{Pace, Profile};
use sim::rng::Stream;
use sim::scenario::{
    Client, Edge, EdgeId, Edit, Fault, FaultKind, Memory, Node, NodeId, NodeKind, Point, QueueName,
    Service,
};
use sim::units::{Bytes, Limit, Rate, Ratio, Span};

/// Chance for the swarm.
pub struct Dice {
    pub stream: Stream,
    /// Whether edges may form loops. Pools in a loop can lock each other for ever, as they do in the
    /// field, so such a board need not come to rest.
    pub loops: bool,
}

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.stream.below(bound)
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A length of time up to half a second, short ones as likely as long ones.
    fn span(&mut self, min: Span, max: Span) -> Span {
        let top = max.min(Span::millis(500)).as_nanos();
        let octave = self.below(20);
        Span::nanos(self.below(top >> octave).max(min.as_nanos()))
    }

    fn limit(&mut self, min: u32, max: u32) -> u32 {
        min + self.below(u64::from(max.min(12))) as u32
    }

    pub fn value(&mut self, control: &Control) -> Value {
        match *control {
            Control::Rate(..) => Value::Rate(Rate::per_sec(self.below(150))),
            Control::Span(min, max) => Value::Span(self.span(min, max)),
            Control::Share => Value::Ratio(Ratio::percent(self.below(4) * self.below(30))),
            Control::Factor(min, max) => {
                let top = max.as_micros().min(4_000_000);
                Value::Ratio(Ratio::micros(self.below(top).max(min.as_micros())))
            }
            Control::Count(min, max) => Value::Count(self.limit(min, max)),
            Control::Limit(..) if self.one_in(4) => Value::Limit(Limit::Unbounded),
            Control::Limit(min, max) => Value::Limit(Limit::Of(self.limit(min, max))),
            Control::Bytes(min, _) => Value::Bytes(Bytes::kib(self.below(512)).max(min)),
            Control::MaybeBytes(..) if self.one_in(3) => Value::MaybeBytes(None),
            Control::MaybeBytes(min, _) => {
                Value::MaybeBytes(Some(Bytes::new(min.get() + self.below(4 << 20))))
            }
            Control::Flag => Value::Flag(self.one_in(2)),
            Control::Choice(words) => Value::Choice(self.below(words.len() as u64) as usize),
            Control::Dist(min, max) => Value::Dist(self.dist(min, max)),
            Control::MaybeDist(..) if self.one_in(2) => Value::MaybeDist(None),
            Control::MaybeDist(min, max) => Value::MaybeDist(Some(self.dist(min, max))),
            Control::Profile => Value::Profile(self.profile()),
            Control::Operations => Value::Operations(self.operations()),
            Control::Names if self.one_in(2) => Value::Names(Vec::new()),
            Control::Names => {
                let some = self.operations().into_iter();
                Value::Names(some.map(|of| of.name).collect())
            }
        }
    }

    /// Some of three operations, so that clients and edges often have the same.
    fn operations(&mut self) -> Vec<Operation> {
        let mut some = Vec::new();
        for name in ["browse", "buy", "search"] {
            if let Some(name) = OperationName::new(name).filter(|_| self.one_in(2)) {
                some.push(Operation {
                    weight: Ratio::percent(1 + self.below(300)),
                    criticality: Criticality::ALL[self.below(4) as usize],
                    ..Operation::new(name)
                });
            }
        }
        some
    }

    fn profile(&mut self) -> Profile {
        let mut time = || Span::millis(self.stream.below(2_500));
        let (at, lasts) = (time(), time());
        let factor = Ratio::percent(self.below(300));
        match self.below(6) {
            0 => Profile::Steady,
            1 => Profile::Step { at, factor },
            2 => Profile::Ramp {
                from: at,
                to: at + lasts,
                factor,
            },
            3 => Profile::Spike { at, lasts, factor },
            4 => Profile::Sine {
                period: lasts + Span::millis(1),
                amplitude: Ratio::percent(self.below(101)),
            },
            _ => Profile::Trace(
                (0..=self.below(5))
                    .map(|n| Pace {
                        at: at + Span::millis(200 * n),
                        factor: Ratio::percent(self.below(300)),
                    })
                    .collect(),
            ),
        }
    }

    fn dist(&mut self, min: Span, max: Span) -> Dist {
        let mean = self.span(min, max.min(Span::millis(80)));
        match self.below(8) {
            0 => Dist::Constant(mean),
            1 => Dist::Exponential(mean),
            2 => Dist::LogNormal {
                mean,
                cv: Ratio::percent(self.below(200)),
            },
            3 => Dist::Gamma {
                mean,
                cv: Ratio::percent(self.below(300)),
            },
            4 => Dist::Pareto {
                mean,
                shape: Ratio::percent(150 + self.below(400)),
            },
            5 => Dist::Uniform {
                from: Span::nanos(self.below(mean.as_nanos() + 1)),
                to: mean,
            },
            6 => Dist::Bimodal {
                fast: Span::nanos(self.below(mean.as_nanos() + 1)),
                slow: mean,
                slow_share: Ratio::percent(self.below(101)),
            },
            _ => Dist::Discrete(vec![
                Share {
                    value: mean,
                    weight: Ratio::whole(3),
                },
                Share {
                    value: Span::ZERO,
                    weight: Ratio::ONE,
                },
            ]),
        }
    }

    /// Sets some of the fields of a kind, each within its bounds.
    fn settings<T>(&mut self, of: &mut T, fields: &[Field<T>]) {
        for field in fields {
            if self.one_in(2) {
                let value = self.value(&field.control);
                (field.set)(of, value);
            }
        }
    }

    fn policies(&mut self) -> Vec<Policy> {
        (0..self.below(4))
            .map(|_| {
                let all = Policy::all();
                let mut policy = all[self.below(all.len() as u64) as usize].clone();
                match &mut policy {
                    Policy::Fallback(of) => self.settings(of, sim::policy::Fallback::FIELDS),
                    Policy::Retry(of) => self.settings(of, sim::policy::Retry::FIELDS),
                    Policy::Hedge(of) => self.settings(of, sim::policy::Hedge::FIELDS),
                    Policy::Breaker(of) => self.settings(of, sim::policy::Breaker::FIELDS),
                    Policy::RateLimit(of) => self.settings(of, sim::policy::RateLimit::FIELDS),
                    Policy::Throttle(of) => self.settings(of, sim::policy::Throttle::FIELDS),
                    Policy::Timeout(of) => self.settings(of, sim::policy::Timeout::FIELDS),
                    Policy::AdaptiveLimit(of) => self.settings(of, sim::policy::Adaptive::FIELDS),
                    Policy::Bulkhead(of) => self.settings(of, sim::policy::Bulkhead::FIELDS),
                    Policy::Pool(of) => self.settings(of, sim::policy::Pool::FIELDS),
                }
                policy
            })
            .collect()
    }

    fn node(&mut self, client: bool) -> Node {
        let kind = if client {
            let mut client = Client::default();
            self.settings(&mut client, Client::FIELDS);
            // Users who hardly think send so much that nothing else is tried in the time there is.
            let least = Span::millis(40);
            if client.closed.think.mean() < least {
                client.closed.think = Dist::Exponential(least);
            }
            NodeKind::Client(client)
        } else {
            let mut service = Service {
                memory: Memory {
                    limit: None,
                    ..Memory::default()
                },
                ..Service::default()
            };
            self.settings(&mut service, Service::FIELDS);
            NodeKind::Service(service)
        };
        Node {
            name: String::new(),
            at: Point::default(),
            kind,
        }
    }

    fn edge(&mut self, from: NodeId, to: NodeId) -> Edge {
        let mut edge = Edge::new(from, to);
        self.settings(&mut edge, Edge::FIELDS);
        self.settings(&mut edge.queue, sim::broker::Queue::FIELDS);
        self.settings(&mut edge.bus, sim::broker::Bus::FIELDS);
        self.settings(&mut edge.log, sim::broker::Log::FIELDS);
        if self.one_in(4) {
            self.settings(&mut edge.outbox, sim::broker::Outbox::FIELDS);
        }
        if self.one_in(4) {
            self.settings(&mut edge.dedup, sim::dedup::Dedup::FIELDS);
        }
        // A fan-out multiplies with those before it.
        if !self.one_in(8) {
            edge.fan_out = edge.fan_out.min(3);
        }
        edge.policies = self.policies();
        if self.one_in(3) {
            edge.topic = QueueName::new("events");
        }
        edge
    }

    /// A board of so many nodes, two of them clients, and up to so many edges.
    pub fn board(&mut self, seed: u64, nodes: u64, edges: u64) -> Scenario {
        let mut board = Scenario {
            seed,
            ..Scenario::default()
        };
        let id = |n: u64| NodeId::new(&format!("n{n}")).unwrap();
        for n in 0..nodes {
            let node = self.node(n < 2);
            board.apply(Edit::SetNode(id(n), node));
        }
        for _ in 0..edges {
            let (mut from, mut to) = (self.below(nodes), self.below(nodes));
            if !self.loops && to < from {
                (from, to) = (to, from);
            }
            if !self.loops && to == from {
                continue;
            }
            let edge = self.edge(id(from), id(to));
            let name = EdgeId::new(&format!("n{from}-n{to}")).unwrap();
            board.apply(Edit::SetEdge(name, edge));
        }
        // Drawn last, so that a board without it would be the same.
        let broker = self.broker();
        board.apply(Edit::SetNode(id(nodes), broker));
        for (id, edge) in board.edges.clone() {
            let mut edge = edge;
            self.route(&board, &mut edge);
            board.apply(Edit::SetEdge(id, edge));
        }
        board
    }

    fn broker(&mut self) -> Node {
        let mut broker = Broker::default();
        self.settings(&mut broker, Broker::FIELDS);
        Node {
            name: String::new(),
            at: Point::default(),
            kind: NodeKind::Broker(broker),
        }
    }

    /// Lets an edge go through one of the brokers on the board, most of the time, and share a queue there.
    fn route(&mut self, board: &Scenario, edge: &mut Edge) {
        let is_broker = |node: &Node| matches!(node.kind, NodeKind::Broker(_));
        let brokers = board.nodes.iter().filter(|(_, node)| is_broker(node));
        let brokers: Vec<_> = brokers.map(|(id, _)| id.clone()).collect();
        if brokers.is_empty() || self.one_in(4) {
            return;
        }
        edge.via = Some(brokers[self.below(brokers.len() as u64) as usize].clone());
        if self.one_in(2) {
            edge.queue_name = QueueName::new(if self.one_in(3) { "late" } else { "orders" });
        }
    }

    /// One random change; the board's own rules keep it whole.
    pub fn edit(&mut self, board: &mut Scenario) {
        let node = |dice: &mut Dice| NodeId::new(&format!("n{}", dice.below(6))).unwrap();
        let edit = match self.below(10) {
            0 => Edit::RemoveNode(node(self)),
            1 | 2 => {
                let id = node(self);
                // The first two are clients, most of the time.
                let client = id.as_str() < "n2" || self.one_in(8);
                // The last one is a broker at times.
                let broker = id.as_str() == "n5" && self.one_in(2);
                let node = if broker {
                    self.broker()
                } else {
                    self.node(client)
                };
                Edit::SetNode(id, node)
            }
            3 => match board.edges.keys().next() {
                Some(id) => Edit::RemoveEdge(id.clone()),
                None => return,
            },
            _ => {
                let (mut from, mut to) = (node(self), node(self));
                if !self.loops && to < from {
                    (from, to) = (to, from);
                }
                if !self.loops && to == from {
                    return;
                }
                let id = EdgeId::new(&format!("{from}-{to}")).unwrap();
                let mut edge = self.edge(from, to);
                self.route(board, &mut edge);
                Edit::SetEdge(id, edge)
            }
        };
        board.apply(edit);
    }

    pub fn faults(&mut self, board: &Scenario) -> Vec<Fault> {
        let nodes = board.nodes.iter();
        let nodes = nodes.map(|(id, node)| (id.clone().into(), FaultKind::for_node(&node.kind)));
        let edges = board.edges.keys();
        let edges = edges.map(|id| (id.clone().into(), FaultKind::for_edge()));
        let some = nodes.chain(edges).filter_map(|(on, kinds)| {
            let kind = kinds[self.below(kinds.len() as u64) as usize];
            self.one_in(4).then_some(Fault { on, kind })
        });
        some.collect()
    }
}
