//! The world: everything that is under way, as one value that can be cloned.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use slotmap::SlotMap;

use crate::broker::queue::Backlog;
use crate::event::{
    AttemptKey, CallKey, EdgeIx, Event, JobKey, MessageKey, NodeIx, Owner, RequestKey,
};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::policy::{Layer, Policy};
use crate::rng::Luck;
use crate::scenario::{Client, Edge, EdgeId, Fault, Mode, NodeId, PlannedFault, Service};
use crate::units::{Ratio, Span, Time};

/// A request crosses at most so many edges in a row; a loop in the drawing ends there.
pub const MOST_HOPS: u8 = 64;

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
    /// Trouble.
    pub trouble: Trouble,
}

/// A node.
#[derive(Debug, Clone)]
pub enum NodeState {
    /// A source of requests.
    Client(Source),
    /// A service.
    Service(Server),
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
    /// Tells a plan for the next request from those before a change of rate.
    pub epoch: u32,
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
    /// Whether a fault keeps it down.
    pub crashed: bool,
    /// Whether it starts up after it was killed.
    pub starting: bool,
    /// Tells one life of it from the next.
    pub life: u32,
    /// Its calls.
    pub plan: Plan,
    /// The edges that end here.
    pub ins: Vec<EdgeIx>,
    /// Busy threads.
    pub busy: usize,
    /// The accept queue, in order of arrival.
    pub accept: VecDeque<Waiting<AttemptKey>>,
    /// Prefetched messages of all queues that wait for a thread here.
    pub buffered: usize,
    /// The next ticket of readiness.
    pub ticket: u64,
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

/// A node's calls: steps in order, each with the alternatives of that step.
pub type Plan = Vec<(u32, Vec<EdgeIx>)>;

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
    /// Its policies, shared with the calls under way.
    pub policies: Arc<[Policy]>,
    /// Whether it is on the board.
    pub alive: bool,
    /// Its queue.
    pub backlog: Backlog<MessageKey>,
    /// Prefetched messages that wait for a thread.
    pub buffer: VecDeque<Waiting<MessageKey>>,
    /// Threads that work on its messages.
    pub active: usize,
    /// Unacknowledged messages by when they were published.
    pub unacked: BTreeSet<(Time, MessageKey)>,
}

/// A request, from the client to the last message it causes.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who sent it.
    pub client: NodeIx,
    /// Its luck; the luck's number is its name.
    pub luck: Luck,
    /// When.
    pub arrived: Time,
    /// The last step of the client's calls that was begun.
    pub step: u32,
    /// The client's call under way.
    pub call: Option<CallKey>,
    /// The answer the client has, and when it came.
    pub answered: Option<(Outcome, Time)>,
    /// Attempts, jobs and messages that belong to it.
    pub parts: u32,
    /// When its last effect was done.
    pub last_effect: Time,
    /// Whether an effect of it was lost.
    pub lost: bool,
    /// The pieces of work that were done for it, to find what is done twice.
    pub done: Vec<u64>,
}

/// One use of an edge.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who waits for it.
    pub owner: Owner,
    /// Which edge.
    pub edge: EdgeIx,
    /// The edge's mode when it began: it ends as it began.
    pub mode: Mode,
    /// Whether its owner's thread waits for it.
    pub waits: bool,
    /// For which request.
    pub request: RequestKey,
    /// Its luck.
    pub luck: Luck,
    /// What it is for, the same for every attempt: the path of edges from the request.
    pub identity: Luck,
    /// The policies when it began, outermost first.
    pub policies: Arc<[Policy]>,
    /// What they remember, and the number of the wait they are in (0: none).
    pub layers: Vec<(Layer, u32)>,
    /// The number of the last wait.
    pub waits_so_far: u32,
    /// The attempt under way.
    pub attempt: Option<AttemptKey>,
    /// Attempts sent.
    pub sent: u32,
    /// When it began.
    pub began: Time,
    /// Whether nobody waits for its owner.
    pub orphan: bool,
    /// Edges crossed so far.
    pub hops: u8,
}

