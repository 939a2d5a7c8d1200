//! The books of a log: its partitions, the group that reads them, and what each member of it is at.

use std::collections::{BTreeMap, VecDeque};

use crate::broker::Log;
use crate::broker::log::{Group, Partition, Partitioner};
use crate::cache::zipf::Zipf;
use crate::event::MessageKey;
use crate::units::{Ratio, Span, Time};

/// The log of an edge at work.
#[derive(Debug, Clone, Default)]
pub struct LogBooks {
    /// The partitions, those that only drain included.
    pub partitions: Vec<Partition<MessageKey>>,
    /// Where records without a key go.
    pub partitioner: Partitioner,
    /// How popular each key is, with the settings that this comes from.
    pub keys: Option<(u32, Ratio, Zipf)>,
    /// Who reads them.
    pub group: Group,
    /// Who reads each partition.
    pub readers: Vec<Option<u32>>,
    /// The members, by number; a number is never used again.
    pub members: BTreeMap<u32, Member>,
    /// The replicas that the members were made for, with their lives, and how many each has.
    pub crew: (Vec<(u32, u32)>, u32),
    /// The number of the last member.
    pub last_member: u32,
    /// The number of the last request of a member.
    pub last_token: u32,
    /// Commits on their way to the log.
    pub commits: BTreeMap<u32, Sent>,
    /// Since when its members join anew.
    pub changed: Option<Time>,
    /// When the engine looks after retention next by itself.
    pub looks: Option<Time>,
}

/// A commit on its way: in which generation, and up to where each partition is done with.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// In which generation of the group.
    pub generation: u32,
    /// Partitions and offsets.
    pub upto: Vec<(u32, u64)>,
}

/// A consumer, member of the group.
#[derive(Debug, Clone)]
pub struct Member {
    /// The replica it is in.
    pub replica: u32,
    /// Which one there.
    pub number: u32,
    /// In which life of the replica.
    pub life: u32,
    /// What it is at.
    pub doing: Doing,
    /// What its last poll returned and it has not begun.
    pub batch: VecDeque<Polled>,
    /// What it works on.
    pub current: Option<Polled>,
    /// How often that failed.
    pub failed: u32,
    /// Its fetch.
    pub fetch: Fetch,
    /// What its fetch brings: up to where in which partition.
    pub brings: Vec<(u32, u64)>,
    /// When a fetch that waits for more is answered all the same.
    pub serve_at: Time,
    /// When it next commits by itself.
    pub commit_due: Time,
    /// When it looks by itself whether there is something to do.
    pub wakes: Option<Time>,
    /// Which of its partitions it polls next.
    pub turn: usize,
    /// Whether it leaves once its batch is done.
    pub leaves: bool,
    /// When it came; its heartbeats are counted from then.
    since: Time,
    /// When it last polled.
    pub polled: Time,
    /// Whether the engine looks at that.
    pub is_timed: bool,
    /// Whether it is out of the group without having learned of it.
    pub is_fenced: bool,
    /// Since when its process is paused, or dead.
    pub silent: Option<Time>,
}

/// A record in the hands of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polled {
    /// The delivery.
    pub message: MessageKey,
    /// The partition it is from.
    pub partition: u32,
    /// Where there.
    pub offset: u64,
}

/// What a member is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// It polls, and there is nothing.
    Polls,
    /// It works through its batch.
    Works,
    /// It waits until its commit is in; then it goes on.
    Commits(u32, Then),
    /// It waits until the partitions are given out.
    Joins,
    /// It died, and its group has not noticed yet.
    Dead,
}

/// How a member goes on after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// With the next record.
    Work,
    /// With a poll.
    Poll,
}

/// Where a member's fetch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// It has none under way.
    None,
    /// On its way to the log.
    Asks(u32),
    /// At the log, waiting for records since then.
    Waits(u32, Time),
    /// Its answer is on its way.
    Comes(u32),
}

impl Fetch {
    /// Its number.
    pub const fn token(self) -> Option<u32> {
        match self {
            Fetch::None => None,
            Fetch::Asks(token) | Fetch::Waits(token, _) | Fetch::Comes(token) => Some(token),
        }
    }
}

impl Member {
    /// A new one, which has still to join.
    pub const fn new(replica: u32, number: u32, life: u32, now: Time) -> Self {
        Member {
            replica,
            number,
            life,
            doing: Doing::Joins,
            batch: VecDeque::new(),
            current: None,
            failed: 0,
            fetch: Fetch::None,
            brings: Vec::new(),
            serve_at: Time::ZERO,
            commit_due: now,
            wakes: None,
            turn: 0,
            leaves: false,
            since: now,
            polled: now,
            is_timed: false,
            is_fenced: false,
            silent: None,
        }
    }

    /// Its last heartbeat up to a time.
    pub fn heartbeat(&self, interval: Span, upto: Time) -> Time {
        let every = interval.as_nanos().max(1);
        let beats = upto.since(self.since).as_nanos() / every;
        self.since + Span::nanos(beats.saturating_mul(every))
    }

    /// All that it has in its hands.
    pub fn held(&self) -> impl Iterator<Item = Polled> + '_ {
        self.current.into_iter().chain(self.batch.iter().copied())
    }
}

impl LogBooks {
    /// The number of a new request of a member.
    pub const fn token(&mut self) -> u32 {
        self.last_token += 1;
        self.last_token
    }

    /// Notes that the members have to join anew, if they have.
    pub fn note_change(&mut self, now: Time) {
        if self.group.is_joining() {
            self.changed.get_or_insert(now);
        }
    }

    /// From when on a member knows that it has to join anew; none where it has not.
    pub fn learns(&self, log: &Log, member: u32) -> Option<Time> {
        let (of, changed) = (self.members.get(&member)?, self.changed?);
        let interval = log.heartbeat_interval;
        let awaited = self.group.awaits(member);
        awaited.then(|| of.heartbeat(interval, changed) + interval)
    }

    /// Makes room for as many partitions as there should be; those beyond go once they are drained and nobody
    /// reads them.
    pub fn fit(&mut self, log: &Log, shrinks: bool) {
        let wanted = log.partitions.max(1) as usize;
        while self.partitions.len() < wanted {
            self.partitions.push(Partition::default());
            self.readers.push(None);
        }
        while shrinks
            && self.partitions.len() > wanted
            && self.partitions.last().is_some_and(Partition::is_drained)
        {
            self.partitions.pop();
            self.readers.pop();
        }
    }

    /// Follows the settings of the keys.
    pub fn follow_keys(&mut self, log: &Log) {
        let has = |(keys, skew, _): &(u32, Ratio, Zipf)| (*keys, *skew) == (log.keys, log.skew);
        if log.keys == 0 {
            self.keys = None;
        } else if !self.keys.as_ref().is_some_and(has) {
            let zipf = Zipf::new(log.keys, log.skew.as_f64());
            self.keys = Some((log.keys, log.skew, zipf));
        }
    }

    /// Up to where a member's partitions are done with, its batch being done, as far as that is not committed.
    pub fn uncommitted(&self, member: u32) -> Vec<(u32, u64)> {
        let owns = self.group.owns(member).iter();
        owns.map(|partition| (*partition, &self.partitions[*partition as usize]))
            .filter(|(_, of)| of.position() > of.committed())
            .map(|(partition, of)| (partition, of.position()))
            .collect()
    }
}
