//! What to learn: the scenarios that ship with the page and the steps that lead through the first minute.
//!
//! Every claim made here is proven by running it, over many seeds, in `tests/proofs.rs`.

pub mod guide;
pub mod preset;

pub use guide::{Act, Guide, Step};
pub use preset::{PRESETS, Preset};
