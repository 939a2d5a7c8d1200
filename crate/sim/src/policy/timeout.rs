//! Timeout: the caller gives up waiting. It frees the caller; the callee goes on with work nobody waits for.
//!
//! Helps where a slow answer is worth less than none; hurts where it is shorter than the healthy tail.
//! Inside a retry it limits each attempt, outside it limits the whole call.
//! Source: gRPC, "Deadlines" ("the client giving up ... does not mean that the server will stop").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, access};
use crate::units::Span;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Timeout {
    /// How long to wait.
    pub after: Span,
}

impl Default for Timeout {
    fn default() -> Self {
        Timeout {
            after: Span::secs(1),
        }
    }
}

impl Timeout {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Timeout>] = &[Field::new(
        "after",
        "Timeout",
        Control::Span(Span::millis(1), Span::secs(600)),
        access!(Span, after),
        "How long the caller waits before it gives up. The callee is not told: it goes on.",
        "resilience4j TimeLimiter, timeoutDuration: 1 s",
    )];
}
