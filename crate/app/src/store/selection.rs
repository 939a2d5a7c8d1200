//! What is selected: nothing, a node, an edge, or several nodes at once.

use std::collections::BTreeSet;
use std::rc::Rc;

use sim::scenario::{EdgeId, NodeId};

/// What is selected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Selection {
    #[default]
    Nothing,
    Node(NodeId),
    Edge(EdgeId),
    /// Two nodes at least.
    Many(Rc<BTreeSet<NodeId>>),
}

impl Selection {
    /// These nodes, however many they are.
    pub(crate) fn of(nodes: BTreeSet<NodeId>) -> Selection {
        match nodes.len() {
            0 => Selection::Nothing,
            1 => nodes
                .into_iter()
                .next()
                .map_or(Selection::Nothing, Selection::Node),
            _ => Selection::Many(Rc::new(nodes)),
        }
    }

    /// The nodes that are selected.
    pub(crate) fn nodes(&self) -> BTreeSet<NodeId> {
        match self {
            Selection::Nothing | Selection::Edge(_) => BTreeSet::new(),
            Selection::Node(id) => BTreeSet::from([id.clone()]),
            Selection::Many(all) => (**all).clone(),
        }
    }

    pub(crate) fn holds(&self, id: &NodeId) -> bool {
        match self {
            Selection::Nothing | Selection::Edge(_) => false,
            Selection::Node(one) => one == id,
            Selection::Many(all) => all.contains(id),
        }
    }
}
