//! Probes: small requests by which an orchestrator asks a process how it does.
//!
//! Kubernetes' terms and thresholds. A result counts once so many of its kind have come in a row: a process that
//! fails its readiness gets no requests, one that fails its liveness is killed and started again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Ratio, Span};

/// Whether a process may be sent requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Readiness {
    /// Whether it is asked.
    pub on: bool,
    /// How often.
    pub period: Span,
    /// How long an answer may take.
    pub timeout: Span,
    /// So many failures in a row take it out.
    pub failures: u32,
    /// So many successes in a row bring it back.
    pub successes: u32,
    /// How long after its start it is first asked.
    pub delay: Span,
    /// What an answer costs.
    pub work: Span,
    /// Whether it is answered apart from the pool.
    pub apart: bool,
    /// With a smaller share of ready replicas than this the balancer takes no notice of readiness.
    pub panic: Ratio,
}

/// Whether a process is of any use, or has to be started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Liveness {
    /// Whether it is asked.
    pub on: bool,
    /// How often.
    pub period: Span,
    /// How long an answer may take.
    pub timeout: Span,
    /// So many failures in a row kill it.
    pub failures: u32,
    /// How long after its start it is first asked.
    pub delay: Span,
    /// What an answer costs.
    pub work: Span,
    /// Whether it is answered apart from the pool.
    pub apart: bool,
}

impl Default for Readiness {
    fn default() -> Self {
        Readiness {
            on: false,
            period: Span::secs(10),
            timeout: Span::secs(1),
            failures: 3,
            successes: 1,
            delay: Span::ZERO,
            work: Span::millis(1),
            apart: false,
            panic: Ratio::ZERO,
        }
    }
}

impl Default for Liveness {
    fn default() -> Self {
        Liveness {
            on: false,
            period: Span::secs(10),
            timeout: Span::secs(1),
            failures: 3,
            delay: Span::ZERO,
            work: Span::millis(1),
            apart: false,
        }
    }
}

/// Which probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Whether it may be sent requests.
    Readiness,
    /// Whether it has to be started again.
    Liveness,
}

impl Which {
    /// Both.
    pub const ALL: [Which; 2] = [Which::Readiness, Which::Liveness];
}

/// What both kinds have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whether it is asked.
    pub on: bool,
    /// How often.
    pub period: Span,
    /// How long an answer may take.
    pub timeout: Span,
    /// So many failures in a row count.
    pub failures: u32,
    /// So many successes in a row count.
    pub successes: u32,
    /// How long after its start it is first asked.
    pub delay: Span,
    /// What an answer costs.
    pub work: Span,
    /// Whether it is answered apart from the pool.
    pub apart: bool,
}

impl From<&Readiness> for Rule {
    fn from(of: &Readiness) -> Self {
        Rule {
            on: of.on,
            period: of.period,
            timeout: of.timeout,
            failures: of.failures,
            successes: of.successes,
            delay: of.delay,
            work: of.work,
            apart: of.apart,
        }
    }
}

impl From<&Liveness> for Rule {
    fn from(of: &Liveness) -> Self {
        Rule {
            on: of.on,
            period: of.period,
            timeout: of.timeout,
            failures: of.failures,
            successes: 1,
            delay: of.delay,
            work: of.work,
            apart: of.apart,
        }
    }
}

/// What the results of a probe say so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    ok: bool,
    /// The last result, and how often it has come in a row.
    last: bool,
    run: u32,
}

impl Health {
    /// Taken for well, or not, until results say otherwise.
    pub const fn new(ok: bool) -> Self {
        Health {
            ok,
            last: ok,
            run: 0,
        }
    }

    /// Takes in a result; whether it has changed what the results say.
    pub const fn take(&mut self, rule: &Rule, ok: bool) -> bool {
        self.run = if ok == self.last {
            self.run.saturating_add(1)
        } else {
            1
        };
        self.last = ok;
        let enough = if ok { rule.successes } else { rule.failures };
        let changes = self.ok != ok && self.run >= enough;
        if changes {
            self.ok = ok;
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of the results that change something.
    fn changes(mut health: Health, rule: &Rule, results: &str) -> Vec<usize> {
        let results = results.bytes().map(|result| result == b'+').enumerate();
        results
            .filter(|(_, ok)| health.take(rule, *ok))
            .map(|(place, _)| place)
            .collect()
    }

    /// kubelet, prober/worker.go: a result resets the run of the other kind.
    #[test]
    fn a_result_counts_once_it_has_come_often_enough_in_a_row() {
        let rule = Rule {
            successes: 2,
            ..Rule::from(&Readiness::default())
        };
        assert_eq!(
            changes(Health::new(true), &rule, "--+--+---+-++--"),
            [8, 12]
        );
        assert_eq!(changes(Health::new(false), &rule, "-+-+++-"), [4]);
    }

    #[test]
    fn by_default_three_failures_and_one_success_count() {
        let rule = Rule::from(&Liveness::default());
        assert_eq!(changes(Health::new(true), &rule, "---"), [2]);
        assert_eq!(changes(Health::new(false), &rule, "+"), [0]);
    }
}
