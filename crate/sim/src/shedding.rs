//! Shedding by criticality: who may wait in an accept queue, and who has to make room.
//!
//! Two rules of buffers with priorities. *Partial buffer sharing*: a class may fill the queue only up to its share, so
//! that the rest is kept for what matters more. *Push-out*: where there is no room for a request, one that matters
//! less is turned away in its stead. Both act on who waits; what is at work goes on.
//!
//! Source: Kröner, Hébuterne, Boyer and Gravey, "Priority management in ATM switching nodes" (IEEE JSAC 1991), for the
//! rules; the classes are those of [`Criticality`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::criticality::Criticality;
use crate::units::{Limit, Ratio};

/// How a service sheds by criticality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Shedding {
    /// Whether what finds no room takes the place of one that matters less.
    pub push_out: bool,
    /// The part of the accept queue that critical requests may fill.
    pub critical: Ratio,
    /// The part that sheddable plus ones may fill.
    pub sheddable_plus: Ratio,
    /// The part that sheddable ones may fill.
    pub sheddable: Ratio,
}

impl Default for Shedding {
    fn default() -> Self {
        Shedding {
            push_out: false,
            critical: Ratio::ONE,
            sheddable_plus: Ratio::ONE,
            sheddable: Ratio::ONE,
        }
    }
}

impl Shedding {
    /// Whether it makes any difference what a request's class is.
    pub fn is_on(&self) -> bool {
        *self != Shedding::default()
    }

    /// How many may wait so that one more of a class still may, in a queue of this length; without a bound there is no
    /// share of it.
    pub fn room(&self, class: Criticality, queue: Limit) -> Limit {
        let share = match class {
            Criticality::CriticalPlus => Ratio::ONE,
            Criticality::Critical => self.critical,
            Criticality::SheddablePlus => self.sheddable_plus,
            Criticality::Sheddable => self.sheddable,
        };
        match queue {
            Limit::Of(most) => {
                let part = u64::from(most) * share.as_micros() / Ratio::ONE.as_micros();
                Limit::Of(part.min(u64::from(most)) as u32)
            }
            Limit::Unbounded => Limit::Unbounded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_may_fill_its_share_rounded_down() {
        let of = Shedding {
            sheddable: Ratio::percent(25),
            sheddable_plus: Ratio::ZERO,
            ..Shedding::default()
        };
        let room = |class, most| of.room(class, Limit::Of(most)).number();
        assert_eq!(room(Criticality::CriticalPlus, 10), Some(10));
        assert_eq!(room(Criticality::Critical, 10), Some(10));
        assert_eq!(room(Criticality::SheddablePlus, 10), Some(0));
        assert_eq!(room(Criticality::Sheddable, 10), Some(2));
        assert_eq!(room(Criticality::Sheddable, 3), Some(0));
        assert_eq!(
            of.room(Criticality::Sheddable, Limit::Unbounded),
            Limit::Unbounded
        );
        assert!(of.is_on() && !Shedding::default().is_on());
    }
}
