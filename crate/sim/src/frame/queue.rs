//! What a frame shows of the queue, bus or log of an edge.

use serde::{Deserialize, Serialize};

/// The queue of an edge; all zero on an edge that never was async.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct QueueFrame {
    /// Messages ready for delivery, mean of the interval.
    pub ready: f32,
    /// Messages delivered and not yet acknowledged, mean of the interval.
    pub unacked: f32,
    /// Age of the oldest message that is ready or unacknowledged, in seconds, at the end of the interval.
    pub oldest: f32,
    /// Messages published, per second.
    pub published: f32,
    /// Messages done, per second.
    pub consumed: f32,
    /// Backlog divided by (done - published), in seconds, while the backlog falls.
    pub drain: Option<f32>,
    /// Refused for a full queue, since the start.
    pub rejected: u64,
    /// Dropped from the head, since the start.
    pub dropped: u64,
    /// Delivered again, since the start.
    pub redelivered: u64,
    /// Deleted for their age, since the start.
    pub expired: u64,
    /// Waiting for their time, on a bus or for a redelivery, at the end of the interval.
    pub delayed: u32,
    /// Given up and kept in the dead-letter queue, since the start.
    pub dead_lettered: u64,
    /// Given up or refused, and lost, since the start.
    pub lost: u64,
    /// Copies that the idempotent consumer found, since the start.
    pub deduplicated: u64,
    /// Effects that came after that of a newer message of their key, since the start.
    pub out_of_order: u64,
    /// Unread records of a log that a consumer passed over, since the start.
    pub skipped: u64,
    /// How often the partitions of a log were given out anew, since the start.
    pub rebalances: u64,
    /// Members of the consumer group of a log, at the end of the interval.
    pub members: u32,
    /// Records of each partition of a log that are not committed, at the end of the interval.
    pub lags: Vec<u32>,
    /// Rows in the publisher's outbox, at the end of the interval.
    pub outbox: f32,
    /// Effects that happened twice at the consumer, since the start.
    pub duplicates: u64,
}
