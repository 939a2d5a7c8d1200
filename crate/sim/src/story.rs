//! The story of a cascade: what failed first, what it took with it, what keeps it up, and when all was well again.
//!
//! It is read from the buckets of the meter, which are made of facts. It knows neither the plan of a scenario nor that a
//! fault was injected: what it says it has found out as somebody would who watches the system. Detectors note, place by
//! place, what has changed for good and since when; causes are then found along the edges, by who waits for whom. What
//! troubles nobody is not told, so that the story of a healthy run is empty.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "who watches for some kinds asks about those; the list of all stands in `kind`"
)]

mod board;
mod broker;
mod cause;
mod client;
mod course;
mod desk;
mod edge;
mod evidence;
mod kind;
mod log;
mod service;
mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use board::{Board, Edge as BoardEdge, Node as BoardNode, Part};
pub use kind::{Guard, Sustains, What, Why};
pub use words::{advised, said, told};

use crate::event::{EdgeIx, NodeIx};
use crate::meter::Meter;
use crate::scenario::{EdgeId, Target};
use crate::units::Time;
use broker::BrokerWatch;
use client::ClientWatch;
use course::Course;
use desk::Desk;
use edge::EdgeWatch;
use log::{Log, Place};
use service::ServiceWatch;

/// At most so many chapters are told; of earlier troubles fewer.
pub const MOST: usize = 64;

/// What is told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Account {
    /// In order of time; causes stand before their effects.
    pub chapters: Vec<Chapter>,
    /// The dependency to decouple first, while there is trouble by waiting, or after the last one.
    pub decouple: Option<Advice>,
    /// How many chapters there was no room for.
    pub left_out: u32,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chapter {
    /// Its number in the run, which never changes.
    pub number: u32,
    /// Which trouble of the run it belongs to, from 0.
    pub episode: u32,
    /// When it began.
    pub at: Time,
    /// When it was over.
    pub until: Option<Time>,
    /// Where.
    pub place: Target,
    /// What, with its figures.
    pub what: What,
    /// The edge on which it waits, or over which it fails.
    pub via: Option<EdgeId>,
    /// The chapter that led to it; none of a first cause.
    pub cause: Option<Cause>,
}

/// What led to a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The number of that chapter.
    pub chapter: u32,
    /// The edge between them: the effect waits on it, or gets more over it.
    pub edge: Option<EdgeId>,
}

/// Which dependency to decouple first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The edge to switch to asynchronous messaging.
    pub edge: EdgeId,
    /// How many threads of its caller waited on it, of how many.
    pub waiting: f32,
    /// The size of the caller's pool.
    pub of: f32,
    /// Since when: of all that could be decoupled its caller has waited the longest.
    pub since: Time,
}

/// What is remembered of a node.
#[derive(Debug, Clone)]
enum NodeWatch {
    Gone,
    Client(Box<ClientWatch>),
    Service(Box<ServiceWatch>),
    Broker(Box<BrokerWatch>),
}

/// The story so far. It is part of the simulation's value: a copy goes on as the original.
#[derive(Debug, Clone, Default)]
pub struct Story {
    board: Arc<Board>,
    nodes: Vec<NodeWatch>,
    edges: Vec<EdgeWatch>,
    log: Log,
    course: Course,
    account: Arc<Account>,
    revision: u64,
}

impl Story {
    /// The board is this from here on.
    pub fn follow(&mut self, board: Board) {
        for (place, node) in board.nodes.iter().enumerate() {
            let fresh = || match node.part {
                Part::Gone => NodeWatch::Gone,
                Part::Client => NodeWatch::Client(Box::default()),
                Part::Service(..) => NodeWatch::Service(Box::default()),
                Part::Broker => NodeWatch::Broker(Box::default()),
            };
            if place == self.nodes.len() {
                self.nodes.push(fresh());
            }
            let gone = node.part == Part::Gone;
            if gone && !matches!(self.nodes[place], NodeWatch::Gone) {
                self.nodes[place] = NodeWatch::Gone;
            }
        }
        self.edges.resize(board.edges.len(), EdgeWatch::default());
        self.board = Arc::new(board);
        self.log.is_changed = true;
    }

    /// Reads the bucket of the meter that has just closed, at this time; `revision` is any number that is another one
    /// whenever what has happened so far is.
    pub fn read(&mut self, meter: &Meter, now: Time, revision: u64) {
        let board = Arc::clone(&self.board);
        let mut desk = Desk {
            now,
            board: &board,
            meter,
            log: &mut self.log,
        };
        for (ix, tally) in meter.edges_in_use() {
            self.edges[ix.0 as usize].step(&mut desk, ix, tally);
        }
        for (ix, tally) in meter.clients_in_use() {
            if let NodeWatch::Client(watch) = &mut self.nodes[ix.0 as usize] {
                watch.step(&mut desk, ix, tally);
            }
        }
        for (ix, tally) in meter.brokers_in_use() {
            if let NodeWatch::Broker(watch) = &mut self.nodes[ix.0 as usize] {
                watch.step(&mut desk, ix, tally);
            }
        }
        for (ix, tally) in meter.services_in_use() {
            if let NodeWatch::Service(watch) = &mut self.nodes[ix.0 as usize] {
                watch.step(&mut desk, ix, tally);
            }
        }
        self.log.settle(now);
        self.course.step(&mut self.log, &board, meter, now);
        if std::mem::take(&mut self.log.is_changed) {
            let account = self.course.account(&mut self.log, &board);
            if account != *self.account {
                self.account = Arc::new(account);
                self.revision = revision;
            }
        }
    }

    /// What is told.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What is told, if a reader who knows it as of `known` does not know it yet; it does from here on. A reader that
    /// goes back in time, or to another run, so has what is told there.
    pub fn news(&self, known: &mut Option<u64>) -> Option<Box<Account>> {
        let before = known.replace(self.revision);
        (before != Some(self.revision)).then(|| Box::new(Account::clone(&self.account)))
    }

    /// Another number whenever something else is told.
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

/// The place by its id.
fn target(board: &Board, place: Place) -> Option<Target> {
    match place {
        Place::Node(NodeIx(ix)) => board.nodes[ix as usize].id.clone().map(Target::Node),
        Place::Edge(EdgeIx(ix)) => Some(Target::Edge(board.edges[ix as usize].id.clone())),
    }
}
