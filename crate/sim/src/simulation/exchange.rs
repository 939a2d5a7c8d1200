//! A broker node at work: publishers' connections, the line of messages to be taken in, its memory, its life.
//!
//! A publish that arrives is taken in at once, stands in line for that, or is kept on its connection while that is
//! blocked: by the memory alarm, or because its credit is used up. Who waits for a confirm waits on; who does not is
//! held by the write that does not return. Deliveries are not blocked; only a broker that is down delivers nothing.

mod life;

use std::collections::VecDeque;

use super::call;
use super::delivery;
use super::outbox::Outbox;
use super::purpose;
use super::world::{NodeState, World};
use crate::broker::{Broker, Kind};
use crate::dist::Dist;
use crate::event::{AttemptKey, EdgeIx, Event, NodeIx};
use crate::fact::Fact;
use crate::outcome::By;
use crate::rng::Luck;
use crate::scenario::NodeId;
use crate::units::{Ratio, Span};
pub use life::{adopt, remove, reroute, suffer};

/// A broker node at work.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers that have nothing to do with each other"
)]
pub struct Exchange {
    /// Its id.
    pub id: NodeId,
    /// Its settings.
    pub spec: Broker,
    /// By how much faults slow its work.
    pub slow: Ratio,
    /// Whether a fault keeps it down.
    pub down: bool,
    /// Whether a fault makes it block as if it were full.
    pub full: bool,
    /// Whether the memory alarm is on.
    pub alarm: bool,
    /// Whether it will look at its memory.
    pub looks: bool,
    /// The edges that go through it.
    pub edges: Vec<EdgeIx>,
    /// Messages in its queues that are not acknowledged, of all those edges.
    pub messages: u64,
    /// Messages to be taken in.
    pub intake: VecDeque<AttemptKey>,
    /// Whether it works on the first of them.
    pub is_busy: bool,
    /// Tells work from that before it went down.
    pub life: u32,
}

/// An edge's connection to its broker node.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// Publishes that it keeps while it is blocked, in order.
    pub line: VecDeque<AttemptKey>,
    /// Messages sent that are not credited yet.
    pub sent: u32,
    /// Those of them that were taken in.
    pub taken: u32,
}

impl Exchange {
    /// A broker that has just been drawn.
    pub fn new(id: &NodeId, spec: &Broker) -> Self {
        Exchange {
            id: id.clone(),
            spec: spec.clone(),
            slow: Ratio::ONE,
            down: false,
            full: false,
            alarm: false,
            looks: false,
            edges: Vec::new(),
            messages: 0,
            intake: VecDeque::new(),
            is_busy: false,
            life: 0,
        }
    }

    /// Whether it blocks all who publish.
    pub const fn blocks(&self) -> bool {
        self.alarm || self.full
    }

    /// Whether it holds more than its high watermark.
    pub fn alarms(&self) -> bool {
        self.spec
            .memory
            .alarms(self.messages + self.intake.len() as u64)
    }

    fn time(&self, dist: &Dist, luck: Luck, purpose: u64) -> Span {
        let time = match dist.constant() {
            Some(always) => always,
            None => dist.sample(&mut luck.part(purpose).stream()),
        };
        time.times(self.slow)
    }
}

impl World {
    /// A broker node, if this node is one and is on the board.
    pub fn exchange(&self, ix: NodeIx) -> Option<&Exchange> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Broker(exchange) => Some(exchange),
            NodeState::Client(_) | NodeState::Service(_) | NodeState::Gone => None,
        }
    }

    /// A broker node, to change it.
    pub fn exchange_mut(&mut self, ix: NodeIx) -> Option<&mut Exchange> {
        match &mut self.nodes[ix.0 as usize] {
            NodeState::Broker(exchange) => Some(exchange),
            NodeState::Client(_) | NodeState::Service(_) | NodeState::Gone => None,
        }
    }

    /// The broker node that an edge goes through.
    fn exchange_of(&self, edge: EdgeIx) -> Option<&Exchange> {
        self.exchange(self.link(edge).via?)
    }

    /// Whether an edge's broker node is down: then nothing is delivered, and acks come to nothing.
    pub fn is_cut_off(&self, edge: EdgeIx) -> bool {
        self.exchange_of(edge).is_some_and(|exchange| exchange.down)
    }

    /// Whether an edge's connection takes no publish now.
    pub fn is_blocked(&self, edge: EdgeIx) -> bool {
        self.is_throttled(edge) || !self.link(edge).connection.line.is_empty()
    }

    /// Whether what an edge's connection keeps may not go on yet.
    pub fn is_throttled(&self, edge: EdgeIx) -> bool {
        let sent = self.link(edge).connection.sent;
        self.exchange_of(edge)
            .is_some_and(|exchange| exchange.blocks() || exchange.spec.throttles(sent))
    }

    /// An edge has one message more that its broker keeps in memory, or one less. A log's records are on disk.
    pub fn keep(&mut self, edge: EdgeIx, kind: Kind, more: bool) {
        if kind == Kind::Log {
            return;
        }
        let link = self.link_mut(edge);
        let by = |count: u64| if more { count + 1 } else { count - 1 };
        link.kept = by(link.kept);
        if let Some(via) = link.via
            && let Some(exchange) = self.exchange_mut(via)
        {
            exchange.messages = by(exchange.messages);
        }
    }
}

