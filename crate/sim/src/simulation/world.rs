//! The world: everything that is under way, as one value that can be cloned.

use std::collections::{BTreeMap, VecDeque};

use slotmap::SlotMap;

use super::autoscaler::Scaler;
use super::books::Books;
use super::client::User;
use super::exchange::{Connection, Exchange};
use super::express::Way;
use super::leak::Leak;
use super::log_books::LogBooks;
use super::network::Network;
use super::parts::Bounds;
use super::plan::Plan;
use super::purpose;
use super::replica::Replica;
use super::stack::{Spare, Stack};
use super::work::{Attempt, Call, Job, Message, Origin, Request, Row};
use crate::balance::Balancer;
use crate::broker::Kind;
use crate::broker::bus::Subscription;
use crate::criticality::Criticality;
use crate::dedup::Seen;
use crate::dist::Dist;
use crate::event::{
    AttemptKey, CallKey, EdgeIx, JobKey, MessageKey, NodeIx, OpIx, ReplicaIx, RequestKey, RowKey,
    StackKey,
};
use crate::operation::OperationName;
use crate::profile::Profile;
use crate::rng::Luck;
use crate::scenario::{Client, Edge, EdgeId, Fault, NodeId, PlannedFault, Service};
use crate::units::{Ratio, Span, Time};

/// Everything that is under way.
#[derive(Debug, Clone)]
pub struct World {
    /// The luck of the run.
    pub luck: Luck,
    /// All nodes that ever were.
    pub nodes: Vec<NodeState>,
    /// All edges that ever were.
    pub edges: Vec<Link>,
    /// The nodes on the board.
    pub node_ix: BTreeMap<NodeId, NodeIx>,
    /// The names of operations that ever were, by their numbers from 1 on.
    pub operations: Vec<OperationName>,
    /// The edges on the board.
    pub edge_ix: BTreeMap<EdgeId, EdgeIx>,
    /// Requests of which something is still under way.
    pub requests: SlotMap<RequestKey, Request>,
    /// Calls that have not settled.
    pub calls: SlotMap<CallKey, Call>,
    /// Attempts of which no answer has come back.
    pub attempts: SlotMap<AttemptKey, Attempt>,
    /// Threads at work.
    pub jobs: SlotMap<JobKey, Job>,
    /// Messages that are not done with.
    pub messages: SlotMap<MessageKey, Message>,
    /// Messages in outboxes.
    pub rows: SlotMap<RowKey, Row>,
    /// The policies of edges, those that calls under way still go by included.
    pub stacks: SlotMap<StackKey, Stack>,
    /// Lists whose owners have ended, for those to come.
    pub spare: Spare,
    /// Trouble.
    pub trouble: Trouble,
    /// What bounds the work under way.
    pub bounds: Bounds,
}

/// A node.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "nodes are few, and a box would cost a step at every event"
)]
pub enum NodeState {
    /// A source of requests.
    Client(Source),
    /// A service.
    Service(Server),
    /// A broker.
    Broker(Exchange),
    /// It was taken off the board.
    Gone,
}

/// A client at work.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its id.
    pub id: NodeId,
    /// Its settings.
    pub spec: Client,
    /// By how much faults multiply its rate.
    pub spike: Ratio,
    /// Its calls.
    pub plan: Plan,
    /// What its requests ask for.
    pub operations: Vec<Asked>,
    /// Its luck.
    pub luck: Luck,
    /// How many requests it has sent.
    pub sent: u64,
    /// What is left of the gap to the next request, in mean gaps, at `since`.
    pub owed: f64,
    /// When `owed` was reckoned.
    pub since: Time,
    /// The rate by which the next request was planned, per second.
    pub rate: f64,
    /// How that rate changes over time.
    pub profile: Profile,
    /// The users of a closed population, those that have left included.
    pub users: Vec<User>,
    /// Tells a plan for the next request from those before a change of rate.
    pub epoch: u32,
}

/// What some of a client's requests ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub operation: OpIx,
    /// How much it matters.
    pub criticality: Criticality,
    /// The sum of the weights up to it.
    pub up_to: u64,
}