/// One try of a call.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The call that waits for it; none once the caller has given up or does not care.
    pub call: Option<CallKey>,
    /// Over which edge.
    pub edge: EdgeIx,
    /// As a request or as a message.
    pub mode: Mode,
    /// For which request.
    pub request: RequestKey,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// Where it is.
    pub place: Place,
    /// Whether nobody waits for what it asks.
    pub orphan: bool,
    /// Edges crossed so far, this one included.
    pub hops: u8,
}

/// Where an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On its way or at a broker.
    Out,
    /// In an accept queue.
    Queued,
    /// On a thread.
    Working(JobKey),
    /// Its answer is on its way back.
    Back,
}

/// One thread at work for one request or message.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where.
    pub node: NodeIx,
    /// What it was begun for.
    pub origin: Origin,
    /// For which request.
    pub request: RequestKey,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// The edge it came over.
    pub edge: EdgeIx,
    /// When it came to the service.
    pub came: Time,
    /// When it got its thread.
    pub started: Time,
    /// Whether its calls are made and its last work is under way.
    pub after: bool,
    /// The last step of its calls that was begun.
    pub step: u32,
    /// Its call under way.
    pub call: Option<CallKey>,
    /// Whether nobody waits for it any more.
    pub orphan: bool,
    /// Edges crossed so far.
    pub hops: u8,
}

/// What a job was begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An attempt that wants an answer.
    Attempt(AttemptKey),
    /// A message that wants an ack.
    Message(MessageKey),
    /// Its edge was taken off the board.
    Nobody,
}

/// A message, from the publish to its ack or its end.
#[derive(Debug, Clone)]
pub struct Message {
    /// Whose queue it is in.
    pub edge: EdgeIx,
    /// For which request.
    pub request: RequestKey,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// When it came into the queue.
    pub published: Time,
    /// How often it was delivered.
    pub deliveries: u32,
    /// Where it is.
    pub place: Station,
    /// Edges crossed so far, this one included.
    pub hops: u8,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    /// Ready in the queue.
    Ready,
    /// On its way to the consumer.
    Travelling,
    /// Prefetched, without a thread.
    Buffered,
    /// On a thread.
    Working(JobKey),
    /// Done or failed; the broker does not know yet.
    Settling,
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
}

/// Where handlers put what they plan and what they state.
#[derive(Debug)]
pub struct Outbox<'a> {
    /// Now.
    pub now: Time,
    /// Events to plan.
    pub plans: &'a mut Vec<(Time, Event)>,
    /// Facts to tell.
    pub facts: &'a mut Vec<Fact>,
}

impl Outbox<'_> {
    /// Plans an event after a while.
    pub fn after(&mut self, wait: Span, event: Event) {
        self.plans.push((self.now + wait, event));
    }

    /// Plans an event for now, after those already planned for now.
    pub fn soon(&mut self, event: Event) {
        self.plans.push((self.now, event));
    }

    /// States a fact.
    pub fn say(&mut self, fact: Fact) {
        self.facts.push(fact);
    }
}

/// The purposes of draws, parts of a key.
pub mod purpose {
    /// Which alternative of a step.
    pub const CHOICE: u64 = 1;
    /// The gap before a request.
    pub const GAP: u64 = 2;
    /// Work before calls.
    pub const BEFORE: u64 = 3;
    /// Work after calls.
    pub const AFTER: u64 = 4;
    /// Whether work ends in an error.
    pub const ERROR: u64 = 5;
    /// The way out.
    pub const OUT: u64 = 6;
    /// The way back.
    pub const BACK: u64 = 7;
    /// The way from a queue to its consumer.
    pub const DELIVERY: u64 = 8;
    /// A further delivery of a message.
    pub const REDELIVERY: u64 = 9;
    /// A policy's own draw.
    pub const POLICY: u64 = 10;
}

