//! The purposes of draws: each is a part of the key at which its luck is asked.

/// Which alternative of a step.
pub const CHOICE: u64 = 1;
/// The gap before a request.
pub const GAP: u64 = 2;
/// Work before calls.
pub const BEFORE: u64 = 3;
/// Work after calls.
pub const AFTER: u64 = 4;
/// Whether work ends in an error.
pub const ERROR: u64 = 5;
/// The way out.
pub const OUT: u64 = 6;
/// The way back.
pub const BACK: u64 = 7;
/// The way from a queue to its consumer.
pub const DELIVERY: u64 = 8;
/// A further delivery of a message.
pub const REDELIVERY: u64 = 9;
/// The way of an ack back to the broker.
pub const ACK: u64 = 10;
/// A policy's own draw.
pub const POLICY: u64 = 11;
/// A wait before the bus tries again.
pub const BUS: u64 = 20;
/// The way of a cancellation.
pub const CANCEL: u64 = 12;
/// A user of a closed population.
pub const USER: u64 = 13;
/// How long a user thinks.
pub const THINK: u64 = 14;
/// Which replica.
pub const BALANCE: u64 = 15;
/// The key that a request asks caches for.
pub const KEY: u64 = 40;
/// What a broker takes to confirm.
pub const CONFIRM: u64 = 30;
/// Whether something makes work fail each time.
pub const POISON: u64 = 31;
/// Whether a connection drops before the ack.
pub const CRASH_BEFORE_ACK: u64 = 32;
/// The key within which order matters.
pub const ORDER_KEY: u64 = 33;
/// Whether something was done before: how long the look-up takes.
pub const LOOKUP: u64 = 34;
/// Whether a request makes a call.
pub const PROBABILITY: u64 = 100;
/// One of several calls of an edge at once, but the first.
pub const FAN_OUT: u64 = 101;
/// A further attempt beside the first one.
pub const HEDGE: u64 = 102;
/// Which operation a request asks for.
pub const OPERATION: u64 = 103;
/// Over which connection.
pub const CONNECTION: u64 = 140;
/// Whether a call blocks what its caller works on.
pub const BLOCKING: u64 = 141;
/// What a broker node takes to route a message.
pub const ROUTE: u64 = 180;
/// What it takes to take one in.
pub const TAKE_IN: u64 = 181;
/// Whether something is lost on its way.
pub const LOSS: u64 = 60;
/// When in its period a replica is probed.
pub const PROBE: u64 = 120;
/// What crosses between a log and a member of its consumer group.
pub const MEMBER: u64 = 160;
/// Which partition, where a record has no key.
pub const PARTITION: u64 = 161;
