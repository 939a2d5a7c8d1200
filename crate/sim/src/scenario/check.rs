//! What is wrong with a scenario (it cannot be loaded) and what is odd about it (a hint).

mod operations;

use std::collections::{BTreeMap, BTreeSet};

use super::id::{EdgeId, NodeId};
use super::{Arrivals, Edge, Node, NodeKind, Scenario, Target};
use crate::autoscale::Metric;
use crate::field::check;
use crate::policy::Policy;
use crate::profile::Profile;
use crate::units::{Limit, Span};

/// At most so many nodes: more than anyone can look at, and a guard against a file made to be huge.
pub const MOST_NODES: usize = 2_000;
/// At most so many edges.
pub const MOST_EDGES: usize = 2_000;
/// At most so many planned faults.
pub const MOST_FAULTS: usize = 1_000;
/// At most so many policies on an edge.
pub const MOST_POLICIES: usize = 16;

/// Something that makes a scenario unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a path in the file: `edges.a-b.queue.prefetch`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub what: String,
}

/// Something that is allowed but will not do what it seems to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What it concerns.
    pub about: About,
    /// What is odd, and what to do.
    pub what: String,
}

/// What a hint concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A node.
    Node(NodeId),
    /// An edge.
    Edge(EdgeId),
    /// The whole board.
    Board,
}

