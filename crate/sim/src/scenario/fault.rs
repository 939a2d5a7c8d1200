//! Faults: trouble on a node or an edge, planned in the scenario or clicked while it runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::{EdgeId, NodeId};
use super::node::{NodeKind, Role};
use crate::field::{Control, Value};
use crate::units::{Ratio, Span};

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

/// What can befall a node or an edge.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Work that a service begins takes so many times longer.
    Slow(Ratio),
    /// This share of a service's work ends in an error, on top of its own error rate.
    Errors(Ratio),
    /// The service stops: all in flight there is lost, callers are refused until it starts again.
    Crash,
    /// The cache forgets everything, once, when this begins.
    CacheFlush,
    /// The client sends so many times as many requests.
    Spike(Ratio),
    /// This share of requests and messages makes the service's work fail, each time it is tried.
    Poison(Ratio),
    /// This share of deliveries is worked on to the end, but the consumer's connection drops before the ack.
    CrashBeforeAck(Ratio),
    /// Each crossing of the edge takes so much longer, both ways.
    Latency(Span),
    /// This share of what crosses the edge is lost, each way, on top of the edge's own loss.
    Loss(Ratio),
    /// Nothing passes over the edge, either way: what is sent meanwhile is lost.
    Partition,
    /// What is sent over the edge, either way, is kept and delivered, in order, when this ends. Those who wait
    /// for it go on counting.
    Hold,
}

impl FaultKind {
    /// The kinds that can befall an edge, at the strength a click gives.
    pub fn for_edge() -> Vec<FaultKind> {
        vec![
            FaultKind::Latency(Span::millis(500)),
            FaultKind::Loss(Ratio::percent(20)),
            FaultKind::Partition,
            FaultKind::Hold,
        ]
    }

    /// The kinds that can befall a node of this kind, at the strength a click gives.
    pub fn for_node(kind: &NodeKind) -> Vec<FaultKind> {
        match kind {
            NodeKind::Client(_) => vec![FaultKind::Spike(Ratio::whole(3))],
            NodeKind::Service(service) => {
                let mut kinds = vec![
                    FaultKind::Slow(Ratio::whole(10)),
                    FaultKind::Errors(Ratio::percent(50)),
                    FaultKind::Crash,
                    FaultKind::Poison(Ratio::percent(1)),
                    FaultKind::CrashBeforeAck(Ratio::percent(10)),
                ];
                if service.role == Role::Cache {
                    kinds.push(FaultKind::CacheFlush);
                }
                kinds
            }
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            FaultKind::Slow(_) => "slow",
            FaultKind::Errors(_) => "errors",
            FaultKind::Crash => "crash",
            FaultKind::CacheFlush => "cache_flush",
            FaultKind::Spike(_) => "spike",
            FaultKind::Poison(_) => "poison",
            FaultKind::CrashBeforeAck(_) => "crash_before_ack",
            FaultKind::Latency(_) => "latency",
            FaultKind::Loss(_) => "loss",
            FaultKind::Partition => "partition",
            FaultKind::Hold => "hold",
        }
    }

    /// Its strength, where it has one.
    pub const fn strength(self) -> Option<Value> {
        match self {
            FaultKind::Slow(by)
            | FaultKind::Errors(by)
            | FaultKind::Spike(by)
            | FaultKind::Poison(by)
            | FaultKind::CrashBeforeAck(by)
            | FaultKind::Loss(by) => Some(Value::Ratio(by)),
            FaultKind::Latency(by) => Some(Value::Span(by)),
            FaultKind::Crash | FaultKind::CacheFlush | FaultKind::Partition | FaultKind::Hold => {
                None
            }
        }
    }

    /// The same trouble at another strength; a value of another kind changes nothing.
    #[must_use]
    pub const fn with_strength(self, strength: &Value) -> Self {
        match (self, strength) {
            (FaultKind::Slow(_), Value::Ratio(by)) => FaultKind::Slow(*by),
            (FaultKind::Errors(_), Value::Ratio(by)) => FaultKind::Errors(*by),
            (FaultKind::Spike(_), Value::Ratio(by)) => FaultKind::Spike(*by),
            (FaultKind::Poison(_), Value::Ratio(by)) => FaultKind::Poison(*by),
            (FaultKind::CrashBeforeAck(_), Value::Ratio(by)) => FaultKind::CrashBeforeAck(*by),
            (FaultKind::Loss(_), Value::Ratio(by)) => FaultKind::Loss(*by),
            (FaultKind::Latency(_), Value::Span(by)) => FaultKind::Latency(*by),
            _ => self,
        }
    }

