//! What facts say in detail: why a replica stopped, what became of a turn, where a message was.

/// Why a replica stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A fault.
    Fault,
    /// It held more memory than it may.
    Memory,
    /// It failed its liveness probe.
    Liveness,
}

/// What became of the loop or the carrier of a job. One that begins or ends is taken to have it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It begins, and has to wait for it.
    BeginsInLine,
    /// It leaves it for a call.
    Parks,
    /// It waits for it after a call.
    Lines,
    /// It has it, after a call.
    Runs,
    /// It has it, after it has waited.
    RunsFromLine,
}

/// Where a message was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Delivered and not yet acknowledged.
    Unacked,
    /// Ready in the queue.
    Ready,
    /// Waiting for its next delivery.
    Delayed,
    /// At the consumer, acknowledged when it was sent.
    Handed,
    /// In the publisher's outbox.
    Outbox,
}
