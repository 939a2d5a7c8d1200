//! Jobs without a thread of their own: how many of them are away from their loop or carrier, and how many in line.

use super::tally::ServiceTally;
use crate::fact::Turn;
use crate::units::Time;

impl ServiceTally {
    /// A job got, left or waits for a loop or a carrier. While it has none it holds no thread.
    pub fn turned(&mut self, now: Time, replica: u32, turn: Turn, orphan: bool) {
        let (off, line) = match turn {
            Turn::BeginsInLine => (1, 1),
            Turn::Parks => (1, 0),
            Turn::Lines => (0, 1),
            Turn::Runs => (-1, 0),
            Turn::RunsFromLine => (-1, -1),
        };
        self.line.add(now, line);
        self.off.add(now, off);
        self.busy.add(now, -off);
        if orphan {
            self.orphans.add(now, -off);
        }
        self.each(replica, |one| {
            one.off.add(now, off);
            one.busy.add(now, -off);
        });
    }
}