impl Server {
    /// Whether it runs.
    pub const fn up(&self) -> bool {
        !self.crashed && !self.starting
    }

    /// What it holds in memory, in bytes.
    pub fn memory(&self) -> u64 {
        if !self.up() {
            return 0;
        }
        self.spec
            .memory
            .held(self.busy, self.accept.len() + self.buffered)
            .get()
    }

    /// The next ticket of readiness.
    pub fn next_ticket(&mut self) -> u64 {
        self.ticket += 1;
        self.ticket
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
            NodeState::Gone => None,
        }
    }

    /// A service, if this node is one and is on the board.
    pub fn server(&self, ix: NodeIx) -> Option<&Server> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Service(server) => Some(server),
            NodeState::Client(_) | NodeState::Gone => None,
        }
    }

    /// A service, to change it.
    pub fn server_mut(&mut self, ix: NodeIx) -> Option<&mut Server> {
        match &mut self.nodes[ix.0 as usize] {
            NodeState::Service(server) => Some(server),
            NodeState::Client(_) | NodeState::Gone => None,
        }
    }

    /// A client, if this node is one and is on the board.
    pub fn source(&self, ix: NodeIx) -> Option<&Source> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source),
            NodeState::Service(_) | NodeState::Gone => None,
        }
    }

    /// A client, to change it.
    pub fn source_mut(&mut self, ix: NodeIx) -> Option<&mut Source> {
        match &mut self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(source),
            NodeState::Service(_) | NodeState::Gone => None,
        }
    }

    /// The first step after `done` of a plan, and which of its alternatives this luck takes.
    pub fn choose(&self, plan: &Plan, done: u32, luck: Luck) -> Option<(u32, EdgeIx)> {
        let (step, edges) = plan.iter().find(|(step, _)| *step > done)?;
        let weight = |ix: EdgeIx| self.link(ix).spec.weight.as_micros();
        let total: u64 = edges.iter().map(|ix| weight(*ix)).sum();
        if edges.len() == 1 || total == 0 {
            return edges.first().map(|ix| (*step, *ix));
        }
        let mut at = luck
            .part(purpose::CHOICE)
            .part(u64::from(*step))
            .stream()
            .below(total);
        for ix in edges {
            if at < weight(*ix) {
                return Some((*step, *ix));
            }
            at -= weight(*ix);
        }
        None
    }

    /// How long one crossing of an edge takes.
    pub fn crossing(&self, edge: EdgeIx, luck: Luck, purpose: u64) -> Span {
        self.link(edge)
            .spec
            .latency
            .sample(&mut luck.part(purpose).stream())
    }

    /// The name of a request.
    pub fn name(&self, request: RequestKey) -> u64 {
        self.requests.get(request).map_or(0, |r| r.luck.name())
    }

    /// A part of a request begins.
    pub fn hold(&mut self, request: RequestKey) {
        if let Some(request) = self.requests.get_mut(request) {
            request.parts += 1;
        }
    }

    /// A part of a request ends; with the last one the request is complete.
    pub fn release(&mut self, out: &mut Outbox<'_>, key: RequestKey) {
        if let Some(request) = self.requests.get_mut(key) {
            request.parts -= 1;
        }
        self.complete(out, key);
    }

    /// Forgets a request that is answered and of which nothing is under way.
    pub fn complete(&mut self, out: &mut Outbox<'_>, key: RequestKey) {
        let Some(request) = self.requests.get(key) else {
            return;
        };
        let Some((outcome, answered)) = request.answered else {
            return;
        };
        if request.parts > 0 {
            return;
        }
        if outcome.is_ok() {
            let last = request.last_effect.max(answered);
            out.say(Fact::Completed {
                client: request.client,
                request: request.luck.name(),
                lost: request.lost,
                stale: last.since(answered),
                took: last.since(request.arrived),
            });
        }
        self.requests.remove(key);
    }
}
