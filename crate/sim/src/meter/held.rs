//! Memory over time, from the levels that are gauged anyway: an event that changes them counts no bytes.

use crate::scenario::Service;

/// What a service holds in memory: so many bytes for each of its levels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// While it runs.
    base: i128,
    /// For what is in flight.
    busy: i128,
    /// For something that waits.
    item: i128,
    /// The area, in bytes times nanoseconds, that earlier settings left over these ones.
    earlier: i128,
}

impl Held {
    /// What these settings make it hold.
    pub fn new(spec: &Service) -> Self {
        let [base, busy, item] = spec.footprint().map(|bytes| i128::from(bytes.get()));
        Held {
            base,
            busy,
            item,
            earlier: 0,
        }
    }

    /// The bytes held at these levels: running, in flight, queued, prefetched.
    pub const fn level(&self, [up, busy, queued, prefetched]: [i128; 4]) -> i128 {
        self.base * up + self.busy * busy + self.item * (queued + prefetched)
    }

    /// The area under the memory, from the areas under the same levels.
    pub const fn area(&self, areas: [i128; 4]) -> i128 {
        self.earlier + self.level(areas)
    }

    /// Adds what was held under earlier settings.
    pub const fn carry(&mut self, area: i128) {
        self.earlier += area;
    }

    /// The areas begin anew.
    #[must_use]
    pub const fn anew(self) -> Self {
        Held { earlier: 0, ..self }
    }
}
