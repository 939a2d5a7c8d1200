//! A frame: what the screen shows of an interval. Means and counts since the last frame, never a
//! momentary gauge; figures over time come in buckets of fixed length.
//!
//! Everything here crosses the wall to the page, in plain numbers: seconds, per second, bytes, shares.

mod broker;
mod queue;

use serde::{Deserialize, Serialize};

pub use broker::BrokerFrame;

use crate::criticality::Criticality;
use crate::health::State;
pub use crate::meter::ReplicaFigures;
use crate::meter::recovery::Verdict;
use crate::outcome::Outcome;
use crate::scenario::{EdgeId, Mode, NodeId, Target};
use crate::story::Account;
use crate::units::{Span, Time};
pub use queue::QueueFrame;

/// The length of a bucket of figures over time.
pub const BUCKET: Span = Span::millis(100);

/// What happened in an interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    /// The interval's start.
    pub from: Time,
    /// The interval's end: now.
    pub at: Time,
    /// Events since the start of the run.
    pub events: u64,
    /// Digest of all facts since the start of the run.
    pub digest: u64,
    /// All clients, in the order of their ids.
    pub clients: Vec<ClientFrame>,
    /// All services, in the order of their ids.
    pub services: Vec<ServiceFrame>,
    /// All broker nodes, in the order of their ids.
    pub brokers: Vec<BrokerFrame>,
    /// All edges, in the order of their ids.
    pub edges: Vec<EdgeFrame>,
    /// The whole system.
    pub system: SystemFrame,
    /// The buckets closed in this interval; their parts stand in the order of `services` and `edges`.
    pub buckets: Vec<Bucket>,
    /// A sample of what set out over an edge in this interval.
    pub flights: Vec<Flight>,
    /// Faults, switches and kills in this interval.
    pub marks: Vec<Mark>,
    /// Changes of state in this interval.
    pub changes: Vec<Change>,
    /// The whole story so far, where the reader does not know it as it is now; see `Story::news`.
    pub story: Option<Box<Account>>,
}

/// The whole system. Rates and shares are of the last full second.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SystemFrame {
    /// Requests sent by all clients, per second.
    pub offered: f32,
    /// Requests answered, well or badly, per second.
    pub throughput: f32,
    /// Ok answers within the deadline, per second.
    pub good: f32,
    /// Of the answers, the share that was ok; none where there were none.
    pub ok_share: Option<f32>,
    /// Attempts sent over all edges, divided by those that no retry led to.
    pub amplification: Option<f32>,
    /// Of all busy thread time, the share for callers that had given up.
    pub wasted_share: f32,
    /// The services that are neither healthy nor idle, at the end of the interval.
    pub not_healthy: Vec<NodeId>,
    /// Where most of them were, since the start: the blast radius at its worst.
    pub worst_not_healthy: Vec<NodeId>,
    /// When that was.
    pub worst_at: Option<Time>,
    /// What became of the last fault.
    pub recovery: RecoveryFrame,
}

/// Recovery after the last fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecoveryFrame {
    /// The verdict.
    pub verdict: Verdict,
    /// When the last fault ended, where none is on.
    pub fault_ended: Option<Time>,
    /// From there to the start of the first five seconds with a goodput of 95 % of the offered load.
    pub time: Option<Span>,
}

/// A client. Rates are of the last full second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientFrame {
    /// Which.
    pub id: NodeId,
    /// Requests sent, per second.
    pub offered: f32,
    /// Ok answers within the deadline, per second.
    pub good: f32,
    /// Ok answers that came too late, per second.
    pub late: f32,
    /// Requests that ended in an error, per second.
    pub errors: f32,
    /// Requests that timed out, per second.
    pub timed_out: f32,
    /// Requests that were refused, per second.
    pub refused: f32,
    /// Latency of ok answers of the last second in seconds: median, 95th and 99th percentile.
    pub latency: Option<[f32; 3]>,
    /// Requests in flight, mean of the interval.
    pub in_flight: f32,
    /// The same by operation, where its requests have any.
    pub operations: Vec<OperationFrame>,
    /// Figures since the start of the run.
    pub total: ClientTotal,
}

