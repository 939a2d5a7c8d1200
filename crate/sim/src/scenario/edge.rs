//! Edges: a directed use of one node by another, sync or async, with the settings of both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::NodeId;
use crate::broker::Queue;
use crate::dist::Dist;
use crate::field::{Control, Field, Value, access};
use crate::policy::Policy;
use crate::units::{Ratio, Span};

/// A use of `to` by `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Who calls.
    pub from: NodeId,
    /// Who is called.
    pub to: NodeId,
    /// Whether the caller waits for the work to be done.
    #[serde(default)]
    pub mode: Mode,
    /// When it is used: a node's calls go in the order of their steps; edges with the same step are
    /// alternatives, of which each request takes one.
    #[serde(default = "first_step")]
    pub step: u32,
    /// How often it is taken among the alternatives of its step.
    #[serde(default = "even_weight")]
    pub weight: Ratio,
    /// Network latency, one way; drawn anew for each crossing.
    #[serde(default = "near")]
    pub latency: Dist,
    /// Policies, outermost first. On an async edge they wrap the publish up to its confirm.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// The queue of the async mode; kept, and out of use, in the sync mode.
    #[serde(default)]
    pub queue: Queue,
}

/// How the caller uses the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The caller's thread waits until the callee has answered.
    #[default]
    Sync,
    /// The caller hands a message to the queue and goes on; the callee takes it at its own pace.
    Async,
}

impl Mode {
    /// The other one.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Mode::Sync => Mode::Async,
            Mode::Async => Mode::Sync,
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Mode::Sync => "sync",
            Mode::Async => "async",
        }
    }
}

const fn first_step() -> u32 {
    1
}

const fn even_weight() -> Ratio {
    Ratio::ONE
}

fn near() -> Dist {
    Dist::Constant(Span::millis(1))
}

impl Edge {
    /// An edge with every setting at its default.
    pub fn new(from: NodeId, to: NodeId) -> Self {
        Edge {
            from,
            to,
            mode: Mode::Sync,
            step: first_step(),
            weight: even_weight(),
            latency: near(),
            policies: Vec::new(),
            queue: Queue::default(),
        }
    }

    /// What a person can set, besides the policies and the queue.
    pub const FIELDS: &'static [Field<Edge>] = &[
        Field::new(
            "mode",
            "Mode",
            Control::Choice(&["sync", "async"]),
            (
                |of| Value::Choice(of.mode as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.mode = [Mode::Sync, Mode::Async][place.min(1)];
                    }
                },
            ),
            "Sync: the caller's thread waits for the answer. Async: it hands a message to a queue and goes on.",
            "Tailback",
        ),
        Field::new(
            "step",
            "Step",
            Control::Count(1, 99),
            access!(Count, step),
            "A node's calls go in the order of their steps. Edges with the same step are alternatives.",
            "Tailback",
        ),
        Field::new(
            "weight",
            "Weight",
            Control::Factor(Ratio::ZERO, Ratio::whole(1_000)),
            access!(Ratio, weight),
            "How often it is taken among the alternatives of its step.",
            "Tailback",
        ),
        Field::new(
            "latency",
            "Network latency",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, latency),
            "One way; drawn anew for each crossing.",
            "Tailback: 1 ms, a hop within one region",
        ),
    ];
}
