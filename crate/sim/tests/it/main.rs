//! The engine's integration tests, in one binary.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test is about some kinds, not about all"
)]

mod adds_up;
mod autoscaler;
mod board;
mod brokers;
mod cache;
mod checkpoint;
mod crowd;
mod express;
mod groups;
mod hedging;
mod ignored;
mod laws;
mod log;
mod loops;
mod measures;
mod operations;
mod probes;
mod replay;
mod replicas;
mod restarts;
mod run;
mod saved;
mod shedding;
mod sleep;
mod stalls;
mod stories;
mod swarm;
mod telling;
mod tidy;
mod traps;
mod trial;
