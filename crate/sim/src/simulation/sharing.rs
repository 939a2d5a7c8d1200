//! Sharing: which broker node each edge goes through and whose queue it publishes to, as the board is now.
//!
//! Edges that name the same queue of the same broker share the books of the first of them by id, its settings
//! included. When that changes while messages are in a queue, they move with their edge, and keep their order.

use std::collections::BTreeMap;

use super::delivery;
use super::exchange;
use super::outbox::Outbox;
use super::world::{NodeState, World};
use crate::broker::Kind;
use crate::event::{EdgeIx, NodeIx};
use crate::units::Limit;

impl World {
    /// How many threads of the consumer may work on the messages that come over an edge at once.
    pub fn consumers(&self, edge: EdgeIx) -> Limit {
        let link = self.link(edge);
        let of = match link.kind() {
            Kind::Queue => self.link(link.home),
            Kind::Bus | Kind::Log => link,
        };
        of.spec.consumers()
    }
}

/// Follows the board.
pub fn follow(world: &mut World, out: &mut Outbox<'_>) {
    let edges: Vec<EdgeIx> = world.edge_ix.values().copied().collect();
    for edge in &edges {
        let link = world.link(*edge);
        let via = link.spec.via.as_ref();
        let node = via
            .and_then(|id| world.node_ix.get(id))
            .filter(|node| world.exchange(**node).is_some())
            .copied();
        if node != link.via {
            exchange::reroute(world, out, *edge, node);
        }
    }
    share(world, out, &edges);
    let brokers: Vec<NodeIx> = world.node_ix.values().copied().collect();
    for node in brokers {
        if let NodeState::Broker(exchange) = &mut world.nodes[node.0 as usize] {
            let through = |edge: &&EdgeIx| world.edges[edge.0 as usize].via == Some(node);
            exchange.edges = edges.iter().filter(through).copied().collect();
            exchange::adopt(world, out, node);
        }
    }
}

/// Gives each queue its edges: it stands at the first of them.
fn share(world: &mut World, out: &mut Outbox<'_>, edges: &[EdgeIx]) {
    let mut queues = BTreeMap::<(NodeIx, String), Vec<EdgeIx>>::new();
    let mut homes = BTreeMap::<EdgeIx, Vec<EdgeIx>>::new();
    for edge in edges {
        let link = world.link(*edge);
        match link.via.zip(link.spec.shares(&link.id)) {
            Some((node, (_, name))) => {
                let name = (node, name.to_owned());
                queues.entry(name).or_default().push(*edge);
            }
            None => {
                homes.insert(*edge, vec![*edge]);
            }
        }
    }
    homes.extend(queues.into_values().map(|all| (all[0], all)));
    for (home, all) in &homes {
        for edge in all {
            if world.link(*edge).home != *home {
                delivery::move_to(world, out, *edge, *home);
            }
        }
    }
    for (home, all) in homes {
        // One subscription for each consumer, over the first edge that leads there.
        let mut members: Vec<EdgeIx> = Vec::new();
        for edge in all {
            let to = world.link(edge).to;
            if members.iter().all(|other| world.link(*other).to != to) {
                members.push(edge);
            }
        }
        let books = &mut world.link_mut(home).books;
        if books.members != members {
            books.turn = 0;
            books.members = members;
        }
    }
}
