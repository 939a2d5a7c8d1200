//! The lives of replicas: stopped, backing off, running again, leaking, slowed by their garbage.

use super::Meter;
use crate::event::NodeIx;
use crate::fact::Stop;
use crate::frame::MarkKind;
use crate::units::{Span, Time};

impl Meter {
    /// A replica stopped.
    pub(super) fn down(&mut self, now: Time, (node, replica): (NodeIx, u32), why: Stop) {
        self.service(node, |tally| {
            tally.counts.kills += 1;
            tally.up.add(now, -1);
            tally.each(replica, |one| one.up.set(now, 0));
        });
        match why {
            Stop::Liveness => {
                self.service(node, |tally| tally.counts.unhealthy += 1);
                self.mark(now, node, MarkKind::Unhealthy);
            }
            Stop::Memory => {
                self.service(node, |tally| tally.counts.out_of_memory += 1);
                self.mark(now, node, MarkKind::OutOfMemory);
            }
            Stop::Fault => {}
        }
    }

    /// It runs again.
    pub(super) fn up(&mut self, now: Time, node: NodeIx, replica: u32) {
        self.service(node, |tally| {
            tally.counts.restarts += 1;
            tally.ready(now, replica);
        });
        self.mark(now, node, MarkKind::Restarted);
    }

    /// It waits before it is started again.
    pub(super) fn backs_off(&mut self, now: Time, (node, replica): (NodeIx, u32), wait: Span) {
        self.service(node, |tally| tally.backoff.begins(now, replica, wait));
        self.mark(now, node, |id| MarkKind::BackOff(id, wait));
    }

    /// A thread of it begins to answer a probe, or ends.
    pub(super) fn probe_thread(&mut self, now: Time, node: NodeIx, replica: u32, more: i64) {
        self.service(node, |tally| {
            tally.busy.add(now, more);
            tally.each(replica, |one| one.busy.add(now, more));
        });
    }

    /// A probe succeeded or failed.
    pub(super) fn probed(&mut self, node: NodeIx, ok: bool) {
        self.service(node, |tally| {
            tally.counts.probes += 1;
            tally.counts.probes_failed += u64::from(!ok);
        });
    }

    /// It is ready from now on, or not.
    pub(super) fn readiness(&mut self, now: Time, (node, replica): (NodeIx, u32), ready: bool) {
        let more = if ready { -1 } else { 1 };
        self.service(node, |tally| {
            tally.unready.add(now, more);
            tally.each(replica, |one| one.unready.add(now, more));
        });
        self.mark(now, node, |id| MarkKind::Readiness(id, ready));
    }

    /// Garbage collection takes so much of a piece of its work.
    pub(super) fn collected(&mut self, node: NodeIx, takes: Span) {
        self.service(node, |tally| {
            tally.counts.collected += u128::from(takes.as_nanos());
        });
    }

    /// It holds so many bytes more, or fewer.
    pub(super) fn leaks(&mut self, now: Time, (node, replica): (NodeIx, u32), bytes: i64) {
        self.service(node, |tally| {
            tally.leaked.add(now, bytes);
            tally.each(replica, |one| one.leaked.add(now, bytes));
        });
    }
}