/// A service at work.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its id.
    pub id: NodeId,
    /// Its settings.
    pub spec: Service,
    /// By how much faults slow its work.
    pub slow: Ratio,
    /// The share of errors that faults add.
    pub errors: Ratio,
    /// The share of what comes that makes its work fail each time.
    pub poison: Ratio,
    /// The share of deliveries that end before their ack.
    pub crash_before_ack: Ratio,
    /// How much longer faults make what it begins.
    pub delay: Span,
    /// Whether a fault hangs it: those of its replicas that ran when it began.
    pub hung: bool,
    /// Whether a fault pauses it: those of its replicas that ran when it began.
    pub paused: bool,
    /// What faults make its replicas lose.
    pub leak: Leak,
    /// Whether a fault keeps it down.
    pub crashed: bool,
    /// Its calls.
    pub plan: Plan,
    /// The edges that end here.
    pub ins: Vec<EdgeIx>,
    /// Its replicas, in order of their numbers; at least one.
    pub replicas: Vec<Replica>,
    /// The number of the next replica.
    pub next_replica: u32,
    /// Who chooses among them.
    pub balancer: Balancer,
    /// Who makes them more and fewer, where that is wanted.
    pub scaler: Option<Box<Scaler>>,
    /// Tells what one scaler has planned from what others have.
    pub scaler_epoch: u32,
}

/// Something that waits for a thread.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<K> {
    /// What.
    pub key: K,
    /// Since when.
    pub since: Time,
    /// Its place in the order of readiness.
    pub ticket: u64,
}

/// An edge at work.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its id.
    pub id: EdgeId,
    /// Its id as a number, for luck.
    pub number: u64,
    /// Who calls.
    pub from: NodeIx,
    /// Who is called.
    pub to: NodeIx,
    /// Its settings.
    pub spec: Edge,
    /// The operations that make its calls; none of them stands for all.
    pub only: Vec<OpIx>,
    /// Its policies as new calls find them.
    pub stack: StackKey,
    /// Whether it is on the board.
    pub alive: bool,
    /// The broker node that it goes through.
    pub via: Option<NodeIx>,
    /// The connection to that.
    pub connection: Connection,
    /// Its messages that its broker keeps, whatever kind of broker that is.
    pub kept: u64,
    /// The edge whose books its messages are on: itself, unless it shares a queue.
    pub home: EdgeIx,
    /// The other subscriptions to its topic, which its publishes serve too.
    pub subscribers: Vec<EdgeIx>,
    /// Whether another edge publishes for it.
    pub follows: bool,
    /// The books of its queue.
    pub books: Books,
    /// Its subscription, once it has one.
    pub bus: Option<Box<Subscribed>>,
    /// Its log, once it has one.
    pub log: Option<Box<LogBooks>>,
    /// Its network.
    pub network: Network,
    /// How it lets plain calls pass, if it does.
    pub express: Option<Way>,
    /// Who of the consumer's replicas is next.
    pub turn: Balancer,
    /// What its callee has done before.
    pub seen: Seen,
    /// The rows of its outbox that are not marked as published, in order.
    pub rows: VecDeque<RowKey>,
    /// Whether the relay will look at them.
    pub relays: bool,
}

/// The subscription of an edge at work.
#[derive(Debug, Clone, Default)]
pub struct Subscribed {
    /// The messages.
    pub messages: Subscription<MessageKey>,
    /// When the engine looks after it next by itself.
    pub looks: Option<Time>,
}

/// Trouble: what is planned, what is clicked, what is on.
#[derive(Debug, Clone, Default)]
pub struct Trouble {
    /// The plan.
    pub planned: Vec<PlannedFault>,
    /// The clicked faults that are on.
    pub clicked: Vec<Fault>,
    /// All that are on, in order.
    pub active: Vec<Fault>,
    /// Tells one plan from the next.
    pub epoch: u32,
    /// Whether anything ever stood still: until then nothing asks.
    pub stalls: bool,
}

impl Link {
    /// What kind of broker has its messages.
    pub const fn kind(&self) -> Kind {
        self.spec.broker
    }

    /// Members of the consumer group of its log.
    pub fn members(&self) -> usize {
        self.log.as_ref().map_or(0, |log| log.group.size())
    }

    /// Messages of its subscription that wait for their time.
    pub fn delayed(&self) -> usize {
        self.bus.as_ref().map_or(0, |bus| bus.messages.delayed())
    }
}

impl Server {
    /// Whether any of it runs.
    pub fn up(&self) -> bool {
        self.replicas.iter().any(Replica::up)
    }

