//! Faults as files write them: `"on"` names a node, `"edge"` an edge.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EdgeId, FaultKind, NodeId, Span, Target};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The node it befalls; just one of `on` and `edge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<NodeId>,
    /// The edge it befalls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edge: Option<EdgeId>,
    /// What befalls it.
    kind: FaultKind,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedFault {
    /// The node it befalls; just one of `on` and `edge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<NodeId>,
    /// The edge it befalls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edge: Option<EdgeId>,
    /// What befalls it.
    kind: FaultKind,
    /// When, from the start of the run.
    start: Span,
    /// For how long; left out: to the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<Span>,
}

fn target(on: Option<NodeId>, edge: Option<EdgeId>) -> Result<Target, &'static str> {
    match (on, edge) {
        (Some(node), None) => Ok(Target::Node(node)),
        (None, Some(edge)) => Ok(Target::Edge(edge)),
        _ => Err("a fault names just one: a node as \"on\" or an edge as \"edge\""),
    }
}

fn parts(target: Target) -> (Option<NodeId>, Option<EdgeId>) {
    match target {
        Target::Node(id) => (Some(id), None),
        Target::Edge(id) => (None, Some(id)),
    }
}

impl TryFrom<Fault> for super::Fault {
    type Error = &'static str;

    fn try_from(file: Fault) -> Result<Self, Self::Error> {
        let on = target(file.on, file.edge)?;
        Ok(super::Fault {
            on,
            kind: file.kind,
        })
    }
}

impl From<super::Fault> for Fault {
    fn from(fault: super::Fault) -> Self {
        let (on, edge) = parts(fault.on);
        Fault {
            on,
            edge,
            kind: fault.kind,
        }
    }
}

impl TryFrom<PlannedFault> for super::PlannedFault {
    type Error = &'static str;

    fn try_from(file: PlannedFault) -> Result<Self, Self::Error> {
        Ok(super::PlannedFault {
            on: target(file.on, file.edge)?,
            kind: file.kind,
            start: file.start,
            duration: file.duration,
        })
    }
}

impl From<super::PlannedFault> for PlannedFault {
    fn from(fault: super::PlannedFault) -> Self {
        let (on, edge) = parts(fault.on);
        PlannedFault {
            on,
            edge,
            kind: fault.kind,
            start: fault.start,
            duration: fault.duration,
        }
    }
}
