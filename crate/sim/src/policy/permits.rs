//! Permits: a number of places inside a layer, and what a bulkhead and a connection pool have in common.

use super::Entry;
use crate::units::Span;

/// How many permits are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permits {
    in_use: u32,
}

impl Permits {
    /// Someone wants one of so many, and would wait for it so long.
    pub const fn enter(&mut self, most: u32, wait: Span) -> Entry {
        if self.in_use < most {
            self.in_use += 1;
            Entry::Pass(0)
        } else if wait.as_nanos() == 0 {
            Entry::Refuse
        } else {
            Entry::Wait(wait)
        }
    }

    /// One comes back.
    pub const fn leave(&mut self) {
        self.in_use -= 1;
    }

    /// How many are in use.
    pub const fn in_use(&self) -> u32 {
        self.in_use
    }
}
