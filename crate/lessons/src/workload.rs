//! Workloads: boards to time the engine with. They are small on purpose; what they cost is the engine.

use sim::Scenario;
use sim::scenario::{LoadError, NodeKind};

/// A board to time the engine with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// Its name on the command line.
    pub slug: &'static str,
    /// The text of its file.
    pub file: &'static str,
    /// How many requests make a run.
    pub requests: u64,
}

/// All of them.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        slug: "w1",
        file: include_str!("../workloads/w1.json"),
        requests: 1_000_000,
    },
    Workload {
        slug: "w2",
        file: include_str!("../workloads/w2.json"),
        requests: 200_000,
    },
    Workload {
        slug: "w3",
        file: include_str!("../workloads/w3.json"),
        requests: 200_000,
    },
];

impl Workload {
    /// The workload with this name.
    pub fn find(slug: &str) -> Option<&'static Workload> {
        WORKLOADS.iter().find(|workload| workload.slug == slug)
    }

    /// Reads its file.
    ///
    /// # Errors
    /// None for a file that ships; the tests read them all.
    pub fn scenario(&self) -> Result<Scenario, LoadError> {
        Scenario::load(self.file)
    }
}

/// The rate of all clients of a board together, in requests per second.
pub fn rate(scenario: &Scenario) -> f64 {
    let rate = |kind: &NodeKind| {
        if let NodeKind::Client(client) = kind {
            client.rate.as_f64()
        } else {
            0.0
        }
    };
    scenario.nodes.values().map(|node| rate(&node.kind)).sum()
}
