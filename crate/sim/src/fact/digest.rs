//! The digest of facts: each in numbers that never change their meaning, all of them in one.

use super::Fact;
use crate::event::Site;
use crate::field::Value;
use crate::outcome::Outcome;
use crate::rng::hash_text;
use crate::scenario::{FaultKind, Mode};
use crate::units::Time;

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
            Fact::Arrived {
                client,
                request,
                operation,
            } => (1, client.0, request, u64::from(operation.0)),
            Fact::Replied {
                client,
                request,
                outcome,
                took,
                ..
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
            Fact::Offered { node, request, .. } => (10, node.0, request, 0),
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
            Fact::TurnedAway {
                node, request, by, ..
            } => (13, node.0, request, Outcome::Refused(by).code()),
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
            Fact::Orphaned {
                node,
                request,
                holds,
            } => (15, node.0, request, u64::from(!holds)),
            Fact::Turned {
                node,
                replica,
                request,
                turn,
                orphan,
            } => (
                of(143, replica),
                node.0,
                request,
                (turn as u64) << 1 | u64::from(orphan),
            ),
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
            Fact::Dropped {
                edge,
                request,
                kept,
            } => (20, edge.0, request, u64::from(!kept)),
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
            Fact::DeadLettered {
                edge,
                request,
                why,
                kept,
            } => (26, edge.0, request, (why as u64) << 1 | u64::from(!kept)),
            Fact::Removed {
                edge,
                request,
                from,
            } => (27, edge.0, request, from as u64),
            Fact::Expired {
                edge,
                request,
                ready,
            } => (60, edge.0, request, u64::from(ready)),
            Fact::Buried { edge, request } => (61, edge.0, request, 0),
            Fact::Deleted { edge, request } => (62, edge.0, request, 0),
            Fact::Skipped { edge, request } => (160, edge.0, request, 0),
            Fact::Rebalanced {
                edge,
                generation,
                members,
            } => (161, edge.0, u64::from(generation), u64::from(members)),
            Fact::Lost { edge, request } => (70, edge.0, request, 0),
            Fact::Delayed {
                edge,
                request,
                wait,
            } => (71, edge.0, request, wait.as_nanos()),
            Fact::Returned { edge, request } => (72, edge.0, request, 0),
            Fact::Deduplicated {
                node,
                request,
                late,
                ..
            } => (73, node.0, request, u64::from(late)),
            Fact::OutOfOrder { edge, request } => (74, edge.0, request, 0),
            Fact::LookedUp { node, request, hit } => (83, node.0, request, u64::from(hit)),
            Fact::Recorded { edge, request } => (75, edge.0, request, 0),
            Fact::Relayed { edge, request } => (76, edge.0, request, 0),
            Fact::HeldUp { edge, request, .. } => (180, edge.0, request, 0),
            Fact::LetGo { edge, request, .. } => (181, edge.0, request, 0),
            Fact::LinedUp { node, request } => (182, node.0, request, 0),
            Fact::TakenIn {
                node,
                request,
                done,
            } => (183, node.0, request, u64::from(done)),
            Fact::Blocked { node } => (184, node.0, 0, 0),
            Fact::Unblocked { node } => (185, node.0, 0, 0),
            Fact::BrokerDown { node } => (186, node.0, 0, 0),
            Fact::BrokerUp { node } => (187, node.0, 0, 0),
            Fact::Wiped {
                edge,
                request,
                from,
            } => (188, edge.0, request, from as u64),
            Fact::FaultOn { on, kind } => match on {
                Site::Node(node) => (28, node.0, fault_code(kind), 0),
                Site::Edge(edge) => (80, edge.0, fault_code(kind), 0),
            },
            Fact::FaultOff { on, kind } => match on {
                Site::Node(node) => (29, node.0, fault_code(kind), 0),
                Site::Edge(edge) => (81, edge.0, fault_code(kind), 0),
            },
            Fact::LostOnTheWay {
                edge,
                request,
                back,
            } => (82, edge.0, request, u64::from(back)),
            Fact::Down { node, replica, why } => (of(30, replica), node.0, 0, why as u64),
            Fact::BackOff {
                node,
                replica,
                wait,
            } => (of(122, replica), node.0, 0, wait.as_nanos()),
            Fact::ProbeBegan { node, replica } => (of(124, replica), node.0, 0, 0),
            Fact::ProbeEnded { node, replica } => (of(125, replica), node.0, 0, 0),
            Fact::Probed {
                node,
                replica,
                which,
                ok,
            } => (
                of(126, replica),
                node.0,
                0,
                (which as u64) << 1 | u64::from(ok),
            ),
            Fact::Readiness {
                node,
                replica,
                ready,
            } => (of(127, replica), node.0, 0, u64::from(ready)),
            Fact::Collected {
                node,
                request,
                takes,
            } => (123, node.0, request, takes.as_nanos()),
            Fact::Up { node, replica } => (of(31, replica), node.0, 0, 0),
            Fact::Joined { node, replica, up } => (of(35, replica), node.0, 0, u64::from(up)),
            Fact::Left { node, replica, up } => (of(36, replica), node.0, 0, u64::from(up)),
            Fact::Leaked {
                node,
                replica,
                bytes,
            } => (of(120, replica), node.0, 0, bytes),
            Fact::Freed {
                node,
                replica,
                bytes,
            } => (of(121, replica), node.0, 0, bytes),
            Fact::Switched { edge, mode } => (32, edge.0, 0, u64::from(mode == Mode::Async)),
            Fact::Advised { node, wanted } => (140, node.0, 0, u64::from(wanted)),
            Fact::Scaled { node, from, to } => {
                (141, node.0, 0, u64::from(from) << 32 | u64::from(to))
            }
            Fact::Ready { node, replica } => (of(142, replica), node.0, 0, 0),
            Fact::Adopted => (33, 0, 0, 0),
            Fact::WaitsOn {
                edge,
                instead,
                request,
                ..
            } => (100, edge.0, request, u64::from(instead.0)),
            Fact::Hedged { edge, request } => (101, edge.0, request, 0),
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
    let strength = match kind.strength() {
        Some(Value::Ratio(by)) => by.as_micros(),
        Some(Value::Span(by)) => by.as_nanos(),
        Some(Value::Bytes(by)) => by.get(),
        _ => 0,
    };
    hash_text(kind.word()) ^ strength
}

/// A digest of all facts so far: equal runs have equal digests, on every target.
///
/// `derive(Hash)` would not do: it hashes an enum's discriminant at pointer width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u64);

impl Digest {
    /// Takes in one fact.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see Outbox::say")]
    pub fn take(&mut self, at: Time, fact: &Fact) {
        let [a, b, c, d] = fact.words();
        // Odd constants of xxHash64. Each word has a product of its own, which waits for no other: only the last
        // step waits for the fact before.
        let time = at.as_nanos().wrapping_mul(0x9E37_79B1_85EB_CA87);
        let what = (a << 32 | b).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let request = c.wrapping_mul(0x1656_67B1_9E37_79F9);
        let more = d.wrapping_mul(0x85EB_CA77_C2B2_AE63);
        let word = (time ^ what.rotate_left(31)).wrapping_add(request.rotate_left(17) ^ more);
        self.0 = (self.0.rotate_left(23) ^ word ^ (word >> 32)).wrapping_mul(0x9E37_79B1_85EB_CA87);
    }

    /// The digest as a number.
    pub const fn value(self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}
