//! Bulkhead: at most so many calls at once, so that one slow callee cannot take all of the caller's threads.
//!
//! Helps the calls that do not go through it; hurts where it is smaller than the healthy load needs (rate times
//! time). A permit is held until the call has ended or was given up. Source: resilience4j's semaphore
//! `Bulkhead`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::permits::Permits;
use crate::field::{Control, Field, access};
use crate::units::Span;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bulkhead {
    /// How many calls may be under way at once.
    pub max_concurrent: u32,
    /// How long a call waits for a permit, holding its thread; then it is refused.
    pub max_wait: Span,
}

impl Default for Bulkhead {
    fn default() -> Self {
        Bulkhead {
            max_concurrent: 25,
            max_wait: Span::ZERO,
        }
    }
}

impl Bulkhead {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Bulkhead>] = &[
        Field::new(
            "max_concurrent",
            "Concurrent calls",
            Control::Count(1, 10_000),
            access!(Count, max_concurrent),
            "How many calls may be under way at once.",
            "resilience4j maxConcurrentCalls: 25",
        ),
        Field::new(
            "max_wait",
            "Wait for a permit",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, max_wait),
            "How long a call waits for a permit, holding its thread; then it is refused.",
            "resilience4j maxWaitDuration: 0",
        ),
    ];

    /// A call comes.
    pub const fn enter(&self, state: &mut Permits) -> Entry {
        state.enter(self.max_concurrent, self.max_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_let_in_and_the_next_waits_or_is_refused() {
        let few = Bulkhead {
            max_concurrent: 2,
            ..Bulkhead::default()
        };
        let mut state = Permits::default();
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
        let full = if few.max_wait == Span::ZERO {
            Entry::Refuse
        } else {
            Entry::Wait(few.max_wait)
        };
        assert_eq!(few.enter(&mut state), full);
        assert_eq!(state.in_use(), 2, "who is not let in has no permit");
        state.leave();
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
    }
}
