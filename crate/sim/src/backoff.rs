//! Restart back-off: a process that is killed again and again is started again later and later.
//!
//! Kubernetes' kubelet, state `CrashLoopBackOff`: the first restart is immediate, then the wait is 10 s and twice
//! as long each time, up to 5 min; after 10 min of running it begins anew.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Span;

/// How long a killed process waits before it is started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Restart {
    /// The wait after the second kill in a row; 0: it never waits.
    pub backoff: Span,
    /// The longest wait.
    pub cap: Span,
    /// After so long a life the next kill is the first one again.
    pub reset: Span,
}

impl Default for Restart {
    fn default() -> Self {
        Restart {
            backoff: Span::secs(10),
            cap: Span::secs(300),
            reset: Span::secs(600),
        }
    }
}

/// How often a process was killed in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CrashLoop {
    kills: u32,
}

impl CrashLoop {
    /// It is killed after it ran for so long: how long it waits before it is started again.
    pub fn killed(&mut self, rule: &Restart, ran: Span) -> Span {
        if ran >= rule.reset {
            self.kills = 0;
        }
        let doublings = self.kills.checked_sub(1);
        self.kills = self.kills.saturating_add(1);
        let Some(doublings) = doublings else {
            return Span::ZERO;
        };
        // Sixty-three doublings are longer than any cap.
        let factor = 1u64.checked_shl(doublings).unwrap_or(u64::MAX);
        let wait = rule.backoff.as_nanos().saturating_mul(factor);
        Span::nanos(wait).min(rule.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(of: &mut CrashLoop, ran: Span, count: usize) -> Vec<u64> {
        let rule = Restart::default();
        let waits = (0..count).map(|_| of.killed(&rule, ran).as_nanos() / 1_000_000_000);
        waits.collect()
    }

    /// pod-lifecycle.md: 10 s, 20 s, 40 s, ..., capped at 300 s; reset after ten minutes.
    #[test]
    fn the_waits_are_those_of_the_kubelet() {
        let mut of = CrashLoop::default();
        let short = Span::secs(599);
        let expected = [0, 10, 20, 40, 80, 160, 300, 300, 300];
        assert_eq!(waits(&mut of, short, 9), expected);
        assert_eq!(waits(&mut of, Span::secs(600), 1), [0]);
        assert_eq!(waits(&mut of, short, 2), [10, 20]);
    }

    #[test]
    fn it_never_grows_beyond_the_cap_however_often_it_is_killed() {
        let mut of = CrashLoop::default();
        assert_eq!(waits(&mut of, Span::ZERO, 200).last(), Some(&300));
    }

    #[test]
    fn without_a_backoff_it_never_waits() {
        let mut of = CrashLoop::default();
        let rule = Restart {
            backoff: Span::ZERO,
            ..Restart::default()
        };
        assert!((0..99).all(|_| of.killed(&rule, Span::ZERO) == Span::ZERO));
    }
}
