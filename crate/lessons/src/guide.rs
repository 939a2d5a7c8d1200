//! A guide: a few things to do, in order, each ticked off when the board shows that it was done.

use sim::scenario::{FaultKind, Mode};
use sim::units::Ratio;

/// The steps that lead through a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// The preset it belongs to.
    pub preset: &'static str,
    /// What to do, in order.
    pub steps: &'static [Step],
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What to do; it stands on a button that does it.
    pub action: &'static str,
    /// What to notice once it is done.
    pub notice: &'static str,
    /// What the button does; the step is done when the board shows it.
    pub act: Act,
}

/// Something a person can do on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Start the run.
    Play,
    /// Make a fault befall a node.
    Inject(&'static str, FaultKind),
    /// Switch an edge to a mode.
    Switch(&'static str, Mode),
    /// End all clicked faults on a node.
    Heal(&'static str),
    /// Put the design that the run began with beside the board.
    Compare,
}

/// The first minute: one slow dependency takes the shop down, and one click on an edge saves it.
pub const FIRST_MINUTE: Guide = Guide {
    preset: "shop",
    steps: &[
        Step {
            action: "Press play",
            notice: "Requests flow. Each square is a thread: hollow is idle, solid is at work.",
            act: Act::Play,
        },
        Step {
            action: "Slow the database",
            notice: "Hatched threads only wait. Watch them climb: Payments, Checkout, then the Gateway \
                     turns everyone away, even those who only browse.",
            act: Act::Inject("database", FaultKind::Slow(Ratio::whole(10))),
        },
        Step {
            action: "Make Checkout → Payments async",
            notice: "Checkout no longer waits. Shoppers get their answer at once, and a queue grows on \
                     the edge: that is the price.",
            act: Act::Switch("checkout-payments", Mode::Async),
        },
        Step {
            action: "Heal the database",
            notice: "The queue drains. Every payment happens, only later.",
            act: Act::Heal("database"),
        },
        Step {
            action: "Compare both designs",
            notice: "Both from 0 s: the same seed, the same shoppers, the same slow database. What the cure costs stands \
                     beside what it saves.",
            act: Act::Compare,
        },
    ],
};

/// All guides.
pub const GUIDES: &[Guide] = &[FIRST_MINUTE];

impl Guide {
    /// The guide of a preset, if it has one.
    pub fn of(preset: &str) -> Option<&'static Guide> {
        GUIDES.iter().find(|guide| guide.preset == preset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    #[test]
    fn every_step_names_what_is_on_its_board() {
        for guide in GUIDES {
            let scenario = Preset::find(guide.preset).unwrap().scenario().unwrap();
            let node = |id: &str| scenario.nodes.iter().find(|(n, _)| n.as_str() == id);
            for step in guide.steps {
                match step.act {
                    Act::Play | Act::Compare => {}
                    Act::Inject(id, kind) => assert!(kind.befalls(&node(id).unwrap().1.kind)),
                    Act::Switch(id, mode) => {
                        let edge = scenario.edges.iter().find(|(e, _)| e.as_str() == id);
                        assert_ne!(edge.unwrap().1.mode, mode, "nothing to switch");
                    }
                    Act::Heal(id) => assert!(node(id).is_some()),
                }
            }
        }
    }
}