    /// What its strength says, after "how".
    pub const fn strength_word(self) -> &'static str {
        match self {
            FaultKind::Slow(_) => "much slower",
            FaultKind::Errors(_) => "many fail",
            FaultKind::Spike(_) => "many more",
            FaultKind::Poison(_) => "many are poison",
            FaultKind::CrashBeforeAck(_) => "many lose their ack",
            FaultKind::Latency(_) => "much later",
            FaultKind::Loss(_) => "many are lost",
            FaultKind::Crash | FaultKind::CacheFlush | FaultKind::Partition | FaultKind::Hold => "",
        }
    }

    /// Whether it can befall an edge.
    pub const fn befalls_edges(self) -> bool {
        matches!(
            self,
            FaultKind::Latency(_) | FaultKind::Loss(_) | FaultKind::Partition | FaultKind::Hold
        )
    }

    /// Whether it can befall a node of this kind.
    pub const fn befalls(self, kind: &NodeKind) -> bool {
        match (self, kind) {
            (FaultKind::Spike(_), NodeKind::Client(_))
            | (
                FaultKind::Slow(_)
                | FaultKind::Errors(_)
                | FaultKind::Crash
                | FaultKind::Poison(_)
                | FaultKind::CrashBeforeAck(_),
                NodeKind::Service(_),
            ) => true,
            (FaultKind::CacheFlush, NodeKind::Service(service)) => {
                matches!(service.role, Role::Cache)
            }
            (
                FaultKind::Latency(_) | FaultKind::Loss(_) | FaultKind::Partition | FaultKind::Hold,
                _,
            )
            | (FaultKind::Spike(_), NodeKind::Service(_))
            | (
                FaultKind::Slow(_)
                | FaultKind::Errors(_)
                | FaultKind::Crash
                | FaultKind::CacheFlush
                | FaultKind::Poison(_)
                | FaultKind::CrashBeforeAck(_),
                NodeKind::Client(_),
            ) => false,
        }
    }

    /// What is wrong with its strength, if something is.
    ///
    /// # Errors
    /// Says what is allowed.
    pub fn check(self) -> Result<(), String> {
        match (self.control(), self.strength()) {
            (Some(control), Some(strength)) => control.check(&strength),
            _ => Ok(()),
        }
    }

    /// The bounds of its strength.
    pub const fn control(self) -> Option<Control> {
        match self {
            FaultKind::Slow(_) | FaultKind::Spike(_) => {
                Some(Control::Factor(Ratio::percent(1), Ratio::whole(1_000)))
            }
            FaultKind::Errors(_)
            | FaultKind::Poison(_)
            | FaultKind::CrashBeforeAck(_)
            | FaultKind::Loss(_) => Some(Control::Share),
            FaultKind::Latency(_) => Some(Control::Span(Span::ZERO, Span::secs(600))),
            FaultKind::Crash | FaultKind::CacheFlush | FaultKind::Partition | FaultKind::Hold => {
                None
            }
        }
    }

    /// In words: "slow ×10".
    pub fn describe(self) -> String {
        match self {
            FaultKind::Slow(by) => format!("slow ×{by}"),
            FaultKind::Errors(share) => format!("{} % errors", share.as_f64() * 100.0),
            FaultKind::Crash => "down".into(),
            FaultKind::CacheFlush => "cache flushed".into(),
            FaultKind::Spike(by) => format!("spike ×{by}"),
            FaultKind::Poison(share) => format!("{} % poison", share.as_f64() * 100.0),
            FaultKind::CrashBeforeAck(share) => {
                format!("{} % crash before ack", share.as_f64() * 100.0)
            }
            FaultKind::Latency(by) => format!("latency +{by}"),
            FaultKind::Loss(share) => format!("{} % lost", share.as_f64() * 100.0),
            FaultKind::Partition => "cut off".into(),
            FaultKind::Hold => "held up".into(),
        }
    }
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

/// Faults as files write them: `"on"` names a node, `"edge"` an edge.
mod written {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::{EdgeId, FaultKind, NodeId, Span, Target};

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Fault {
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
    pub(super) struct PlannedFault {
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

    #[test]
    fn a_strength_of_another_kind_changes_nothing() {
        let late = FaultKind::Latency(Span::millis(5));
        assert_eq!(late.with_strength(&Value::Ratio(Ratio::ONE)), late);
        let later = Value::Span(Span::millis(7));
        assert_eq!(late.with_strength(&later).strength(), Some(later));
    }
}
