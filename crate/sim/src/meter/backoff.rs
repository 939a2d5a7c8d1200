//! The time that killed replicas wait before they are started again.

use crate::units::{Span, Time};

/// Waits that are over, and those that go on.
#[derive(Debug, Clone, Default)]
pub struct BackOffs {
    /// All waits, to their ends.
    whole: Span,
    /// The ends of those that go on, by replica.
    open: Vec<(u32, Time)>,
}

impl BackOffs {
    /// A replica begins to wait.
    pub fn begins(&mut self, now: Time, replica: u32, wait: Span) {
        self.open.retain(|(_, end)| *end > now);
        self.open.push((replica, now + wait));
        self.whole = self.whole + wait;
    }

    /// A replica is gone, whether it waited or not.
    pub fn ends(&mut self, now: Time, replica: u32) {
        let left: u64 = self.left(now, |other| other == replica);
        self.whole = Span::nanos(self.whole.as_nanos() - left);
        self.open.retain(|(other, _)| *other != replica);
    }

    /// What is still to come of the waits of some replicas, in nanoseconds.
    fn left(&self, now: Time, of: impl Fn(u32) -> bool) -> u64 {
        let open = self.open.iter().filter(|(replica, _)| of(*replica));
        open.map(|(_, end)| end.since(now).as_nanos()).sum()
    }

    /// How long replicas have waited so far, all together.
    pub fn spent(&self, now: Time) -> Span {
        Span::nanos(self.whole.as_nanos() - self.left(now, |_| true))
    }

    /// Counts anew from here; waits that go on do so.
    pub fn anew(mut self, now: Time) -> Self {
        self.whole = Span::nanos(self.left(now, |_| true));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_counts_as_far_as_it_has_come() {
        let at = |secs| Time::ZERO + Span::secs(secs);
        let mut of = BackOffs::default();
        of.begins(at(10), 0, Span::secs(20));
        of.begins(at(15), 1, Span::secs(10));
        assert_eq!(of.spent(at(20)), Span::secs(15));
        let mut anew = of.clone().anew(at(20));
        assert_eq!(anew.spent(at(40)), Span::secs(15));
        anew.ends(at(22), 0);
        assert_eq!(anew.spent(at(40)), Span::secs(7));
        assert_eq!(of.spent(at(60)), Span::secs(30));
    }
}
