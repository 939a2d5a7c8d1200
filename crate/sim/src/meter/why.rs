//! Why: refusals by who refused, and work that ended badly by its cause.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::criticality::Criticality;
use crate::outcome::{By, Cause, Outcome};

/// Counts by who refused. It has room for every outcome's number, so that counting asks nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByWhom([u64; 32]);

impl ByWhom {
    /// One was refused by this one.
    pub const fn count(&mut self, by: By) {
        self.0[Outcome::Refused(by).code() as usize & 31] += 1;
    }

    /// Who of these refused the most.
    pub fn most(&self, of: &[By]) -> By {
        let count = |by: &By| self.0[Outcome::Refused(*by).code() as usize & 31];
        let most = of.iter().copied().max_by_key(count);
        most.unwrap_or(By::FullService)
    }

    /// By their words, those that refused anything.
    pub fn told(&self) -> BTreeMap<&'static str, u64> {
        let count = |by: &By| (by.key(), self.0[Outcome::Refused(*by).code() as usize & 31]);
        let all = By::ALL.iter().map(count);
        all.filter(|(_, count)| *count > 0).collect()
    }
}

/// Counts by how much what was refused mattered.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByClass([u64; 4]);

impl ByClass {
    /// One of this class was refused.
    pub const fn count(&mut self, class: Criticality) {
        self.0[class as usize] += 1;
    }

    /// The classes of which any were refused, and how many.
    pub fn all(&self) -> impl Iterator<Item = (Criticality, u64)> {
        let all = Criticality::ALL.into_iter().zip(self.0);
        all.filter(|(_, count)| *count > 0)
    }

    /// The same by their words.
    pub fn told(&self) -> BTreeMap<&'static str, u64> {
        self.all()
            .map(|(class, count)| (class.key(), count))
            .collect()
    }
}

/// Counts of work that ended badly, by its cause.
#[derive(Debug, Clone, Copy, Default)]
pub struct Causes {
    own: u64,
    killed: u64,
    cancelled: u64,
    call_failed: u64,
    call_timed_out: u64,
    call_cancelled: u64,
    call_refused: ByWhom,
    refused: u64,
}

/// The same for a report; together they are the service's errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErrorsBy {
    /// An error of its own: its error rate, or a fault of that kind.
    pub own: u64,
    /// It was under way when the service stopped.
    pub killed: u64,
    /// Its caller, or the board, took it back.
    pub cancelled: u64,
    /// A call it made ended in an error.
    pub call_failed: u64,
    /// A call it made timed out.
    pub call_timed_out: u64,
    /// The edge of a call it made was taken off the board.
    pub call_cancelled: u64,
    /// A call it made was refused.
    pub call_refused: u64,
    /// The last by who refused: the callee, its queue, or one of the caller's own policies.
    pub call_refused_by: BTreeMap<&'static str, u64>,
}

impl Causes {
    /// Work ended with this outcome for this cause.
    pub const fn count(&mut self, outcome: Outcome, cause: Cause) {
        match (outcome, cause) {
            (Outcome::Ok, _) => {}
            (Outcome::Cancelled, _) => self.cancelled += 1,
            (_, Cause::Own) => self.own += 1,
            (_, Cause::Killed) => self.killed += 1,
            (_, Cause::Call(Outcome::TimedOut)) => self.call_timed_out += 1,
            (_, Cause::Call(Outcome::Cancelled)) => self.call_cancelled += 1,
            (_, Cause::Call(Outcome::Refused(by))) => {
                self.refused += 1;
                self.call_refused.count(by);
            }
            (_, Cause::Call(Outcome::Error | Outcome::Ok)) => self.call_failed += 1,
        }
    }

    /// Ended badly by an error of their own.
    pub const fn own(&self) -> u64 {
        self.own
    }

    /// Ended badly for a call they made did.
    pub const fn of_calls(&self) -> u64 {
        self.call_failed + self.call_timed_out + self.refused
    }

    /// For a report.
    pub fn told(&self) -> ErrorsBy {
        ErrorsBy {
            own: self.own,
            killed: self.killed,
            cancelled: self.cancelled,
            call_failed: self.call_failed,
            call_timed_out: self.call_timed_out,
            call_cancelled: self.call_cancelled,
            call_refused: self.refused,
            call_refused_by: self.call_refused.told(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_who_refuses_has_a_count_and_a_word_of_their_own() {
        let mut counts = ByWhom::default();
        for by in By::ALL {
            counts.count(by);
        }
        let told = counts.told();
        assert_eq!(told.len(), By::ALL.len());
        assert!(told.values().all(|count| *count == 1), "{told:?}");
    }

    #[test]
    fn a_cause_is_counted_once() {
        let mut causes = Causes::default();
        let refused = Cause::Call(Outcome::Refused(By::FullService));
        for (outcome, cause) in [
            (Outcome::Ok, Cause::Own),
            (Outcome::Error, Cause::Own),
            (Outcome::Error, Cause::Killed),
            (Outcome::Cancelled, Cause::Killed),
            (Outcome::Error, Cause::Call(Outcome::Error)),
            (Outcome::Error, Cause::Call(Outcome::TimedOut)),
            (Outcome::Error, Cause::Call(Outcome::Cancelled)),
            (Outcome::Error, refused),
        ] {
            causes.count(outcome, cause);
        }
        let told = ErrorsBy {
            own: 1,
            killed: 1,
            cancelled: 1,
            call_failed: 1,
            call_timed_out: 1,
            call_cancelled: 1,
            call_refused: 1,
            call_refused_by: BTreeMap::from([("full_service", 1)]),
        };
        assert_eq!(causes.told(), told);
    }
}
