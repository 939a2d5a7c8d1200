//! Adopt: carry on with the board as it is now; only what differs changes.
//!
//! Calls under way end as they began, queues drain, shrunk pools retire threads as they finish. What was
//! on an element that is gone settles as cancelled or removed, here and at once, so that nobody is left
//! waiting.

use std::collections::VecDeque;

use super::board;
use super::books::Books;
use super::exchange::{Connection, Exchange};
use super::leak::Leak;
use super::network::{self, Network};
use super::outbox::Outbox;
use super::replica::Replica;
use super::world::{Link, NodeState, Server, Source, World};
use super::{
    autoscaler, call, client, delivery, exchange, express, life, loops, operation, plan, prober,
    relay, scaling, sharing, topics, trouble,
};
use crate::balance::Balancer;
use crate::dedup::Seen;
use crate::event::{CallKey, EdgeIx, Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::rng::Luck;
use crate::scenario::{Edge, EdgeId, Fault, Node, NodeId, NodeKind, Role, Scenario};
use crate::units::{Ratio, Span, Time};

/// Makes the world match the board and the faults clicked on it.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, scenario: &Scenario, clicked: &[Fault]) {
    out.say(Fact::Adopted);
    express::unpack_all(world, out);
    remove_edges(world, out, scenario);
    remove_nodes(world, out, scenario);
    let mut newcomers = Vec::new();
    for (id, node) in &scenario.nodes {
        match world.node_ix.get(id).copied() {
            Some(ix) => update_node(world, out, ix, node),
            None => newcomers.push(add_node(world, id, node, out.now)),
        }
    }
    for (id, edge) in &scenario.edges {
        match world.edge_ix.get(id).copied() {
            Some(ix) => update_edge(world, out, ix, edge),
            None => add_edge(world, out, id, edge),
        }
    }
    operation::follow(world);
    wire(world);
    sharing::follow(world, out);
    out.book.meter.follow(world, out.now);
    out.book.story.follow(board::of(world));
    for node in newcomers {
        client::begin(world, out, node);
    }
    let nodes: Vec<NodeIx> = world.node_ix.values().copied().collect();
    for node in nodes {
        client::connect(world, out, node);
        autoscaler::follow(world, out, node);
        prober::follow(world, out, node);
    }
    if world.trouble.planned != scenario.faults {
        trouble::plan(world, out, &scenario.faults);
    }
    world.trouble.clicked = clicked.to_vec();
    trouble::refresh(world, out);
}

fn remove_edges(world: &mut World, out: &mut Outbox<'_>, scenario: &Scenario) {
    let stays = |world: &World, id: &EdgeId, ix: EdgeIx| {
        let link = world.link(ix);
        scenario.edges.get(id).is_some_and(|edge| {
            edge.from == link.spec.from
                && edge.to == link.spec.to
                && same_kind(world, link.from, scenario.nodes.get(&edge.from))
                && same_kind(world, link.to, scenario.nodes.get(&edge.to))
        })
    };
    let gone: Vec<(EdgeId, EdgeIx)> = world
        .edge_ix
        .iter()
        .filter(|(id, ix)| !stays(world, id, **ix))
        .map(|(id, ix)| (id.clone(), *ix))
        .collect();
    for (id, ix) in gone {
        world.edge_ix.remove(&id);
        world.link_mut(ix).alive = false;
        network::let_go(world, out, ix);
        world.link_mut(ix).network = Network::default();
        world.unstack(world.link(ix).stack);
        // In an order of their own: where their records stand says nothing about them.
        let of = world.calls.iter().filter(|(_, call)| call.edge == ix);
        let mut calls: Vec<(Time, Luck, CallKey)> =
            of.map(|(key, call)| (call.began, call.luck, key)).collect();
        calls.sort_unstable();
        for (_, _, key) in calls {
            call::cut(world, out, key);
        }
        delivery::remove_all(world, out, ix);
        relay::remove(world, out, ix);
        exchange::reroute(world, out, ix, None);
    }
}

