//! Timeout: the caller gives up waiting. It frees the caller; the callee goes on with work nobody waits for,
//! unless it is told and listens.
//!
//! Helps where a slow answer is worth less than none; hurts where it is shorter than the healthy tail.
//! Inside a retry it limits each attempt, outside it limits the whole call.
//! Source: gRPC, "Deadlines" ("the client giving up ... does not mean that the server will stop").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, Value, access};
use crate::units::Span;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Timeout {
    /// How long to wait.
    pub after: Span,
    /// Whether the callee is told how much time is left, and the caller keeps to what it was told itself.
    pub propagate: bool,
    /// What becomes of the work that was given up.
    pub cancel: Cancel,
}

/// What becomes of work whose caller has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// Nothing: the callee goes on with it.
    #[default]
    None,
    /// The callee is told, and does not begin it if it is still in the accept queue.
    AtDequeue,
    /// The callee is told and stops between two pieces of work; what it waits for is cancelled alike.
    Cooperative,
    /// The callee is told and stops at once.
    Immediate,
}

impl Cancel {
    /// Every kind, in the order of the form.
    pub const ALL: [Cancel; 4] = [
        Cancel::None,
        Cancel::AtDequeue,
        Cancel::Cooperative,
        Cancel::Immediate,
    ];
}

impl Default for Timeout {
    fn default() -> Self {
        Timeout {
            after: Span::secs(1),
            propagate: false,
            cancel: Cancel::None,
        }
    }
}

impl Timeout {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Timeout>] = &[
        Field::new(
            "after",
            "Timeout",
            Control::Span(Span::millis(1), Span::secs(600)),
            access!(Span, after),
            "How long the caller waits before it gives up.",
            "resilience4j TimeLimiter, timeoutDuration: 1 s",
        ),
        Field::new(
            "propagate",
            "Propagate deadline",
            Control::Flag,
            access!(Flag, propagate),
            "The callee learns how much time is left and passes it on; no wait here outlasts what the caller \
             was given itself.",
            "gRPC, Deadlines: propagated as the time that remains; opt-in in some languages",
        ),
        Field::new(
            "cancel",
            "Cancellation",
            Control::Choice(&["none", "at dequeue", "cooperative", "immediate"]),
            (
                |of| Value::Choice(of.cancel as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.cancel = Cancel::ALL[place.min(3)];
                    }
                },
            ),
            "What becomes of the work that was given up: it goes on, it is not begun, it stops between two \
             pieces, or it stops at once.",
            "gRPC: the server does not stop by itself; context.Context in Go: cooperative",
        ),
    ];
}
