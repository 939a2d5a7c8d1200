//! The score of a run: what two designs are judged by, with the word for the better one.

use serde::{Deserialize, Serialize};

use crate::meter::recovery::Verdict;
use crate::meter::report::SystemReport;
use crate::scenario::{Mode, NodeKind, Scenario};

/// Figures since the start of a run, all of them from facts but for the moving parts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Score {
    /// Requests that clients sent.
    pub requests: u64,
    /// Requests answered ok within the deadline, divided by those sent.
    pub goodput: f64,
    /// Of ok answers, 99 of 100 took at most so many milliseconds.
    pub p99_ms: Option<f64>,
    /// Requests refused, divided by those sent.
    pub refused: f64,
    /// Requests answered ok of which an effect was lost.
    pub lost: u64,
    /// Pieces of work that a service did a second time.
    pub duplicated: u64,
    /// From the answer to the last effect: 99 of 100 took at most so many milliseconds.
    pub staleness_p99_ms: Option<f64>,
    /// What became of the last fault.
    pub verdict: Verdict,
    /// After how many seconds it was overcome.
    pub recovery_s: Option<f64>,
    /// What has to be run and can break: services, brokers, and each async edge that stands in none.
    pub parts: u32,
}

/// Which of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

/// A figure of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: &'static str,
    /// What is counted.
    pub definition: &'static str,
    /// The first one's.
    pub a: String,
    /// The second one's.
    pub b: String,
    /// The better one, where they differ by more than they are written with.
    pub better: Option<Side>,
}

impl Score {
    /// Reads it off a run of this board.
    pub fn of(system: &SystemReport, board: &Scenario) -> Score {
        let share = |part: u64| {
            if system.requests == 0 {
                0.0
            } else {
                part as f64 / system.requests as f64
            }
        };
        Score {
            requests: system.requests,
            goodput: share(system.good),
            p99_ms: system.latency.p99_ms,
            refused: share(system.refused),
            lost: system.effects_lost,
            duplicated: system.effects_duplicated,
            staleness_p99_ms: system.staleness.p99_ms,
            verdict: system.recovery.verdict,
            recovery_s: system.recovery.recovery_s,
            parts: parts(board),
        }
    }

    /// Both scores, figure by figure.
    pub fn rows(a: &Score, b: &Score) -> [Row; 8] {
        let by = |name, definition, of: fn(&Score) -> (f64, String)| {
            let ((worth_a, a), (worth_b, b)) = (of(a), of(b));
            let better = match worth_a.total_cmp(&worth_b) {
                // Two that are written alike are alike to a reader; what is not a number cannot be judged.
                _ if a == b || worth_a.is_nan() || worth_b.is_nan() => None,
                std::cmp::Ordering::Greater => Some(Side::A),
                std::cmp::Ordering::Less => Some(Side::B),
                std::cmp::Ordering::Equal => None,
            };
            Row {
                name,
                definition,
                a,
                b,
                better,
            }
        };
        [
            by(
                "Goodput",
                "Requests answered ok within the client's deadline, of all that were sent",
                |s| (s.goodput, per_cent(s.goodput)),
            ),
            by(
                "Latency p99",
                "99 of 100 ok answers took at most this long, from the client's request",
                |s| (-s.p99_ms.unwrap_or(f64::INFINITY), time(s.p99_ms)),
            ),
            by("Refused", "Requests refused, of all that were sent", |s| {
                (-s.refused, per_cent(s.refused))
            }),
            by(
                "Lost effects",
                "Requests answered ok of which an effect was lost",
                |s| (-(s.lost as f64), s.lost.to_string()),
            ),
            by(
                "Duplicate effects",
                "Pieces of work that a service did a second time",
                |s| (-(s.duplicated as f64), s.duplicated.to_string()),
            ),
            by(
                "Staleness p99",
                "From the answer to the last effect that came by a message: 99 of 100 took at most this long",
                |s| {
                    let worth = -s.staleness_p99_ms.unwrap_or(0.0);
                    (
                        worth,
                        s.staleness_p99_ms
                            .map_or("none".into(), |ms| time(Some(ms))),
                    )
                },
            ),
            by(
                "Recovery",
                "From the end of the last fault to the first 5 s with a goodput of at least 95 % of the offered load",
                Score::recovery,
            ),
            by(
                "Moving parts",
                "Services, brokers, and each async edge that stands in no broker's card",
                |s| (-f64::from(s.parts), s.parts.to_string()),
            ),
        ]
    }

    fn recovery(&self) -> (f64, String) {
        match (self.verdict, self.recovery_s) {
            (Verdict::Recovered, Some(secs)) => (-secs, format!("{secs:.1} s")),
            (Verdict::Metastable, _) => (f64::NEG_INFINITY, "metastable".into()),
            // What is not decided is no better and no worse.
            (verdict, _) => (f64::NAN, verdict.word().into()),
        }
    }
}

fn parts(board: &Scenario) -> u32 {
    let nodes = board.nodes.values();
    let nodes = nodes.filter(|node| !matches!(node.kind, NodeKind::Client(_)));
    let edges = board.edges.values();
    let edges = edges.filter(|edge| edge.mode == Mode::Async && edge.via.is_none());
    (nodes.count() + edges.count()) as u32
}

fn per_cent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn time(ms: Option<f64>) -> String {
    match ms {
        None => "no answer".into(),
        Some(ms) if ms < 1.0 => format!("{:.0} µs", ms * 1e3),
        Some(ms) if ms < 999.5 => format!("{ms:.0} ms"),
        Some(ms) if ms < 99_950.0 => format!("{:.1} s", ms / 1e3),
        Some(ms) => format!("{:.0} s", ms / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_one_is_told_by_word_and_not_where_both_read_alike() {
        let a = Score {
            goodput: 0.5,
            p99_ms: Some(100.0),
            lost: 0,
            verdict: Verdict::Metastable,
            parts: 5,
            ..Score::default()
        };
        let b = Score {
            goodput: 0.99,
            p99_ms: Some(100.2),
            lost: 3,
            verdict: Verdict::Recovered,
            recovery_s: Some(2.0),
            staleness_p99_ms: Some(80.0),
            parts: 6,
            ..Score::default()
        };
        let better: Vec<_> = Score::rows(&a, &b)
            .into_iter()
            .map(|row| row.better)
            .collect();
        let (a, b) = (Some(Side::A), Some(Side::B));
        assert_eq!(better, [b, None, None, a, None, a, b, a]);
    }

    #[test]
    fn no_answer_at_all_is_worse_than_a_slow_one_and_undecided_is_not_judged() {
        let slow = Score {
            p99_ms: Some(9_000.0),
            verdict: Verdict::Recovered,
            recovery_s: Some(8.0),
            ..Score::default()
        };
        let dead = Score {
            verdict: Verdict::FaultOn,
            ..Score::default()
        };
        let rows = Score::rows(&slow, &dead);
        assert_eq!(rows[1].better, Some(Side::A));
        assert_eq!(
            (rows[1].a.as_str(), rows[1].b.as_str()),
            ("9.0 s", "no answer")
        );
        assert_eq!(rows[6].better, None);
    }
}
