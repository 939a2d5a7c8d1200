//! How an attempt, a call or a request ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How something ended, as the one who waited for it sees it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done; for an async edge: the broker has the message.
    Ok,
    /// It failed, or what did it was killed.
    Error,
    /// It took longer than the caller would wait.
    TimedOut,
    /// Nobody began it: the accept queue or the broker's queue was full, or the door was shut.
    Refused(By),
    /// The element it ran through was taken off the board.
    Cancelled,
}

/// Who refused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The service: all threads busy and the accept queue full.
    FullService,
    /// The service is not running.
    DownService,
    /// The service runs, but none of it is ready.
    UnreadyService,
    /// The queue of an async edge is full and rejects what is published.
    FullQueue,
    /// The request goes round in a loop of the drawing.
    Loop,
    /// The simulator itself: more is under way than it keeps in memory. Nothing in the field does that.
    Simulator,
    /// The service: its turn came when nobody waited for it any more.
    Expired,
    /// The service: waits in its accept queue are too long.
    Shed,
    /// The service: the room in its accept queue is kept for, or was taken by, what matters more.
    LowPriority,
    /// The caller's circuit breaker is open.
    OpenBreaker,
    /// The caller's bulkhead is full.
    FullBulkhead,
    /// The caller's connection pool had none free in time.
    NoConnection,
    /// The caller's rate limit.
    RateLimit,
    /// The caller's adaptive concurrency limit.
    ConcurrencyLimit,
    /// The caller's adaptive throttling.
    Throttle,
    /// The broker node is not running.
    DownBroker,
}

/// Why work ended badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// By an error of its own.
    Own,
    /// The service it was at stopped.
    Killed,
    /// A call it made ended so.
    Call(Outcome),
}

impl By {
    /// Everyone who refuses, in the order of the enum.
    pub const ALL: [By; 16] = [
        By::FullService,
        By::DownService,
        By::UnreadyService,
        By::FullQueue,
        By::Loop,
        By::Simulator,
        By::Expired,
        By::Shed,
        By::LowPriority,
        By::OpenBreaker,
        By::FullBulkhead,
        By::NoConnection,
        By::RateLimit,
        By::ConcurrencyLimit,
        By::Throttle,
        By::DownBroker,
    ];

    /// Its word in reports.
    pub const fn key(self) -> &'static str {
        match self {
            By::FullService => "full_service",
            By::DownService => "down_service",
            By::UnreadyService => "unready_service",
            By::FullQueue => "full_queue",
            By::Loop => "loop",
            By::Simulator => "simulator",
            By::Expired => "expired",
            By::Shed => "shed",
            By::LowPriority => "low_priority",
            By::OpenBreaker => "open_breaker",
            By::FullBulkhead => "full_bulkhead",
            By::NoConnection => "no_connection",
            By::RateLimit => "rate_limit",
            By::ConcurrencyLimit => "concurrency_limit",
            By::Throttle => "throttle",
            By::DownBroker => "down_broker",
        }
    }
}

impl Outcome {
    /// Whether it was done.
    pub const fn is_ok(self) -> bool {
        matches!(self, Outcome::Ok)
    }

    /// Whether it is a failure of one of these kinds; what was cancelled is none.
    pub const fn fails_as(self, error: bool, timed_out: bool, refused: bool) -> bool {
        match self {
            Outcome::Ok | Outcome::Cancelled => false,
            Outcome::Error => error,
            Outcome::TimedOut => timed_out,
            Outcome::Refused(_) => refused,
        }
    }

    /// A number below 32 that never changes its meaning, for digests.
    pub const fn code(self) -> u64 {
        match self {
            Outcome::Ok => 0,
            Outcome::Error => 1,
            Outcome::TimedOut => 2,
            Outcome::Cancelled => 3,
            Outcome::Refused(By::FullService) => 4,
            Outcome::Refused(By::DownService) => 5,
            Outcome::Refused(By::UnreadyService) => 20,
            Outcome::Refused(By::FullQueue) => 6,
            Outcome::Refused(By::Loop) => 7,
            Outcome::Refused(By::Simulator) => 17,
            Outcome::Refused(By::Expired) => 8,
            Outcome::Refused(By::Shed) => 9,
            Outcome::Refused(By::LowPriority) => 16,
            Outcome::Refused(By::OpenBreaker) => 10,
            Outcome::Refused(By::FullBulkhead) => 11,
            Outcome::Refused(By::NoConnection) => 12,
            Outcome::Refused(By::RateLimit) => 13,
            Outcome::Refused(By::ConcurrencyLimit) => 14,
            Outcome::Refused(By::Throttle) => 15,
            Outcome::Refused(By::DownBroker) => 28,
        }
    }
}