    /// How long a piece of work takes.
    pub fn work(&self, dist: &Dist, luck: Luck, purpose: u64) -> Span {
        let work = match dist.constant() {
            Some(always) => always,
            None => dist.sample(&mut luck.part(purpose).stream()),
        };
        if self.slow == Ratio::ONE {
            work
        } else {
            work.times(self.slow)
        }
    }

    /// How long its own work before its calls takes.
    pub fn before(&self, luck: Luck) -> Span {
        self.work(&self.spec.before, luck, purpose::BEFORE) + self.delay
    }

    /// Whether each piece of work leaves something behind in memory.
    pub const fn leaks_by_request(&self) -> bool {
        self.leak.per_request.get() > 0
    }

    /// Where a replica stands among the others.
    fn place(&self, number: u32) -> Option<usize> {
        // Numbers grow along the list and are never used again, so that none stands behind its number.
        let last = self.replicas.len().checked_sub(1)?;
        let mut place = last.min(number as usize);
        while place > 0 && self.replicas[place].number > number {
            place -= 1;
        }
        (self.replicas[place].number == number).then_some(place)
    }

    /// A replica.
    pub fn replica(&self, number: u32) -> Option<&Replica> {
        self.place(number).map(|place| &self.replicas[place])
    }

    /// A replica, to change it.
    pub fn replica_mut(&mut self, number: u32) -> Option<&mut Replica> {
        self.place(number).map(|place| &mut self.replicas[place])
    }

    /// All replicas as they are named elsewhere.
    pub fn all(&self, node: NodeIx) -> impl Iterator<Item = ReplicaIx> + '_ {
        self.replicas.iter().map(move |replica| ReplicaIx {
            node,
            number: replica.number,
        })
    }
}

impl World {
    /// An edge.
    pub fn link(&self, ix: EdgeIx) -> &Link {
        &self.edges[ix.0 as usize]
    }

    /// An edge, to change it.
    pub fn link_mut(&mut self, ix: EdgeIx) -> &mut Link {
        &mut self.edges[ix.0 as usize]
    }

    /// The id of a node that is on the board.
    pub fn id(&self, ix: NodeIx) -> Option<NodeId> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source.id.clone()),
            NodeState::Service(server) => Some(server.id.clone()),
            NodeState::Broker(exchange) => Some(exchange.id.clone()),
            NodeState::Gone => None,
        }
    }

    /// A service, if this node is one and is on the board.
    pub fn server(&self, ix: NodeIx) -> Option<&Server> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Service(server) => Some(server),
            NodeState::Client(_) | NodeState::Broker(_) | NodeState::Gone => None,
        }
    }

    /// A service, to change it.
    pub fn server_mut(&mut self, ix: NodeIx) -> Option<&mut Server> {
        match &mut self.nodes[ix.0 as usize] {
            NodeState::Service(server) => Some(server),
            NodeState::Client(_) | NodeState::Broker(_) | NodeState::Gone => None,
        }
    }

    /// A replica with the settings of its service.
    pub fn replica(&self, ix: ReplicaIx) -> Option<(&Server, &Replica)> {
        let server = self.server(ix.node)?;
        Some((server, server.replica(ix.number)?))
    }

    /// A replica to change, beside the settings of its service.
    pub fn seat_mut(&mut self, ix: ReplicaIx) -> Option<(&Service, &mut Replica)> {
        let server = self.server_mut(ix.node)?;
        let place = server.place(ix.number)?;
        Some((&server.spec, &mut server.replicas[place]))
    }

    /// A replica, to change it.
    pub fn replica_mut(&mut self, ix: ReplicaIx) -> Option<&mut Replica> {
        self.server_mut(ix.node)?.replica_mut(ix.number)
    }

    /// A client, if this node is one and is on the board.
    pub fn source(&self, ix: NodeIx) -> Option<&Source> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source),
            NodeState::Service(_) | NodeState::Broker(_) | NodeState::Gone => None,
        }
    }

    /// A client, to change it.
    pub fn source_mut(&mut self, ix: NodeIx) -> Option<&mut Source> {
        match &mut self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source),
            NodeState::Service(_) | NodeState::Broker(_) | NodeState::Gone => None,
        }
    }

    /// Whether a job stands for its call and its attempt.
    pub fn is_express(&self, job: JobKey) -> bool {
        let of = self.jobs.get(job);
        of.is_some_and(|job| matches!(job.origin, Origin::Call(_)))
    }
}
