//! How a fact reaches the tallies it concerns.

use super::broker_tally::BrokerTally;
use super::edge_tally::EdgeTally;
use super::tally::{ClientTally, ServiceTally};
use super::{KEPT_FLIGHTS, Meter, NodeTally};
use crate::event::{EdgeIx, NodeIx, Site};
use crate::frame::{FlightKind, Mark, MarkKind};
use crate::scenario::{FaultKind, Mode, NodeId, Target};
use crate::units::Time;

impl Meter {
    pub(super) fn client(&mut self, ix: NodeIx, with: impl FnOnce(&mut ClientTally)) {
        if let Some(NodeTally::Client(tally)) = self.nodes.get_mut(ix.0 as usize) {
            if !tally.calm.is_broken() {
                tally.calm.wake(&mut self.awake.clients, ix);
            }
            with(tally);
        }
    }

    pub(super) fn service(&mut self, ix: NodeIx, with: impl FnOnce(&mut ServiceTally)) {
        if let Some(NodeTally::Service(tally)) = self.nodes.get_mut(ix.0 as usize) {
            if !tally.calm.is_broken() {
                tally.wake(self.closes, &mut self.awake.services, ix);
            }
            with(tally);
        }
    }

    pub(super) fn broker(&mut self, ix: NodeIx, with: impl FnOnce(&mut BrokerTally)) {
        if let Some(NodeTally::Broker(tally)) = self.nodes.get_mut(ix.0 as usize) {
            if !tally.calm.is_broken() {
                tally.wake(self.closes, &mut self.awake.brokers, ix);
            }
            with(tally);
        }
    }

    /// A broker begins to block all who publish.
    pub(super) fn broker_blocks(&mut self, now: Time, node: NodeIx) {
        let mut is_news = false;
        self.broker(node, |tally| {
            is_news = tally.is_news(now);
            tally.blocked.set(now, 1);
        });
        if is_news {
            self.mark(now, node, MarkKind::Blocked);
        }
    }

    pub(super) fn edge(&mut self, ix: EdgeIx) -> &mut EdgeTally {
        let tally = &mut self.edges[ix.0 as usize];
        if !tally.calm.is_broken() {
            tally.wake(self.closes, &mut self.awake.edges, ix);
        }
        tally
    }

    /// A thread of the edge's caller begins or ends to wait.
    pub(super) fn thread_waits(&mut self, now: Time, (edge, replica): (EdgeIx, u32), by: i64) {
        let tally = self.edge(edge);
        tally.waiting.add(now, by);
        let from = NodeIx(tally.from);
        self.service(from, |tally| {
            tally.waiting.add(now, by);
            tally.each(replica, |one| one.waiting.add(now, by));
        });
    }

    pub(super) fn consumer(&mut self, edge: EdgeIx, with: impl FnOnce(&mut ServiceTally)) {
        let to = NodeIx(self.edge(edge).to);
        self.service(to, with);
    }

    pub(super) fn mark(&mut self, now: Time, node: NodeIx, kind: impl FnOnce(NodeId) -> MarkKind) {
        let id = match &self.nodes[node.0 as usize] {
            NodeTally::Client(tally) => &tally.id,
            NodeTally::Service(tally) => &tally.id,
            NodeTally::Broker(tally) => &tally.id,
        };
        let Some(kind) = id.clone().map(kind) else {
            return;
        };
        // What befalls several replicas at once is one thing to see.
        let mark = Mark { at: now, kind };
        if self.marks.last() != Some(&mark) {
            self.marks.push(mark);
        }
    }

    pub(super) fn mark_on(&mut self, now: Time, on: Site, kind: impl FnOnce(Target) -> MarkKind) {
        match on {
            Site::Node(node) => self.mark(now, node, |id| kind(id.into())),
            Site::Edge(edge) => {
                let kind = self.edge(edge).id.clone().map(|id| kind(id.into()));
                self.marks.extend(kind.map(|kind| Mark { at: now, kind }));
            }
        }
    }

    /// A fault began or ended.
    pub(super) fn fault(&mut self, now: Time, on: Site, kind: FaultKind, begins: bool) {
        if self.blind {
            return;
        }
        if begins {
            self.recovery.begins();
            self.mark_on(now, on, |target| MarkKind::FaultOn(target, kind.describe()));
        } else {
            self.recovery.ends(now);
            self.mark_on(now, on, |target| {
                MarkKind::FaultOff(target, kind.describe())
            });
        }
    }

    /// An edge was switched.
    pub(super) fn switched(&mut self, now: Time, edge: EdgeIx, mode: Mode) {
        let id = self.edge(edge).id.clone();
        let kind = id.map(|id| MarkKind::Switched(id, mode));
        self.marks.extend(kind.map(|kind| Mark { at: now, kind }));
    }

    pub(super) fn fly(&mut self, edge: EdgeIx, kind: FlightKind, request: u64, now: Time) {
        let shown = request.trailing_zeros() >= self.sampler.bits;
        if shown && self.flights.len() < KEPT_FLIGHTS {
            self.flights.push((edge, kind, now));
        }
    }
}
