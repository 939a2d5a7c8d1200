//! Work: what is under way, from a request to the messages it causes.

use super::loops::Seat;
use super::pieces::Pieces;
use crate::broker::Kind;
use crate::criticality::Criticality;
use crate::event::{
    AttemptKey, CallKey, EdgeIx, JobKey, MessageKey, NodeIx, OpIx, Owner, ReplicaIx, RequestKey,
    RowKey, StackKey,
};
use crate::outcome::Outcome;
use crate::policy::Layer;
use crate::rng::Luck;
use crate::scenario::Mode;
use crate::units::{Span, Time};

/// A request crosses at most so many edges in a row; a loop in the drawing ends there.
pub const MOST_HOPS: u8 = 64;
/// At most so many attempts, jobs and messages of a request are under way at once: two for each call of the
/// largest fan-out, and more. A loop that multiplies them ends there.
pub const MOST_PARTS: u32 = 10_000;

/// A request, from the client to the last message it causes.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who sent it.
    pub client: NodeIx,
    /// What it asks for.
    pub operation: OpIx,
    /// How much it matters.
    pub criticality: Criticality,
    /// Which user of a closed population, if it is one.
    pub user: Option<u32>,
    /// Its luck; the luck's number is its name.
    pub luck: Luck,
    /// When.
    pub arrived: Time,
    /// The last step of the client's calls that was begun.
    pub step: u32,
    /// The client's calls under way: the first of the list.
    pub calls: Option<CallKey>,
    /// Calls of the step whose end it has not learned yet.
    pub awaits: u32,
    /// The answer the client has, and when it came.
    pub answered: Option<(Outcome, Time)>,
    /// Attempts, jobs and messages that belong to it.
    pub parts: u32,
    /// When its last effect was done.
    pub last_effect: Time,
    /// The pieces of work whose message was lost; one of them may be done all the same, by another copy.
    pub lost: Vec<u64>,
    /// The pieces of work that were done for it, to find what is done twice.
    pub done: Pieces,
}

/// The request that something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// Its key.
    pub key: RequestKey,
    /// Its name: the same in every run with the same seed.
    pub name: u64,
}

/// One use of an edge.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four answers that have nothing to do with each other"
)]
pub struct Call {
    /// Who waits for it.
    pub owner: Owner,
    /// The replica of its owner; 0 for a client.
    pub replica: u32,
    /// Which edge.
    pub edge: EdgeIx,
    /// The edge's mode when it began: it ends as it began.
    pub mode: Mode,
    /// Whether its owner waits for it.
    pub waits: bool,
    /// Whether that holds the owner's thread, its loop or its carrier.
    pub holds: bool,
    /// Whether what is held is counted as waiting for this one: of several at once it is for one.
    pub counted: bool,
    /// The next one of its list of calls under way, and the one before: those of its owner or, where it is one of
    /// several tries beside each other, those tries.
    pub beside: [Option<CallKey>; 2],
    /// The call whose hedging makes it, and at which place that stands; it begins and ends inside of there.
    pub within: Option<(CallKey, u8)>,
    /// The tries that its own hedging makes: the first of the list.
    pub tries: Option<CallKey>,
    /// For which request.
    pub request: Of,
    /// Its luck.
    pub luck: Luck,
    /// What it is for, the same for every attempt: the path of edges from the request.
    pub identity: Luck,
    /// The policies when it began, outermost first.
    pub stack: StackKey,
    /// Where it stands with each of them.
    pub layers: Vec<Level>,
    /// The number of the last wait.
    pub waits_so_far: u32,
    /// How often it went inward.
    pub turns: u32,
    /// The attempt under way.
    pub attempt: Option<AttemptKey>,
    /// Attempts sent.
    pub sent: u32,
    /// When it began.
    pub began: Time,
    /// Whether nobody waits for its owner.
    pub orphan: bool,
    /// Whether a retry or a redelivery led to it.
    pub again: bool,
    /// When its owner's own caller gives up, as far as it was told.
    pub deadline: Time,
    /// Edges crossed so far.
    pub hops: u8,
}

/// Where a call stands with one of its policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    /// What the policy remembers of this call.
    pub layer: Layer,
    /// Where the call is.
    pub phase: Phase,
    /// The number of the wait it is in; 0 where it waits for nothing here.
    pub token: u32,
    /// What the policy gave it on entering.
    pub ticket: u32,
    /// How much it matters, where the policy asks that.
    pub class: Criticality,
    /// When it was let in.
    pub began: Time,
}

/// Where a call is, seen from one of its layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Outside of it.
    #[default]
    Outside,
    /// In its line, for a permit.
    Line,
    /// It has a permit and waits for its time.
    Pause,
    /// It will be refused after a wait.
    PauseRefuse,
    /// Inside of it.
    Inside,
    /// It waits to go inward once more.
    BackOff,
    /// It waits to go outward with this outcome.
    Later(Outcome),
    /// It is inside several times.
    Hedged,
}

impl Call {
    /// The first of its layers that it goes through itself.
    pub fn floor(&self) -> usize {
        self.within.map_or(0, |(_, place)| usize::from(place) + 1)
    }

    /// The next one of its list.
    pub const fn next(&self) -> Option<CallKey> {
        self.beside[0]
    }

    /// A number for the next wait in one of its layers.
    pub const fn next_wait(&mut self) -> u32 {
        self.waits_so_far += 1;
        self.waits_so_far
    }
}