/// An operation of a client. Rates are of the last full second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationFrame {
    /// Which.
    pub name: String,
    /// Requests sent, per second.
    pub offered: f32,
    /// Ok answers within the deadline, per second.
    pub good: f32,
    /// Requests that were refused, per second.
    pub refused: f32,
    /// Latency of ok answers of the last second in seconds: median, 95th and 99th percentile.
    pub latency: Option<[f32; 3]>,
}

/// A client's counts since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClientTotal {
    /// Requests sent.
    pub offered: u64,
    /// Requests answered, well or badly.
    pub answered: u64,
    /// Ok answers within the deadline.
    pub good: u64,
    /// Requests answered ok whose effects are still to come.
    pub effects_pending: u64,
    /// Requests answered ok whose last effect came within the effect deadline.
    pub effects_in_time: u64,
    /// Requests answered ok whose last effect came later than that.
    pub effects_late: u64,
    /// Requests answered ok of which an effect was lost.
    pub effects_lost: u64,
}

/// A service. Levels are means of the interval, rates are of the last full second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceFrame {
    /// Which.
    pub id: NodeId,
    /// Its state, by the last second.
    pub state: State,
    /// Threads at work.
    pub working: f32,
    /// Threads that wait, by the edge they wait on; the longest wait first.
    pub waiting: Vec<(EdgeId, f32)>,
    /// In flight without a thread, of a service with loops or carriers; of those, in line for one.
    pub off: [f32; 2],
    /// Requests in the accept queue.
    pub queue: f32,
    /// Prefetched messages that wait for a thread.
    pub prefetched: f32,
    /// Memory held, in bytes.
    pub memory: f32,
    /// Threads held by work that nobody waits for.
    pub orphans: f32,
    /// Requests and messages that came, per second.
    pub offered: f32,
    /// Requests and messages done, well or badly, per second.
    pub completed: f32,
    /// Of those, ended in an error, per second.
    pub errors: f32,
    /// Refused, per second.
    pub refused: f32,
    /// Refused since the start, by how much they mattered.
    pub refused_by: Vec<(Criticality, u64)>,
    /// Time from arrival to end in the last second, in seconds: median, 95th and 99th percentile.
    pub latency: Option<[f32; 3]>,
    /// Of a cache: requests found in it divided by those looked up, in the last second.
    pub hit_rate: Option<f32>,
    /// How often it was killed for its memory, or crashed.
    pub kills: u32,
    /// Replicas that run.
    pub running: f32,
    /// New ones that start up, at the end of the interval.
    pub starting: u32,
    /// How many its autoscaler found last that would do, where it has one.
    pub wanted: Option<u32>,
    /// Replicas that are not ready, at the end of the interval.
    pub unready: u32,
    /// Threads that collect garbage, by the work that began in the last second.
    pub gc: f32,
    /// Its replicas, once there were several.
    pub replicas: Vec<ReplicaFigures>,
}

impl ServiceFrame {
    /// Threads that wait on any edge.
    pub fn waiting_total(&self) -> f32 {
        self.waiting.iter().map(|(_, n)| n).sum()
    }
}

/// An edge. Levels are means of the interval, rates are of the last full second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeFrame {
    /// Which.
    pub id: EdgeId,
    /// Calls under way.
    pub in_flight: f32,
    /// Calls begun, per second.
    pub calls: f32,
    /// Attempts sent, per second.
    pub attempts: f32,
    /// Attempts after the first, per second.
    pub retries: f32,
    /// Calls that ended well, per second.
    pub ok: f32,
    /// Calls that ended badly, per second.
    pub failed: f32,
    /// Attempts that timed out, per second.
    pub timed_out: f32,
    /// Attempts that were refused, per second.
    pub refused: f32,
    /// Calls that its adaptive limit allows at once, at the end of the interval.
    pub adaptive_limit: Option<u32>,
    /// Requests, answers, messages and acks that were lost on their way, since the start.
    pub lost: u64,
    /// Time from begin to end of calls of the last second, in seconds: median, 95th, 99th percentile.
    pub latency: Option<[f32; 3]>,
    /// Its queue.
    pub queue: QueueFrame,
}

