//! What a person can set of a client.

use super::{Arrivals, Client};
use crate::field::{Control, Field, access, choice};
use crate::units::{Rate, Ratio, Span};

impl Client {
    /// What a person can set.
    pub const FIELDS: &'static [Field<Client>] = &[
        Field::new(
            "rate",
            "Rate",
            Control::Rate(Rate::per_sec(0), Rate::per_sec(20_000)),
            access!(Rate, rate),
            "Requests per second. They keep coming whether or not earlier ones were answered; a closed population \
             has no rate of its own.",
            "open-loop load: Schroeder et al., NSDI 2006",
        ),
        Field::new(
            "arrivals",
            "Arrivals",
            Control::Choice(&["Poisson", "constant", "bursty", "closed"]),
            choice!(arrivals, Arrivals::ALL),
            "Poisson: independent of each other, as many users are. Constant: at equal gaps. Bursty: in bursts with \
             silences between them. Closed: a number of users, each of whom waits for an answer before the next request.",
            "queueing theory's M and D; interrupted Poisson process: Kuczura 1973; open and closed: NSDI 2006",
        ),
        Field::new(
            "burst.size",
            "Requests in a burst",
            Control::Factor(Ratio::ONE, Ratio::whole(10_000)),
            access!(Ratio, burst.size),
            "How many requests a burst has, mean; their number is geometric. For bursty arrivals.",
            "Tailback",
        ),
        Field::new(
            "burst.peak",
            "Rate in a burst",
            Control::Factor(Ratio::ONE, Ratio::whole(1_000)),
            access!(Ratio, burst.peak),
            "The rate within a burst divided by the mean rate, which the silences keep. For bursty arrivals.",
            "peak-to-mean ratio of traffic engineering",
        ),
        Field::new(
            "closed.users",
            "Users",
            Control::Count(1, 10_000),
            access!(Count, closed.users),
            "How many users there are; each has at most one request under way. A spike multiplies them, up to 100,000. For closed \
             arrivals.",
            "the N of the interactive response time law",
        ),
        Field::new(
            "closed.think",
            "Think time",
            Control::Dist(Span::ZERO, Span::secs(3_600)),
            access!(Dist, closed.think),
            "How long a user thinks between an answer and the next request. For closed arrivals.",
            "the Z of the interactive response time law",
        ),
        Field::new(
            "profile",
            "Over time",
            Control::Profile,
            access!(Profile, profile),
            "How the rate changes over the run: a factor on it. Spikes multiply with it. A closed population has no \
             rate and keeps its number.",
            "load profiles of load testing: step, ramp, spike, sine",
        ),
        Field::new(
            "operations",
            "Operations",
            Control::Operations,
            access!(Operations, operations),
            "What its requests ask for, such as browse and buy; each request draws one of them by weight. A call can be \
             for some operations only, and services can shed by how critical they are. Without any, all requests ask for the same.",
            "workload mixes of TPC-W and YCSB: operations with proportions; criticality: SRE book ch. 21",
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
