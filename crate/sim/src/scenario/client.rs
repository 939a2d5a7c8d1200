//! Clients: where requests come from, and what is asked of the answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Field, Value, access};
use crate::units::{Rate, Span};

/// An open-loop source of requests: it does not wait for answers before it sends the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Requests per second.
    pub rate: Rate,
    /// How they are spread in time.
    pub arrivals: Arrivals,
    /// An answer counts for goodput only if it comes within this time.
    pub deadline: Span,
    /// A request's effects count as *in time* only if the last one comes within this time.
    pub effect_deadline: Span,
}

/// How requests are spread in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Independent of each other: exponential gaps.
    Poisson,
    /// One after the other at equal gaps.
    Constant,
}

impl Default for Client {
    fn default() -> Self {
        Client {
            rate: Rate::per_sec(50),
            arrivals: Arrivals::Poisson,
            deadline: Span::secs(1),
            effect_deadline: Span::secs(120),
        }
    }
}

impl Client {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Client>] = &[
        Field::new(
            "rate",
            "Rate",
            Control::Rate(Rate::per_sec(0), Rate::per_sec(20_000)),
            access!(Rate, rate),
            "Requests per second. They keep coming whether or not earlier ones were answered.",
            "open-loop load: Schroeder et al., NSDI 2006",
        ),
        Field::new(
            "arrivals",
            "Arrivals",
            Control::Choice(&["Poisson", "constant"]),
            (
                |of| Value::Choice(of.arrivals as usize),
                |of, value| {
                    if let Value::Choice(place) = value {
                        of.arrivals = [Arrivals::Poisson, Arrivals::Constant][place.min(1)];
                    }
                },
            ),
            "Poisson: independent of each other, as many users are. Constant: at equal gaps.",
            "queueing theory's M and D",
        ),
        Field::new(
            "deadline",
            "Deadline",
            Control::Span(Span::millis(1), Span::secs(600)),
            access!(Span, deadline),
            "An ok answer counts for goodput only if it comes within this time of the request.",
            "goodput: SRE book, chapters 21 and 22",
        ),
        Field::new(
            "effect_deadline",
            "Effects within",
            Control::Span(Span::millis(1), Span::secs(3_600)),
            access!(Span, effect_deadline),
            "A request's effects count as in time if the last of them is done within this time of it.",
            "Tailback's own measure: a cure must not merely postpone the work for ever",
        ),
    ];
}
