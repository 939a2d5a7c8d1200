//! Faults: trouble on a node, planned in the scenario or clicked while it runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::NodeId;
use super::node::{NodeKind, Role};
use crate::field::{Control, Value};
use crate::units::{Ratio, Span};

/// Trouble of some kind on a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The node it befalls.
    pub on: NodeId,
    /// What befalls it.
    pub kind: FaultKind,
}

/// What can befall a node.
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
}

impl FaultKind {
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
        }
    }

    /// Its strength, where it has one.
    pub const fn strength(self) -> Option<Ratio> {
        match self {
            FaultKind::Slow(by)
            | FaultKind::Errors(by)
            | FaultKind::Spike(by)
            | FaultKind::Poison(by)
            | FaultKind::CrashBeforeAck(by) => Some(by),
            FaultKind::Crash | FaultKind::CacheFlush => None,
        }
    }

    /// The same trouble at another strength.
    #[must_use]
    pub const fn with_strength(self, strength: Ratio) -> Self {
        match self {
            FaultKind::Slow(_) => FaultKind::Slow(strength),
            FaultKind::Errors(_) => FaultKind::Errors(strength),
            FaultKind::Spike(_) => FaultKind::Spike(strength),
            FaultKind::Poison(_) => FaultKind::Poison(strength),
            FaultKind::CrashBeforeAck(_) => FaultKind::CrashBeforeAck(strength),
            FaultKind::Crash => FaultKind::Crash,
            FaultKind::CacheFlush => FaultKind::CacheFlush,
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
            FaultKind::Crash | FaultKind::CacheFlush => "",
        }
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
            (FaultKind::Spike(_), NodeKind::Service(_))
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
            (Some(control), Some(strength)) => control.check(&Value::Ratio(strength)),
            _ => Ok(()),
        }
    }

    /// The bounds of its strength.
    pub const fn control(self) -> Option<Control> {
        match self {
            FaultKind::Slow(_) | FaultKind::Spike(_) => {
                Some(Control::Factor(Ratio::percent(1), Ratio::whole(1_000)))
            }
            FaultKind::Errors(_) | FaultKind::Poison(_) | FaultKind::CrashBeforeAck(_) => {
                Some(Control::Share)
            }
            FaultKind::Crash | FaultKind::CacheFlush => None,
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
        }
    }
}

/// A fault with its place in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedFault {
    /// The node it befalls.
    pub on: NodeId,
    /// What befalls it.
    pub kind: FaultKind,
    /// When, from the start of the run.
    pub start: Span,
    /// For how long; left out: to the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