fn same_kind(world: &World, ix: NodeIx, node: Option<&Node>) -> bool {
    matches!(
        (&world.nodes[ix.0 as usize], node.map(|node| &node.kind)),
        (NodeState::Client(_), Some(NodeKind::Client(_)))
            | (NodeState::Service(_), Some(NodeKind::Service(_)))
            | (NodeState::Broker(_), Some(NodeKind::Broker(_)))
    )
}

fn remove_nodes(world: &mut World, out: &mut Outbox<'_>, scenario: &Scenario) {
    let gone: Vec<(NodeId, NodeIx)> = world
        .node_ix
        .iter()
        .filter(|(id, ix)| !same_kind(world, **ix, scenario.nodes.get(id)))
        .map(|(id, ix)| (id.clone(), *ix))
        .collect();
    for (id, ix) in gone {
        world.node_ix.remove(&id);
        let replicas: Vec<ReplicaIx> = world
            .server(ix)
            .map_or_else(Vec::new, |server| server.all(ix).collect());
        for at in replicas {
            life::clear(world, out, at, Outcome::Cancelled);
        }
        exchange::remove(world, out, ix);
        world.nodes[ix.0 as usize] = NodeState::Gone;
    }
}

fn add_node(world: &mut World, id: &NodeId, node: &Node, now: Time) -> NodeIx {
    let ix = NodeIx(world.nodes.len() as u32);
    let state = match &node.kind {
        NodeKind::Client(spec) => NodeState::Client(Source {
            id: id.clone(),
            spec: spec.clone(),
            spike: Ratio::ONE,
            plan: Vec::new(),
            operations: Vec::new(),
            luck: world.luck.part(id.number()),
            sent: 0,
            owed: 0.0,
            since: Time::ZERO,
            rate: 0.0,
            profile: Profile::Steady,
            users: Vec::new(),
            epoch: 0,
        }),
        NodeKind::Service(spec) => NodeState::Service(Server {
            id: id.clone(),
            spec: spec.clone(),
            slow: Ratio::ONE,
            errors: Ratio::ZERO,
            poison: Ratio::ZERO,
            crash_before_ack: Ratio::ZERO,
            delay: Span::ZERO,
            hung: false,
            paused: false,
            leak: Leak::default(),
            crashed: false,
            plan: Vec::new(),
            ins: Vec::new(),
            replicas: (0..spec.replicas)
                .map(|number| Replica {
                    cache: Replica::first(spec, now),
                    up_since: now,
                    ..Replica::new(number)
                })
                .collect(),
            next_replica: spec.replicas,
            balancer: Balancer::default(),
            scaler: None,
            scaler_epoch: 0,
        }),
        NodeKind::Broker(spec) => NodeState::Broker(Exchange::new(id, spec)),
    };
    world.nodes.push(state);
    if let Some(server) = world.server_mut(ix) {
        server
            .balancer
            .follow(server.spec.balance, &server.replicas);
    }
    world.node_ix.insert(id.clone(), ix);
    ix
}

