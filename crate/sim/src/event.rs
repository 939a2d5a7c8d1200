//! Events: what will happen, and the agenda that keeps them in order.
//!
//! Order is by time and, for equal times, by when they were planned.

mod agenda;

use slotmap::new_key_type;

use crate::broker::Kind;
use crate::outcome::Outcome;
use crate::policy::Cancel;
use crate::probe::Which;
pub use agenda::{Agenda, LaneIx};

new_key_type! {
    /// A request under way.
    pub struct RequestKey;
    /// A call under way.
    pub struct CallKey;
    /// An attempt under way.
    pub struct AttemptKey;
    /// A job: one thread at work for one request or message.
    pub struct JobKey;
    /// A message that is not yet done with.
    pub struct MessageKey;
    /// A message in an outbox, not yet marked as published.
    pub struct RowKey;
    /// An edge's policies as calls found them.
    pub struct StackKey;
}

/// A node of this simulation; never used again for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeIx(pub u32);

/// A replica of a service; its number is never used again for another one of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReplicaIx {
    /// Of which service.
    pub node: NodeIx,
    /// Which one.
    pub number: u32,
}

/// An edge of this simulation; never used again for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeIx(pub u32);

/// An operation of this simulation; never used again for another name. 0 is the one without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct OpIx(pub u32);

/// What trouble befalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// A node.
    Node(NodeIx),
    /// An edge.
    Edge(EdgeIx),
}

/// Who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A client's request.
    Request(RequestKey),
    /// A service's job.
    Job(JobKey),
}

/// Why a delivery came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fail {
    /// The consumer's work ended in an error.
    Error,
    /// The consumer is gone, or its connection.
    Gone,
}

/// A step in the life of a member of a consumer group. A number tells one request of it from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Its fetch arrives at the log.
    Ask(u32),
    /// Its fetch has waited for more for long enough.
    Serve(u32),
    /// What it fetched arrives.
    Fetched(u32),
    /// Its commit arrives at the log.
    Commit(u32),
    /// It learns that its commit is in, or was refused.
    Committed(u32, bool),
    /// It gives up waiting for an answer, and asks anew.
    Unanswered(u32),
    /// It tries a record again.
    Retry(u32),
    /// It may have something to do by itself.
    Wake,
    /// It may not have polled for too long.
    PollDue,
    /// It may not have been heard of for too long.
    Silent,
}

/// Something that will happen.
///
/// Its kind is as wide as what it is of, so that it is copied in whole words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Event {
    /// A client sends its next request, if its traffic has not changed since (the number tells).
    Arrive(NodeIx, u32),
    /// A user of a closed population has thought.
    Thought(NodeIx, u32),
    /// A call has settled; its owner goes on.
    Resume(Owner, Outcome),
    /// An attempt arrives at the far end of its edge.
    Reach(AttemptKey),
    /// A service learns that an attempt is not wanted any more.
    Cancel(AttemptKey, Cancel),
    /// An answer arrives at the near end.
    Answer(AttemptKey, Outcome),
    /// The operating system gives up the connection on which an attempt was lost.
    GiveUp(AttemptKey),
    /// A policy's patience ends, if it is still the same wait (the number tells).
    Expire(CallKey, u8, u32),
    /// The timeout of a plain call ends, if it is still plain.
    Overdue(JobKey),
    /// A back-off ends, if it is still the same one (the number tells).
    Again(CallKey, u8, u32),
    /// A job's own work is done.
    Worked(JobKey),
    /// A replica may have a free thread and something that waits for one.
    Dispatch(ReplicaIx),
    /// A queue may have something to deliver.
    Pump(EdgeIx),
    /// A broker has something to do by itself.
    Tend(EdgeIx, Kind),
    /// A publish would be taken in by its broker node.
    Knock(AttemptKey),
    /// A broker node has taken a message in, if it was not down meanwhile (the number tells).
    TakenIn(NodeIx, u32),
    /// A broker node looks at its memory.
    Look(NodeIx),
    /// A message arrives at its consumer.
    Deliver(MessageKey),
    /// The broker learns that a message is done.
    Acked(MessageKey),
    /// The broker learns that a message failed or that its consumer is gone.
    Nacked(MessageKey, Fail),
    /// A message has waited for its next delivery.
    Return(MessageKey),
    /// The oldest message of a queue may have expired.
    ExpireHead(EdgeIx),
    /// A consumer may have held a message of a queue for too long.
    TakeBack(EdgeIx),
    /// A member of the consumer group of an edge goes on (its number tells which one).
    Member(EdgeIx, u32, Step),
    /// The relay of an edge's outbox looks for rows.
    Relay(EdgeIx),
    /// A replica holds more memory than it may, if it is still the same life of it (the number tells).
    OutOfMemory(ReplicaIx, u32),
    /// A killed replica is back, if it is still the same life of it (the number tells).
    Restart(ReplicaIx, u32),
    /// A replica is due to be probed, if that is still the same plan (the number tells).
    Probe(ReplicaIx, Which, u32),
    /// A replica answers a probe, if it is still at it (the number tells).
    Probed(ReplicaIx, Which, u32),
    /// The answer to a probe takes too long, if it is still outstanding (the number tells).
    ProbeLate(ReplicaIx, Which, u32),
    /// A replica has failed its liveness probe, if it is still the same life of it (the number tells).
    Unhealthy(ReplicaIx, u32),
    /// A service loses memory once more, if it is still the same leak (the number tells).
    Leak(NodeIx, u32),
    /// The metrics of a service are read for its autoscaler, if it is still the same one (the number tells).
    Measure(NodeIx, u32),
    /// It judges how many replicas there should be.
    Scale(NodeIx, u32),
    /// A new replica has started up, if it is still the same life of it (the number tells).
    Ready(ReplicaIx, u32),
    /// A planned fault begins or ends, if the plan is still the same (the number tells).
    Faults(u32),
}