impl Scenario {
    /// Everything that makes it unusable; empty for every scenario that an editor made.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut say = |path: String, what: String| found.push(Problem { path, what });
        for (what, count, most) in [
            ("nodes", self.nodes.len(), MOST_NODES),
            ("edges", self.edges.len(), MOST_EDGES),
            ("faults", self.faults.len(), MOST_FAULTS),
        ] {
            if count > most {
                say(
                    what.into(),
                    format!("there are {count}; at most {most} can be had"),
                );
            }
        }
        for (id, node) in &self.nodes {
            let mut say = |key: &str, what| say(format!("nodes.{id}.{key}"), what);
            match &node.kind {
                NodeKind::Client(client) => {
                    check(Client::FIELDS, client, |key, what| {
                        say(&format!("kind.client.{key}"), what);
                    });
                }
                NodeKind::Service(service) => {
                    check(Service::FIELDS, service, |key, what| {
                        say(&format!("kind.service.{key}"), what);
                    });
                }
                NodeKind::Broker(broker) => {
                    check(Broker::FIELDS, broker, |key, what| {
                        say(&format!("kind.broker.{key}"), what);
                    });
                }
            }
        }
        for (id, edge) in &self.edges {
            let mut say = |key: &str, what| say(format!("edges.{id}.{key}"), what);
            if let Some((key, what)) = edge_problem(&self.nodes, edge) {
                say(key, what);
            }
            if let Some(what) = via_problem(&self.nodes, edge) {
                say("via", what);
            }
            if edge.policies.len() > MOST_POLICIES {
                say(
                    "policies",
                    format!("at most {MOST_POLICIES} policies can be had"),
                );
            }
            check(Edge::FIELDS, edge, &mut say);
            check(Queue::FIELDS, &edge.queue, |key, what| {
                say(&format!("queue.{key}"), what);
            });
            check(Bus::FIELDS, &edge.bus, |key, what| {
                say(&format!("bus.{key}"), what);
            });
            check(Log::FIELDS, &edge.log, |key, what| {
                say(&format!("log.{key}"), what);
            });
            check(Outbox::FIELDS, &edge.outbox, |key, what| {
                say(&format!("outbox.{key}"), what);
            });
            check(Dedup::FIELDS, &edge.dedup, |key, what| {
                say(&format!("dedup.{key}"), what);
            });
            for (place, policy) in edge.policies.iter().enumerate() {
                policy.check(|key, what| {
                    say(&format!("policies[{place}].{}.{key}", policy.key()), what);
                });
            }
        }
        for (place, fault) in self.faults.iter().enumerate() {
            let mut say = |key: &str, what| say(format!("faults[{place}].{key}"), what);
            if let Err(what) = fault.kind.check() {
                say(&format!("kind.{}", fault.kind.word()), what);
            }
            let wrong = |word: &str| format!("{} cannot befall {word}", fault.kind.word());
            match &fault.on {
                Target::Node(id) => match self.nodes.get(id) {
                    None => say("on", format!("there is no node \"{id}\"")),
                    Some(node) if !fault.kind.befalls(&node.kind) => {
                        say("kind", wrong(&format!("a {}", node.kind.word())));
                    }
                    Some(_) => {}
                },
                Target::Edge(id) if !self.edges.contains_key(id) => {
                    say("edge", format!("there is no edge \"{id}\""));
                }
                Target::Edge(_) if !fault.kind.befalls_edges() => {
                    say("kind", wrong("an edge"));
                }
                Target::Edge(_) => {}
            }
        }
        found
    }

    /// What is allowed but will not do what it seems to.
    pub fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        let clients = || {
            self.nodes
                .values()
                .filter(|n| matches!(n.kind, NodeKind::Client(_)))
        };
        if !self.nodes.is_empty() && clients().count() == 0 {
            hints.push(Hint {
                about: About::Board,
                what: "Nothing sends requests. Add a client and connect it to a service.".into(),
            });
        }
        if let Some(id) = self.on_a_loop() {
            hints.push(Hint {
                about: About::Node(id.clone()),
                what:
                    "The edges lead back to it: its requests go round until the engine ends them. \
                       Take one edge of the loop away."
                        .into(),
            });
        }
        for (id, node) in &self.nodes {
            let say = |what: &str| Hint {
                about: About::Node(id.clone()),
                what: what.into(),
            };
            match &node.kind {
                NodeKind::Client(client) => {
                    if !self.edges.values().any(|e| e.from == *id) {
                        hints.push(say(
                            "It calls nobody, so it sends nothing. Connect it to a service.",
                        ));
                    } else if client.is_silent() {
                        hints.push(say("Its rate is 0, so it sends nothing."));
                    }
                    if client.arrivals == Arrivals::Closed && client.profile != Profile::Steady {
                        hints.push(say(
                            "Its arrivals are closed: its users send when they have thought, so the profile of its \
                             rate does nothing.",
                        ));
                    }
                }
                NodeKind::Service(service) => {
                    if !self.edges.values().any(|e| e.to == *id) {
                        hints.push(say("Nobody calls it. Connect a client or a service to it."));
                    }
                    let scale = &service.autoscale;
                    if scale.on && scale.min > scale.max {
                        hints.push(say(
                            "Its autoscaler's fewest replicas are more than its most: it keeps the fewest.",
                        ));
                    }
                    let by_cpu = scale.metric == Metric::Cpu;
                    if scale.on && by_cpu && service.workers() == Limit::Unbounded {
                        hints.push(say(
                            "Its autoscaler goes by CPU, but its threads are unbounded, so there is no share of them: \
                             it does nothing. Let it go by concurrency.",
                        ));
                    }
                    let memory = &service.memory;
                    if memory.limit.is_some_and(|limit| service.held(1, 0) > limit) {
                        hints.push(say(
                            "Its memory limit is below what one request needs: every request kills it.",
                        ));
                    }
                }
                NodeKind::Broker(broker) => {
                    let uses =
                        |e: &&Edge| e.via.as_ref() == Some(id) && e.mode == super::Mode::Async;
                    if !self.edges.values().any(|e| uses(&e)) {
                        hints.push(say(
                            "No queue is in it. Let an async edge go through it: choose it there as its broker.",
                        ));
                    }
                    if broker.memory.alarms(1) {
                        hints.push(say(
                            "One message is above its high watermark: each one blocks all publishers until it is consumed.",
                        ));
                    }
                }
            }
        }
        self.edge_hints(&mut hints);
        self.hint_at_operations(&mut hints);
        hints
    }

    /// Of the edges.
    fn edge_hints(&self, hints: &mut Vec<Hint>) {
        for (id, edge) in &self.edges {
            let say = |what: &str| Hint {
                about: About::Edge(id.clone()),
                what: what.into(),
            };
            for policy in &edge.policies {
                let way = edge.latency.mean() + edge.back().mean();
                if let Policy::Retry(retry) = policy
                    && retry.attempts == 1
                {
                    hints.push(say(
                        "Its retry has one attempt in all, so it never tries again.",
                    ));
                }
                if policy.timeout().is_some_and(|timeout| timeout.after < way) {
                    hints.push(say(
                        "Its timeout is shorter than the network's way there and back: nearly every \
                         attempt will time out.",
                    ));
                }
            }
            let is_queue = edge.mode == super::Mode::Async && edge.broker == Kind::Queue;
            if edge.queue.max_length.number() == Some(0) && is_queue {
                hints.push(say(
                    "Its queue holds no message, so every one is lost or refused.",
                ));
            }
            if let Some(first) = self.shared_with(id)
                && edge.queue_apart() != self.edges[first].queue_apart()
            {
                hints.push(say(&format!(
                    "It shares a queue with {}, whose queue settings hold for both. Of its own, only publisher \
                     confirms count.",
                    self.edge_name(first)
                )));
            }
        }
    }
}

