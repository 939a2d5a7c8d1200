//! Autoscaling: how many replicas a service should have, by Kubernetes' horizontal pod autoscaler.
//!
//! `advice` has its formula, `behavior` what it does with the result: windows and limits. Terms and defaults are
//! those of `autoscaling/v2`.

pub mod advice;
pub mod behavior;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Ratio, Span};

/// When and how far a service is scaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Autoscale {
    /// Whether it is.
    pub on: bool,
    /// The fewest replicas.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// What it goes by.
    pub metric: Metric,
    /// The target of the metric `cpu`: busy by own work, as a share of the threads.
    pub utilization: Ratio,
    /// The target of every other metric: so many for each replica.
    pub average: Ratio,
    /// How often it judges.
    pub sync: Span,
    /// How far from one the ratio of metric and target may be without consequence.
    pub tolerance: Ratio,
    /// How often metrics are read: a reading is the mean since the one before it.
    pub window: Span,
    /// How long a reading takes until it counts.
    pub delay: Span,
    /// How long a new replica takes until it is ready.
    pub startup: Span,
    /// By what share of the replicas it may grow in a period.
    pub up_share: Ratio,
    /// By how many replicas it may grow in a period, where that is more.
    pub up_pods: u32,
    /// It grows to the lowest of the recommendations of so long.
    pub up_window: Span,
    /// By what share of the replicas it may shrink in a period.
    pub down_share: Ratio,
    /// It shrinks to the highest of the recommendations of so long.
    pub down_window: Span,
    /// The period of both limits.
    pub period: Span,
}

/// What an autoscaler goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Threads busy with own work, as a share of the threads: those that wait use no CPU.
    #[default]
    Cpu,
    /// Requests in flight at a replica, those in its accept queue included.
    Concurrency,
    /// Requests and prefetched messages that wait at a replica.
    Queue,
    /// Messages that are ready in the queues that lead to the service.
    Backlog,
}

impl Metric {
    /// Every metric, in the order of the form.
    pub const ALL: [Metric; 4] = [
        Metric::Cpu,
        Metric::Concurrency,
        Metric::Queue,
        Metric::Backlog,
    ];
}

impl Default for Autoscale {
    fn default() -> Self {
        Autoscale {
            on: false,
            min: 1,
            max: 10,
            metric: Metric::Cpu,
            utilization: Ratio::percent(80),
            average: Ratio::whole(10),
            sync: Span::secs(15),
            tolerance: Ratio::percent(10),
            window: Span::secs(15),
            delay: Span::ZERO,
            startup: Span::secs(30),
            up_share: Ratio::ONE,
            up_pods: 4,
            up_window: Span::ZERO,
            down_share: Ratio::ONE,
            down_window: Span::secs(300),
            period: Span::secs(15),
        }
    }
}
