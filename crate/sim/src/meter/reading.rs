//! Readings: what the story is told of the buckets that have just closed.

use super::condition::SETTLES;
use super::edge_tally::EdgeTally;
use super::flow::EdgeFlow;
use super::tally::{ClientTally, SECOND, ServiceTally, percentiles};
use super::{Meter, NodeTally, broker_tally::BrokerTally};
use crate::event::{EdgeIx, NodeIx};

impl Meter {
    /// The edges to which something happened in the last second.
    pub(crate) fn edges_in_use(&self) -> impl Iterator<Item = (EdgeIx, &EdgeTally)> {
        let all = self.awake.edges.iter();
        all.map(|ix| (*ix, &self.edges[ix.0 as usize]))
            .filter(|(_, tally)| tally.calm.buckets() <= SECOND as u32)
    }

    /// The clients to which something happened in the last second.
    pub(crate) fn clients_in_use(&self) -> impl Iterator<Item = (NodeIx, &ClientTally)> {
        let all = self.awake.clients.iter();
        all.filter_map(|ix| match &self.nodes[ix.0 as usize] {
            NodeTally::Client(tally) => Some((*ix, &**tally)),
            NodeTally::Service(_) | NodeTally::Broker(_) => None,
        })
        .filter(|(_, tally)| tally.calm.buckets() <= SECOND as u32)
    }

    /// The brokers to which something happened in the last second.
    pub(crate) fn brokers_in_use(&self) -> impl Iterator<Item = (NodeIx, &BrokerTally)> {
        let all = self.awake.brokers.iter();
        all.filter_map(|ix| match &self.nodes[ix.0 as usize] {
            NodeTally::Broker(tally) => Some((*ix, &**tally)),
            NodeTally::Service(_) | NodeTally::Client(_) => None,
        })
        .filter(|(_, tally)| tally.calm.buckets() <= SECOND as u32)
    }

    /// The services to which something happened in the last seconds.
    pub(crate) fn services_in_use(&self) -> impl Iterator<Item = (NodeIx, &ServiceTally)> {
        let all = self.awake.services.iter();
        all.filter_map(|ix| match &self.nodes[ix.0 as usize] {
            NodeTally::Service(tally) => Some((*ix, &**tally)),
            NodeTally::Client(_) | NodeTally::Broker(_) => None,
        })
        .filter(|(_, tally)| tally.calm.buckets() < SETTLES)
    }

    /// What the last second added to an edge.
    pub(crate) fn edge_second(&self, ix: EdgeIx) -> &EdgeFlow {
        self.edges[ix.0 as usize].recent.second().0
    }

    /// The latency of a service in the last second, in seconds: median, 95th and 99th percentile.
    pub(crate) fn service_latency(&self, ix: NodeIx) -> Option<[f32; 3]> {
        match &self.nodes[ix.0 as usize] {
            NodeTally::Service(tally) => percentiles(tally.recent.spans(), &mut Vec::new()),
            NodeTally::Client(_) | NodeTally::Broker(_) => None,
        }
    }

    /// The share of a service's busy threads that work for callers that have given up, in the last second.
    pub(crate) fn wasted(&self, ix: NodeIx) -> f32 {
        match &self.nodes[ix.0 as usize] {
            NodeTally::Service(tally) => {
                let (second, _) = tally.recent.second();
                let busy = second.busy.cast_signed().max(1);
                second.orphans.cast_signed() as f32 / busy as f32
            }
            NodeTally::Client(_) | NodeTally::Broker(_) => 0.0,
        }
    }
}