fn update_node(world: &mut World, out: &mut Outbox<'_>, ix: NodeIx, node: &Node) {
    match (&mut world.nodes[ix.0 as usize], &node.kind) {
        (NodeState::Client(source), NodeKind::Client(spec)) => {
            if source.spec != *spec {
                source.spec = spec.clone();
                client::replan(world, out, ix);
            }
        }
        (NodeState::Service(server), NodeKind::Service(spec)) => {
            if server.spec != *spec {
                // An autoscaler goes on from where it is.
                let scaled = spec.autoscale.on && server.scaler.is_some();
                let resizes = !scaled || server.spec.replicas != spec.replicas;
                server.spec = spec.clone();
                for replica in &mut server.replicas {
                    match (&mut replica.cache, spec.role) {
                        (Some(cache), Role::Cache) => cache.follow(&spec.cache),
                        (cache, _) => *cache = Replica::first(spec, out.now),
                    }
                }
                let replicas: Vec<ReplicaIx> = server.all(ix).collect();
                for at in &replicas {
                    out.soon(Event::Dispatch(*at));
                }
                for edge in &server.ins {
                    out.soon(Event::Pump(*edge));
                }
                // A limit below what is held now kills at once.
                for replica in &server.replicas {
                    let number = replica.number;
                    let at = ReplicaIx { node: ix, number };
                    out.soon(Event::OutOfMemory(at, replica.life));
                }
                for at in replicas {
                    loops::follow(world, out, at);
                }
                if resizes {
                    scaling::resize(world, out, ix, spec.replicas as usize, Span::ZERO);
                }
            }
        }
        // What follows from it is done once the edges are followed, too.
        (NodeState::Broker(exchange), NodeKind::Broker(spec)) => exchange.spec = spec.clone(),
        // `remove_nodes` has taken away what changed its kind.
        (
            NodeState::Client(_) | NodeState::Service(_) | NodeState::Broker(_) | NodeState::Gone,
            _,
        ) => {}
    }
}

fn add_edge(world: &mut World, out: &mut Outbox<'_>, id: &EdgeId, edge: &Edge) {
    let find = |id| world.node_ix.get(id).copied();
    let (Some(from), Some(to)) = (find(&edge.from), find(&edge.to)) else {
        return;
    };
    let stack = world.stack(out, &edge.policies, None);
    let ix = EdgeIx(world.edges.len() as u32);
    world.edges.push(Link {
        id: id.clone(),
        number: id.number(),
        from,
        to,
        spec: edge.clone(),
        only: Vec::new(),
        stack,
        alive: true,
        via: None,
        connection: Connection::default(),
        kept: 0,
        home: ix,
        subscribers: Vec::new(),
        follows: false,
        books: Books::new(ix),
        bus: None,
        log: None,
        network: Network::default(),
        express: None,
        turn: Balancer::default(),
        seen: Seen::default(),
        rows: VecDeque::new(),
        relays: false,
    });
    world.edge_ix.insert(id.clone(), ix);
}

fn update_edge(world: &mut World, out: &mut Outbox<'_>, ix: EdgeIx, edge: &Edge) {
    let link = world.link(ix);
    if link.spec == *edge {
        return;
    }
    if link.spec.policies != edge.policies {
        let old = world.link(ix).stack;
        let new = world.stack(out, &edge.policies, Some(old));
        world.link_mut(ix).stack = new;
        world.unstack(old);
    }
    let link = world.link_mut(ix);
    if link.spec.mode != edge.mode {
        out.say(Fact::Switched {
            edge: ix,
            mode: edge.mode,
        });
    }
    link.spec = edge.clone();
    let to = link.to;
    delivery::adopt(world, out, ix);
    if let Some(server) = world.server(to) {
        for at in server.all(to) {
            out.soon(Event::Dispatch(at));
        }
    }
}

/// Gives every node its calls in order and the edges that end at it.
fn wire(world: &mut World) {
    topics::follow(world);
    for node in &mut world.nodes {
        match node {
            NodeState::Client(source) => source.plan.clear(),
            NodeState::Service(server) => {
                server.plan.clear();
                server.ins.clear();
            }
            NodeState::Broker(_) | NodeState::Gone => {}
        }
    }
    for ix in world.edge_ix.values() {
        let link = &world.edges[ix.0 as usize];
        match &mut world.nodes[link.from.0 as usize] {
            // Another edge publishes for it.
            _ if link.follows => {}
            NodeState::Client(source) => plan::join(&mut source.plan, &world.edges, *ix),
            NodeState::Service(server) => plan::join(&mut server.plan, &world.edges, *ix),
            NodeState::Broker(_) | NodeState::Gone => {}
        }
        if let NodeState::Service(server) = &mut world.nodes[link.to.0 as usize] {
            server.ins.push(*ix);
        }
    }
}
