//! Causes: which entry of the log led to which, by who waits for whom, and so what is told at all.

mod find;

use std::collections::BTreeMap;

use super::board::Board;
use super::kind::{Tag, What, Why};
use super::log::{Entry, Place};
use crate::event::{EdgeIx, NodeIx};
use crate::outcome::By;
use find::{ANY, Finder, OWN};

/// That an entry was led to by another one, over this edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The place of the cause among the entries.
    pub to: usize,
    /// The edge between them.
    pub edge: Option<EdgeIx>,
}

/// Finds the causes of all entries.
pub fn links(entries: &[Entry], board: &Board) -> Vec<Option<Link>> {
    let mut places: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for (i, entry) in entries.iter().enumerate() {
        places.entry(entry.place).or_default().push(i);
    }
    let mut finder = Finder {
        entries,
        board,
        places,
        links: vec![None; entries.len()],
    };
    for i in 0..entries.len() {
        finder.links[i] = finder.cause(i);
    }
    finder.links
}

impl Finder<'_> {
    fn cause(&self, i: usize) -> Option<Link> {
        match self.entries[i].place {
            Place::Node(node) => self.cause_at(i, node),
            Place::Edge(edge) => self.cause_on(i, edge),
        }
    }

    fn cause_at(&self, i: usize, node: NodeIx) -> Option<Link> {
        let entry = &self.entries[i];
        match &entry.what {
            What::Full { busy, waiting, .. } => {
                let waits = entry.via.filter(|_| *waiting >= 0.5 * *busy);
                match waits {
                    Some(edge) => self.below(i, edge).or_else(|| self.load(i, node)),
                    None => self.here(i, node, OWN).or_else(|| self.load(i, node)),
                }
            }
            What::Slow { .. } | What::Stuck { .. } => {
                self.here(i, node, &[Tag::Leak, Tag::Garbage])
            }
            What::Down { why, .. } => match why {
                Why::Unknown => None,
                Why::Memory => self
                    .here(i, node, &[Tag::Leak, Tag::Garbage])
                    .or_else(|| self.here(i, node, &[Tag::Full, Tag::Slow]))
                    .or_else(|| self.piles(i, node))
                    .or_else(|| self.outs(i, node))
                    .or_else(|| self.load(i, node)),
                Why::Liveness => self
                    .here(i, node, &[Tag::Slow, Tag::Leak, Tag::Garbage, Tag::Full])
                    .or_else(|| self.outs(i, node)),
            },
            What::Unready { .. } => self
                .here(
                    i,
                    node,
                    &[Tag::Slow, Tag::Leak, Tag::Garbage, Tag::Down, Tag::Full],
                )
                .or_else(|| self.outs(i, node)),
            What::Garbage { .. } => self
                .here(i, node, &[Tag::Leak])
                .or_else(|| self.here(i, node, &[Tag::Full, Tag::Slow]))
                .or_else(|| self.piles(i, node))
                .or_else(|| self.outs(i, node))
                .or_else(|| self.load(i, node)),
            What::ColdCache { .. } => self.here(i, node, &[Tag::Down]),
            What::Refusing { .. } => self
                .here(i, node, &[Tag::Full])
                .or_else(|| self.here(i, node, OWN))
                .or_else(|| self.outs(i, node))
                .or_else(|| self.load(i, node)),
            What::Failing { .. } => {
                let by = entry.via.and_then(|edge| self.below(i, edge));
                by.or_else(|| self.outs(i, node))
            }
            What::Starved { .. } => self.above(i, node),
            What::Blocked => {
                let edges = (0..self.board.edges.len() as u32).map(EdgeIx);
                let mut through = edges.filter(|edge| {
                    self.board.edge(*edge).alive && self.board.edge(*edge).via == Some(node)
                });
                through.find_map(|edge| self.on(i, edge, &[Tag::Backlog]))
            }
            What::Hurt { .. } => self.outs(i, node),
            What::Traffic { .. }
            | What::Errors { .. }
            | What::Leak { .. }
            | What::TooSlow { .. }
            | What::Recovered { .. }
            | What::Scaled { .. }
            | What::Switched { .. }
            | What::SmallPool { .. }
            | What::Overload { .. }
            | What::Network { .. }
            | What::Held { .. }
            | What::Loss { .. }
            | What::CutOff
            | What::Permits { .. }
            | What::Barred { .. }
            | What::Backlog { .. }
            | What::QueueFull { .. }
            | What::GivenUp { .. }
            | What::Redelivered { .. }
            | What::Twice { .. }
            | What::Retries { .. } => None,
            What::Metastable { .. } => self
                .here(i, node, &[Tag::ColdCache, Tag::Down, Tag::Full])
                .or_else(|| self.load(i, node)),
        }
    }

    fn cause_on(&self, i: usize, edge: EdgeIx) -> Option<Link> {
        let link = self.board.edge(edge);
        let (from, to) = (link.from, link.to);
        let broker = || {
            let via = link.via?;
            let cause = self.here(i, via, &[Tag::Down, Tag::Blocked, Tag::Slow])?;
            Some(Link {
                edge: Some(edge),
                ..cause
            })
        };
        let callee = |tags: &[Tag]| {
            let cause = self.here(i, to, tags)?;
            Some(Link {
                edge: Some(edge),
                ..cause
            })
        };
        let way = || self.on(i, edge, &[Tag::Loss, Tag::Way]);
        match &self.entries[i].what {
            What::Network { .. } | What::Held { .. } => broker(),
            What::Permits { .. } => self.below(i, edge).or_else(|| self.load(i, from)),
            What::Barred { by, .. } => match by {
                By::RateLimit => self.load(i, from),
                _ => self.below(i, edge).or_else(|| self.load(i, from)),
            },
            What::Retries { .. } => self.below(i, edge),
            What::Backlog { .. } => broker()
                .or_else(way)
                .or_else(|| callee(ANY))
                .or_else(|| self.on(i, edge, &[Tag::Redelivered]))
                .or_else(|| self.outs(i, to))
                .or_else(|| self.load(i, to)),
            What::QueueFull { .. } => self
                .on(i, edge, &[Tag::Backlog])
                .or_else(broker)
                .or_else(|| callee(ANY))
                .or_else(|| self.load(i, to)),
            What::GivenUp { .. } => callee(&[Tag::Errors, Tag::Failing, Tag::Down])
                .or_else(way)
                .or_else(|| self.on(i, edge, &[Tag::Redelivered, Tag::Backlog]))
                .or_else(|| callee(ANY))
                .or_else(|| self.outs(i, to)),
            What::Redelivered { .. } => way()
                .or_else(|| callee(ANY))
                .or_else(broker)
                .or_else(|| self.on(i, edge, &[Tag::Backlog]))
                .or_else(|| self.outs(i, to)),
            What::Twice { .. } => self
                .on(i, edge, &[Tag::Redelivered, Tag::Retries])
                .or_else(way)
                .or_else(|| self.load(i, to))
                .or_else(|| callee(ANY)),
            What::Metastable { .. } => self.on(i, edge, &[Tag::Retries]),
            _ => None,
        }
    }
}

