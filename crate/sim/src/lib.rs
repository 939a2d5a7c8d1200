//! The model: services, calls and queues as a deterministic discrete-event simulation.
//!
//! ```text
//!   client ──request──▶ edge: policies ──attempt──▶ accept queue ─▶ job on a thread ─▶ its own calls
//!      ▲                   (retry, timeout)                              │
//!      └─────────────── outcome, back through the policies ◀── answer ───┘      sync: the thread waits
//!
//!   job ──publish──▶ queue: ready ──deliver──▶ unacked ─▶ job on a thread ─▶ ack       async: it goes on
//! ```
//!
//! A [`Scenario`] is the board as plain data. A [`Simulation`] runs it: events are what will happen,
//! facts what has happened, and a frame what the screen shows of an interval. Same scenario, same seed
//! and same edits at the same simulated times give the same facts to the bit, natively and in a browser,
//! however time is cut into steps.
//!
//! This crate knows no browser, no clock and no chance of its own.

pub mod autoscale;
pub mod backoff;
pub mod balance;
pub mod broker;
pub mod cache;
pub mod dedup;
pub mod discipline;
pub mod dist;
pub mod event;
pub mod fact;
pub mod field;
pub mod frame;
pub mod health;
pub mod meter;
pub mod outcome;
pub mod policy;
pub mod profile;
pub mod rng;
pub mod scenario;
pub mod simulation;
pub mod units;

pub use frame::Frame;
pub use scenario::Scenario;
pub use simulation::Simulation;
