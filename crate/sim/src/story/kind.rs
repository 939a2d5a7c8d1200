//! The kinds of chapter: what can be told, each with its figures.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::outcome::By;
use crate::scenario::Mode;

/// What happened. Times are in seconds, rates per second, sizes in bytes, shares of one.
#[allow(
    missing_docs,
    reason = "a field is named after what it is; what is not plain stands at the variant"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A client sends more than it used to.
    Traffic { times: f32, rate: f32, usual: f32 },
    /// Own work takes longer than it used to.
    Slow { times: f32, takes: f32, usual: f32 },
    /// Work begins and does not end.
    Stuck { busy: f32 },
    /// Own work ends in errors.
    Errors { share: f32 },
    /// Replicas do not run, having stopped so many times.
    Down {
        running: u32,
        of: u32,
        stops: u32,
        why: Why,
    },
    /// Replicas that run get no requests: they fail their readiness probe.
    Unready { unready: u32, of: u32 },
    /// Memory is held that no work needs; in bytes, of the limit of one replica.
    Leak { held: f32, limit: f32 },
    /// Garbage collection takes this share of all own work.
    Garbage { share: f32, held: f32, limit: f32 },
    /// A cache finds less of what is asked than it used to.
    ColdCache { hits: f32, usual: f32 },
    /// All threads are busy, so many of them waiting on the edge it is linked by.
    Full {
        busy: f32,
        of: f32,
        waiting: f32,
        comes: f32,
        done: f32,
    },
    /// All threads wait for a callee that is well: there are too few for what comes.
    SmallPool { of: f32, waiting: f32, comes: f32 },
    /// More comes than it can do.
    Overload { of: f32, comes: f32, done: f32 },
    /// It refuses some of what comes; at the front door if clients call it.
    Refusing { share: f32, front: bool },
    /// Its work ends in errors since its calls do.
    Failing { share: f32 },
    /// It gets less than it used to, since its callers are stuck.
    Starved { share: f32 },
    /// The way takes so much longer.
    Network { longer: f32 },
    /// What is sent stays on its way.
    Held { count: f32 },
    /// This share of what crosses is lost.
    Loss { share: f32 },
    /// All that is sent is lost.
    CutOff,
    /// Calls wait for a permit of the caller's own: a connection, a place.
    Permits { waiting: f32, guard: Guard },
    /// The caller's own policy does not let calls out.
    Barred { share: f32, by: By },
    /// A queue grows.
    Backlog {
        waiting: f32,
        comes: f32,
        done: f32,
        lag: bool,
    },
    /// A queue turns messages back or drops them.
    QueueFull { share: f32 },
    /// Messages are given up: dead-lettered or lost.
    GivenUp { count: f32 },
    /// Messages are delivered again.
    Redelivered { share: f32 },
    /// Work is done twice.
    Twice { share: f32 },
    /// A broker blocks all who publish.
    Blocked,
    /// Retries multiply the load: attempts by those that no retry led to.
    Retries {
        times: f32,
        attempts: f32,
        first: f32,
    },
    /// Requests are not answered well in time: shares refused, too late, failed, without an answer.
    Hurt {
        refused: f32,
        late: f32,
        failed: f32,
        unanswered: f32,
    },
    /// Its answers are too slow for those who wait; the middle one and the slowest in a hundred.
    TooSlow { median: f32, p99: f32, fan_out: u32 },
    /// An edge was switched while something was wrong.
    Switched { mode: Mode },
    /// An autoscaler changed the number of replicas while something was wrong.
    Scaled { from: u32, to: u32 },
    /// The cause is gone, the failure is not: what keeps it up.
    Metastable { by: Sustains },
    /// All is well again, so long after the cause went, and after the beginning.
    Recovered { after: Option<f32>, lasted: f32 },
}

/// Why replicas stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It cannot be seen from here.
    Unknown,
    /// More memory than they may have.
    Memory,
    /// A failed liveness probe.
    Liveness,
}

