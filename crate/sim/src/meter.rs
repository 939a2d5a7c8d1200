//! The meter: facts in, figures out. It alone counts.

mod awake;
mod backoff;
pub(crate) mod broker_tally;
mod bucket;
mod condition;
pub(crate) mod edge_tally;
pub(crate) mod flow;
mod follow;
pub mod gauge;
mod glance;
mod held;
pub mod histogram;
mod lives;
mod looped;
mod node_tally;
mod operations;
mod queue_report;
mod reach;
mod reading;
mod recent;
pub mod recovery;
mod replica;
pub mod report;
mod ribbon;
mod scaled;
pub mod system;
pub(crate) mod tally;
mod times;
mod why;
mod window;

use edge_tally::EdgeTally;
use node_tally::{NodeTally, Sampler};
pub use replica::ReplicaFigures;
use tally::{ClientTally, ServiceTally};

use crate::broker::Reason;
use crate::event::EdgeIx;
use crate::fact::Fact;
use crate::frame::{Change, FlightKind, Mark};
use crate::outcome::Outcome;
use crate::scenario::Mode;
use crate::units::Time;

/// At most so many dots wait for a reader.
const KEPT_FLIGHTS: usize = 4_000;

/// All that is counted.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    nodes: Vec<NodeTally>,
    edges: Vec<EdgeTally>,
    /// The end of the bucket that is open.
    closes: Time,
    /// Where figures since the start begin.
    start: Time,
    glance: glance::Glance,
    recovery: recovery::Recovery,
    blast: system::Blast,
    /// Whether it has to be looked for who is not healthy.
    blast_is_old: bool,
    awake: awake::Awake,
    ribbon: ribbon::Ribbon,
    /// Latency of ok answers over the last second.
    latency: Option<[f32; 3]>,
    changes: Vec<Change>,
    marks: Vec<Mark>,
    flights: Vec<(EdgeIx, FlightKind, Time)>,
    sampler: Sampler,
    /// Whether facts that a fault began or ended are kept from it.
    blind: bool,
    scratch: Vec<u64>,
}

impl Meter {
    /// A meter for a board.
    pub fn new(now: Time) -> Self {
        Meter {
            closes: now + crate::frame::BUCKET,
            start: now,
            ..Meter::default()
        }
    }

    /// Facts that a fault began or ended are kept from it from here on.
    pub const fn hide_faults(&mut self) {
        self.blind = true;
    }

