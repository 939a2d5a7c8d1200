//! The partitioned log: records in partitions, read by the consumer group of the consuming service.
//!
//! Helps where order within a key matters and where a backlog may be long: a slow consumer only grows its lag. A
//! partition is read by one member of the group at a time, so that members beyond the partitions are idle and a
//! hot key is bounded by one thread. What is not committed when a member dies is read again; what is older than
//! the retention is gone, read or not. Terms and defaults are Kafka's. One edge is one topic with one group, which
//! has its place from the first record on.

mod assign;
mod fields;
mod group;
mod partition;
mod partitioner;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::units::{Bytes, Limit, Ratio, Span};
pub use assign::{Assignor, assign};
pub use group::Group;
pub use partition::Partition;
pub use partitioner::{Partitioner, Spread, partition_of};

/// The setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What the publisher waits for.
    pub acks: Acks,
    /// How long the replicas take, where it waits for them.
    pub replication: Dist,
    /// How many partitions there are.
    pub partitions: u32,
    /// How many keys records have; 0: they have none.
    pub keys: u32,
    /// The exponent of their popularity (Zipf): 0 makes all alike.
    pub skew: Ratio,
    /// Where records without a key go.
    pub partitioner: Spread,
    /// How much goes to one partition before a sticky partitioner takes another.
    pub batch_size: Bytes,
    /// The size of a record.
    pub record_size: Bytes,
    /// How old records get.
    pub retention: Span,
    /// How much a partition holds at most.
    pub retention_bytes: Option<Bytes>,
    /// Consumers in each replica of the consuming service: each is a member of the group.
    pub consumers: u32,
    /// Which member reads which partition.
    pub assignor: Assignor,
    /// The most records that a poll returns.
    pub max_poll_records: u32,
    /// A fetch is answered once there is so much, ...
    pub fetch_min_bytes: Bytes,
    /// ... or after so long.
    pub fetch_max_wait: Span,
    /// The most that a fetch brings of one partition.
    pub partition_fetch_max: Bytes,
    /// Where a consumer goes on whose place is gone.
    pub auto_offset_reset: Reset,
    /// When a consumer commits.
    pub commit: Commit,
    /// How often it commits by itself.
    pub auto_commit_interval: Span,
    /// How often a member tells the group that it lives, and learns that the group changes.
    pub heartbeat_interval: Span,
    /// A member that was not heard of for so long is out.
    pub session_timeout: Span,
    /// A member that did not poll for so long is out.
    pub max_poll_interval: Span,
    /// How often a record is tried, the first time included.
    pub attempts: Limit,
    /// The wait before it is tried again.
    pub retry_backoff: Span,
    /// Whether what fails for good goes to a dead-letter topic.
    pub dead_letter: bool,
}

/// What a publisher waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Acks {
    /// Nothing.
    #[serde(rename = "0")]
    None,
    /// That the leader of the partition has the record.
    #[serde(rename = "1")]
    Leader,
    /// That its replicas have it too.
    #[serde(rename = "all")]
    All,
}

/// When a consumer commits, that is: says up to where its work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// By itself, when it polls and the interval is over.
    Auto,
    /// After each batch, and it waits for that.
    Batch,
    /// After each record, and it waits for that.
    Record,
    /// Before the work on a batch begins, and it waits for that: at most once.
    Before,
}

/// Where a consumer goes on whose place is gone, because its records were too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// At the end of the log: it passes over all that is there.
    Latest,
    /// At the oldest record that is there.
    Earliest,
}

impl Default for Log {
    fn default() -> Self {
        Log {
            acks: Acks::All,
            replication: Dist::Constant(Span::millis(2)),
            partitions: 1,
            keys: 0,
            skew: Ratio::ZERO,
            partitioner: Spread::Sticky,
            batch_size: Bytes::kib(16),
            record_size: Bytes::kib(1),
            retention: Span::secs(7 * 86_400),
            retention_bytes: None,
            consumers: 1,
            assignor: Assignor::Range,
            max_poll_records: 500,
            fetch_min_bytes: Bytes::new(1),
            fetch_max_wait: Span::millis(500),
            partition_fetch_max: Bytes::mib(1),
            auto_offset_reset: Reset::Latest,
            commit: Commit::Auto,
            auto_commit_interval: Span::secs(5),
            heartbeat_interval: Span::secs(3),
            session_timeout: Span::secs(45),
            max_poll_interval: Span::secs(300),
            attempts: Limit::Of(10),
            retry_backoff: Span::ZERO,
            dead_letter: false,
        }
    }
}

impl Log {
    /// How many records are in so many bytes.
    pub fn records(&self, bytes: Bytes) -> u64 {
        bytes.get() / self.record_size.get().max(1)
    }

    /// The most records of one partition that a fetch brings; one goes in any case.
    pub fn fetch_most(&self) -> u64 {
        self.records(self.partition_fetch_max).max(1)
    }

    /// So many records have to be there before a fetch is answered at once.
    pub fn fetch_least(&self) -> u64 {
        let size = self.record_size.get().max(1);
        self.fetch_min_bytes.get().div_ceil(size).max(1)
    }
}
