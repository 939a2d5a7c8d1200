//! Faults: trouble on a node or an edge, planned in the scenario or clicked while it runs.

mod kind;
mod written;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::{EdgeId, NodeId};
use crate::units::Span;
pub use kind::FaultKind;

/// What trouble befalls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// An edge: the network between its two ends.
    Edge(EdgeId),
}

impl From<NodeId> for Target {
    fn from(id: NodeId) -> Self {
        Target::Node(id)
    }
}

impl From<EdgeId> for Target {
    fn from(id: EdgeId) -> Self {
        Target::Edge(id)
    }
}

/// Trouble of some kind on a node or an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "written::Fault", into = "written::Fault")]
#[schemars(with = "written::Fault")]
pub struct Fault {
    /// What it befalls.
    pub on: Target,
    /// What befalls it.
    pub kind: FaultKind,
}

/// A fault with its place in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "written::PlannedFault", into = "written::PlannedFault")]
#[schemars(with = "written::PlannedFault")]
pub struct PlannedFault {
    /// What it befalls.
    pub on: Target,
    /// What befalls it.
    pub kind: FaultKind,
    /// When, from the start of the run.
    pub start: Span,
    /// For how long; none: to the end of the run.
    pub duration: Option<Span>,
}

impl PlannedFault {
    /// The fault without its times.
    pub fn fault(&self) -> Fault {
        Fault {
            on: self.on.clone(),
            kind: self.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<PlannedFault, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_fault_names_a_node_or_an_edge() {
        for json in [
            r#"{"on":"a","kind":"crash","start":"1s"}"#,
            r#"{"edge":"a-b","kind":"hold","start":"1s","duration":"10s"}"#,
            r#"{"edge":"a-b","kind":{"latency":"50ms"},"start":"1s"}"#,
        ] {
            let fault = read(json).unwrap();
            assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        }
        for json in [
            r#"{"kind":"hold","start":"1s"}"#,
            r#"{"on":"a","edge":"a-b","kind":"hold","start":"1s"}"#,
            r#"{"on":"a","kind":"crash","start":"1s","until":"2s"}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