use super::{Client, Service};
use crate::broker::{Broker, Bus, Kind, Log, Outbox, Queue};
use crate::dedup::Dedup;

impl Scenario {
    /// The edge whose queue settings hold for this one: the first, by id, of those that share its queue. None where
    /// that is itself.
    pub fn shared_with(&self, id: &EdgeId) -> Option<&EdgeId> {
        let queue = self.edges.get(id)?.shares(id)?;
        let mut all = self.edges.iter();
        let (first, _) = all.find(|(other, edge)| edge.shares(other) == Some(queue))?;
        (first != id).then_some(first)
    }

    /// A node that the edges lead back to.
    fn on_a_loop(&self) -> Option<&NodeId> {
        // Nodes that lead nowhere, or only to such nodes, are on no loop; what is left has one.
        let mut left: Vec<&Edge> = self.edges.values().collect();
        loop {
            let before = left.len();
            let mut starts = BTreeSet::new();
            for edge in &left {
                starts.insert(&edge.from);
            }
            left.retain(|edge| starts.contains(&edge.to));
            if left.len() == before {
                return left.first().map(|edge| &edge.to);
            }
        }
    }
}

/// What keeps an edge off the board, with the part of it that is at fault.
pub(super) fn edge_problem(
    nodes: &BTreeMap<NodeId, Node>,
    edge: &Edge,
) -> Option<(&'static str, String)> {
    for (key, end) in [("from", &edge.from), ("to", &edge.to)] {
        if !nodes.contains_key(end) {
            return Some((key, format!("there is no node \"{end}\"")));
        }
    }
    if let Some(NodeKind::Broker(_)) = nodes.get(&edge.from).map(|node| &node.kind) {
        let what =
            "a broker calls nobody; let the edge begin at the publisher and go via the broker";
        return Some(("from", what.into()));
    }
    match nodes.get(&edge.to).map(|node| &node.kind) {
        Some(NodeKind::Client(_)) => Some((
            "to",
            "a client cannot be called; let the edge end at a service".into(),
        )),
        Some(NodeKind::Broker(_)) => Some((
            "to",
            "a broker cannot be called; let the edge end at the consumer and go via the broker"
                .into(),
        )),
        Some(NodeKind::Service(_)) | None => None,
    }
}

/// What keeps an edge from going through the broker that it names.
pub(super) fn via_problem(nodes: &BTreeMap<NodeId, Node>, edge: &Edge) -> Option<String> {
    let via = edge.via.as_ref()?;
    match nodes.get(via).map(|node| &node.kind) {
        Some(NodeKind::Broker(_)) => None,
        Some(kind @ (NodeKind::Client(_) | NodeKind::Service(_))) => {
            Some(format!("\"{via}\" is a {}, not a broker", kind.word()))
        }
        None => Some(format!("there is no broker \"{via}\"")),
    }
}

/// The longest run that a command or a link may ask for.
pub const LONGEST_RUN: Span = Span::DAY;
