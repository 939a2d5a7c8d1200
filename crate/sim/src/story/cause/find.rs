//! Finding entries that can have led to another one: at a place, down the calls, up to where the load comes from.

use std::collections::BTreeMap;

use super::super::board::Board;
use super::super::kind::{Tag, What};
use super::super::log::{Entry, Place};
use super::Link;
use crate::event::{EdgeIx, NodeIx};
use crate::scenario::Mode;
use crate::units::Span;

/// A cause may be noticed to have begun so much later than its effect: both are found by sums that need evidence.
const LATER: Span = Span::millis(1_500);
/// It may have been over for so long: what it left behind goes on.
const AFTER: Span = Span::secs(8);
/// How far along the edges a cause is looked for.
const DEPTH: usize = 8;

/// What is wrong with a service by itself.
pub const OWN: &[Tag] = &[Tag::Leak, Tag::Slow, Tag::Garbage, Tag::Down, Tag::Unready];
/// What can be wrong with a node.
pub const ANY: &[Tag] = &[
    Tag::Leak,
    Tag::Slow,
    Tag::Errors,
    Tag::Down,
    Tag::Unready,
    Tag::Garbage,
    Tag::ColdCache,
    Tag::Blocked,
    Tag::Full,
    Tag::Refusing,
    Tag::Failing,
    Tag::TooSlow,
];
const ON_EDGE: &[Tag] = &[
    Tag::Way,
    Tag::Loss,
    Tag::Permits,
    Tag::Barred,
    Tag::QueueFull,
];

/// Looks among the entries.
pub struct Finder<'a> {
    pub entries: &'a [Entry],
    pub board: &'a Board,
    pub links: Vec<Option<Link>>,
    /// The entries of each place.
    pub places: BTreeMap<Place, Vec<usize>>,
}

