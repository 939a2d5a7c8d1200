//! Brokers: where the messages of an async edge wait. Their kinds are the files in `broker/`, state machines
//! without a clock; the engine runs them from `simulation/delivery/`.

pub mod queue;

pub use queue::{Overflow, Queue};

/// What has the messages of an async edge between its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A classic queue.
    #[default]
    Queue,
}
