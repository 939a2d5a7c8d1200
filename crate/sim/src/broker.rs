//! Brokers: where the messages of an async edge wait.

pub mod queue;

pub use queue::{Overflow, Queue};
