//! Topics: which edges of a publisher are subscriptions to one topic of a bus, and what one publish makes for each.

use std::collections::BTreeMap;

use super::work::Message;
use super::world::World;
use crate::event::{EdgeIx, NodeIx};
use crate::scenario::{NodeId, QueueName};

/// Follows the board: the first edge of a topic, by step and id, publishes for all.
pub fn follow(world: &mut World) {
    type Topic = (NodeIx, Option<NodeId>, QueueName);
    let mut topics = BTreeMap::<Topic, Vec<EdgeIx>>::new();
    for ix in world.edge_ix.values() {
        let link = &mut world.edges[ix.0 as usize];
        link.subscribers.clear();
        link.follows = false;
        if let Some((via, topic)) = link.spec.subscribes() {
            let topic = (link.from, via.cloned(), topic.clone());
            topics.entry(topic).or_default().push(*ix);
        }
    }
    for mut edges in topics.into_values() {
        edges.sort_by_key(|ix| world.link(*ix).spec.step);
        let first = edges.remove(0);
        for other in &edges {
            world.link_mut(*other).follows = true;
        }
        world.link_mut(first).subscribers = edges;
    }
}

/// What a message is for another subscription: a piece of work of its own.
pub fn for_another(world: &World, message: &Message, edge: EdgeIx) -> Message {
    let number = world.link(edge).number;
    Message {
        edge,
        by: edge,
        luck: message.luck.part(number),
        identity: message.identity.part(number),
        ..message.clone()
    }
}
