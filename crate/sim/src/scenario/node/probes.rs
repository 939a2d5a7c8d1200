//! What a person can set of the probes of a service.

use super::Service;
use crate::field::{Control, Field, access};
use crate::units::Span;

const SHORTEST: Span = Span::millis(10);
const LONGEST: Span = Span::secs(3_600);

/// The rows that both probes have.
macro_rules! rows {
    ($part:ident, $label:literal, $does:literal, $($more:expr),* $(,)?) => {
        &[
            Field::new(
                concat!(stringify!($part), ".on"),
                concat!($label, " probe"),
                Control::Flag,
                access!(Flag, $part.on),
                $does,
                concat!("Kubernetes ", stringify!($part), "Probe; there is none by default"),
            ),
            Field::new(
                concat!(stringify!($part), ".period"),
                concat!($label, " asked every"),
                Control::Span(SHORTEST, LONGEST),
                access!(Span, $part.period),
                "How often a replica is asked. It is not asked while an answer is outstanding.",
                "Kubernetes periodSeconds: 10",
            ),
            Field::new(
                concat!(stringify!($part), ".timeout"),
                concat!($label, " timeout"),
                Control::Span(Span::millis(1), LONGEST),
                access!(Span, $part.timeout),
                "How long an answer may take; after that the probe has failed.",
                "Kubernetes timeoutSeconds: 1",
            ),
            Field::new(
                concat!(stringify!($part), ".failures"),
                concat!($label, " failures"),
                Control::Count(1, 100),
                access!(Count, $part.failures),
                "So many in a row count.",
                "Kubernetes failureThreshold: 3",
            ),
            Field::new(
                concat!(stringify!($part), ".delay"),
                concat!($label, " delay"),
                Control::Span(Span::ZERO, LONGEST),
                access!(Span, $part.delay),
                "How long after its start a replica is first asked.",
                "Kubernetes initialDelaySeconds: 0",
            ),
            Field::new(
                concat!(stringify!($part), ".work"),
                concat!($label, " costs"),
                Control::Span(Span::ZERO, Span::secs(60)),
                access!(Span, $part.work),
                "The own work of an answer.",
                "Tailback",
            ),
            Field::new(
                concat!(stringify!($part), ".apart"),
                concat!($label, " apart"),
                Control::Flag,
                access!(Flag, $part.apart),
                "Whether a thread of its own answers. Else the probe needs a thread of the pool, waits in the accept \
                 queue like any request, and fails at once where that is full.",
                "Spring Boot: management.server.port is unset, so that probes share the pool",
            ),
            $($more),*
        ]
    };
}

/// The rows of the readiness probe.
pub(super) const READINESS: &[Field<Service>] = rows!(
    readiness,
    "Readiness",
    "Whether each replica is asked if it is ready. One that is not gets no requests, but still messages; a new one \
     is not ready before its first success. While none is ready all requests are refused.",
    Field::new(
        "readiness.successes",
        "Readiness successes",
        Control::Count(1, 100),
        access!(Count, readiness.successes),
        "So many in a row bring it back.",
        "Kubernetes successThreshold: 1",
    ),
    Field::new(
        "readiness.panic",
        "Panic threshold",
        Control::Share,
        access!(Ratio, readiness.panic),
        "With a smaller share of its replicas ready than this, requests go to all that run, ready or not. 0: never.",
        "Envoy healthy_panic_threshold: 50 %; a Kubernetes Service has none",
    ),
);

/// The rows of the liveness probe.
pub(super) const LIVENESS: &[Field<Service>] = rows!(
    liveness,
    "Liveness",
    "Whether each replica is asked if it lives. One that fails is killed with all that is under way there, and \
     started again after its back-off: that cures a hang, and makes an overload worse.",
);
