//! Memory: what a service holds, by how many it works on and how many wait.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Bytes, Span};

/// What a service holds in memory, and when it is killed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// With nothing to do.
    pub base: Bytes,
    /// For each busy thread.
    pub per_thread: Bytes,
    /// For each request or message a thread has.
    pub per_request: Bytes,
    /// For each waiting request or prefetched message.
    pub per_item: Bytes,
    /// Above it the service is killed; none: it never is.
    pub limit: Option<Bytes>,
    /// How long it is away after it was killed.
    pub restart: Span,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            base: Bytes::mib(128),
            per_thread: Bytes::mib(1),
            per_request: Bytes::kib(512),
            per_item: Bytes::kib(64),
            limit: Some(Bytes::mib(512)),
            restart: Span::secs(5),
        }
    }
}

impl Memory {
    /// What is held with so many busy threads and so many waiting items.
    pub fn held(&self, busy: usize, waiting: usize) -> Bytes {
        let each = |bytes: Bytes, count: usize| bytes.get().saturating_mul(count as u64);
        Bytes::new(
            self.base
                .get()
                .saturating_add(each(self.per_thread, busy))
                .saturating_add(each(self.per_request, busy))
                .saturating_add(each(self.per_item, waiting)),
        )
    }
}