/// One try of a call.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The call that waits for it; none once the caller has given up or does not care.
    pub call: Option<CallKey>,
    /// The row of an outbox that it publishes.
    pub row: Option<RowKey>,
    /// Over which edge.
    pub edge: EdgeIx,
    /// As a request or as a message.
    pub mode: Mode,
    /// For which request.
    pub request: Of,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// The replica that got it, once one has.
    pub replica: Option<u32>,
    /// Where it is.
    pub place: Place,
    /// Whether nobody waits for what it asks.
    pub orphan: bool,
    /// Whether it is a retry, or one led to it.
    pub again: bool,
    /// When its caller gives up, as far as it says.
    pub deadline: Time,
    /// Whether the service was told that it is not wanted any more.
    pub cancelled: bool,
    /// Edges crossed so far, this one included.
    pub hops: u8,
}

/// Where an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On its way or at a broker.
    Out,
    /// In an accept queue.
    Queued,
    /// On a thread.
    Working(JobKey),
    /// Its answer is on its way back.
    Back,
    /// It or its answer was lost: who waits for it does so in vain.
    Lost,
}

/// One thread at work for one request or message.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers that have nothing to do with each other"
)]
pub struct Job {
    /// Where.
    pub at: ReplicaIx,
    /// What it was begun for.
    pub origin: Origin,
    /// For which request.
    pub request: Of,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// The edge it came over.
    pub edge: EdgeIx,
    /// When it came to the service.
    pub came: Time,
    /// When it got its thread.
    pub started: Time,
    /// Whether its calls are made and its last work is under way.
    pub after: bool,
    /// The last step of its calls that was begun.
    pub step: u32,
    /// The key that it fetches for a cache.
    pub fetches: Option<u32>,
    /// Its calls under way: the first of the list.
    pub calls: Option<CallKey>,
    /// The job that its plain call is.
    pub express: Option<JobKey>,
    /// Calls of the step whose end it has not learned yet.
    pub awaits: u32,
    /// What it does its work on.
    pub seat: Seat,
    /// How the calls of a step ended, while it waits to go on after them.
    pub resumed: Option<Outcome>,
    /// Whether nobody waits for it any more.
    pub orphan: bool,
    /// Whether a retry or a redelivery led to it.
    pub again: bool,
    /// When its caller gives up, as far as it was told.
    pub deadline: Time,
    /// Whether it stops between two pieces of work.
    pub cancelled: bool,
    /// Whether it does own work that its replica keeps account of.
    pub works: bool,
    /// Edges crossed so far.
    pub hops: u8,
    /// Whether it was done before.
    pub lookup: Lookup,
    /// What the replica's clock of standing still said when its own work under way began.
    pub stood: Span,
    /// Messages that it has put into an outbox; they count when it ends well.
    pub rows: Vec<RowKey>,
}

/// What an idempotent consumer knows of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Nothing speaks against doing it.
    Off,
    /// It is looked up whether it was done before.
    UnderWay,
    /// It was: it ends without an effect.
    Found,
}

/// What a job was begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An attempt that wants an answer.
    Attempt(AttemptKey),
    /// A plain call of this owner: the job stands for the call and its attempt.
    Call(Owner),
    /// A message that wants an ack.
    Message(MessageKey),
    /// A message that was taken back meanwhile: its effect counts, its ack does not.
    Disowned,
    /// Its edge was taken off the board.
    Nobody,
}

/// A message, from the publish to its ack or its end.
#[derive(Debug, Clone)]
pub struct Message {
    /// Over which edge it was published.
    pub edge: EdgeIx,
    /// What kind of broker has it.
    pub kind: Kind,
    /// The message that it is a delivery of, where the broker keeps the message itself until it is done.
    pub copy_of: Option<MessageKey>,
    /// For which request.
    pub request: Of,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// When it came into the queue.
    pub published: Time,
    /// Its number in the order of publishing.
    pub seq: u64,
    /// The edge to whose consumer it was delivered last.
    pub by: EdgeIx,
    /// Whether it was acknowledged when it was sent.
    pub acked: bool,
    /// How often it was delivered.
    pub deliveries: u32,
    /// The replica it was delivered to last.
    pub replica: u32,
    /// The member of a consumer group that has it; 0 on other brokers.
    pub member: u32,
    /// Where it is.
    pub place: Station,
    /// Whether a retry or a redelivery led to it.
    pub again: bool,
    /// Edges crossed so far, this one included.
    pub hops: u8,
}

/// A message in an outbox.
#[derive(Debug, Clone)]
pub struct Row {
    /// Over which edge it will be published.
    pub edge: EdgeIx,
    /// For which request.
    pub request: Of,
    /// Its luck.
    pub luck: Luck,
    /// What it is for.
    pub identity: Luck,
    /// How often it was published.
    pub tries: u32,
    /// The publish under way.
    pub attempt: Option<AttemptKey>,
    /// Whether the work that caused it has ended well.
    pub committed: bool,
    /// Whether a retry or a redelivery on the way here led to it.
    pub again: bool,
    /// Edges crossed so far.
    pub hops: u8,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    /// Ready in the queue.
    Ready,
    /// In the queue, waiting for its next delivery.
    Delayed,
    /// On its way to the consumer.
    Travelling,
    /// Prefetched, without a thread.
    Buffered,
    /// On a thread.
    Working(JobKey),
    /// Done or failed; the broker does not know yet.
    Settling,
}