    /// Takes in one fact.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a fact: the list is the point"
    )]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see Outbox::say")]
    pub fn take(&mut self, now: Time, fact: &Fact) {
        match *fact {
            Fact::Arrived {
                client, operation, ..
            } => self.client(client, |tally| tally.arrived(now, operation)),
            Fact::Replied {
                client,
                operation,
                outcome,
                took,
                ..
            } => self.client(client, |tally| tally.replied(now, operation, outcome, took)),
            Fact::Completed {
                client,
                lost,
                stale,
                took,
                ..
            } => self.client(client, |tally| tally.completed(now, lost, stale, took)),

            Fact::Called {
                edge,
                replica,
                waits,
                ..
            } => {
                let tally = self.edge(edge);
                tally.counts.calls += 1;
                tally.in_flight.add(now, 1);
                if waits {
                    self.thread_waits(now, (edge, replica), 1);
                }
            }
            Fact::WaitsOn {
                edge,
                instead,
                replica,
                ..
            } => {
                self.thread_waits(now, (instead, replica), -1);
                self.thread_waits(now, (edge, replica), 1);
            }
            Fact::Sent {
                edge,
                request,
                attempt,
                mode,
                orphan,
                again,
            } => {
                let tally = self.edge(edge);
                tally.counts.attempts += 1;
                tally.counts.first += u64::from(!again);
                tally.counts.retries += u64::from(attempt > 1);
                tally.counts.sent_calls += u64::from(attempt == 1);
                let kind = match mode {
                    Mode::Async => FlightKind::Message,
                    Mode::Sync if orphan => FlightKind::Orphan,
                    Mode::Sync if attempt > 1 => FlightKind::Retry,
                    Mode::Sync => FlightKind::Request,
                };
                self.fly(edge, kind, request, now);
            }
            Fact::Answered {
                edge,
                request,
                outcome,
                late,
            } => {
                if let Outcome::Refused(by) = outcome
                    && !late
                {
                    let tally = self.edge(edge);
                    tally.counts.refused += 1;
                    tally.refused_by.count(by);
                }
                self.fly(edge, FlightKind::of_answer(outcome, late), request, now);
            }
            Fact::LostOnTheWay { edge, back, .. } => self.edge(edge).lost_on_way(back),
            Fact::TimedOut { edge, .. } => self.edge(edge).counts.timed_out += 1,
            Fact::Settled {
                edge,
                replica,
                outcome,
                took,
                waited,
                attempts,
                ..
            } => {
                let tally = self.edge(edge);
                tally.counts.unsent += u64::from(attempts == 0);
                tally.in_flight.add(now, -1);
                tally.counts.settled += 1;
                tally.counts.ok += u64::from(outcome.is_ok());
                tally.counts.failed += u64::from(!outcome.is_ok());
                tally.latency.record(took);
                tally.recent.record(took);
                if waited {
                    self.thread_waits(now, (edge, replica), -1);
                }
            }

            Fact::Offered { node, edge, .. } => {
                self.edge(edge).counts.reached += 1;
                self.service(node, |tally| tally.counts.offered += 1);
            }
            Fact::Queued { node, replica, .. } => self.service(node, |tally| {
                tally.queue.add(now, 1);
                tally.each(replica, |one| one.queue.add(now, 1));
            }),
            Fact::Dequeued { node, replica, .. } => self.service(node, |tally| {
                tally.queue.add(now, -1);
                tally.each(replica, |one| one.queue.add(now, -1));
            }),
            Fact::TurnedAway {
                node,
                by,
                criticality,
                ..
            } => self.service(node, |tally| tally.turned_away(by, criticality)),
            Fact::Started {
                node,
                replica,
                waited,
                message,
                orphan,
                ..
            } => self.service(node, |tally| {
                tally.counts.started += 1;
                if !message {
                    tally.counts.let_in += 1;
                    tally.counts.waited += u128::from(waited.as_nanos());
                }
                tally.busy.add(now, 1);
                tally.each(replica, |one| one.busy.add(now, 1));
                if orphan {
                    tally.orphans.add(now, 1);
                }
            }),
            Fact::LookedUp { node, hit, .. } => self.service(node, |tally| {
                tally.counts.lookups += 1;
                tally.counts.hits += u64::from(hit);
            }),
            Fact::Orphaned { node, holds, .. } => {
                self.service(node, |tally| tally.orphans.add(now, holds.into()));
            }
            Fact::Turned {
                node,
                replica,
                turn,
                orphan,
                ..
            } => self.service(node, |tally| tally.turned(now, replica, turn, orphan)),
            Fact::Finished {
                node,
                replica,
                outcome,
                cause,
                held,
                took,
                orphan,
                ..
            } => self.service(node, |tally| {
                tally.busy.add(now, -1);
                tally.each(replica, |one| one.busy.add(now, -1));
                tally.counts.completed += 1;
                if !outcome.is_ok() {
                    tally.counts.errors += 1;
                    tally.causes.count(outcome, cause);
                }
                if orphan {
                    tally.orphans.add(now, -1);
                    tally.counts.wasted += u128::from(held.as_nanos());
                }
                tally.latency.record(took);
                tally.recent.record(took);
            }),
            Fact::Duplicate { node, edge, .. } => {
                self.edge(edge).counts.duplicates += 1;
                self.service(node, |tally| tally.counts.duplicates += 1);
            }

            Fact::Stored { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.published += 1;
                tally.ready.add(now, 1);
            }
            Fact::Rejected { edge, told, .. } => {
                let counts = &mut self.edge(edge).counts;
                counts.rejected += 1;
                counts.lost_untold += u64::from(!told);
            }
            Fact::Dropped { edge, kept, .. } => {
                let tally = self.edge(edge);
                tally.counts.dropped += 1;
                tally.counts.give_up(Reason::MaxLength, kept);
                tally.ready.add(now, -1);
            }
            Fact::Delivered {
                edge,
                request,
                delivery,
            } => {
                let tally = self.edge(edge);
                tally.ready.add(now, -1);
                tally.unacked.add(now, 1);
                tally.counts.redelivered += u64::from(delivery > 1);
                self.fly(edge, FlightKind::Delivery, request, now);
            }
            Fact::Prefetched { edge, replica, .. } => self.consumer(edge, |tally| {
                tally.buffered.add(now, 1);
                tally.each(replica, |one| one.buffered.add(now, 1));
            }),
            Fact::Unbuffered { edge, replica, .. } => self.consumer(edge, |tally| {
                tally.buffered.add(now, -1);
                tally.each(replica, |one| one.buffered.add(now, -1));
            }),
            Fact::Acked { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.consumed += 1;
                tally.unacked.add(now, -1);
            }
            Fact::Requeued { edge, .. } => {
                let tally = self.edge(edge);
                tally.unacked.add(now, -1);
                tally.ready.add(now, 1);
            }
            Fact::DeadLettered {
                edge, why, kept, ..
            } => self.edge(edge).given_up(now, why, kept),
            Fact::Lost { edge, .. } => self.edge(edge).counts.lost_handed += 1,
            Fact::Delayed { edge, .. } => {
                let tally = self.edge(edge);
                tally.unacked.add(now, -1);
                tally.delayed.add(now, 1);
            }
            Fact::Returned { edge, .. } => {
                let tally = self.edge(edge);
                tally.delayed.add(now, -1);
                tally.ready.add(now, 1);
            }
            Fact::Expired { edge, ready, .. } => {
                self.edge(edge).taken(now, Reason::Expired, (false, ready));
            }
            Fact::Skipped { edge, .. } => self.edge(edge).skipped(now),
            Fact::Rebalanced { edge, .. } => self.edge(edge).counts.rebalances += 1,
            Fact::Buried { edge, .. } => self.edge(edge).buried(now),
            Fact::Deleted { edge, .. } => {
                let tally = self.edge(edge);
                tally.counts.consumed += 1;
                tally.leaves(now, true);
            }
            Fact::Removed { edge, from, .. } => self.edge(edge).removed(now, from),
            Fact::Deduplicated { edge, .. } => self.edge(edge).counts.deduplicated += 1,
            Fact::OutOfOrder { edge, .. } => self.edge(edge).counts.out_of_order += 1,
            Fact::Recorded { edge, .. } => self.edge(edge).outbox.add(now, 1),
            Fact::Relayed { edge, .. } => self.edge(edge).outbox.add(now, -1),

            Fact::HeldUp { node, .. } => self.broker(node, |tally| tally.held_up.add(now, 1)),
            Fact::LetGo { node, .. } => self.broker(node, |tally| tally.held_up.add(now, -1)),
            Fact::LinedUp { node, .. } => self.broker(node, |tally| tally.intake.add(now, 1)),
            Fact::TakenIn { node, done, .. } => {
                self.broker(node, |tally| tally.left_line(now, done));
            }
            Fact::Unblocked { node } => self.broker(node, |tally| tally.freed(now)),
            Fact::Blocked { node } => self.broker_blocks(now, node),
            Fact::Wiped { edge, from, .. } => self.edge(edge).wiped(now, from),

            Fact::FaultOn { on, kind } => self.fault(now, on, kind, true),
            Fact::FaultOff { on, kind } => self.fault(now, on, kind, false),
            Fact::Down { node, replica, why } => self.down(now, (node, replica), why),
            Fact::Up { node, replica } => self.up(now, node, replica),
            Fact::BackOff {
                node,
                replica,
                wait,
            } => self.backs_off(now, (node, replica), wait),
            Fact::ProbeBegan { node, replica } => self.probe_thread(now, node, replica, 1),
            Fact::ProbeEnded { node, replica } => self.probe_thread(now, node, replica, -1),
            Fact::Probed { node, ok, .. } => self.probed(node, ok),
            Fact::Readiness {
                node,
                replica,
                ready,
            } => self.readiness(now, (node, replica), ready),
            Fact::Collected { node, takes, .. } => self.collected(node, takes),
            Fact::Leaked {
                node,
                replica,
                bytes,
            } => self.leaks(now, (node, replica), bytes.cast_signed()),
            Fact::Freed {
                node,
                replica,
                bytes,
            } => self.leaks(now, (node, replica), -bytes.cast_signed()),
            Fact::Joined { node, replica, up } => {
                self.service(node, |tally| tally.joined(now, replica, up));
            }
            Fact::Left { node, replica, up } => {
                self.service(node, |tally| tally.left(now, replica, up));
            }
            Fact::Advised { node, wanted } => {
                self.service(node, |tally| tally.advised(now, wanted));
            }
            Fact::Scaled { node, from, to } => self.scaled(now, node, (from, to)),
            Fact::Ready { node, replica } => self.service(node, |tally| tally.ready(now, replica)),
            Fact::Switched { edge, mode } => self.switched(now, edge, mode),
            Fact::Barred { edge, by, .. } => {
                let tally = self.edge(edge);
                tally.counts.barred += 1;
                tally.refused_by.count(by);
            }
            Fact::Hedged { edge, .. } => self.edge(edge).counts.hedges += 1,
            Fact::BrokerDown { node } => self.broker(node, |tally| tally.down = true),
            Fact::BrokerUp { node } => self.broker(node, |tally| tally.down = false),
            Fact::BackedOff { .. } | Fact::Adopted => {}
        }
    }
}
