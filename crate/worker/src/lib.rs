//! The wall: what crosses between the page and the engine, and the runner that drives the engine.
//!
//! The page asks, the runner answers, one request in flight: pause is not asking. The runner is the same
//! in a web worker and, where none can start, on the page's own thread.

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod protocol;
pub mod runner;

pub use protocol::{Command, Report};
pub use runner::Runner;
