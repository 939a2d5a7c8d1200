//! Connection pool: calls borrow one of so many connections, and wait for a free one.
//!
//! Helps the database, which sees no more than the pool; hurts the caller, whose threads wait for a connection
//! instead of an answer. Source: `HikariCP`, `getConnection` blocks the calling thread. Waiters are served
//! first come first served, which `HikariCP` is only nearly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::permits::Permits;
use crate::field::{Control, Field, access};
use crate::units::Span;

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pool {
    /// How many connections the pool has.
    pub size: u32,
    /// How long a call waits for a connection, holding its thread; then it is refused.
    pub acquire_timeout: Span,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            size: 10,
            acquire_timeout: Span::secs(30),
        }
    }
}

impl Pool {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Pool>] = &[
        Field::new(
            "size",
            "Connections",
            Control::Count(1, 10_000),
            access!(Count, size),
            "How many connections the pool has.",
            "HikariCP maximumPoolSize: 10",
        ),
        Field::new(
            "acquire_timeout",
            "Acquire timeout",
            Control::Span(Span::ZERO, Span::secs(600)),
            access!(Span, acquire_timeout),
            "How long a call waits for a connection, holding its thread; then it is refused.",
            "HikariCP connectionTimeout: 30 s",
        ),
    ];

    /// A call comes.
    pub const fn enter(&self, state: &mut Permits) -> Entry {
        state.enter(self.size, self.acquire_timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_let_in_and_the_next_waits_or_is_refused() {
        let few = Pool {
            size: 2,
            ..Pool::default()
        };
        let mut state = Permits::default();
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
        let full = if few.acquire_timeout == Span::ZERO {
            Entry::Refuse
        } else {
            Entry::Wait(few.acquire_timeout)
        };
        assert_eq!(few.enter(&mut state), full);
        assert_eq!(state.in_use(), 2, "who is not let in has no permit");
        state.leave();
        assert_eq!(few.enter(&mut state), Entry::Pass(0));
    }
}