/// The figures of one bucket of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Bucket {
    /// Its end.
    pub at: Time,
    /// Requests sent by all clients.
    pub offered: u32,
    /// Requests answered, well or badly.
    pub answered: u32,
    /// Ok answers within the deadline.
    pub good: u32,
    /// Latency of ok answers over the second that ends here, in seconds: median, 95th, 99th percentile.
    pub latency: Option<[f32; 3]>,
    /// Per service.
    pub services: Vec<ServiceBucket>,
    /// Per edge.
    pub edges: Vec<EdgeBucket>,
}

/// A service in one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ServiceBucket {
    /// Threads at work, mean.
    pub working: f32,
    /// Threads waiting, mean.
    pub waiting: f32,
    /// Requests in the accept queue, mean.
    pub queue: f32,
    /// Memory held in bytes, mean.
    pub memory: f32,
    /// Replicas that run, mean.
    pub running: f32,
    /// Requests and messages that came.
    pub offered: u32,
    /// Done, well or badly.
    pub completed: u32,
    /// Of those, ended in an error.
    pub errors: u32,
    /// Refused.
    pub refused: u32,
}

/// An edge in one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct EdgeBucket {
    /// Messages ready, mean.
    pub ready: f32,
    /// Age of the oldest message at the end of the bucket, in seconds.
    pub oldest: f32,
    /// Calls begun.
    pub calls: u32,
    /// Attempts sent.
    pub attempts: u32,
}

/// Something that set out over an edge: one dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    /// Its place among the frame's edges.
    pub edge: u16,
    /// What it is.
    pub kind: FlightKind,
    /// When it set out.
    pub at: Time,
}

/// What a dot is. Requests and messages go forward, answers and failures come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FlightKind {
    /// A first attempt, forward.
    Request,
    /// A later attempt, forward.
    Retry,
    /// An attempt for work that nobody waits for any more, forward.
    Orphan,
    /// A good answer, back.
    Answer,
    /// An error or a refusal, back.
    Failure,
    /// An answer that nobody waits for, back.
    Late,
    /// A message on its way to the queue, forward.
    Message,
    /// A message on its way from the queue to the consumer, forward.
    Delivery,
}

/// Something to mark on the time line and on every chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Time,
    /// What.
    pub kind: MarkKind,
}

/// What is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    /// A fault began; with its words ("slow ×10").
    FaultOn(Target, String),
    /// A fault ended.
    FaultOff(Target, String),
    /// An edge was switched to this mode.
    Switched(EdgeId, Mode),
    /// A service was killed for its memory.
    OutOfMemory(NodeId),
    /// A service was killed for it failed its liveness probe.
    Unhealthy(NodeId),
    /// A replica of a service is ready from now on, or not.
    Readiness(NodeId, bool),
    /// A killed replica of a service waits so long before it is started again.
    BackOff(NodeId, Span),
    /// A service is back.
    Restarted(NodeId),
    /// An autoscaler made the replicas of a service so many, from how many to how many.
    Scaled(NodeId, u32, u32),
    /// A broker began to block all who publish.
    Blocked(NodeId),
}

/// A service's state changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When: the end of the bucket that showed it.
    pub at: Time,
    /// Which service.
    pub id: NodeId,
    /// The state before.
    pub was: State,
    /// The state now.
    pub now: State,
    /// Threads busy, mean of the bucket.
    pub busy: f32,
    /// The edge most threads wait on, and how many.
    pub waiting: Option<(EdgeId, f32)>,
    /// The share of what came in the last second that was refused.
    pub refused: f32,
}

impl FlightKind {
    /// Every kind, in the order of the enum.
    pub const ALL: [FlightKind; 8] = [
        FlightKind::Request,
        FlightKind::Retry,
        FlightKind::Orphan,
        FlightKind::Answer,
        FlightKind::Failure,
        FlightKind::Late,
        FlightKind::Message,
        FlightKind::Delivery,
    ];

    /// From caller to callee; else back.
    pub const fn forward(self) -> bool {
        !matches!(
            self,
            FlightKind::Answer | FlightKind::Failure | FlightKind::Late
        )
    }

    /// What an answer with this outcome looks like.
    pub const fn of_answer(outcome: Outcome, late: bool) -> Self {
        if late {
            FlightKind::Late
        } else if outcome.is_ok() {
            FlightKind::Answer
        } else {
            FlightKind::Failure
        }
    }
}