impl Finder<'_> {
    /// The earliest entry of these kinds there that can have led to `i`.
    pub(super) fn at(&self, i: usize, place: Place, tags: &[Tag]) -> Option<usize> {
        let of = &self.entries[i];
        let fits = |j: &usize| {
            let entry = &self.entries[*j];
            *j != i
                && entry.episode == of.episode
                && tags.contains(&entry.what.tag())
                && (entry.at <= of.at + LATER || of.what.tag() == Tag::Full && !of.told)
                && entry.until.is_none_or(|until| until + AFTER >= of.at)
                && !self.descends(*j, i)
        };
        let there = self.places.get(&place)?.iter().copied();
        there
            .filter(fits)
            .min_by_key(|j| (self.entries[*j].at, self.entries[*j].number))
    }

    /// Whether `j` was led to by `i`.
    fn descends(&self, mut j: usize, i: usize) -> bool {
        for _ in 0..self.entries.len() {
            match self.links[j] {
                Some(link) if link.to == i => return true,
                Some(link) => j = link.to,
                None => return false,
            }
        }
        true
    }

    pub(super) fn here(&self, i: usize, node: NodeIx, tags: &[Tag]) -> Option<Link> {
        let to = self.at(i, Place::Node(node), tags)?;
        Some(Link { to, edge: None })
    }

    /// What is wrong with an edge, with its broker, or with whom it leads to, and to whom those wait for.
    pub(super) fn below(&self, i: usize, edge: EdgeIx) -> Option<Link> {
        let mut seen = vec![edge];
        let mut level = vec![edge];
        for _ in 0..DEPTH {
            let mut found: Option<usize> = None;
            for at in &level {
                let link = self.board.edge(*at);
                let places = [
                    (Place::Edge(*at), ON_EDGE),
                    (Place::Node(link.via.unwrap_or(link.to)), ANY),
                    (Place::Node(link.to), ANY),
                ];
                for (place, tags) in places {
                    let other = self.at(i, place, tags);
                    let when = |j: usize| (self.entries[j].at, self.entries[j].number);
                    found = match (found, other) {
                        (Some(a), Some(b)) => Some(if when(b) < when(a) { b } else { a }),
                        (a, b) => a.or(b),
                    };
                }
            }
            if let Some(to) = found {
                return Some(Link {
                    to,
                    edge: Some(edge),
                });
            }
            let mut next: Vec<EdgeIx> = Vec::new();
            for at in &level {
                for out in self.board.outs(self.board.edge(*at).to) {
                    let sync = self.board.edge(out).mode == Mode::Sync;
                    if sync && !seen.contains(&out) {
                        seen.push(out);
                        next.push(out);
                    }
                }
            }
            level = next;
        }
        None
    }

    /// Why more comes to a node than used to: more traffic, a cold cache or, where nothing else is found, retries.
    pub(super) fn load(&self, i: usize, node: NodeIx) -> Option<Link> {
        let mut seen = vec![node];
        let mut level = vec![node];
        let mut retries = None;
        let mut found: Option<Link> = None;
        let keep = |found: &mut Option<Link>, link: Link| {
            let when = |link: &Link| (self.entries[link.to].at, self.entries[link.to].number);
            if found.as_ref().is_none_or(|old| when(&link) < when(old)) {
                *found = Some(link);
            }
        };
        for _ in 0..DEPTH {
            let mut next = Vec::new();
            for at in &level {
                for edge in self.board.ins(*at) {
                    let from = self.board.edge(edge).from;
                    if let Some(to) = self.at(i, Place::Node(from), &[Tag::Traffic, Tag::ColdCache])
                    {
                        keep(
                            &mut found,
                            Link {
                                to,
                                edge: Some(edge),
                            },
                        );
                    }
                    // What was held is let go all at once.
                    if let Some(to) = self.at(i, Place::Edge(edge), &[Tag::Way]) {
                        let link = Link {
                            to,
                            edge: Some(edge),
                        };
                        keep(&mut found, link);
                    }
                    if let Some(to) = self.at(i, Place::Edge(edge), &[Tag::Retries]) {
                        keep(
                            &mut retries,
                            Link {
                                to,
                                edge: Some(edge),
                            },
                        );
                    }
                    if !seen.contains(&from) {
                        seen.push(from);
                        next.push(from);
                    }
                }
            }
            level = next;
        }
        found.or_else(|| retries.filter(|link| self.retries_alone(i, link.to)))
    }

    /// Whether a pool would do without retries: what comes for the first time is less than it does.
    fn retries_alone(&self, i: usize, retries: usize) -> bool {
        match (&self.entries[i].what, &self.entries[retries].what) {
            (What::Full { comes, done, .. }, What::Retries { times, .. }) => {
                comes / times.max(1.0) < *done
            }
            _ => true,
        }
    }

    /// What is wrong with those who call a node.
    pub(super) fn above(&self, i: usize, node: NodeIx) -> Option<Link> {
        let callers = self.board.ins(node).filter_map(|edge| {
            let from = self.board.edge(edge).from;
            let on = self.at(i, Place::Edge(edge), &[Tag::Way, Tag::Loss, Tag::Barred]);
            let to = on.or_else(|| self.at(i, Place::Node(from), ANY));
            to.map(|to| Link {
                to,
                edge: Some(edge),
            })
        });
        callers.min_by_key(|link| (self.entries[link.to].at, self.entries[link.to].number))
    }

    pub(super) fn on(&self, i: usize, edge: EdgeIx, tags: &[Tag]) -> Option<Link> {
        let to = self.at(i, Place::Edge(edge), tags)?;
        Some(Link {
            to,
            edge: Some(edge),
        })
    }

    /// What is wrong with those whom a node calls.
    pub(super) fn outs(&self, i: usize, node: NodeIx) -> Option<Link> {
        let all = self.board.outs(node).filter_map(|edge| self.below(i, edge));
        all.min_by_key(|link| (self.entries[link.to].at, self.entries[link.to].number))
    }

    /// A queue before a node that grows.
    pub(super) fn piles(&self, i: usize, node: NodeIx) -> Option<Link> {
        self.board
            .ins(node)
            .find_map(|edge| self.on(i, edge, &[Tag::Backlog]))
    }
}
