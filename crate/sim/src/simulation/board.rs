//! The board as the story knows it: who calls whom, and how large things are; nothing of what befalls them.

use super::world::{Link, NodeState, World};
use crate::broker::Kind;
use crate::event::NodeIx;
use crate::policy::Policy;
use crate::story::{Board, BoardEdge, BoardNode, Guard, Part};

/// The board as it is now.
pub fn of(world: &World) -> Board {
    let mut nodes: Vec<BoardNode> = world
        .nodes
        .iter()
        .enumerate()
        .map(|(place, node)| BoardNode {
            id: world.id(NodeIx(place as u32)),
            part: part(node),
            ins: Vec::new(),
            outs: Vec::new(),
        })
        .collect();
    for (id, ix) in &world.edge_ix {
        let link = world.link(*ix);
        debug_assert_eq!(*id, link.id);
        nodes[link.from.0 as usize].outs.push(*ix);
        nodes[link.to.0 as usize].ins.push(*ix);
    }
    Board {
        nodes,
        edges: world.edges.iter().map(edge).collect(),
    }
}

fn part(node: &NodeState) -> Part {
    match node {
        NodeState::Client(_) => Part::Client,
        NodeState::Service(server) => {
            let limit = server.spec.memory.limit;
            Part::Service(server.spec.role, limit.map(|bytes| bytes.get() as f64))
        }
        NodeState::Broker(_) => Part::Broker,
        NodeState::Gone => Part::Gone,
    }
}

fn edge(link: &Link) -> BoardEdge {
    let spec = &link.spec;
    BoardEdge {
        id: link.id.clone(),
        from: link.from,
        to: link.to,
        mode: spec.mode,
        alive: link.alive,
        via: link.via,
        log: spec.broker == Kind::Log,
        fan_out: spec.fan_out,
        guard: spec.policies.iter().rev().find_map(guard),
    }
}

fn guard(policy: &Policy) -> Option<Guard> {
    match policy {
        Policy::Pool(pool) => Some(Guard::Pool(pool.size)),
        Policy::Bulkhead(bulkhead) => Some(Guard::Bulkhead(bulkhead.max_concurrent)),
        Policy::RateLimit(_) | Policy::AdaptiveLimit(_) => Some(Guard::Limit),
        Policy::Fallback(_)
        | Policy::Retry(_)
        | Policy::Hedge(_)
        | Policy::Breaker(_)
        | Policy::Throttle(_)
        | Policy::Timeout(_) => None,
    }
}