/// A publish arrives at the far end of its edge.
pub fn reach(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key) else {
        return;
    };
    let luck = attempt.luck;
    let Some(exchange) = world.exchange_of(attempt.edge) else {
        delivery::publish(world, out, key);
        return;
    };
    let latency = exchange.time(&exchange.spec.latency, luck, purpose::ROUTE);
    if latency == Span::ZERO {
        knock(world, out, key);
    } else {
        out.after(latency, Event::Knock(key));
    }
}

/// A publish would be taken in.
pub fn knock(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key) else {
        return;
    };
    let (edge, request) = (attempt.edge, attempt.request.name);
    let Some((node, exchange)) = world
        .link(edge)
        .via
        .and_then(|node| Some((node, world.exchange(node)?)))
    else {
        delivery::publish(world, out, key);
        return;
    };
    if exchange.down {
        delivery::turn_back(world, out, key, By::DownBroker);
    } else if world.is_blocked(edge) {
        world.link_mut(edge).connection.line.push_back(key);
        out.say(Fact::HeldUp {
            node,
            edge,
            request,
        });
    } else {
        take(world, out, node, key);
        work(world, out, node);
    }
}

/// A publish stands in line to be taken in.
fn take(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, key: AttemptKey) {
    let attempt = &world.attempts[key];
    let (edge, request) = (attempt.edge, attempt.request.name);
    if !world.link(edge).spec.waits() {
        // Nobody waits for a confirm: all there may be to wait for is that the write returns.
        call::written(world, out, key);
    }
    world.link_mut(edge).connection.sent += 1;
    if let Some(exchange) = world.exchange_mut(node) {
        exchange.intake.push_back(key);
        out.say(Fact::LinedUp { node, request });
    }
    look(world, out, node);
}

/// Begins with the first in line. What takes no time is done at once.
fn work(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    while let Some(exchange) = world.exchange(node)
        && !exchange.is_busy
        && let Some(key) = exchange.intake.front().copied()
    {
        let luck = world.attempts[key].luck;
        let time = exchange.time(&exchange.spec.work, luck, purpose::TAKE_IN);
        if time == Span::ZERO {
            finish(world, out, node);
        } else {
            out.after(time, Event::TakenIn(node, exchange.life));
            if let Some(exchange) = world.exchange_mut(node) {
                exchange.is_busy = true;
            }
        }
    }
}

/// The work on the first in line is done, if the broker has not been down meanwhile (the number tells).
pub fn taken_in(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, life: u32) {
    let Some(exchange) = world.exchange_mut(node).filter(|e| e.life == life) else {
        return;
    };
    exchange.is_busy = false;
    finish(world, out, node);
    work(world, out, node);
}

/// The first in line is taken in: it is in its queue, or that refuses it.
fn finish(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(key) = world
        .exchange_mut(node)
        .and_then(|exchange| exchange.intake.pop_front())
    else {
        return;
    };
    let attempt = &world.attempts[key];
    let (edge, request) = (attempt.edge, attempt.request.name);
    out.say(Fact::TakenIn {
        node,
        request,
        done: true,
    });
    delivery::publish(world, out, key);
    look(world, out, node);
    // It may go elsewhere by now.
    if world.link(edge).via != Some(node) {
        return;
    }
    let link = &mut world.edges[edge.0 as usize];
    let NodeState::Broker(exchange) = &world.nodes[node.0 as usize] else {
        return;
    };
    let connection = &mut link.connection;
    connection.taken += 1;
    if exchange.spec.credits(connection.taken) {
        connection.sent = connection.sent.saturating_sub(connection.taken);
        connection.taken = 0;
        while open(world, out, node, edge) {}
    }
}

/// Lets the first publish in that a connection keeps, if it may; whether it did.
fn open(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, edge: EdgeIx) -> bool {
    let link = &mut world.edges[edge.0 as usize];
    let NodeState::Broker(exchange) = &world.nodes[node.0 as usize] else {
        return false;
    };
    if exchange.blocks() || exchange.down || exchange.spec.throttles(link.connection.sent) {
        return false;
    }
    let Some(key) = link.connection.line.pop_front() else {
        return false;
    };
    let request = world.attempts[key].request.name;
    out.say(Fact::LetGo {
        node,
        edge,
        request,
    });
    take(world, out, node, key);
    true
}

/// Lets all in that connections keep, as far as may be: one of each in turn.
fn open_all(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(edges) = world.exchange(node).map(|exchange| exchange.edges.clone()) else {
        return;
    };
    let mut more = true;
    while std::mem::take(&mut more) {
        for edge in &edges {
            more |= open(world, out, node, *edge);
        }
    }
    work(world, out, node);
}

/// Sees to it that it looks at its memory, where there is a reason to.
fn look(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    if let Some(exchange) = world.exchange_mut(node)
        && !exchange.looks
        && (exchange.alarm || exchange.alarms())
    {
        exchange.looks = true;
        out.at(exchange.spec.memory.next_check(out.now), Event::Look(node));
    }
}

/// It looks at its memory: the alarm begins or ends.
pub fn check(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(exchange) = world.exchange_mut(node) else {
        return;
    };
    exchange.looks = false;
    let was = exchange.blocks();
    exchange.alarm = !exchange.down && exchange.alarms();
    turned(world, out, node, was);
    look(world, out, node);
}

/// It may have begun or ended to block.
fn turned(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, was: bool) {
    match (was, world.exchange(node).is_some_and(Exchange::blocks)) {
        (false, true) => out.say(Fact::Blocked { node }),
        (true, false) => {
            out.say(Fact::Unblocked { node });
            open_all(world, out, node);
        }
        (true, true) | (false, false) => {}
    }
}
