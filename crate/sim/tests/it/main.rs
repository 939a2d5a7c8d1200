//! The engine's integration tests, in one binary.

mod board;
mod laws;
mod replay;
mod saved;
mod stories;
mod swarm;
mod tidy;
