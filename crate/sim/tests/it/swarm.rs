//! The swarm: random boards, settings, faults and edits; after every event everything must add up.
//!
//! Settings are drawn from the field tables, so a new parameter is in the swarm by itself. A failure
//! prints the seed and the board as a file.

use sim::dist::{Dist, Share};
use sim::field::{Control, Field, Value};
use sim::policy::Policy;
use sim::profile::{Pace, Profile};
use sim::rng::{Luck, Stream};
use sim::scenario::{
    Arrivals, Client, Edge, EdgeId, Edit, Fault, FaultKind, Memory, Mode, Node, NodeId, NodeKind,
    Point, Service,
};
use sim::units::{Bytes, Limit, Rate, Ratio, Span};
use sim::{Scenario, Simulation};

use crate::board::at;

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
            Control::Bytes(..) => Value::Bytes(Bytes::kib(self.below(512))),
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
        }
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
                    Policy::Breaker(of) => self.settings(of, sim::policy::Breaker::FIELDS),
                    Policy::RateLimit(of) => self.settings(of, sim::policy::RateLimit::FIELDS),
                    Policy::Throttle(of) => self.settings(of, sim::policy::Throttle::FIELDS),
                    Policy::Timeout(of) => self.settings(of, sim::policy::Timeout::FIELDS),
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
            let edge = self.edge(id(from), id(to));
            let name = EdgeId::new(&format!("n{from}-n{to}")).unwrap();
            board.apply(Edit::SetEdge(name, edge));
        }
        board
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
                Edit::SetNode(id, self.node(client))
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
                let id = EdgeId::new(&format!("{from}-{to}")).unwrap();
                Edit::SetEdge(id, self.edge(from, to))
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

pub fn fail(seed: u64, board: &Scenario, what: &str) -> ! {
    panic!("seed {seed}: {what}\n{}", board.save())
}

pub fn audit(seed: u64, board: &Scenario, sim: &Simulation) {
    let found = sim.audit();
    if !found.is_empty() {
        fail(seed, board, &found.join("; "));
    }
}

/// A board, changed six times while it runs; then the clients fall silent and all must come to rest.
fn one(seed: u64) {
    let mut dice = Dice {
        stream: Luck::of_seed(seed).stream(),
        loops: seed.is_multiple_of(8),
    };
    let mut board = Scenario {
        seed,
        ..Scenario::default()
    };
    for _ in 0..30 {
        dice.edit(&mut board);
    }
    assert_eq!(board.problems(), [], "seed {seed}: an edit broke the board");
    assert_eq!(
        Scenario::load(&board.save()).as_ref(),
        Ok(&board),
        "seed {seed}: save and load"
    );
    let mut sim = Simulation::new(&board);
    for stretch in 1..=6u32 {
        let until = at(f64::from(stretch) * 0.4);
        // Every event is audited at first, then every few: a fault that shows only later still shows.
        let mut events = 0;
        while !sim.run_slice(until, if events < 150 { 1 } else { 40 }) {
            events += 1;
            audit(seed, &board, &sim);
        }
        for _ in 0..dice.below(4) {
            dice.edit(&mut board);
        }
        let faults = dice.faults(&board);
        sim.adopt(&board, &faults);
        audit(seed, &board, &sim);
    }
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = Rate::per_sec(0);
            client.arrivals = Arrivals::Poisson;
        }
        if let NodeKind::Service(service) = &mut node.kind {
            service.memory.limit = None;
            // Of a long rest most would be autoscalers that find nothing to do.
            service.autoscale.sync = Span::secs(60);
            service.autoscale.window = Span::secs(60);
        }
    }
    // What always fails would be delivered for ever.
    for edge in board.edges.values_mut() {
        edge.queue.delivery_limit = Limit::Of(3);
        edge.bus.max_receive_count = Limit::Of(3);
        edge.bus.attempts = Limit::Of(3);
        // What a queue refuses for ever, an outbox would publish for ever.
        edge.queue.max_length = Limit::Unbounded;
        // What is lost already is given up after a quarter of an hour; that is enough of waiting.
        (edge.loss, edge.loss_back) = (Ratio::ZERO, Ratio::ZERO);
    }
    board.faults.clear();
    sim.adopt(&board, &[]);
    sim.run_until(at(if dice.loops { 5.0 } else { 2_000.0 }));
    audit(seed, &board, &sim);
    let left = sim.under_way();
    if left != 0 && !dice.loops {
        fail(seed, &board, &format!("{left} requests never come to rest"));
    }
}

#[test]
fn every_board_adds_up_and_comes_to_rest() {
    // More at will: SWARM=100000 cargo test -p sim swarm
    let boards = std::env::var("SWARM")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400);
    for seed in 0..boards {
        one(seed);
    }
}

