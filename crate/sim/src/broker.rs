//! Brokers: where the messages of an async edge wait. Their kinds are the files in `broker/`, state machines
//! without a clock; the engine runs them from `simulation/delivery/`.

pub mod backlog;
pub mod bus;
pub mod log;
pub mod node;
pub mod outbox;
pub mod queue;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bus::Bus;
pub use log::Log;
pub use node::Broker;
pub use outbox::Outbox;
pub use queue::{Ack, OnError, Overflow, Queue, Reason};

/// What has the messages of an async edge between its ends.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A classic queue.
    #[default]
    Queue,
    /// The subscription of an event bus.
    Bus,
    /// A partitioned log.
    Log,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Queue, Kind::Bus, Kind::Log];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Queue => "queue",
            Kind::Bus => "bus",
            Kind::Log => "log",
        }
    }
}
