//! The figures of the queue of an edge in a report.

use serde::Serialize;

use crate::broker::Reason;

/// The queue of an edge.
#[derive(Debug, Clone, Serialize)]
pub struct QueueReport {
    /// Messages ready, mean.
    pub ready: f64,
    /// Messages ready at the end.
    pub ready_at_end: i64,
    /// Messages unacknowledged, mean.
    pub unacked: f64,
    /// Messages unacknowledged at the end.
    pub unacked_at_end: i64,
    /// Age of the oldest at the end, in seconds.
    pub oldest_s: f32,
    /// Time to drain, in seconds, by the last full second: ready and unacknowledged messages divided by (capacity -
    /// arrivals). None where nothing is there or the backlog does not fall.
    pub drain_s: Option<f64>,
    /// Stored.
    pub published: u64,
    /// Acknowledged.
    pub consumed: u64,
    /// Refused for a full queue.
    pub rejected: u64,
    /// Dropped from the head.
    pub dropped: u64,
    /// Delivered again.
    pub redelivered: u64,
    /// Given up and kept in the dead-letter queue.
    pub dead_lettered: u64,
    /// The same by reason.
    pub dead_letters: ByReason,
    /// Given up or refused, and lost.
    pub lost: u64,
    /// Given up and lost for want of a dead-letter queue, by reason.
    pub lost_by: ByReason,
    /// Lost at the consumer, having been acknowledged when they were sent.
    pub lost_after_ack: u64,
    /// Lost because a publisher without confirms was not told of a refusal.
    pub lost_unconfirmed: u64,
    /// Given up or deleted for their age.
    pub expired: u64,
    /// Waiting for their next delivery on a classic queue, mean.
    pub delayed: f64,
    /// Waiting for their time at the end, on a bus or for a redelivery.
    pub delayed_at_end: usize,
    /// Rows in the publisher's outbox, mean.
    pub outbox: f64,
    /// The same at the end.
    pub outbox_at_end: i64,
    /// Gone with their edge.
    pub removed: u64,
    /// Effects that happened twice at the consumer.
    pub duplicates: u64,
    /// Copies that the idempotent consumer found.
    pub deduplicated: u64,
    /// Effects that came after that of a newer message of their key.
    pub out_of_order: u64,
}

/// Messages given up, by reason.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ByReason {
    /// Delivered too often.
    pub delivery_limit: u64,
    /// Rejected by the consumer.
    pub rejected: u64,
    /// Waited too long.
    pub expired: u64,
    /// The queue was full.
    pub max_length: u64,
}

impl From<[u64; 4]> for ByReason {
    fn from(counts: [u64; 4]) -> Self {
        let of = |why: Reason| counts[why as usize];
        ByReason {
            delivery_limit: of(Reason::DeliveryLimit),
            rejected: of(Reason::Rejected),
            expired: of(Reason::Expired),
            max_length: of(Reason::MaxLength),
        }
    }
}