/// The cases that a person will try in the first five minutes.
#[test]
fn odd_settings_do_no_harm() {
    let json = |client: &str, service: &str, edge: &str| {
        format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {client}}}}},
                "a": {{"kind": {{"service": {service}}}}},
                "b": {{"kind": {{"service": {service}}}}}}},
            "edges": {{"c-a": {{"from": "c", "to": "a"}}, "a-b": {{"from": "a", "to": "b" {edge}}}}}}}"#
        )
    };
    for (client, service, edge) in [
        (r#"{"rate": 0}"#, "{}", ""),
        (r#"{"rate": 100}"#, r#"{"threads": 1, "queue": 0}"#, ""),
        (
            r#"{"rate": 100}"#,
            r#"{"threads": "unbounded", "queue": "unbounded"}"#,
            "",
        ),
        (
            r#"{"rate": 100}"#,
            "{}",
            r#", "mode": "async", "queue": {"max_length": 0}"#,
        ),
        (
            r#"{"rate": 100}"#,
            "{}",
            r#", "mode": "async", "queue": {"prefetch": 0, "consumers": 1}"#,
        ),
        (r#"{"rate": 100}"#, "{}", r#", "weight": 0"#),
        (r#"{"rate": 100}"#, r#"{"memory": {"limit": "1MiB"}}"#, ""),
    ] {
        let board = crate::board::load(&json(client, service, edge));
        let mut sim = Simulation::new(&board);
        sim.run_until(at(20.0));
        assert_eq!(
            sim.audit(),
            Vec::<String>::new(),
            "{client} {service} {edge}"
        );
    }
}

/// A drawing with a loop ends at the hop limit instead of never.
#[test]
fn a_loop_in_the_drawing_ends() {
    for mode in ["sync", "async"] {
        let json = format!(
            r#"{{"nodes": {{"c": {{"kind": {{"client": {{"rate": 20}}}}}},
                "a": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}}}}}}}},
                "b": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}}}}}}}}}},
            "edges": {{"c-a": {{"from": "c", "to": "a"}},
                "a-b": {{"from": "a", "to": "b", "mode": "{mode}", "queue": {{"delivery_limit": 0}}}},
                "b-a": {{"from": "b", "to": "a", "mode": "{mode}", "queue": {{"delivery_limit": 0}}}}}}}}"#
        );
        let mut board = crate::board::load(&json);
        let mut sim = Simulation::new(&board);
        sim.run_until(at(5.0));
        let Some(NodeKind::Client(client)) = board
            .nodes
            .values_mut()
            .map(|n| &mut n.kind)
            .find(|k| matches!(k, NodeKind::Client(_)))
        else {
            unreachable!()
        };
        client.rate = Rate::per_sec(0);
        sim.adopt(&board, &[]);
        sim.run_until(at(100.0));
        assert_eq!((sim.audit(), sim.under_way()), (Vec::new(), 0), "{mode}");
    }
}

#[test]
fn an_edge_switched_ten_times_a_second_loses_nothing() {
    let mut board = crate::board::load(include_str!("../../../lessons/scenarios/shop.json"));
    let mut sim = Simulation::new(&board);
    for tenth in 1..=200u32 {
        sim.run_until(at(f64::from(tenth) / 10.0));
        for edge in board
            .edges
            .values_mut()
            .filter(|e| e.to.as_str() == "payments")
        {
            edge.mode = edge.mode.flipped();
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new());
    }
    let report = sim.report();
    assert_eq!(report.clients[0].effects_lost, 0);
    assert!(
        report.clients[0].goodput_share > 0.99,
        "{}",
        report.clients[0].goodput_share
    );
}

#[test]
fn a_node_removed_with_traffic_in_flight_leaves_nobody_waiting() {
    for id in [
        "gateway", "checkout", "payments", "database", "email", "shoppers",
    ] {
        let whole = crate::board::load(include_str!("../../../lessons/scenarios/shop.json"));
        let mut board = whole.clone();
        let mut sim = Simulation::new(&board);
        sim.run_until(at(3.0));
        board.apply(Edit::RemoveNode(NodeId::new(id).unwrap()));
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new(), "{id} removed");
        sim.run_until(at(6.0));
        // Undo.
        sim.adopt(&whole, &[]);
        sim.run_until(at(9.0));
        assert_eq!(sim.audit(), Vec::<String>::new(), "{id} back");
        sim.restart_figures();
        sim.run_until(at(14.0));
        assert!(sim.report().clients[0].goodput_share > 0.98, "{id} back");
    }
}

#[test]
fn forty_services_run() {
    let mut board = Scenario::default();
    let mut dice = Dice {
        stream: Luck::of_seed(40).stream(),
        loops: false,
    };
    let id = |n: u32| NodeId::new(&format!("n{n}")).unwrap();
    let client = Client {
        rate: Rate::per_sec(200),
        ..Client::default()
    };
    board.apply(Edit::SetNode(
        id(0),
        Node {
            name: String::new(),
            at: Point::default(),
            kind: NodeKind::Client(client),
        },
    ));
    for n in 1..=40 {
        board.apply(Edit::SetNode(
            id(n),
            Node {
                name: String::new(),
                at: Point::default(),
                kind: NodeKind::Service(Service::default()),
            },
        ));
        let from = id(dice.below(u64::from(n)) as u32);
        let edge = Edge {
            mode: if dice.one_in(3) {
                Mode::Async
            } else {
                Mode::Sync
            },
            step: n,
            ..Edge::new(from, id(n))
        };
        board.apply(Edit::SetEdge(EdgeId::new(&format!("e{n}")).unwrap(), edge));
    }
    assert_eq!((board.nodes.len(), board.edges.len()), (41, 40));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(10.0));
    assert_eq!(sim.audit(), Vec::<String>::new());
    assert!(sim.events() > 100_000);
}
