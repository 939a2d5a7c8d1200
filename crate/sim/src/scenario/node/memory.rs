//! Memory: what a service holds, by how many it works on and how many wait; what garbage collection takes for it,
//! and when it is killed and started again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use crate::field::{Control, Field, access};
use crate::units::{Bytes, Ratio, Span};

/// What a service holds in memory, and when it is killed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// With nothing to do.
    pub base: Bytes,
    /// For each busy thread.
    pub per_thread: Bytes,
    /// For each virtual thread, where requests have those.
    pub per_virtual: Bytes,
    /// For each request or message in flight.
    pub per_request: Bytes,
    /// For each waiting request or prefetched message.
    pub per_item: Bytes,
    /// Above it the service is killed; none: it never is.
    pub limit: Option<Bytes>,
    /// The time that garbage collection takes, in times of own work, while half of the limit is held.
    pub gc: Ratio,
    /// How long it is away after it was killed.
    pub restart: Span,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            base: Bytes::mib(128),
            per_thread: Bytes::mib(1),
            per_virtual: Bytes::kib(8),
            per_request: Bytes::kib(512),
            per_item: Bytes::kib(64),
            limit: Some(Bytes::mib(512)),
            gc: Ratio::ZERO,
            restart: Span::secs(5),
        }
    }
}

/// Garbage collection takes at most so many times what the work takes: 98 % of all time (the option
/// `GCTimeLimit` of the JVM).
const MOST_GC: Ratio = Ratio::whole(49);

impl Memory {
    /// The time that garbage collection takes while so much is held, in times of the work it serves.
    ///
    /// A collection traces what is live, and the next one is due when what is free is used up: its cost for each
    /// byte that work uses grows as live / free (Jones, Hosking and Moss, The Garbage Collection Handbook: mark/cons
    /// ratio). The factor before it is [`Memory::gc`], the cost with as much live as free.
    pub fn drag(&self, held: Bytes) -> Ratio {
        let Some(limit) = self.limit.filter(|_| self.gc > Ratio::ZERO) else {
            return Ratio::ZERO;
        };
        let free = limit.get().saturating_sub(held.get());
        let cost = u128::from(self.gc.as_micros()) * u128::from(held.get());
        let micros = cost.checked_div(u128::from(free)).unwrap_or(u128::MAX);
        Ratio::micros(u64::try_from(micros).unwrap_or(u64::MAX)).min(MOST_GC)
    }
}

/// What a person can set of it, and of the restarts after a kill.
pub(super) const FIELDS: &[Field<Service>] = &[
    Field::new(
        "memory.limit",
        "Memory limit",
        Control::MaybeBytes(Bytes::mib(1), Bytes::mib(1 << 20)),
        access!(MaybeBytes, memory.limit),
        "Above it the service is killed: all in flight is lost and it starts anew.",
        "Kubernetes: OOMKilled, exit code 137",
    ),
    Field::new(
        "memory.base",
        "Memory, idle",
        Control::Bytes(Bytes::new(0), Bytes::mib(1 << 20)),
        access!(Bytes, memory.base),
        "What it holds with nothing to do.",
        "Tailback: a small JVM service",
    ),
    Field::new(
        "memory.per_thread",
        "Per busy thread",
        Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
        access!(Bytes, memory.per_thread),
        "The stack of each thread that is at work or waiting.",
        "HotSpot reserves 1 MiB a thread; what is touched is less",
    ),
    Field::new(
        "memory.per_request",
        "Per request in flight",
        Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
        access!(Bytes, memory.per_request),
        "What each request holds while a thread has it.",
        "Metastable Failures in the Wild (OSDI 2022): 0.5 MB a job",
    ),
    Field::new(
        "memory.per_item",
        "Per queued item",
        Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
        access!(Bytes, memory.per_item),
        "What each waiting request or prefetched message holds.",
        "Tailback",
    ),
    Field::new(
        "memory.gc",
        "Garbage collection",
        Control::Factor(Ratio::ZERO, Ratio::whole(10)),
        access!(Ratio, memory.gc),
        "How much own work is slowed by garbage collection: by this share while half of the limit is held, and by \
         held / free times as much else, up to 98 % of all time. 0: there is none. It is judged when a piece of work \
         begins.",
        "The Garbage Collection Handbook: cost = live / (heap - live); HotSpot GCTimeLimit: 98 %",
    ),
    Field::new(
        "memory.restart",
        "Restart takes",
        Control::Span(Span::ZERO, Span::secs(600)),
        access!(Span, memory.restart),
        "How long it starts up after it was killed, once its back-off is over.",
        "Kubernetes: the first restart is immediate; then the process has to start",
    ),
    Field::new(
        "restart.backoff",
        "Restart back-off",
        Control::Span(Span::ZERO, Span::secs(3_600)),
        access!(Span, restart.backoff),
        "How long it waits after the second kill in a row before it is started again; twice as long after each \
         further one. The first restart does not wait. 0: none does.",
        "Kubernetes CrashLoopBackOff: 10 s",
    ),
    Field::new(
        "restart.cap",
        "Longest back-off",
        Control::Span(Span::ZERO, Span::DAY),
        access!(Span, restart.cap),
        "The longest wait before a restart.",
        "Kubernetes CrashLoopBackOff: 5 min",
    ),
    Field::new(
        "restart.reset",
        "Back-off reset",
        Control::Span(Span::ZERO, Span::DAY),
        access!(Span, restart.reset),
        "After it ran for so long, the next kill counts as the first one.",
        "Kubernetes: 10 min without problems",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn drag(gc: u64, limit: u64, held: u64) -> u64 {
        let memory = Memory {
            gc: Ratio::percent(gc),
            limit: (limit > 0).then(|| Bytes::mib(limit)),
            ..Memory::default()
        };
        memory.drag(Bytes::mib(held)).as_micros()
    }

    #[test]
    fn garbage_collection_costs_live_over_free() {
        assert_eq!(drag(5, 100, 50), 50_000);
        assert_eq!(drag(5, 100, 80), 200_000);
        assert_eq!(drag(5, 100, 95), 950_000);
        assert_eq!(drag(5, 100, 0), 0);
    }

    #[test]
    fn it_takes_at_most_98_percent_and_nothing_without_a_limit() {
        assert_eq!([drag(10, 100, 100), drag(10, 100, 200)], [49_000_000; 2]);
        assert_eq!([drag(10, 0, 100), drag(0, 100, 99)], [0; 2]);
    }
}
