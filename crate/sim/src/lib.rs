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
//!
//! # As a library
//!
//! [`Scenario::load`] reads a board, [`Simulation::new`] starts it, [`Simulation::run_until`] lets time pass,
//! [`Simulation::adopt`] exchanges the board or clicks faults while it runs, and [`Simulation::report`] counts:
//!
//! ```
//! use sim::units::{Span, Time};
//! use sim::{Scenario, Simulation};
//!
//! let board = Scenario::load(
//!     r#"{ "seed": 1,
//!          "nodes": { "users": { "kind": { "client": { "rate": 80 } } },
//!                     "api": { "kind": { "service": { "threads": 1, "queue": "unbounded",
//!                                                     "before": { "exponential": "10ms" } } } } },
//!          "edges": { "users-api": { "from": "users", "to": "api", "latency": { "constant": "0s" } } } }"#,
//! )?;
//! let mut sim = Simulation::new(&board);
//! sim.run_until(Time::ZERO + Span::secs(1_000));
//! // M/M/1 at 80 %: 10 ms / (1 - 0.8) = 50 ms in the mean.
//! let mean = sim.report().clients[0].latency.mean_ms.unwrap();
//! assert!((mean / 50.0 - 1.0).abs() < 0.15, "{mean}");
//!
//! // The same seed, in other cuts of time, is the same run to the bit; a copy is a checkpoint.
//! let mut other = Simulation::new(&board);
//! while !other.run_slice(Time::ZERO + Span::secs(500), 1_000) {}
//! let mut copy = other.clone();
//! copy.run_until(Time::ZERO + Span::secs(1_000));
//! assert_eq!(copy.digest(), sim.digest());
//! # Ok::<(), sim::scenario::LoadError>(())
//! ```
//!
//! [`Simulation::run_watched`] tells every [`fact::Fact`] as it happens; [`Simulation::frame`] gives what a screen shows.
//! `examples/slow_leaf.rs` is a whole program.

pub mod autoscale;
pub mod backoff;
pub mod balance;
pub mod broker;
pub mod cache;
pub mod criticality;
pub mod dedup;
pub mod discipline;
pub mod dist;
pub mod event;
pub mod fact;
pub mod field;
pub mod frame;
pub mod health;
pub mod meter;
pub mod operation;
pub mod outcome;
pub mod policy;
pub mod probe;
pub mod profile;
pub mod rng;
pub mod run;
pub mod scenario;
pub mod shedding;
pub mod simulation;
pub mod story;
pub mod units;
pub mod words;

pub use frame::Frame;
pub use run::Run;
pub use scenario::Scenario;
pub use simulation::Simulation;
