//! Shares of an adaptive limit by criticality: each class has a part of it for certain, and what others leave besides.
//!
//! Source: Netflix concurrency-limits, `AbstractPartitionedLimiter`: a call is refused where the limit is reached and
//! its own partition is full. A partition has at least one place. So the limit can be exceeded by what one class had
//! beyond its share before the others came.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Adaptive;
use crate::criticality::Criticality;
use crate::field::{Control, Field, access};
use crate::units::Ratio;

/// What part of the limit each class has for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Shares {
    /// Whether the class of a call matters.
    pub on: bool,
    /// Of critical plus calls.
    pub critical_plus: Ratio,
    /// Of critical ones.
    pub critical: Ratio,
    /// Of sheddable plus ones.
    pub sheddable_plus: Ratio,
    /// Of sheddable ones.
    pub sheddable: Ratio,
}

impl Default for Shares {
    fn default() -> Self {
        Shares {
            on: false,
            critical_plus: Ratio::ZERO,
            critical: Ratio::percent(90),
            sheddable_plus: Ratio::ZERO,
            sheddable: Ratio::percent(10),
        }
    }
}

impl Shares {
    /// All of them together.
    pub fn sum(&self) -> Ratio {
        let all = [
            self.critical_plus,
            self.critical,
            self.sheddable_plus,
            self.sheddable,
        ];
        Ratio::micros(all.map(Ratio::as_micros).iter().sum())
    }

    /// How many places of a limit a class has for certain.
    pub fn of(&self, class: Criticality, limit: u32) -> u32 {
        let share = match class {
            Criticality::CriticalPlus => self.critical_plus,
            Criticality::Critical => self.critical,
            Criticality::SheddablePlus => self.sheddable_plus,
            Criticality::Sheddable => self.sheddable,
        };
        let part = u64::from(limit) * share.as_micros();
        let part = part.div_ceil(Ratio::ONE.as_micros()).max(1);
        part.min(u64::from(limit)) as u32
    }
}

const SOURCE: &str = "Netflix concurrency-limits, partitions: live 0.9, batch 0.1 in its example";

/// What a person can set of it.
pub(super) const FIELDS: &[Field<Adaptive>] = &[
    Field::new(
        "share.on",
        "Shares by criticality",
        Control::Flag,
        access!(Flag, share.on),
        "Whether the class of a call matters. A class may use what others leave; once the limit is reached, a call is let \
         in only where its class has less than its share under way.",
        "Netflix concurrency-limits, AbstractPartitionedLimiter; SimpleLimiter has no shares",
    ),
    Field::new(
        "share.critical_plus",
        "Share of critical plus",
        Control::Share,
        access!(Ratio, share.critical_plus),
        "What part of the limit critical plus calls have for certain, at least one place. All four together should be at \
         most 100 %.",
        SOURCE,
    ),
    Field::new(
        "share.critical",
        "Share of critical",
        Control::Share,
        access!(Ratio, share.critical),
        "The same for critical calls.",
        SOURCE,
    ),
    Field::new(
        "share.sheddable_plus",
        "Share of sheddable plus",
        Control::Share,
        access!(Ratio, share.sheddable_plus),
        "The same for sheddable plus calls.",
        SOURCE,
    ),
    Field::new(
        "share.sheddable",
        "Share of sheddable",
        Control::Share,
        access!(Ratio, share.sheddable),
        "The same for sheddable calls.",
        SOURCE,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Entry;

    fn limit(most: u32, critical: u64, sheddable: u64) -> Adaptive {
        Adaptive {
            initial: most,
            least: most,
            most,
            share: Shares {
                on: true,
                critical: Ratio::percent(critical),
                sheddable: Ratio::percent(sheddable),
                ..Shares::default()
            },
            ..Adaptive::default()
        }
    }

    /// The cases of `AbstractPartitionedLimiterTest`: a limit of 10 of which batch has 0.3 and live 0.7.
    #[test]
    fn shares_are_those_of_the_reference() {
        let of = limit(10, 70, 30);
        let share = |class| of.share.of(class, 10);
        assert_eq!(
            Criticality::ALL.map(share),
            [1, 7, 1, 3],
            "at least one each"
        );
        let mut state = of.state();
        let mut enters = |class| of.enter(&mut state, class) != Entry::Refuse;
        assert!(
            (0..10).all(|_| enters(Criticality::Sheddable)),
            "the whole of it"
        );
        assert!(!enters(Criticality::Sheddable));
        assert!(
            (0..7).all(|_| enters(Criticality::Critical)),
            "its own part"
        );
        assert!(!enters(Criticality::Critical));
        assert_eq!(state.in_use(), 17);
    }

    #[test]
    fn without_shares_no_class_matters() {
        let of = Adaptive {
            share: Shares::default(),
            ..limit(2, 0, 0)
        };
        let mut state = of.state();
        for class in [Criticality::Sheddable, Criticality::CriticalPlus] {
            assert!(of.enter(&mut state, class) != Entry::Refuse);
        }
        for class in Criticality::ALL {
            assert_eq!(of.enter(&mut state, class), Entry::Refuse);
        }
    }
}
