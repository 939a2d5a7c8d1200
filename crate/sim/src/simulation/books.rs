//! The books of a classic queue: its messages, who takes them, and its timers.

use std::collections::{BTreeSet, VecDeque};

use crate::broker::backlog::Backlog;
use crate::event::{EdgeIx, MessageKey};
use crate::units::Time;

/// The books of the queue of an edge, or of all edges that share one.
#[derive(Debug, Clone)]
pub struct Books {
    /// Its messages.
    pub backlog: Backlog<MessageKey>,
    /// Unacknowledged messages by when they were published.
    pub unacked: BTreeSet<(Time, MessageKey)>,
    /// The edges whose consumers take from it.
    pub members: Vec<EdgeIx>,
    /// Whose turn it is.
    pub turn: usize,
    /// When the timer for the oldest message ends; never while there is none.
    pub expiry: Time,
    /// Until when each delivery has to be acknowledged, in the order of delivering: the count of its deliveries
    /// tells one from the next.
    pub watch: VecDeque<(Time, MessageKey, u32)>,
    /// Whether a timer for the first of them is planned.
    pub watching: bool,
    /// How many messages came.
    pub seq: u64,
    /// The newest message of each key whose effect has happened.
    pub newest: Vec<u64>,
}

impl Books {
    /// Empty books of an edge of its own.
    pub fn new(edge: EdgeIx) -> Self {
        Books {
            backlog: Backlog::default(),
            unacked: BTreeSet::new(),
            members: vec![edge],
            turn: 0,
            expiry: Time::NEVER,
            watch: VecDeque::new(),
            watching: false,
            seq: 0,
            newest: Vec::new(),
        }
    }
}
