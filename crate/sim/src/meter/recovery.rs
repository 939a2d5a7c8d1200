//! Recovery: whether the whole system does well again after the last fault, and after how long.
//!
//! Recovered is the start of the first window of five seconds, all of it after the end of the last fault, in which
//! goodput was at least 95 % of the offered load; windows begin with the buckets of 100 ms. No such window until the
//! end of the run is a metastable failure: the trigger is gone, the failure is not (OSDI'22, `HotOS`'21).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::frame::BUCKET;
use crate::units::{Span, Time};

/// The length of the window.
pub const WINDOW: Span = Span::secs(5);
/// Buckets in it.
const BUCKETS: usize = (WINDOW.as_nanos() / BUCKET.as_nanos()) as usize;
/// Goodput divided by offered load, in hundredths, from which the system does well.
const ENOUGH: u64 = 95;

/// What became of the last fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// There was none so far.
    #[default]
    NoFault,
    /// It is on.
    FaultOn,
    /// It ended less than a window ago, or no request came in a whole window since.
    Undecided,
    /// The system does well again.
    Recovered,
    /// It ended, and the system has not done well since.
    Metastable,
}

impl Verdict {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::NoFault => "no fault",
            Verdict::FaultOn => "fault is on",
            Verdict::Undecided => "undecided",
            Verdict::Recovered => "recovered",
            Verdict::Metastable => "metastable",
        }
    }
}

/// Watches for it.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    /// When the last fault ended; it may not be the last one on.
    ended: Option<Time>,
    /// Whether one is on.
    on: bool,
    /// Requests offered and good answers of the buckets since, those of one window.
    recent: VecDeque<(u32, u32)>,
    /// Whether there was a whole window with traffic.
    judged: bool,
    /// From the end of the fault to the start of the window.
    found: Option<Span>,
}

impl Recovery {
    /// A fault began.
    pub fn begins(&mut self) {
        *self = Recovery {
            on: true,
            ..Recovery::default()
        };
    }

    /// A fault ended.
    pub fn ends(&mut self, now: Time) {
        *self = Recovery {
            on: self.on,
            ended: Some(now),
            ..Recovery::default()
        };
    }

    /// A bucket closes; `on` says whether any fault is on.
    pub fn close(&mut self, at: Time, on: bool, (offered, good): (u32, u32)) {
        if on {
            self.on = true;
            return;
        }
        if self.on {
            self.on = false;
            // A fault that went with its node has no end of its own.
            self.ended = self.ended.or(Some(at));
        }
        let Some(ended) = self.ended.filter(|_| self.found.is_none()) else {
            return;
        };
        if at.since(ended) < BUCKET {
            return;
        }
        self.recent.push_back((offered, good));
        if self.recent.len() > BUCKETS {
            self.recent.pop_front();
        }
        if self.recent.len() < BUCKETS {
            return;
        }
        let sum = |which: fn(&(u32, u32)) -> u32| -> u64 {
            self.recent.iter().map(|both| u64::from(which(both))).sum()
        };
        let (offered, good) = (sum(|both| both.0), sum(|both| both.1));
        self.judged |= offered > 0;
        if offered > 0 && good * 100 >= offered * ENOUGH {
            self.found = Some(at.since(ended + WINDOW));
            self.recent = VecDeque::new();
        }
    }

    /// The verdict so far.
    pub const fn verdict(&self) -> Verdict {
        match (self.on, self.ended, self.found) {
            (true, ..) => Verdict::FaultOn,
            (false, None, _) => Verdict::NoFault,
            (false, Some(_), Some(_)) => Verdict::Recovered,
            (false, Some(_), None) if self.judged => Verdict::Metastable,
            (false, Some(_), None) => Verdict::Undecided,
        }
    }

    /// When the last fault ended, where none is on.
    pub fn ended(&self) -> Option<Time> {
        self.ended.filter(|_| !self.on)
    }

    /// From the end of the last fault to the start of the first good window.
    pub const fn time(&self) -> Option<Span> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After these buckets, given as (buckets, fault on, offered, good), which begin at second 0.
    fn after(stretches: &[(u64, bool, u32, u32)]) -> Recovery {
        let mut recovery = Recovery::default();
        let mut bucket = 0;
        let mut was = false;
        for (count, on, offered, good) in stretches {
            let begin = Time::from_nanos(bucket * BUCKET.as_nanos());
            if *on && !was {
                recovery.begins();
            }
            if was && !*on {
                recovery.ends(begin);
            }
            was = *on;
            for _ in 0..*count {
                bucket += 1;
                let at = Time::from_nanos(bucket * BUCKET.as_nanos());
                recovery.close(at, *on, (*offered, *good));
            }
        }
        recovery
    }

    fn told(stretches: &[(u64, bool, u32, u32)]) -> (Verdict, Option<Span>) {
        let recovery = after(stretches);
        (recovery.verdict(), recovery.time())
    }

    #[test]
    fn without_a_fault_there_is_nothing_to_recover_from() {
        assert_eq!(told(&[(900, false, 10, 0)]), (Verdict::NoFault, None));
    }

    #[test]
    fn a_window_begins_after_the_fault_and_holds_95_per_cent() {
        let hurt = (100, false, 10, 10);
        let fault = (100, true, 10, 0);
        let zero = Some(Span::ZERO);
        assert_eq!(told(&[hurt, fault]), (Verdict::FaultOn, None));
        assert_eq!(
            told(&[hurt, fault, (49, false, 10, 10)]),
            (Verdict::Undecided, None)
        );
        assert_eq!(
            told(&[hurt, fault, (50, false, 10, 10)]),
            (Verdict::Recovered, zero)
        );
        assert_eq!(
            told(&[hurt, fault, (50, false, 100, 95)]),
            (Verdict::Recovered, zero)
        );
        assert_eq!(
            told(&[hurt, fault, (50, false, 100, 94)]),
            (Verdict::Metastable, None)
        );
        // Two seconds of nothing: of the 50 buckets of a window at most two may be of them (95 % of 50 is 47.5).
        assert_eq!(
            told(&[hurt, fault, (20, false, 10, 0), (60, false, 10, 10)]),
            (Verdict::Recovered, Some(Span::millis(1_800)))
        );
    }

    #[test]
    fn silence_is_no_proof() {
        assert_eq!(
            told(&[(10, true, 10, 0), (600, false, 0, 0)]),
            (Verdict::Undecided, None)
        );
    }

    #[test]
    fn the_last_fault_counts() {
        let quick = [
            (10, true, 10, 0),
            (50, false, 10, 10),
            (10, true, 10, 0),
            (80, false, 10, 0),
        ];
        let recovery = after(&quick);
        assert_eq!(recovery.verdict(), Verdict::Metastable);
        assert_eq!(recovery.ended(), Some(Time::ZERO + Span::secs(7)));
    }
}