/// Marks what is told: what is news, and what led to it or came of it.
pub fn tell(entries: &mut [Entry], links: &[Option<Link>]) {
    let mut told: Vec<bool> = entries
        .iter()
        .map(|entry| entry.news || entry.what.is_news())
        .collect();
    for i in 0..entries.len() {
        let mut at = i;
        while told[i]
            && let Some(link) = links[at]
            && !told[link.to]
        {
            told[link.to] = true;
            at = link.to;
        }
    }
    // Effects, until nothing is added.
    let mut more = true;
    while more {
        more = false;
        for i in 0..entries.len() {
            if !told[i] && links[i].is_some_and(|link| told[link.to]) {
                told[i] = true;
                more = true;
            }
        }
    }
    for (entry, told) in entries.iter_mut().zip(told) {
        let done = matches!(entry.what, What::Switched { .. } | What::Scaled { .. });
        if !done {
            entry.told |= told;
        }
    }
    // What was done while something was wrong.
    let spans: Vec<(u32, crate::units::Time)> = entries
        .iter()
        .filter(|entry| entry.told)
        .map(|entry| (entry.episode, entry.at))
        .collect();
    for entry in entries {
        if matches!(entry.what, What::Switched { .. } | What::Scaled { .. }) {
            entry.told = spans
                .iter()
                .any(|(episode, at)| *episode == entry.episode && *at <= entry.at);
        }
    }
}

/// What a pool that is full without a cause is called.
pub fn renamed(entry: &Entry, cause: Option<Link>) -> What {
    match (&entry.what, cause) {
        (
            What::Full {
                busy,
                of,
                waiting,
                comes,
                ..
            },
            None,
        ) if *waiting >= 0.5 * *busy && entry.via.is_some() => What::SmallPool {
            of: *of,
            waiting: *waiting,
            comes: *comes,
        },
        (
            What::Full {
                of, comes, done, ..
            },
            None,
        ) => What::Overload {
            of: *of,
            comes: *comes,
            done: *done,
        },
        (what, _) => what.clone(),
    }
}
