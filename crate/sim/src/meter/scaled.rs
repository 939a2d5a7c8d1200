//! What autoscalers found and did.

use super::Meter;
use super::tally::ServiceTally;
use crate::event::NodeIx;
use crate::frame::MarkKind;
use crate::units::Time;

impl ServiceTally {
    /// Its autoscaler found that so many replicas would do.
    pub fn advised(&mut self, now: Time, wanted: u32) {
        self.wanted.set(now, i64::from(wanted));
        self.counts.advised += 1;
    }
}

impl Meter {
    /// An autoscaler changed how many replicas there are.
    pub(super) fn scaled(&mut self, now: Time, node: NodeIx, (from, to): (u32, u32)) {
        self.service(node, |tally| {
            tally.counts.scaled_up += u64::from(to > from);
            tally.counts.scaled_down += u64::from(to < from);
        });
        self.mark(now, node, |id| MarkKind::Scaled(id, from, to));
    }
}
