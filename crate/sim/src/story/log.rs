//! The log: what was noticed, place by place, before it is put in order and told.

use super::kind::{Tag, What};
use crate::event::{EdgeIx, NodeIx};
use crate::units::{Span, Time};

/// At most so many entries are kept; further ones are not noticed until earlier ones are old.
const MOST: usize = 400;

/// What was over for less than this goes on.
const GOES: Span = Span::secs(10);

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At a node.
    Node(NodeIx),
    /// On an edge.
    Edge(EdgeIx),
}

/// Something noticed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the run, which never changes; from 1.
    pub number: u32,
    /// When it began.
    pub at: Time,
    /// When it was over.
    pub until: Option<Time>,
    /// Where.
    pub place: Place,
    /// What.
    pub what: What,
    /// The edge on which it waits, or over which it fails.
    pub via: Option<EdgeIx>,
    /// Which trouble of the run it belongs to.
    pub episode: u32,
    /// Whether it is news, whatever its kind.
    pub news: bool,
    /// Whether it is told.
    pub told: bool,
}

/// All entries, in the order in which they were noticed.
#[derive(Debug, Clone, Default)]
pub struct Log {
    entries: Vec<Entry>,
    /// Noticed in the bucket that closes.
    fresh: Vec<Entry>,
    numbers: u32,
    /// The trouble that is on.
    pub episode: u32,
    /// Whether the list has to be made anew.
    pub is_changed: bool,
}

impl Log {
    /// Something was noticed that began then.
    pub fn open(&mut self, at: Time, place: Place, what: What, via: Option<EdgeIx>) {
        // What comes and goes is told once.
        let lasting = !matches!(
            what.tag(),
            Tag::Hurt | Tag::Metastable | Tag::Switched | Tag::Scaled | Tag::Recovered
        );
        let since = Time::from_nanos(at.as_nanos().saturating_sub(GOES.as_nanos()));
        if lasting && self.reopen(place, what.tag(), since) {
            return;
        }
        self.fresh.push(Entry {
            number: 0,
            at,
            until: None,
            place,
            what,
            via,
            episode: self.episode,
            news: false,
            told: false,
        });
    }

    /// Something was noticed that has no end.
    pub fn note(&mut self, at: Time, place: Place, what: What) {
        self.open(at, place, what, None);
        if let Some(entry) = self.fresh.last_mut() {
            entry.until = Some(at);
        }
    }

    /// The one of this kind that goes on there.
    pub fn find(&mut self, place: Place, tag: Tag) -> Option<&mut Entry> {
        let is = |entry: &&mut Entry| {
            entry.until.is_none() && entry.place == place && entry.what.tag() == tag
        };
        let (old, fresh) = (&mut self.entries, &mut self.fresh);
        old.iter_mut().rev().chain(fresh.iter_mut()).find(is)
    }

    /// Changes the figures of the one that goes on there.
    pub fn update(&mut self, place: Place, tag: Tag, with: impl FnOnce(&mut Entry) -> bool) {
        if let Some(entry) = self.find(place, tag)
            && with(entry)
        {
            self.is_changed = true;
        }
    }

    /// It is over, since then.
    pub fn close(&mut self, until: Time, place: Place, tag: Tag) {
        self.update(place, tag, |entry| {
            entry.until = Some(until.max(entry.at));
            true
        });
    }

    /// The last one of this kind there, if it was over no longer than since then, goes on.
    pub fn reopen(&mut self, place: Place, tag: Tag, since: Time) -> bool {
        let is = |entry: &&mut Entry| entry.place == place && entry.what.tag() == tag;
        let last = self.entries.iter_mut().rev().find(is);
        let episode = self.episode;
        let fits = |entry: &&mut Entry| {
            entry.episode == episode && entry.until.is_some_and(|until| until >= since)
        };
        let Some(entry) = last.filter(fits) else {
            return false;
        };
        entry.until = None;
        self.is_changed = true;
        true
    }

    /// The bucket that ended `now` is read: what was noticed in it gets its numbers, in an order that does not depend
    /// on that in which places were looked at. Whether anything was.
    pub fn settle(&mut self, now: Time) -> bool {
        if self.fresh.is_empty() {
            return false;
        }
        self.fresh
            .sort_by_key(|entry| (entry.at, entry.what.tag(), entry.place));
        // What was never told and is long over makes room.
        let old = Span::secs(20);
        self.entries
            .retain(|entry| entry.told || entry.until.is_none_or(|until| now.since(until) < old));
        for mut entry in self.fresh.drain(..) {
            if self.entries.len() >= MOST {
                break;
            }
            self.numbers += 1;
            entry.number = self.numbers;
            self.entries.push(entry);
        }
        self.fresh.clear();
        self.is_changed = true;
        true
    }

    /// The trouble is over. What goes on and was not told may belong to the next one.
    pub fn turn(&mut self) {
        self.episode += 1;
        for entry in &mut self.entries {
            if !entry.told && entry.until.is_none() {
                entry.episode = self.episode;
            }
        }
        self.is_changed = true;
    }

    /// All of them.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All of them, to change what is told of them.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// Forgets the oldest troubles, so that at most so many told entries stay.
    pub fn forget(&mut self, most: usize) {
        while self.entries.iter().filter(|entry| entry.told).count() > most {
            let Some(first) = self.entries.iter().map(|entry| entry.episode).min() else {
                return;
            };
            if first == self.episode {
                return;
            }
            self.entries.retain(|entry| entry.episode != first);
        }
    }
}
