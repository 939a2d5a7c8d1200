//! Edits: one change to a scenario, as a whole value, so that new parameters need no new edit.

use super::check::{edge_problem, via_problem};
use super::fault::PlannedFault;
use super::id::{EdgeId, NodeId};
use super::{Edge, Node, Scenario};

/// A change to a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "edits are few, and gone when they are made"
)]
pub enum Edit {
    /// Puts a node there, new or in place of the one with this id.
    SetNode(NodeId, Node),
    /// Takes a node away, with its edges and its planned faults.
    RemoveNode(NodeId),
    /// Puts an edge there, new or in place of the one with this id.
    SetEdge(EdgeId, Edge),
    /// Takes an edge away, with its planned faults.
    RemoveEdge(EdgeId),
    /// Replaces the planned faults.
    SetFaults(Vec<PlannedFault>),
    /// Sets the seed.
    SetSeed(u64),
    /// Sets the scenario's name.
    SetName(String),
}

impl Scenario {
    /// Makes a change. It cannot leave the scenario broken: an edge without both ends, to
    /// or from a node that takes no calls or newly drawn beside an equal one is not made, a fault that
    /// cannot befall its target is left out; an edge whose broker goes has its queue by itself again.
    pub fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::SetNode(id, node) => {
                self.nodes.insert(id, node);
                self.drop_the_impossible();
            }
            Edit::RemoveNode(id) => {
                self.nodes.remove(&id);
                self.drop_the_impossible();
            }
            Edit::SetEdge(id, edge) => {
                if self.allows(&id, &edge) {
                    self.edges.insert(id, edge);
                }
            }
            Edit::RemoveEdge(id) => {
                self.edges.remove(&id);
                self.drop_the_impossible();
            }
            Edit::SetFaults(faults) => {
                self.faults = faults;
                self.drop_the_impossible();
            }
            Edit::SetSeed(seed) => self.seed = seed,
            Edit::SetName(name) => self.name = name,
        }
    }

    /// Whether an edge could stand on the board under this id.
    pub fn allows(&self, id: &EdgeId, edge: &Edge) -> bool {
        let same_ends = |other: &Edge| other.from == edge.from && other.to == edge.to;
        // A file may have equal edges; what stands there may always be changed.
        let stands = self.edges.get(id).is_some_and(same_ends);
        let twin = !stands && self.edges.values().any(same_ends);
        let sound =
            edge_problem(&self.nodes, edge).is_none() && via_problem(&self.nodes, edge).is_none();
        sound && !twin
    }

    fn drop_the_impossible(&mut self) {
        let nodes = &self.nodes;
        self.edges
            .retain(|_, edge| edge_problem(nodes, edge).is_none());
        for edge in self.edges.values_mut() {
            if via_problem(nodes, edge).is_some() {
                edge.via = None;
            }
        }
        let mut faults = std::mem::take(&mut self.faults);
        faults.retain(|fault| self.befalls(&fault.on, fault.kind));
        self.faults = faults;
    }
}
