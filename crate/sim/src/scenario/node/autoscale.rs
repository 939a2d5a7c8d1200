//! What a person can set of the autoscaler of a service.

use super::Service;
use crate::autoscale::Metric;
use crate::field::{Control, Field, access, choice};
use crate::units::{Ratio, Span};

const LONGEST: Span = Span::secs(3_600);

/// The rows of the autoscaler.
pub(super) const FIELDS: &[Field<Service>] = &[
    Field::new(
        "autoscale.on",
        "Autoscaling",
        Control::Flag,
        access!(Flag, autoscale.on),
        "Whether the number of replicas follows a metric. It begins with the replicas above.",
        "Kubernetes HorizontalPodAutoscaler",
    ),
    Field::new(
        "autoscale.min",
        "Fewest replicas",
        Control::Count(1, 100),
        access!(Count, autoscale.min),
        "It never scales to fewer. Of an autoscaler.",
        "Kubernetes HPA, minReplicas: 1",
    ),
    Field::new(
        "autoscale.max",
        "Most replicas",
        Control::Count(1, 100),
        access!(Count, autoscale.max),
        "It never scales to more. Of an autoscaler.",
        "Kubernetes HPA, maxReplicas; it has no default there",
    ),
    Field::new(
        "autoscale.metric",
        "Scales by",
        Control::Choice(&["CPU", "concurrency", "queue", "backlog"]),
        choice!(autoscale.metric, Metric::ALL),
        "CPU: the share of threads busy with own work; those that wait for others use none. Concurrency: requests in \
         flight at a replica. Queue: what waits there for a thread. Backlog: messages ready in the queues before it. Of \
         an autoscaler.",
        "Kubernetes HPA: resource, pods and external metrics",
    ),
    Field::new(
        "autoscale.utilization",
        "CPU target",
        Control::Factor(Ratio::percent(1), Ratio::whole(1)),
        access!(Ratio, autoscale.utilization),
        "How busy it wants the threads to be, in whole per cent. Of an autoscaler by CPU; a pool without a bound has no \
         such share.",
        "Kubernetes HPA: 80 % where no metric is given",
    ),
    Field::new(
        "autoscale.average",
        "Target per replica",
        Control::Factor(Ratio::micros(1_000), Ratio::whole(1_000_000)),
        access!(Ratio, autoscale.average),
        "How many it wants each replica to have. Of an autoscaler by concurrency, queue or backlog.",
        "Kubernetes HPA, averageValue; it has no default there",
    ),
    Field::new(
        "autoscale.sync",
        "Judges every",
        Control::Span(Span::millis(100), LONGEST),
        access!(Span, autoscale.sync),
        "How often it compares metric and target. Of an autoscaler.",
        "Kubernetes --horizontal-pod-autoscaler-sync-period: 15 s",
    ),
    Field::new(
        "autoscale.tolerance",
        "Tolerance",
        Control::Share,
        access!(Ratio, autoscale.tolerance),
        "While metric / target is no further from 1 it does nothing. Of an autoscaler.",
        "Kubernetes --horizontal-pod-autoscaler-tolerance: 0.1",
    ),
    Field::new(
        "autoscale.window",
        "Metrics every",
        Control::Span(Span::millis(100), LONGEST),
        access!(Span, autoscale.window),
        "How often metrics are read; a reading is the mean since the one before. Of an autoscaler.",
        "metrics-server --metric-resolution: 15 s",
    ),
    Field::new(
        "autoscale.delay",
        "Metrics come after",
        Control::Span(Span::ZERO, LONGEST),
        access!(Span, autoscale.delay),
        "How long a reading takes to get to the autoscaler. Of an autoscaler.",
        "Tailback: none beside the time between two readings",
    ),
    Field::new(
        "autoscale.startup",
        "A replica starts in",
        Control::Span(Span::ZERO, LONGEST),
        access!(Span, autoscale.startup),
        "From the decision until a new replica is ready and gets requests: scheduling, pulling, starting. Of an \
         autoscaler.",
        "Tailback: a JVM service; Kubernetes waits 30 s for the first readiness",
    ),
    Field::new(
        "autoscale.up_share",
        "Grows by",
        Control::Factor(Ratio::ZERO, Ratio::whole(100)),
        access!(Ratio, autoscale.up_share),
        "By what share of its replicas it may grow in a period: 1 doubles them. Of an autoscaler.",
        "Kubernetes HPA scaleUp policy Percent: 100 in 15 s",
    ),
    Field::new(
        "autoscale.up_pods",
        "Or by replicas",
        Control::Count(0, 100),
        access!(Count, autoscale.up_pods),
        "By how many replicas it may grow in a period; the larger of both counts. Of an autoscaler.",
        "Kubernetes HPA scaleUp policy Pods: 4 in 15 s",
    ),
    Field::new(
        "autoscale.up_window",
        "Grows after",
        Control::Span(Span::ZERO, LONGEST),
        access!(Span, autoscale.up_window),
        "It grows to the lowest recommendation of this time. Of an autoscaler.",
        "Kubernetes HPA scaleUp stabilizationWindowSeconds: 0",
    ),
    Field::new(
        "autoscale.down_share",
        "Shrinks by",
        Control::Share,
        access!(Ratio, autoscale.down_share),
        "By what share of its replicas it may shrink in a period. Of an autoscaler.",
        "Kubernetes HPA scaleDown policy Percent: 100 in 15 s",
    ),
    Field::new(
        "autoscale.down_window",
        "Shrinks after",
        Control::Span(Span::ZERO, LONGEST),
        access!(Span, autoscale.down_window),
        "It shrinks to the highest recommendation of this time, so that a short lull takes nothing away. Of an \
         autoscaler.",
        "Kubernetes HPA scaleDown stabilizationWindowSeconds: 300",
    ),
    Field::new(
        "autoscale.period",
        "Within",
        Control::Span(Span::millis(100), LONGEST),
        access!(Span, autoscale.period),
        "The period in which it may grow or shrink by as much. Of an autoscaler.",
        "Kubernetes HPA policies, periodSeconds: 15",
    ),
];
