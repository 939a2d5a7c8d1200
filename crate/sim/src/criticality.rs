//! Criticality: how much it matters that a request is served. Those that matter least are turned away first.
//!
//! Source: Site Reliability Engineering, chapter 21, "Criticality": four classes, handed on with every call that a
//! request causes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much it matters that a request is served; the order is from most to least.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Criticality {
    /// What must not fail: people notice at once, and badly.
    CriticalPlus,
    /// What people notice. The default.
    #[default]
    Critical,
    /// What may fail for a while, and is tried again later: batch work.
    SheddablePlus,
    /// What may often fail.
    Sheddable,
}

impl Criticality {
    /// Every class, from that which matters most to that which matters least.
    pub const ALL: [Criticality; 4] = [
        Criticality::CriticalPlus,
        Criticality::Critical,
        Criticality::SheddablePlus,
        Criticality::Sheddable,
    ];

    /// Its word in reports.
    pub const fn key(self) -> &'static str {
        match self {
            Criticality::CriticalPlus => "critical_plus",
            Criticality::Critical => "critical",
            Criticality::SheddablePlus => "sheddable_plus",
            Criticality::Sheddable => "sheddable",
        }
    }

    /// Its word on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Criticality::CriticalPlus => "critical plus",
            Criticality::Critical => "critical",
            Criticality::SheddablePlus => "sheddable plus",
            Criticality::Sheddable => "sheddable",
        }
    }

    /// Whether it matters less than another.
    pub fn is_below(self, other: Criticality) -> bool {
        self > other
    }
}
