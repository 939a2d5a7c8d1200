//! Words: how figures are written and how events are told.

use sim::Scenario;
use sim::frame::MarkKind;
use sim::health::State;
use sim::scenario::{NodeId, Target};
pub(crate) use sim::words::{
    brief, capital, clock, count, memory, per_second, rough, seconds, share, shortened,
};

/// How bad a line of the story is, for its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Calm,
    Busy,
    Trouble,
    Fault,
    Switch,
}

/// The tone of a state.
pub(crate) const fn tone(state: State) -> Tone {
    match state {
        State::Idle | State::Healthy | State::Draining | State::Starved => Tone::Calm,
        State::Saturated => Tone::Busy,
        State::Failing | State::Shedding | State::Restarting => Tone::Trouble,
    }
}

/// The node that a fault concerns and, on an edge, towards whom.
fn befallen(scenario: &Scenario, on: &Target) -> (Option<NodeId>, String) {
    match on {
        Target::Node(id) => (Some(id.clone()), String::new()),
        Target::Edge(id) => match scenario.edges.get(id) {
            Some(edge) => (
                Some(edge.from.clone()),
                format!("→ {}: ", scenario.node_name(&edge.to)),
            ),
            None => (None, format!("{id}: ")),
        },
    }
}

/// What was done, and which node it concerns; nothing of what came of it.
pub(crate) fn deed(scenario: &Scenario, kind: &MarkKind) -> Option<(Tone, Option<NodeId>, String)> {
    match kind {
        MarkKind::FaultOn(on, what) => {
            let (id, towards) = befallen(scenario, on);
            Some((Tone::Fault, id, format!("{towards}fault: {what}")))
        }
        MarkKind::FaultOff(on, what) => {
            let (id, towards) = befallen(scenario, on);
            Some((Tone::Calm, id, format!("{towards}healed: no more {what}")))
        }
        MarkKind::Switched(id, mode) => {
            let to = scenario.edges.get(id);
            let from = to.map(|e| e.from.clone());
            let callee = to.map_or(id.as_str(), |e| scenario.node_name(&e.to));
            let what = format!("→ {callee} is now {}", mode.word());
            Some((Tone::Switch, from, what))
        }
        MarkKind::OutOfMemory(_)
        | MarkKind::Unhealthy(_)
        | MarkKind::Readiness(..)
        | MarkKind::BackOff(..)
        | MarkKind::Restarted(_)
        | MarkKind::Scaled(..)
        | MarkKind::Blocked(_) => None,
    }
}
