//! The states of a service: one table of thresholds and words, judged by the last second of facts.

use serde::{Deserialize, Serialize};

/// How a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum State {
    /// Nothing came and nothing is under way.
    #[default]
    Idle,
    /// It does its work.
    Healthy,
    /// Its backlog falls.
    Draining,
    /// It could do more, but its callers are stuck and send it less than they used to.
    Starved,
    /// All its threads are busy for most of the second.
    Saturated,
    /// Much of its work ends in an error.
    Failing,
    /// It refuses some of what comes.
    Shedding,
    /// It is not running.
    Restarting,
}

/// Shedding: at least this share of what came was refused.
pub const SHEDDING: f32 = 0.01;
/// Failing: at least this share of what was done ended in an error.
pub const FAILING: f32 = 0.10;
/// Saturated: all threads were busy in at least this share of the buckets.
pub const SATURATED: f32 = 0.7;
/// Saturated: a bucket counts if at least this share of the pool was busy, by its mean.
pub const FULL: f32 = 0.97;
/// Starved: less than this share of its usual load comes.
pub const STARVED: f32 = 0.75;
/// It is no longer starved once this share of its usual load comes again.
pub const FED: f32 = 0.9;
/// Draining: at least so many items wait.
pub const BACKLOG: f32 = 5.0;

/// Whether a backlog has fallen by more than chance does: three times the square root of what it was.
fn falls(before: f32, now: f32) -> bool {
    now >= BACKLOG && before - now > 3.0 * before.sqrt()
}

impl State {
    /// Every state, in the order of the enum.
    pub const ALL: [State; 8] = [
        State::Idle,
        State::Healthy,
        State::Draining,
        State::Starved,
        State::Saturated,
        State::Failing,
        State::Shedding,
        State::Restarting,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            State::Idle => "idle",
            State::Healthy => "healthy",
            State::Draining => "draining",
            State::Starved => "starved",
            State::Saturated => "saturated",
            State::Failing => "failing",
            State::Shedding => "refusing",
            State::Restarting => "restarting",
        }
    }

    /// What it means, with its threshold.
    pub const fn meaning(self) -> &'static str {
        match self {
            State::Idle => "Nothing came in the last second.",
            State::Healthy => "It does its work.",
            State::Draining => {
                "At least 5 items wait for it, and over three seconds they have become clearly fewer."
            }
            State::Starved => {
                "It could do more, but its callers are stuck: it gets less than 75 % of its usual load."
            }
            State::Saturated => "All its threads were busy for most of the last second.",
            State::Failing => "At least 10 % of its work in the last second ended in an error.",
            State::Shedding => "It refused at least 1 % of what came in the last second.",
            State::Restarting => {
                "It is not running: it was killed or is down, and callers are refused until it is back."
            }
        }
    }

    /// Whether it does what it should: healthy, or with nothing to do.
    pub const fn is_well(self) -> bool {
        matches!(self, State::Idle | State::Healthy)
    }

    /// Whether its callers feel it.
    pub const fn is_trouble(self) -> bool {
        matches!(
            self,
            State::Saturated | State::Failing | State::Shedding | State::Restarting
        )
    }
}

/// What the judgement of one service reads: the last second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vitals {
    /// Whether it runs.
    pub up: bool,
    /// Requests and messages that came.
    pub offered: f32,
    /// Done, well or badly.
    pub completed: f32,
    /// Ended in an error.
    pub errors: f32,
    /// Refused.
    pub refused: f32,
    /// Busy threads, mean.
    pub busy: f32,
    /// The share of the buckets in which the whole pool was busy.
    pub full: f32,
    /// Items that wait for it: accept queue, prefetched, and the queues of the edges that end here.
    pub backlog: f32,
    /// The same three seconds ago.
    pub backlog_before: f32,
    /// What usually comes in a second, while its callers do well.
    pub usual: f32,
    /// Whether it was starved so far.
    pub starved: bool,
    /// Whether a caller of it is in trouble or starved.
    pub callers_stuck: bool,
}

/// The state that the last second shows; the first that fits, worst first.
pub fn judge(v: &Vitals) -> State {
    if !v.up {
        State::Restarting
    } else if v.refused > 0.0 && v.refused >= SHEDDING * v.offered {
        State::Shedding
    } else if v.errors > 0.0 && v.errors >= FAILING * v.completed {
        State::Failing
    } else if falls(v.backlog_before, v.backlog) {
        State::Draining
    } else if v.full >= SATURATED {
        State::Saturated
    } else if v.callers_stuck
        && v.usual >= 1.0
        && v.offered < v.usual * if v.starved { FED } else { STARVED }
    {
        State::Starved
    } else if v.offered == 0.0 && v.busy < 0.01 {
        State::Idle
    } else {
        State::Healthy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Vitals = Vitals {
        up: true,
        offered: 100.0,
        completed: 100.0,
        errors: 0.0,
        refused: 0.0,
        busy: 3.0,
        full: 0.0,
        backlog: 0.0,
        backlog_before: 0.0,
        usual: 100.0,
        starved: false,
        callers_stuck: false,
    };

    #[test]
    fn each_state_has_its_case() {
        for (vitals, state) in [
            (CALM, State::Healthy),
            (
                Vitals {
                    offered: 0.0,
                    busy: 0.0,
                    ..CALM
                },
                State::Idle,
            ),
            (Vitals { full: 0.8, ..CALM }, State::Saturated),
            (
                Vitals {
                    offered: 60.0,
                    callers_stuck: true,
                    ..CALM
                },
                State::Starved,
            ),
            (
                Vitals {
                    backlog: 50.0,
                    backlog_before: 90.0,
                    full: 1.0,
                    ..CALM
                },
                State::Draining,
            ),
            (
                Vitals {
                    backlog: 60.0,
                    backlog_before: 50.0,
                    full: 1.0,
                    ..CALM
                },
                State::Saturated,
            ),
            (
                Vitals {
                    errors: 10.0,
                    ..CALM
                },
                State::Failing,
            ),
            (
                Vitals {
                    refused: 1.0,
                    full: 1.0,
                    ..CALM
                },
                State::Shedding,
            ),
            (
                Vitals {
                    up: false,
                    refused: 9.0,
                    ..CALM
                },
                State::Restarting,
            ),
        ] {
            assert_eq!(judge(&vitals), state, "{vitals:?}");
        }
    }

    #[test]
    fn words_differ() {
        let mut words: Vec<&str> = State::ALL.iter().map(|s| s.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), State::ALL.len());
    }
}
