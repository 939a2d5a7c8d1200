//! What the story knows of the board: who calls whom, and how large things are. Of what happens it knows nothing.

use crate::event::{EdgeIx, NodeIx};
use crate::scenario::{EdgeId, Mode, NodeId, Role};

use super::kind::Guard;

/// The board.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// Nodes by index, those that are gone included.
    pub nodes: Vec<Node>,
    /// Edges by index, likewise.
    pub edges: Vec<Edge>,
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id; none where it is gone.
    pub id: Option<NodeId>,
    /// What it is.
    pub part: Part,
    /// The edges that end here.
    pub ins: Vec<EdgeIx>,
    /// The edges that begin here.
    pub outs: Vec<EdgeIx>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// It is not on the board.
    Gone,
    /// A client.
    Client,
    /// A service in this role, and how many bytes each of its replicas may hold.
    Service(Role, Option<f64>),
    /// A broker.
    Broker,
}

/// An edge.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Its id.
    pub id: EdgeId,
    /// Who calls.
    pub from: NodeIx,
    /// Who is called.
    pub to: NodeIx,
    /// Whether the caller waits.
    pub mode: Mode,
    /// Whether it is on the board.
    pub alive: bool,
    /// The broker node that it goes through in its async mode.
    pub via: Option<NodeIx>,
    /// Whether its messages are in a log.
    pub log: bool,
    /// How many calls of it are made at once.
    pub fan_out: u32,
    /// What its calls need a permit of.
    pub guard: Option<Guard>,
}

impl Board {
    /// An edge.
    pub fn edge(&self, ix: EdgeIx) -> &Edge {
        &self.edges[ix.0 as usize]
    }

    /// A node.
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    /// The edges on the board that end at a node.
    pub fn ins(&self, ix: NodeIx) -> impl Iterator<Item = EdgeIx> + '_ {
        self.node(ix)
            .ins
            .iter()
            .copied()
            .filter(|edge| self.edge(*edge).alive)
    }

    /// The edges on the board that begin at a node.
    pub fn outs(&self, ix: NodeIx) -> impl Iterator<Item = EdgeIx> + '_ {
        self.node(ix)
            .outs
            .iter()
            .copied()
            .filter(|edge| self.edge(*edge).alive)
    }

    /// Whether clients call a node.
    pub fn is_front(&self, ix: NodeIx) -> bool {
        self.ins(ix)
            .any(|edge| self.node(self.edge(edge).from).part == Part::Client)
    }

    /// The role of a service.
    pub fn role(&self, ix: NodeIx) -> Option<Role> {
        match self.node(ix).part {
            Part::Service(role, _) => Some(role),
            Part::Gone | Part::Client | Part::Broker => None,
        }
    }
}
