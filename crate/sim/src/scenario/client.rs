//! Clients: where requests come from, and what is asked of the answers.

mod fields;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dist::Dist;
use crate::operation::Operation;
use crate::profile::Profile;
use crate::units::{Rate, Ratio, Span};

/// A source of requests: an open one, which does not wait for answers before it sends the next request, or a
/// closed population of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Requests per second, of open arrivals.
    pub rate: Rate,
    /// How they are spread in time.
    pub arrivals: Arrivals,
    /// What bursts are like, where arrivals are bursty.
    pub burst: Burst,
    /// The population, where arrivals are closed.
    pub closed: Closed,
    /// How the rate changes over time.
    pub profile: Profile,
    /// What its requests ask for; without any they all ask for the same, which has no name.
    pub operations: Vec<Operation>,
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
    /// In bursts, with silences in between; the mean rate is kept.
    Bursty,
    /// By a closed population: each user sends, waits for the answer and thinks.
    Closed,
}

impl Arrivals {
    /// Every kind, in the order of the form.
    pub const ALL: [Arrivals; 4] = [
        Arrivals::Poisson,
        Arrivals::Constant,
        Arrivals::Bursty,
        Arrivals::Closed,
    ];
}

/// Bursts: an interrupted Poisson process that keeps the mean rate. A burst has a geometric number of requests
/// with exponential gaps; the silence between two bursts is exponential, as long as the mean rate asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Burst {
    /// Requests in a burst, mean.
    pub size: Ratio,
    /// The rate within a burst divided by the mean rate.
    pub peak: Ratio,
}

impl Default for Burst {
    fn default() -> Self {
        Burst {
            size: Ratio::whole(20),
            peak: Ratio::whole(5),
        }
    }
}

/// A closed population of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Closed {
    /// How many.
    pub users: u32,
    /// How long each of them thinks between an answer and the next request.
    pub think: Dist,
}

impl Default for Closed {
    fn default() -> Self {
        Closed {
            users: 50,
            think: Dist::Exponential(Span::secs(1)),
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Client {
            rate: Rate::per_sec(50),
            arrivals: Arrivals::Poisson,
            burst: Burst::default(),
            closed: Closed::default(),
            profile: Profile::Steady,
            operations: Vec::new(),
            deadline: Span::secs(1),
            effect_deadline: Span::secs(120),
        }
    }
}

impl Client {
    /// Whether it never sends, whatever it is connected to.
    pub fn is_silent(&self) -> bool {
        match self.arrivals {
            Arrivals::Poisson | Arrivals::Constant | Arrivals::Bursty => {
                self.rate == Rate::default()
            }
            Arrivals::Closed => false,
        }
    }
}
