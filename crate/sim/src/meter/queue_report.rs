//! The figures of the queue of an edge in a report.

use serde::Serialize;

use crate::broker::log::Partition;
use crate::broker::{Kind, Reason};
use crate::simulation::world::Link;
use crate::units::Time;

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
    /// Lost with their broker node, for they were not durable.
    pub lost_with_broker: u64,
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
    /// Unread records of a log that a consumer passed over, its place being gone.
    pub skipped: u64,
    /// How often the partitions of a log were given out anew.
    pub rebalances: u64,
    /// Members of the consumer group of a log, at the end.
    pub members: usize,
    /// The longest lag of a partition of a log at the end: its records that are not committed.
    pub lag_max: usize,
    /// The partitions of a log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<PartitionReport>,
}

/// A partition of a log.
#[derive(Debug, Clone, Serialize)]
pub struct PartitionReport {
    /// Its number.
    pub id: String,
    /// Records that came, since the start of the run.
    pub end: u64,
    /// Records that are not committed, at the end: its lag.
    pub lag: usize,
    /// Of those, not yet polled.
    pub unread: usize,
    /// Age of the oldest of them, in seconds.
    pub oldest_s: f64,
}

impl PartitionReport {
    /// The partitions of the log of an edge.
    pub fn all(link: &Link, now: Time) -> Vec<PartitionReport> {
        let none = match (&link.log, link.kind()) {
            (None, Kind::Log) => link.spec.log.partitions as usize,
            (None, Kind::Queue | Kind::Bus) | (Some(_), _) => 0,
        };
        let empty = vec![Partition::default(); none];
        let partitions = link.log.iter().flat_map(|log| log.partitions.iter());
        partitions
            .chain(&empty)
            .enumerate()
            .map(|(place, of)| PartitionReport {
                id: place.to_string(),
                end: of.end(),
                lag: of.lag(),
                unread: of.unread(),
                oldest_s: of.oldest().map_or(0.0, |at| now.since(at).as_secs_f64()),
            })
            .collect()
    }
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
