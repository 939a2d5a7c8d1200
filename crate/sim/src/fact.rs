//! Facts: what has happened; all that the engine ever says. Figures, dots, story and tests read them.

mod detail;
mod digest;

use crate::broker::Reason;
use crate::criticality::Criticality;
use crate::event::{EdgeIx, NodeIx, OpIx, Site};
use crate::outcome::{By, Cause, Outcome};
use crate::probe::Which;
use crate::scenario::{FaultKind, Mode};
use crate::units::Span;

pub use detail::{Spot, Stop, Turn};
pub use digest::Digest;

/// Something that has happened. `request` is the request's name: the same in every run with the same seed.
/// `replica` is that of the node, of the edge's far end for a message, and of the caller for a call.
#[allow(
    missing_docs,
    reason = "a field is named after its type; what is not plain stands at the variant"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A client sent a request.
    Arrived {
        client: NodeIx,
        request: u64,
        operation: OpIx,
    },
    /// A client has the answer to a request.
    Replied {
        client: NodeIx,
        request: u64,
        operation: OpIx,
        outcome: Outcome,
        took: Span,
    },
    /// All that an ok-answered request caused is done; `stale` is the time from the answer to the last
    /// effect that came by a message, none where no message was needed; `took` that from the request.
    Completed {
        client: NodeIx,
        request: u64,
        lost: bool,
        stale: Option<Span>,
        took: Span,
    },

    /// A call began; `waits` if its owner's thread waits for it, and for no other one.
    Called {
        edge: EdgeIx,
        replica: u32,
        request: u64,
        waits: bool,
    },
    /// A thread waits on an edge `instead` of another one: of several calls at once, one has ended.
    WaitsOn {
        edge: EdgeIx,
        instead: EdgeIx,
        replica: u32,
        request: u64,
    },
    /// An attempt set out: number 1 is the first; `again` if a retry or a redelivery made it, here or on the
    /// way here.
    Sent {
        edge: EdgeIx,
        request: u64,
        attempt: u32,
        mode: Mode,
        orphan: bool,
        again: bool,
    },
    /// An answer came back; `late` if nobody waited for it any more.
    Answered {
        edge: EdgeIx,
        request: u64,
        outcome: Outcome,
        late: bool,
    },
    /// A request, a message, or with `back` an answer, a confirm or an ack, was lost on its way.
    LostOnTheWay {
        edge: EdgeIx,
        request: u64,
        back: bool,
    },
    /// A caller gave up on an attempt that was under way.
    TimedOut { edge: EdgeIx, request: u64 },
    /// A policy of the caller's own did not let an attempt out.
    Barred { edge: EdgeIx, request: u64, by: By },
    /// A policy tries once more beside what is under way.
    Hedged { edge: EdgeIx, request: u64 },
    /// A policy will try again after this wait.
    BackedOff {
        edge: EdgeIx,
        request: u64,
        wait: Span,
    },
    /// A call ended.
    Settled {
        edge: EdgeIx,
        replica: u32,
        request: u64,
        outcome: Outcome,
        took: Span,
        attempts: u32,
        waited: bool,
    },

    /// A request or message came to a service over an edge.
    Offered {
        node: NodeIx,
        edge: EdgeIx,
        request: u64,
    },
    /// It waits in the accept queue.
    Queued {
        node: NodeIx,
        replica: u32,
        request: u64,
    },
    /// It was taken out of the accept queue.
    Dequeued {
        node: NodeIx,
        replica: u32,
        request: u64,
    },
    /// It was not let in.
    TurnedAway {
        node: NodeIx,
        request: u64,
        by: By,
        criticality: Criticality,
    },
    /// A thread took it, a request or a `message`, after it had waited for one.
    Started {
        node: NodeIx,
        replica: u32,
        request: u64,
        waited: Span,
        message: bool,
        orphan: bool,
    },
    /// A cache looked a request up: it was there or not.
    LookedUp {
        node: NodeIx,
        request: u64,
        hit: bool,
    },
    /// The caller of a job at work gave up.
    /// It `holds` a thread, a loop or a carrier, or it does not.
    Orphaned {
        node: NodeIx,
        request: u64,
        holds: bool,
    },
    /// A job without a thread of its own got, left or waits for a loop or a carrier.
    Turned {
        node: NodeIx,
        replica: u32,
        request: u64,
        turn: Turn,
        orphan: bool,
    },
    /// A job ended; `cause` says why, where it ended badly; `held` is how long it had its thread, `took` the
    /// time since it came.
    Finished {
        node: NodeIx,
        replica: u32,
        request: u64,
        outcome: Outcome,
        cause: Cause,
        held: Span,
        took: Span,
        orphan: bool,
    },
    /// The same piece of work was done a second time here.
    Duplicate {
        node: NodeIx,
        edge: EdgeIx,
        request: u64,
    },

    /// A message is in the queue.
    Stored { edge: EdgeIx, request: u64 },
    /// A message found the queue full and was refused.
    Rejected {
        edge: EdgeIx,
        request: u64,
        told: bool,
    },
    /// The oldest ready message was dropped for a new one; `kept` if it is dead-lettered, else it is lost.
    Dropped {
        edge: EdgeIx,
        request: u64,
        kept: bool,
    },
    /// A message went to the consumer; `delivery` 1 is the first time.
    Delivered {
        edge: EdgeIx,
        request: u64,
        delivery: u32,
    },
    /// A message waits at the consumer for a thread.
    Prefetched {
        edge: EdgeIx,
        replica: u32,
        request: u64,
    },
    /// A thread took a prefetched message, or it went back.
    Unbuffered {
        edge: EdgeIx,
        replica: u32,
        request: u64,
    },
    /// A message is done and acknowledged.
    Acked { edge: EdgeIx, request: u64 },
    /// A message went back to the head of the queue.
    Requeued { edge: EdgeIx, request: u64 },
    /// A message was given up; `kept` if it is dead-lettered, else it is lost.
    DeadLettered {
        edge: EdgeIx,
        request: u64,
        why: Reason,
        kept: bool,
    },
    /// A message was deleted for its age, received by then or `ready`.
    Expired {
        edge: EdgeIx,
        request: u64,
        ready: bool,
    },
    /// A ready message was given up: the next receive found that it was received too often.
    Buried { edge: EdgeIx, request: u64 },
    /// A message was deleted by one who had received it before it was ready again.
    Deleted { edge: EdgeIx, request: u64 },
    /// An unread record was passed over by a consumer that had lost its place and went to the end of the log.
    Skipped { edge: EdgeIx, request: u64 },
    /// The partitions of a log were given out anew to so many members.
    Rebalanced {
        edge: EdgeIx,
        generation: u32,
        members: u32,
    },
    /// A message that was acknowledged when it was sent failed, or died with its consumer.
    Lost { edge: EdgeIx, request: u64 },
    /// A message waits for its next delivery.
    Delayed {
        edge: EdgeIx,
        request: u64,
        wait: Span,
    },
    /// It is ready again.
    Returned { edge: EdgeIx, request: u64 },
    /// A message went with its edge.
    Removed {
        edge: EdgeIx,
        request: u64,
        from: Spot,
    },
    /// A copy was found by its identity and had no effect; `late` if only when its work was done.
    Deduplicated {
        node: NodeIx,
        edge: EdgeIx,
        request: u64,
        late: bool,
    },
    /// The effect of a message came after that of a newer one of its key.
    OutOfOrder { edge: EdgeIx, request: u64 },
    /// A message was stored in the publisher's outbox, with the work that caused it.
    Recorded { edge: EdgeIx, request: u64 },
    /// The relay has published it and marked it.
    Relayed { edge: EdgeIx, request: u64 },

    /// A publish waits on its connection to a broker node, which is blocked.
    HeldUp {
        node: NodeIx,
        edge: EdgeIx,
        request: u64,
    },
    /// It does so no more.
    LetGo {
        node: NodeIx,
        edge: EdgeIx,
        request: u64,
    },
    /// A publish stands in line to be taken in by a broker node.
    LinedUp { node: NodeIx, request: u64 },
    /// It does so no more: it was taken in (`done`), or its broker node is gone.
    TakenIn {
        node: NodeIx,
        request: u64,
        done: bool,
    },
    /// A broker node blocks all who publish.
    Blocked { node: NodeIx },
    /// It does so no more.
    Unblocked { node: NodeIx },
    /// A broker node went down.
    BrokerDown { node: NodeIx },
    /// It runs again.
    BrokerUp { node: NodeIx },
    /// A message that is not durable was lost with its broker.
    Wiped {
        edge: EdgeIx,
        request: u64,
        from: Spot,
    },

    /// A fault began.
    FaultOn { on: Site, kind: FaultKind },
    /// A fault ended.
    FaultOff { on: Site, kind: FaultKind },
    /// A replica stopped.
    Down {
        node: NodeIx,
        replica: u32,
        why: Stop,
    },
    /// A killed replica waits so long before it is started again.
    BackOff {
        node: NodeIx,
        replica: u32,
        wait: Span,
    },
    /// A thread began to answer a probe.
    ProbeBegan { node: NodeIx, replica: u32 },
    /// It has done so, or it was stopped.
    ProbeEnded { node: NodeIx, replica: u32 },
    /// A probe succeeded or failed.
    Probed {
        node: NodeIx,
        replica: u32,
        which: Which,
        ok: bool,
    },
    /// A replica is ready from now on, by its readiness probe, or not.
    Readiness {
        node: NodeIx,
        replica: u32,
        ready: bool,
    },
    /// Garbage collection will take so much of a piece of own work that begins.
    Collected {
        node: NodeIx,
        request: u64,
        takes: Span,
    },
    /// A replica runs again.
    Up { node: NodeIx, replica: u32 },
    /// A replica holds so many bytes more, until it stops.
    Leaked {
        node: NodeIx,
        replica: u32,
        bytes: u64,
    },
    /// A replica has stopped and gives back what it leaked.
    Freed {
        node: NodeIx,
        replica: u32,
        bytes: u64,
    },
    /// A replica was added, running or not.
    Joined {
        node: NodeIx,
        replica: u32,
        up: bool,
    },
    /// A replica that had nothing left to do is gone, running until then or not.
    Left {
        node: NodeIx,
        replica: u32,
        up: bool,
    },
    /// An autoscaler found how many replicas would do, before its windows and limits.
    Advised { node: NodeIx, wanted: u32 },
    /// An autoscaler changed how many there are.
    Scaled { node: NodeIx, from: u32, to: u32 },
    /// A replica that was added has started up.
    Ready { node: NodeIx, replica: u32 },
    /// An edge was switched.
    Switched { edge: EdgeIx, mode: Mode },
    /// The board was exchanged.
    Adopted,
}
