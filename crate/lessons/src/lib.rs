//! What to learn: the scenarios that ship with the page, the steps that lead through the first minute, and the lessons.
//!
//! Every claim made here is proven by running it, over many seeds, in `tests/proofs.rs` and `tests/lessons.rs`.

pub mod experiment;
pub mod guide;
pub mod lesson;
pub mod preset;
pub mod setting;
pub mod workload;

pub use experiment::{EXPERIMENTS, Experiment};
pub use guide::{Act, Guide, Step};
pub use lesson::Lesson;
pub use preset::{PRESETS, Preset};
pub use setting::Setting;
pub use workload::{WORKLOADS, Workload};
