//! A scenario: the whole board as plain data. It is what is saved, shared, undone and sent.
//!
//! Nothing here knows how a simulation runs.

pub mod check;
pub mod client;
pub mod diff;
pub mod edge;
pub mod edit;
pub mod fault;
pub mod id;
pub mod node;
pub mod save;
pub mod tables;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use check::{Hint, Problem};
pub use client::{Arrivals, Client};
pub use diff::Difference;
pub use edge::{Edge, Group, Mode};
pub use edit::Edit;
pub use fault::{Fault, FaultKind, PlannedFault, Target};
pub use id::{EdgeId, NodeId, QueueName};
pub use node::{Memory, Model, Node, NodeKind, Point, Role, Service};
pub use save::LoadError;

/// The board, its faults, its traffic and its seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// The version of the file format; this program writes 1.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// The seed of all chance.
    pub seed: u64,
    /// What stands on the board.
    #[serde(deserialize_with = "id::unique_keys")]
    pub nodes: BTreeMap<NodeId, Node>,
    /// Who uses whom.
    #[serde(deserialize_with = "id::unique_keys")]
    pub edges: BTreeMap<EdgeId, Edge>,
    /// Planned trouble, by the time of the run.
    pub faults: Vec<PlannedFault>,
}

impl Default for Scenario {
    fn default() -> Self {
        Scenario {
            version: save::VERSION,
            name: String::new(),
            about: String::new(),
            seed: 1,
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
            faults: Vec::new(),
        }
    }
}

impl Scenario {
    /// The name of a node, or its id where it has none.
    pub fn node_name<'a>(&'a self, id: &'a NodeId) -> &'a str {
        match self.nodes.get(id) {
            Some(node) if !node.name.is_empty() => &node.name,
            _ => id.as_str(),
        }
    }

    /// Whether trouble of this kind can befall this target on this board.
    pub fn befalls(&self, on: &Target, kind: FaultKind) -> bool {
        match on {
            Target::Node(id) => self
                .nodes
                .get(id)
                .is_some_and(|node| kind.befalls(&node.kind)),
            Target::Edge(id) => self.edges.contains_key(id) && kind.befalls_edges(),
        }
    }

    /// The name of what a fault befalls.
    pub fn target_name(&self, on: &Target) -> String {
        match on {
            Target::Node(id) => self.node_name(id).to_owned(),
            Target::Edge(id) => self.edge_name(id),
        }
    }

    /// Whether a run of this board is a run of that one: they differ in words and in where cards stand at most.
    pub fn runs_like(&self, other: &Scenario) -> bool {
        self.seed == other.seed && self.faults == other.faults && diff::is_same(self, other)
    }

    /// An edge's two ends as people say it: "Checkout → Payments".
    pub fn edge_name(&self, id: &EdgeId) -> String {
        match self.edges.get(id) {
            Some(edge) => {
                format!(
                    "{} → {}",
                    self.node_name(&edge.from),
                    self.node_name(&edge.to)
                )
            }
            None => id.as_str().to_owned(),
        }
    }
}
