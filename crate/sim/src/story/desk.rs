//! The desk: what all that watch have before them when a bucket has closed, and how they note what they see.

use super::board::{Board, Part};
use super::evidence::{Bounds, Share, Signal};
use super::kind::{Tag, What};
use super::log::{Log, Place};
use crate::event::{EdgeIx, NodeIx};
use crate::frame::BUCKET;
use crate::meter::Meter;
use crate::units::Time;

/// What is before those who watch.
pub struct Desk<'a> {
    /// The end of the bucket.
    pub now: Time,
    pub board: &'a Board,
    pub meter: &'a Meter,
    pub log: &'a mut Log,
}

impl Desk<'_> {
    /// So many buckets ago.
    pub fn ago(&self, buckets: u64) -> Time {
        Time::from_nanos(
            self.now
                .as_nanos()
                .saturating_sub(buckets * BUCKET.as_nanos()),
        )
    }

    /// How many bytes each replica of a service may hold.
    pub fn limit(&self, ix: NodeIx) -> Option<f64> {
        match self.board.node(ix).part {
            Part::Service(_, limit) => limit,
            Part::Gone | Part::Client | Part::Broker => None,
        }
    }

    /// The edge on which most of a service's threads wait, where they do.
    pub fn waits_on(&self, ix: NodeIx, waiting: u64) -> Option<EdgeIx> {
        if waiting.cast_signed() <= 0 {
            return None;
        }
        let area = |edge: &EdgeIx| self.meter.edge_second(*edge).waiting.cast_signed();
        self.board.outs(ix).max_by_key(area)
    }

    /// The edge over which most of its calls failed, where any did.
    pub fn fails_over(&self, ix: NodeIx) -> Option<EdgeIx> {
        let failed = |edge: &EdgeIx| self.meter.edge_second(*edge).failed;
        let most = self.board.outs(ix).max_by_key(failed)?;
        (failed(&most) > 0).then_some(most)
    }

    /// A bucket had so many of so many of something whose share is watched; whether it begins to be too many.
    pub fn share(
        &mut self,
        (active, tag, place): (&mut u32, Tag, Place),
        share: &mut Share,
        counts: (f64, f64),
        by: &Bounds,
        what: impl Fn(&Share) -> What,
    ) -> bool {
        match share.step(self.now, *active & tag.bit() != 0, counts, by) {
            Signal::Quiet => {}
            Signal::Begins(since) => {
                *active |= tag.bit();
                self.log.open(since, place, what(share), None);
                return true;
            }
            Signal::Holds => {
                let now = what(share);
                self.log.update(place, tag, |entry| {
                    let more = now.size() > entry.what.size() * 1.1;
                    if more {
                        entry.what = now;
                    }
                    more
                });
            }
            Signal::Over(until) => {
                *active &= !tag.bit();
                self.log.close(until, place, tag);
            }
        }
        false
    }
}

impl What {
    /// The figure that says how bad a share is.
    fn size(&self) -> f32 {
        match self {
            What::Errors { share }
            | What::Failing { share }
            | What::Refusing { share, .. }
            | What::Loss { share }
            | What::Barred { share, .. }
            | What::QueueFull { share }
            | What::Redelivered { share }
            | What::Twice { share } => *share,
            What::ColdCache { hits, .. } => 1.0 - hits,
            What::CutOff => 2.0,
            What::GivenUp { count } => *count,
            _ => 0.0,
        }
    }
}
