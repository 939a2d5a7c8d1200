//! Operations: what becomes of a client's requests, told apart by what they ask for.

use serde::Serialize;

use super::flow::OperationFlow;
use super::histogram::Histogram;
use super::recent::Recent;
use super::report::Times;
use super::tally::percentiles;
use super::window::{Window, share};
use crate::event::OpIx;
use crate::frame::OperationFrame;
use crate::operation::OperationName;
use crate::outcome::Outcome;
use crate::simulation::world::{Source, World};
use crate::units::Span;

/// Counts of an operation of a client.
#[derive(Debug, Clone, Copy, Default)]
pub struct OperationCounts {
    pub offered: u64,
    pub answered: u64,
    pub ok: u64,
    pub good: u64,
    pub refused: u64,
}

/// The tally of an operation of a client.
#[derive(Debug, Clone)]
pub struct OperationTally {
    operation: OpIx,
    name: OperationName,
    /// Whether the client sends it, as it is set now.
    sent: bool,
    counts: OperationCounts,
    /// Ok answers.
    latency: Histogram,
    recent: Recent<OperationFlow>,
}

/// All operations that a client ever sent; those without a name are not told apart.
#[derive(Debug, Clone, Default)]
pub struct Operations(Vec<OperationTally>);

/// An operation of a client.
#[derive(Debug, Clone, Serialize)]
pub struct OperationReport {
    /// Its name.
    pub id: String,
    /// Requests sent.
    pub offered: u64,
    /// Requests sent, per second.
    pub offered_per_s: f64,
    /// Requests answered, well or badly.
    pub answered: u64,
    /// Ok answers.
    pub ok: u64,
    /// Ok answers within the deadline.
    pub good: u64,
    /// The same, per second.
    pub goodput_per_s: f64,
    /// Good answers divided by requests sent.
    pub goodput_share: f64,
    /// Refused.
    pub refused: u64,
    /// Of ok answers, from the request.
    pub latency: Times,
}

impl Operations {
    /// Takes over which there are.
    pub fn follow(&mut self, source: &Source, world: &World) {
        for of in &mut self.0 {
            of.sent = source
                .operations
                .iter()
                .any(|asked| asked.operation == of.operation);
        }
        for operation in source.operations.iter().map(|of| of.operation) {
            let Some(name) = world.operation_name(operation) else {
                continue;
            };
            if self.of(operation).is_none() {
                self.0.push(OperationTally {
                    operation,
                    name: name.clone(),
                    sent: true,
                    counts: OperationCounts::default(),
                    latency: Histogram::default(),
                    recent: Recent::default(),
                });
            }
        }
    }

    fn of(&mut self, operation: OpIx) -> Option<&mut OperationTally> {
        self.0.iter_mut().find(|of| of.operation == operation)
    }

    /// A client sent a request.
    pub fn arrived(&mut self, operation: OpIx) {
        if let Some(of) = self.of(operation) {
            of.counts.offered += 1;
        }
    }

    /// A client has its answer.
    pub fn replied(&mut self, operation: OpIx, outcome: Outcome, took: Span, deadline: Span) {
        let Some(of) = self.of(operation) else {
            return;
        };
        of.counts.answered += 1;
        match outcome {
            Outcome::Ok => {
                of.counts.ok += 1;
                of.counts.good += u64::from(took <= deadline);
                of.latency.record(took);
                of.recent.record(took);
            }
            Outcome::Refused(_) => of.counts.refused += 1,
            Outcome::Error | Outcome::TimedOut | Outcome::Cancelled => {}
        }
    }

    /// A bucket closes.
    pub fn close(&mut self) {
        for of in &mut self.0 {
            of.recent.close(OperationFlow {
                offered: of.counts.offered,
                good: of.counts.good,
                refused: of.counts.refused,
            });
        }
    }

    /// Counts anew from here.
    pub fn restart(&mut self) {
        for of in &mut self.0 {
            of.counts = OperationCounts::default();
            of.latency = Histogram::default();
            of.recent = Recent::default();
        }
    }

    /// Those that the client sends, or sent in this time.
    pub fn report(&self, window: Window) -> Vec<OperationReport> {
        let told = |of: &&OperationTally| of.sent || of.counts.offered > 0;
        let report = |of: &OperationTally| OperationReport {
            id: of.name.to_string(),
            offered: of.counts.offered,
            offered_per_s: window.rate(of.counts.offered),
            answered: of.counts.answered,
            ok: of.counts.ok,
            good: of.counts.good,
            goodput_per_s: window.rate(of.counts.good),
            goodput_share: share(of.counts.good, of.counts.offered),
            refused: of.counts.refused,
            latency: (&of.latency).into(),
        };
        self.0.iter().filter(told).map(report).collect()
    }

    /// Those that the client sends, over the last full second.
    pub fn frame(&self, scratch: &mut Vec<u64>) -> Vec<OperationFrame> {
        let sent = self.0.iter().filter(|of| of.sent);
        sent.map(|of| {
            let (second, secs) = of.recent.second();
            let rate = |count: u64| {
                if secs > 0.0 {
                    (count as f64 / secs) as f32
                } else {
                    0.0
                }
            };
            OperationFrame {
                name: of.name.to_string(),
                offered: rate(second.offered),
                good: rate(second.good),
                refused: rate(second.refused),
                latency: percentiles(of.recent.spans(), scratch),
            }
        })
        .collect()
    }
}
