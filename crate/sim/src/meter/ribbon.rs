//! The ribbon: the closed buckets that wait for a reader, each as what changed since the one before.
//!
//! Most of a large board is still most of the time. What did not change is filled in when it is read.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::event::{EdgeIx, NodeIx};
use crate::frame::{Bucket, EdgeBucket, ServiceBucket};

/// At most so many buckets wait for a reader: ten minutes. Who reads more seldom gets the last of them.
const KEPT: usize = 6_000;

/// What is on the board, in the order of the ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    pub services: Vec<NodeIx>,
    pub edges: Vec<EdgeIx>,
}

/// A closed bucket.
#[derive(Debug, Clone)]
struct Closed {
    /// Its figures of the whole.
    whole: Bucket,
    /// How many services and edges changed in it.
    services: u32,
    edges: u32,
    order: Arc<Order>,
}

/// The closed buckets.
#[derive(Debug, Clone, Default)]
pub struct Ribbon {
    closed: VecDeque<Closed>,
    services: Changes<ServiceBucket>,
    edges: Changes<EdgeBucket>,
    order: Arc<Order>,
}

/// Figures by place, before the first bucket that is kept, and what changed since.
#[derive(Debug, Clone)]
struct Changes<F> {
    first: Vec<F>,
    /// As they were in the last bucket.
    last: Vec<F>,
    since: VecDeque<(u32, F)>,
    /// Of the bucket that closes.
    fresh: u32,
}

impl<F> Default for Changes<F> {
    fn default() -> Self {
        Changes {
            first: Vec::new(),
            last: Vec::new(),
            since: VecDeque::new(),
            fresh: 0,
        }
    }
}

impl<F: Copy + Default + PartialEq> Changes<F> {
    fn make_room(&mut self, count: usize) {
        self.first.resize(count, F::default());
        self.last.resize(count, F::default());
    }

    fn set(&mut self, place: u32, figures: F) {
        let last = &mut self.last[place as usize];
        if *last != figures {
            *last = figures;
            self.since.push_back((place, figures));
            self.fresh += 1;
        }
    }

    /// The first bucket that is kept is kept no more.
    fn pass(&mut self, count: u32) {
        for (place, figures) in self.since.drain(..count as usize) {
            self.first[place as usize] = figures;
        }
    }
}

impl Ribbon {
    /// The board is this from here on, with so many nodes and edges in all.
    pub fn follow(&mut self, order: Order, (nodes, edges): (usize, usize)) {
        if *self.order != order {
            self.order = Arc::new(order);
        }
        self.services.make_room(nodes);
        self.edges.make_room(edges);
    }

    /// The figures of a service in the bucket that closes; those of others stay.
    pub fn service(&mut self, ix: NodeIx, figures: ServiceBucket) {
        self.services.set(ix.0, figures);
    }

    /// The figures of an edge in the bucket that closes; those of others stay.
    pub fn edge(&mut self, ix: EdgeIx, figures: EdgeBucket) {
        self.edges.set(ix.0, figures);
    }

    /// The bucket closes, with these figures of the whole.
    pub fn close(&mut self, whole: Bucket) {
        self.closed.push_back(Closed {
            whole,
            services: std::mem::take(&mut self.services.fresh),
            edges: std::mem::take(&mut self.edges.fresh),
            order: Arc::clone(&self.order),
        });
        if self.closed.len() > KEPT {
            self.pass();
        }
    }

    fn pass(&mut self) -> Option<Closed> {
        let closed = self.closed.pop_front()?;
        self.services.pass(closed.services);
        self.edges.pass(closed.edges);
        Some(closed)
    }

    /// Takes out all buckets, whole.
    pub fn take(&mut self) -> Vec<Bucket> {
        let mut buckets = Vec::with_capacity(self.closed.len());
        while let Some(closed) = self.pass() {
            let of = |ix: &NodeIx| self.services.first[ix.0 as usize];
            let services = closed.order.services.iter().map(of).collect();
            let of = |ix: &EdgeIx| self.edges.first[ix.0 as usize];
            let edges = closed.order.edges.iter().map(of).collect();
            buckets.push(Bucket {
                services,
                edges,
                ..closed.whole
            });
        }
        buckets
    }
}
