//! Following the board: room for what is new, and a new start of the figures.

use super::edge_tally::EdgeTally;
use super::glance::Glance;
use super::ribbon::Order;
use super::{Meter, NodeTally};
use crate::event::{EdgeIx, NodeIx};
use crate::simulation::world::{NodeState, World};
use crate::units::Time;

impl Meter {
    /// Takes over the board as it is now: makes room for what is new, and notes what the figures need to know
    /// of the settings.
    pub fn follow(&mut self, world: &World, now: Time) {
        self.wake_all();
        for (place, node) in world.nodes.iter().enumerate() {
            if place == self.nodes.len() {
                self.nodes.push(match node {
                    NodeState::Client(_) => {
                        self.awake.clients.push(NodeIx(place as u32));
                        NodeTally::Client(Box::default())
                    }
                    NodeState::Broker(_) => {
                        self.awake.brokers.push(NodeIx(place as u32));
                        NodeTally::Broker(Box::default())
                    }
                    NodeState::Service(_) | NodeState::Gone => {
                        self.awake.services.push(NodeIx(place as u32));
                        NodeTally::Service(Box::default())
                    }
                });
            }
            match (&mut self.nodes[place], node) {
                (NodeTally::Client(tally), NodeState::Client(source)) => {
                    tally.follow(source, world);
                }
                (NodeTally::Service(tally), NodeState::Service(server)) => {
                    tally.follow(server, now);
                }
                (NodeTally::Broker(tally), NodeState::Broker(exchange)) => {
                    tally.id = Some(exchange.id.clone());
                }
                (NodeTally::Client(_) | NodeTally::Service(_) | NodeTally::Broker(_), _) => {}
            }
        }
        for (place, link) in world.edges.iter().enumerate() {
            if place == self.edges.len() {
                self.awake.edges.push(EdgeIx(place as u32));
                self.edges.push(EdgeTally {
                    id: Some(link.id.clone()),
                    from: link.from.0,
                    to: link.to.0,
                    ..EdgeTally::default()
                });
            }
        }
        let is_service = |ix: &NodeIx| matches!(self.nodes[ix.0 as usize], NodeTally::Service(_));
        let order = Order {
            services: world.node_ix.values().copied().filter(is_service).collect(),
            edges: world.edge_ix.values().copied().collect(),
        };
        for ix in &order.services {
            self.look_up(world, *ix);
        }
        let room = (self.nodes.len(), self.edges.len());
        self.ribbon.follow(order, room);
        self.blast_is_old = true;
    }

    /// Figures since the start begin anew here: a warm-up is over.
    pub fn restart(&mut self, now: Time) {
        self.start = now;
        self.latency = None;
        self.wake_all();
        self.blast_is_old = true;
        for node in &mut self.nodes {
            match node {
                NodeTally::Client(tally) => tally.restart(now),
                NodeTally::Service(tally) => tally.restart(now),
                NodeTally::Broker(tally) => tally.restart(now),
            }
        }
        for tally in &mut self.edges {
            tally.restart(now);
        }
        self.glance = Glance::default();
        self.blast = super::system::Blast::default();
    }
}
