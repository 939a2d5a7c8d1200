//! Disciplines: who of an accept queue is next, and who is not served at all.
//!
//! First-in-first-out is fair while there is no overload, and the worst of all in one: everybody waits
//! until nearly nobody is left to wait for the answer. Last-in-first-out serves those who still wait. Sources:
//! Maurer, "Fail at Scale" (ACM Queue 2015) for adaptive LIFO; `CoDel` for servers as in folly's `Codel`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};

/// Who of an accept queue is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discipline {
    /// Who came first.
    #[default]
    Fifo,
    /// Who came last.
    Lifo,
    /// Who came first, but while the queue has not been empty for an interval: who came last.
    AdaptiveLifo,
}

impl Discipline {
    /// Every discipline, in the order of the form.
    pub const ALL: [Discipline; 3] = [Discipline::Fifo, Discipline::Lifo, Discipline::AdaptiveLifo];

    /// Whether who came last is next in a queue that has not been empty since then.
    pub fn newest_first(self, filled: Time, now: Time, interval: Span) -> bool {
        match self {
            Discipline::Fifo => false,
            Discipline::Lifo => true,
            Discipline::AdaptiveLifo => now.since(filled) >= interval,
        }
    }
}

/// `CoDel` for servers: whether even the luckiest of an interval waited too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Codel {
    /// When the interval ends.
    ends: Time,
    /// The shortest wait in it.
    least: Span,
    overloaded: bool,
}

impl Codel {
    /// Someone leaves the queue after this wait; whether they are turned away. The first one of an
    /// interval never is.
    pub fn turns_away(&mut self, now: Time, waited: Span, target: Span, interval: Span) -> bool {
        if now > self.ends {
            self.overloaded = self.least > target;
            self.ends = now + interval;
            self.least = waited;
            return false;
        }
        self.least = self.least.min(waited);
        self.overloaded && waited.as_nanos() > target.as_nanos().saturating_mul(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Span = Span::millis(5);
    const INTERVAL: Span = Span::millis(100);

    fn at(ms: u64) -> Time {
        Time::ZERO + Span::millis(ms)
    }

    #[test]
    fn codel_turns_away_only_after_an_interval_without_a_short_wait() {
        let mut codel = Codel::default();
        let mut leaves = |ms, wait| codel.turns_away(at(ms), Span::millis(wait), TARGET, INTERVAL);
        assert!(!leaves(1, 50), "the first interval begins");
        assert!(!leaves(50, 50), "nothing is known yet");
        assert!(
            !leaves(102, 50),
            "overloaded, but the first of its interval"
        );
        assert!(leaves(103, 11), "waited more than twice the target");
        assert!(!leaves(104, 10), "not more than twice the target");
        assert!(!leaves(150, 5), "a wait within the target");
        assert!(leaves(160, 50), "until the interval ends it is overloaded");
        assert!(!leaves(210, 50));
        assert!(!leaves(211, 50), "the last interval had a short wait");
    }

    #[test]
    fn adaptive_lifo_turns_when_the_queue_stands() {
        let newest = |ms| Discipline::AdaptiveLifo.newest_first(at(10), at(ms), INTERVAL);
        assert!(!newest(109) && newest(110));
        assert!(Discipline::Lifo.newest_first(at(1), at(1), INTERVAL));
        assert!(!Discipline::Fifo.newest_first(at(0), at(999), INTERVAL));
    }
}
