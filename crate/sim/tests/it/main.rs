//! The engine's integration tests, in one binary.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test is about some kinds, not about all"
)]

mod autoscaler;
mod board;
mod cache;
mod express;
mod groups;
mod ignored;
mod laws;
mod measures;
mod replay;
mod replicas;
mod saved;
mod stalls;
mod stories;
mod swarm;
mod tidy;
mod traps;
