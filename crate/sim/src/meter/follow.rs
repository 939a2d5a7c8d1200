//! Following the board: room for what is new, and a new start of the figures.

use super::edge_tally::EdgeTally;
use super::glance::Glance;
use super::{Meter, NodeTally};
use crate::health::State;
use crate::simulation::world::{NodeState, World};
use crate::units::Time;

impl Meter {
    /// Takes over the board as it is now: makes room for what is new, and notes what the figures need to know
    /// of the settings.
    pub fn follow(&mut self, world: &World, now: Time) {
        for (place, node) in world.nodes.iter().enumerate() {
            if place == self.nodes.len() {
                self.nodes.push(match node {
                    NodeState::Client(_) => NodeTally::Client(Box::default()),
                    NodeState::Broker(_) => NodeTally::Broker(Box::default()),
                    NodeState::Service(_) | NodeState::Gone => {
                        NodeTally::Service(Box::default(), State::Idle)
                    }
                });
            }
            match (&mut self.nodes[place], node) {
                (NodeTally::Client(tally), NodeState::Client(source)) => {
                    tally.follow(source, world);
                }
                (NodeTally::Service(tally, _), NodeState::Service(server)) => {
                    tally.follow(server, now);
                }
                (NodeTally::Broker(tally), NodeState::Broker(exchange)) => {
                    tally.id = Some(exchange.id.clone());
                }
                (NodeTally::Client(_) | NodeTally::Service(..) | NodeTally::Broker(_), _) => {}
            }
        }
        for (place, link) in world.edges.iter().enumerate() {
            if place == self.edges.len() {
                self.edges.push(EdgeTally {
                    id: Some(link.id.clone()),
                    from: link.from.0,
                    to: link.to.0,
                    ..EdgeTally::default()
                });
            }
        }
    }

    /// Figures since the start begin anew here: a warm-up is over.
    pub fn restart(&mut self, now: Time) {
        self.start = now;
        for node in &mut self.nodes {
            match node {
                NodeTally::Client(tally) => tally.restart(now),
                NodeTally::Service(tally, _) => tally.restart(now),
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
