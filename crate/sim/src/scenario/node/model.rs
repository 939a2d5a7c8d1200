//! Threading models: what a request in flight holds, and what does its work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use crate::field::{Control, Field, access, choice};
use crate::units::{Bytes, Limit};

/// How a service works on many requests at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// A thread for each request, held until it is done.
    #[default]
    Blocking,
    /// Some loops, each with the connections that it accepted: a request needs its loop for own work only.
    EventLoop,
    /// A virtual thread for each request: it needs one of the carriers for own work only.
    VirtualThreads,
}

impl Model {
    /// Every model, in the order of the form.
    pub const ALL: [Model; 3] = [Model::Blocking, Model::EventLoop, Model::VirtualThreads];

    /// What its workers are called.
    pub const fn workers(self) -> &'static str {
        match self {
            Model::Blocking => "threads",
            Model::EventLoop => "loops",
            Model::VirtualThreads => "carriers",
        }
    }
}

impl Service {
    /// What does the work at one replica: threads, loops or carriers.
    pub const fn workers(&self) -> Limit {
        match self.model {
            Model::Blocking => self.threads,
            Model::EventLoop => Limit::Of(self.loops),
            Model::VirtualThreads => Limit::Of(self.carriers),
        }
    }

    /// How many requests and messages one replica takes on at once.
    pub const fn slots(&self) -> Limit {
        match self.model {
            Model::Blocking => self.threads,
            Model::EventLoop | Model::VirtualThreads => self.in_flight,
        }
    }

    /// What a replica holds whatever it does, what each request in flight adds, and each that waits.
    pub fn footprint(&self) -> [Bytes; 3] {
        let memory = &self.memory;
        let (base, thread, request) = (memory.base, memory.per_thread, memory.per_request);
        let sum = |a: Bytes, b: Bytes| Bytes::new(a.get().saturating_add(b.get()));
        let pool = |n: u32| Bytes::new(thread.get().saturating_mul(u64::from(n)));
        match self.model {
            Model::Blocking => [base, sum(thread, request), memory.per_item],
            Model::EventLoop => [sum(base, pool(self.loops)), request, memory.per_item],
            Model::VirtualThreads => [
                sum(base, pool(self.carriers)),
                sum(memory.per_virtual, request),
                memory.per_item,
            ],
        }
    }

    /// What a replica holds in memory with so many in flight and so many that wait.
    pub fn held(&self, in_flight: usize, waiting: usize) -> Bytes {
        let [base, each, item] = self.footprint();
        let times = |bytes: Bytes, count: usize| bytes.get().saturating_mul(count as u64);
        let sum = base.get().saturating_add(times(each, in_flight));
        Bytes::new(sum.saturating_add(times(item, waiting)))
    }
}

/// The rows of the models.
pub(super) const FIELDS: &[Field<Service>] = &[
    Field::new(
        "model",
        "Threading model",
        Control::Choice(&["blocking", "event loop", "virtual threads"]),
        choice!(model, Model::ALL),
        "Blocking: a request has a thread until it is done, waiting included. Event loop: it is pinned to one of some \
         loops and needs it for own work only; waiting costs memory. Virtual threads: the same with any free carrier.",
        "Tomcat; Netty; JDK 21 virtual threads",
    ),
    Field::new(
        "loops",
        "Loops",
        Control::Count(1, 1_000),
        access!(Count, loops),
        "Event loops of each replica, each with a line of its own. Of an event loop service.",
        "Netty: two for each processor; Tailback: two processors",
    ),
    Field::new(
        "connections",
        "Connections of a caller",
        Control::Limit(1, 100_000),
        access!(Limit, connections),
        "How many connections each replica of a caller keeps open. The loops accept them in turn, and a request goes \
         over any of them: with one alone all requests of that caller are on one loop. Unbounded: a new one for each \
         request. Of an event loop service.",
        "Reactor Netty's pool: 500",
    ),
    Field::new(
        "carriers",
        "Carriers",
        Control::Count(1, 1_000),
        access!(Count, carriers),
        "Threads that carry the virtual ones while they work, of each replica. Of a service with virtual threads.",
        "JDK: as many as processors; Tailback: four",
    ),
    Field::new(
        "in_flight",
        "In flight",
        Control::Limit(1, 1_000_000),
        access!(Limit, in_flight),
        "Requests that each replica takes on at once; one more waits in the accept queue. Unbounded: until memory ends. \
         Of an event loop service or one with virtual threads.",
        "Netty and virtual threads have no limit of their own",
    ),
    Field::new(
        "memory.per_virtual",
        "Per virtual thread",
        Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)),
        access!(Bytes, memory.per_virtual),
        "The stack of each virtual thread, in chunks on the heap. Of a service with virtual threads.",
        "JDK 21: a few KB",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_costs_a_thread_or_only_its_memory() {
        let of = |model| Service {
            model,
            loops: 2,
            carriers: 2,
            ..Service::default()
        };
        let mib = |model| of(model).held(1_000, 0).get() >> 20;
        // Base 128 MiB and half a MiB a request; a MiB for each thread, two loops, two carriers and 1,000 x 8 KiB.
        assert_eq!(mib(Model::Blocking), 128 + 500 + 1_000);
        assert_eq!(mib(Model::EventLoop), 128 + 500 + 2);
        assert_eq!(mib(Model::VirtualThreads), 128 + 500 + 2 + 7);
    }
}
