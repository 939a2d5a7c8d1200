//! Facts: what has happened; all that the engine ever says. Figures, dots, story and tests read them.

mod digest;

use crate::event::{EdgeIx, NodeIx};
use crate::outcome::{By, Cause, Outcome};
use crate::rng::hash_text;
use crate::scenario::{FaultKind, Mode};
use crate::units::{Ratio, Span};
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
    Arrived { client: NodeIx, request: u64 },
    /// A client has the answer to a request.
    Replied {
        client: NodeIx,
        request: u64,
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

    /// A call began; `waits` if its owner's thread waits for it.
    Called {
        edge: EdgeIx,
        replica: u32,
        request: u64,
        waits: bool,
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
    /// A caller gave up on an attempt that was under way.
    TimedOut { edge: EdgeIx, request: u64 },
    /// A policy of the caller's own did not let an attempt out.
    Barred { edge: EdgeIx, request: u64, by: By },
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

    /// A request or message came to a service.
    Offered { node: NodeIx, request: u64 },
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
    TurnedAway { node: NodeIx, request: u64, by: By },
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
    Orphaned { node: NodeIx, request: u64 },
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
    /// The oldest ready message was dropped for a new one.
    Dropped { edge: EdgeIx, request: u64 },
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
    /// A message was given up after too many deliveries.
    DeadLettered { edge: EdgeIx, request: u64 },
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
    /// A message went with its edge; `ready` says where it was.
    Removed {
        edge: EdgeIx,
        request: u64,
        ready: bool,
    },

    /// A fault began.
    FaultOn { node: NodeIx, kind: FaultKind },
    /// A fault ended.
    FaultOff { node: NodeIx, kind: FaultKind },
    /// A replica stopped; `memory` if it was killed for its memory.
    Down {
        node: NodeIx,
        replica: u32,
        memory: bool,
    },
    /// A replica runs again.
    Up { node: NodeIx, replica: u32 },
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
    /// An edge was switched.
    Switched { edge: EdgeIx, mode: Mode },
    /// The board was exchanged.
    Adopted,
}

impl Fact {
    /// The fact in numbers that never change their meaning.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a fact: the list is the point"
    )]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see Outbox::say")]
    fn words(&self) -> [u64; 4] {
        let (code, what, request, more) = match *self {
            Fact::Arrived { client, request } => (1, client.0, request, 0),
            Fact::Replied {
                client,
                request,
                outcome,
                took,
            } => (2, client.0, request, took.as_nanos() << 5 | outcome.code()),
            Fact::Completed {
                client,
                request,
                lost,
                stale,
                took,
            } => (
                3,
                client.0,
                request,
                stale.unwrap_or_default().as_nanos() ^ took.as_nanos() << 1 | u64::from(lost),
            ),
            Fact::Called {
                edge,
                request,
                waits,
                ..
            } => (4, edge.0, request, u64::from(waits)),
            Fact::Sent {
                edge,
                request,
                attempt,
                mode,
                orphan,
                ..
            } => {
                let flags = u64::from(mode == Mode::Async) << 1 | u64::from(orphan);
                (5, edge.0, request, u64::from(attempt) << 2 | flags)
            }
            Fact::Answered {
                edge,
                request,
                outcome,
                late,
            } => (6, edge.0, request, outcome.code() << 1 | u64::from(late)),
            Fact::TimedOut { edge, request } => (7, edge.0, request, 0),
            Fact::BackedOff {
                edge,
                request,
                wait,
            } => (8, edge.0, request, wait.as_nanos()),
            Fact::Settled {
                edge,
                request,
                outcome,
                took,
                attempts,
                ..
            } => (
                9,
                edge.0,
                request,
                took.as_nanos() << 10 | u64::from(attempts) << 5 | outcome.code(),
            ),
            Fact::Offered { node, request } => (10, node.0, request, 0),
            Fact::Queued {
                node,
                replica,
                request,
            } => (of(11, replica), node.0, request, 0),
            Fact::Dequeued {
                node,
                replica,
                request,
            } => (of(12, replica), node.0, request, 0),
            Fact::TurnedAway { node, request, by } => {
                (13, node.0, request, Outcome::Refused(by).code())
            }
            Fact::Started {
                node,
                replica,
                request,
                waited,
                message,
                orphan,
            } => {
                let flags = u64::from(message) << 1 | u64::from(orphan);
                (
                    of(14, replica),
                    node.0,
                    request,
                    waited.as_nanos() << 2 | flags,
                )
            }
            Fact::Orphaned { node, request } => (15, node.0, request, 0),
            Fact::Finished {
                node,
                replica,
                request,
                outcome,
                held,
                took,
                orphan,
                ..
            } => {
                let flags = outcome.code() << 1 | u64::from(orphan);
                (
                    of(16, replica),
                    node.0,
                    request,
                    (held.as_nanos() ^ took.as_nanos() << 16) << 6 | flags,
                )
            }
            Fact::Duplicate { node, request, .. } => (17, node.0, request, 0),
            Fact::Stored { edge, request } => (18, edge.0, request, 0),
            Fact::Rejected {
                edge,
                request,
                told,
            } => (19, edge.0, request, u64::from(told)),
            Fact::Dropped { edge, request } => (20, edge.0, request, 0),
            Fact::Delivered {
                edge,
                request,
                delivery,
            } => (21, edge.0, request, u64::from(delivery)),
            Fact::Prefetched {
                edge,
                replica,
                request,
            } => (of(22, replica), edge.0, request, 0),
            Fact::Unbuffered {
                edge,
                replica,
                request,
            } => (of(23, replica), edge.0, request, 0),
            Fact::Acked { edge, request } => (24, edge.0, request, 0),
            Fact::Requeued { edge, request } => (25, edge.0, request, 0),
            Fact::DeadLettered { edge, request } => (26, edge.0, request, 0),
            Fact::Removed {
                edge,
                request,
                ready,
            } => (27, edge.0, request, u64::from(ready)),
            Fact::Expired {
                edge,
                request,
                ready,
            } => (60, edge.0, request, u64::from(ready)),
            Fact::Buried { edge, request } => (61, edge.0, request, 0),
            Fact::Deleted { edge, request } => (62, edge.0, request, 0),
            Fact::FaultOn { node, kind } => (28, node.0, fault_code(kind), 0),
            Fact::FaultOff { node, kind } => (29, node.0, fault_code(kind), 0),
            Fact::Down {
                node,
                replica,
                memory,
            } => (of(30, replica), node.0, 0, u64::from(memory)),
            Fact::Up { node, replica } => (of(31, replica), node.0, 0, 0),
            Fact::Joined { node, replica, up } => (of(35, replica), node.0, 0, u64::from(up)),
            Fact::Left { node, replica, up } => (of(36, replica), node.0, 0, u64::from(up)),
            Fact::Switched { edge, mode } => (32, edge.0, 0, u64::from(mode == Mode::Async)),
            Fact::Adopted => (33, 0, 0, 0),
            Fact::LookedUp { node, request, hit } => (60, node.0, request, u64::from(hit)),
            Fact::Barred { edge, request, by } => {
                (34, edge.0, request, Outcome::Refused(by).code())
            }
        };
        [code, u64::from(what), request, more]
    }
}

/// Which replica, above the code of a fact; nothing for the first one.
const fn of(code: u64, replica: u32) -> u64 {
    code + ((replica as u64) << 8)
}

/// A fault's kind and strength as a number that never changes its meaning.
fn fault_code(kind: FaultKind) -> u64 {
    hash_text(kind.word()) ^ kind.strength().map_or(0, Ratio::as_micros)
}
