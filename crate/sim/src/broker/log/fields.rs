//! What a person can set of a log.

use super::{Acks, Assignor, Commit, Log, Reset, Spread};
use crate::field::{Control, Field, access, choice};
use crate::units::{Bytes, Ratio, Span};

impl Log {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Log>] = &[
        Field::new(
            "acks",
            "Acks",
            Control::Choice(&["0", "1", "all"]),
            choice!(acks, [Acks::None, Acks::Leader, Acks::All]),
            "0: the caller goes on at once and never learns of a loss. 1: it waits until the leader has the record. \
             All: it waits for the replicas too.",
            "Kafka producer, acks: all",
        ),
        Field::new(
            "replication",
            "Replication",
            Control::Dist(Span::ZERO, Span::secs(60)),
            access!(Dist, replication),
            "How long the replicas take until they have a record; with acks all the caller waits for it.",
            "Tailback: 2 ms, a round trip between zones",
        ),
        Field::new(
            "partitions",
            "Partitions",
            Control::Count(1, 1_000),
            access!(Count, partitions),
            "Each is read by one consumer at a time, in order. With fewer of them than before, those that go drain.",
            "Kafka broker, num.partitions: 1",
        ),
        Field::new(
            "keys",
            "Keys",
            Control::Count(0, 100_000),
            access!(Count, keys),
            "How many keys records have. One key goes to one partition, in which its order holds. 0: they have none.",
            "Tailback: none",
        ),
        Field::new(
            "skew",
            "Key skew",
            Control::Factor(Ratio::ZERO, Ratio::whole(5)),
            access!(Ratio, skew),
            "The exponent of the keys' popularity (Zipf). 0: all alike. 1: the second is half as frequent as the first.",
            "Tailback: 0",
        ),
        Field::new(
            "partitioner",
            "Partitioner",
            Control::Choice(&["sticky", "round robin"]),
            choice!(partitioner, [Spread::Sticky, Spread::RoundRobin]),
            "Where records without a key go. Sticky: one batch after the other, each to a partition by chance. \
             Round robin: one record after the other.",
            "Kafka producer since 3.3: sticky",
        ),
        Field::new(
            "batch_size",
            "Batch size",
            Control::Bytes(Bytes::new(1), Bytes::mib(16)),
            access!(Bytes, batch_size),
            "So much goes to one partition before the sticky partitioner takes another.",
            "Kafka producer, batch.size: 16 KiB",
        ),
        Field::new(
            "record_size",
            "Record size",
            Control::Bytes(Bytes::new(1), Bytes::mib(16)),
            access!(Bytes, record_size),
            "The size of a record, for all that is set in bytes here.",
            "Tailback: 1 KiB",
        ),
        Field::new(
            "retention",
            "Retention",
            Control::Span(Span::millis(1), Span::FORTNIGHT),
            access!(Span, retention),
            "Records this old are deleted, whether or not they were read.",
            "Kafka topic, retention.ms: 7 days; deleted to the record here, by segments there",
        ),
        Field::new(
            "retention_bytes",
            "Retention bytes",
            Control::MaybeBytes(Bytes::kib(1), Bytes::mib(1 << 20)),
            access!(MaybeBytes, retention_bytes),
            "A partition holds at most so much, read or not; its oldest records are deleted.",
            "Kafka topic, retention.bytes: none",
        ),
        Field::new(
            "consumers",
            "Consumers",
            Control::Count(1, 100),
            access!(Count, consumers),
            "Consumers in each replica of the consuming service. Each works on one record at a time, with one of the \
             service's threads; those beyond the partitions have nothing to do.",
            "Spring Kafka, concurrency: 1",
        ),
        Field::new(
            "assignor",
            "Assignor",
            Control::Choice(&["range", "round robin", "sticky"]),
            choice!(
                assignor,
                [Assignor::Range, Assignor::RoundRobin, Assignor::Sticky]
            ),
            "Which consumer reads which partition. Range: neighbours together. Round robin: one after the other. \
             Sticky: as evenly, and as few as possible change hands.",
            "Kafka consumer, partition.assignment.strategy: range first",
        ),
        Field::new(
            "max_poll_records",
            "Max poll records",
            Control::Count(1, 100_000),
            access!(Count, max_poll_records),
            "A poll returns at most so many records. The consumer works through all of them before it polls again.",
            "Kafka consumer, max.poll.records: 500",
        ),
        Field::new(
            "fetch_min_bytes",
            "Fetch min bytes",
            Control::Bytes(Bytes::new(1), Bytes::mib(50)),
            access!(Bytes, fetch_min_bytes),
            "A fetch is answered as soon as there is so much.",
            "Kafka consumer, fetch.min.bytes: 1",
        ),
        Field::new(
            "fetch_max_wait",
            "Fetch max wait",
            Control::Span(Span::ZERO, Span::secs(60)),
            access!(Span, fetch_max_wait),
            "A fetch is answered after this time at the latest, if there is anything.",
            "Kafka consumer, fetch.max.wait.ms: 500",
        ),
        Field::new(
            "partition_fetch_max",
            "Max partition fetch bytes",
            Control::Bytes(Bytes::new(1), Bytes::mib(50)),
            access!(Bytes, partition_fetch_max),
            "A fetch brings at most so much of one partition, and one record in any case. The next one is under way \
             while the consumer works.",
            "Kafka consumer, max.partition.fetch.bytes: 1 MiB",
        ),
        Field::new(
            "auto_offset_reset",
            "Auto offset reset",
            Control::Choice(&["latest", "earliest"]),
            choice!(auto_offset_reset, [Reset::Latest, Reset::Earliest]),
            "Where a consumer goes on that lags so far behind that retention has deleted its next record. Latest: at \
             the end, passing over all that is there. Earliest: at the oldest record.",
            "Kafka consumer, auto.offset.reset: latest",
        ),
        Field::new(
            "commit",
            "Commit",
            Control::Choice(&[
                "auto",
                "after each batch",
                "after each record",
                "before the work",
            ]),
            choice!(
                commit,
                [Commit::Auto, Commit::Batch, Commit::Record, Commit::Before]
            ),
            "What is not committed when a consumer dies is read again: at least once. Auto: in a poll, once the \
             interval is over. Before the work: what dies with a consumer is lost: at most once.",
            "Kafka consumer, enable.auto.commit: true",
        ),
        Field::new(
            "auto_commit_interval",
            "Auto commit interval",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, auto_commit_interval),
            "How long after a commit the next one is made, in the first poll after that.",
            "Kafka consumer, auto.commit.interval.ms: 5 s",
        ),
        Field::new(
            "heartbeat_interval",
            "Heartbeat interval",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, heartbeat_interval),
            "How often a consumer says that it lives. So it learns that partitions change hands, and joins anew at its \
             next poll; until the last one has, none reads.",
            "Kafka consumer, heartbeat.interval.ms: 3 s",
        ),
        Field::new(
            "session_timeout",
            "Session timeout",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, session_timeout),
            "A consumer that was not heard of for so long is out of the group. Until then nobody reads the partitions \
             of one that crashed.",
            "Kafka consumer, session.timeout.ms: 45 s",
        ),
        Field::new(
            "max_poll_interval",
            "Max poll interval",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, max_poll_interval),
            "A consumer that works on a batch for longer is out of the group. Others read again what it has not \
             committed, while it still works on that; its commit is refused, and it joins anew.",
            "Kafka consumer, max.poll.interval.ms: 5 min",
        ),
        Field::new(
            "attempts",
            "Attempts",
            Control::Limit(1, 1_000),
            access!(Limit, attempts),
            "A record that failed so often, the first time included, is passed over. Until then what is behind it in \
             its consumer waits.",
            "Spring Kafka, DefaultErrorHandler: 10",
        ),
        Field::new(
            "retry_backoff",
            "Retry back-off",
            Control::Span(Span::ZERO, Span::secs(3_600)),
            access!(Span, retry_backoff),
            "The wait before a record is tried again, a millisecond at least.",
            "Spring Kafka, DefaultErrorHandler: none",
        ),
        Field::new(
            "dead_letter",
            "Dead-letter topic",
            Control::Flag,
            access!(Flag, dead_letter),
            "On: what is passed over goes to a dead-letter topic. Off: it is logged, and lost.",
            "Spring Kafka: off, unless there is a DeadLetterPublishingRecoverer",
        ),
    ];
}