/// What gives out permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// A connection pool of this size.
    Pool(u32),
    /// A bulkhead of this size.
    Bulkhead(u32),
    /// A limit on rates, or one that adapts.
    Limit,
}

/// What keeps a failure up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sustains {
    /// Retries: so many times the load.
    Retries(f32),
    /// A cache that is not filled again: its hit rate.
    ColdCache(f32),
    /// Replicas that are killed again and again: how often so far.
    Restarts(u32),
    /// Work for callers that have given up: its share of busy threads.
    WastedWork(f32),
    /// What waits from before.
    Backlog,
}

/// A kind, without its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    Traffic,
    Leak,
    Slow,
    Errors,
    Down,
    Unready,
    Garbage,
    ColdCache,
    Way,
    Loss,
    Permits,
    Barred,
    Blocked,
    Full,
    Refusing,
    Failing,
    Starved,
    Backlog,
    QueueFull,
    GivenUp,
    Redelivered,
    Twice,
    Retries,
    TooSlow,
    Hurt,
    Switched,
    Scaled,
    Metastable,
    Recovered,
}

impl Tag {
    /// Its bit in a set.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl What {
    /// Its kind. What is watched by the same figures is one: slow and stuck, a way that is long, held or cut.
    pub const fn tag(&self) -> Tag {
        match self {
            What::Traffic { .. } => Tag::Traffic,
            What::Slow { .. } | What::Stuck { .. } => Tag::Slow,
            What::Errors { .. } => Tag::Errors,
            What::Down { .. } => Tag::Down,
            What::Unready { .. } => Tag::Unready,
            What::Leak { .. } => Tag::Leak,
            What::Garbage { .. } => Tag::Garbage,
            What::ColdCache { .. } => Tag::ColdCache,
            What::Full { .. } | What::SmallPool { .. } | What::Overload { .. } => Tag::Full,
            What::Refusing { .. } => Tag::Refusing,
            What::Failing { .. } => Tag::Failing,
            What::Starved { .. } => Tag::Starved,
            What::Network { .. } | What::Held { .. } => Tag::Way,
            What::Loss { .. } | What::CutOff => Tag::Loss,
            What::Permits { .. } => Tag::Permits,
            What::Barred { .. } => Tag::Barred,
            What::Backlog { .. } => Tag::Backlog,
            What::QueueFull { .. } => Tag::QueueFull,
            What::GivenUp { .. } => Tag::GivenUp,
            What::Redelivered { .. } => Tag::Redelivered,
            What::Twice { .. } => Tag::Twice,
            What::Blocked => Tag::Blocked,
            What::Retries { .. } => Tag::Retries,
            What::Hurt { .. } => Tag::Hurt,
            What::TooSlow { .. } => Tag::TooSlow,
            What::Switched { .. } => Tag::Switched,
            What::Scaled { .. } => Tag::Scaled,
            What::Metastable { .. } => Tag::Metastable,
            What::Recovered { .. } => Tag::Recovered,
        }
    }

    /// Its key and its figures, as files have them.
    pub fn parts(&self) -> (String, Value) {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map.into_iter().next().unwrap_or_default(),
            Ok(Value::String(key)) => (key, Value::Object(Map::new())),
            _ => unreachable!("a kind is a word, with or without figures"),
        }
    }

    /// Its key in reports.
    pub fn key(&self) -> String {
        self.parts().0
    }

    /// Whether it is told by itself. What is not is told only with something that is, as its cause or its effect:
    /// full pools and more traffic are no news where everybody is served.
    pub const fn is_news(&self) -> bool {
        !matches!(
            self,
            What::Traffic { .. }
                | What::Full { .. }
                | What::SmallPool { .. }
                | What::Failing { .. }
                | What::Starved { .. }
                | What::Permits { .. }
                | What::Barred { .. }
                | What::Retries { .. }
                | What::Twice { .. }
                | What::Switched { .. }
                | What::Scaled { .. }
        )
    }
}
