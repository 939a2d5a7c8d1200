//! The story: what happened, in words and in order, and how things stand in one sentence.

use std::rc::Rc;

use sim::Frame;
use sim::Scenario;
use sim::frame::ServiceFrame;
use sim::health::State;
use sim::scenario::{EdgeId, NodeId, NodeKind};

use crate::live::Shown;
use crate::words::{self, Tone};

/// How many lines are kept.
const MOST: usize = 120;

/// A line of the story.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Its number in the run, which never changes.
    pub(crate) number: usize,
    /// In seconds.
    pub(crate) at: f64,
    pub(crate) tone: Tone,
    pub(crate) node: Option<NodeId>,
    pub(crate) name: String,
    pub(crate) what: String,
}

/// All lines so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    lines: Rc<Vec<Line>>,
    told: usize,
}

impl Story {
    pub(crate) fn lines(&self) -> &Rc<Vec<Line>> {
        &self.lines
    }

    /// Takes in what a frame tells; gives what is new, for those who listen.
    pub(crate) fn fold(&mut self, scenario: &Scenario, frame: &Frame) -> Option<String> {
        let mut new: Vec<Line> = Vec::new();
        let mut tell = |at: f64, tone, node: Option<NodeId>, what| {
            let name = node
                .as_ref()
                .map_or(String::new(), |id| scenario.node_name(id).to_owned());
            let place = new.partition_point(|line: &Line| line.at <= at);
            new.insert(
                place,
                Line {
                    number: 0,
                    at,
                    tone,
                    node,
                    name,
                    what,
                },
            );
        };
        for mark in &frame.marks {
            let (tone, node, what) = words::mark(scenario, mark);
            tell(mark.at.as_secs_f64(), tone, node, what);
        }
        for change in &frame.changes {
            if let Some(what) = words::change(scenario, change) {
                // Starved is no trouble of its own, and yet no good news.
                let tone = if change.now == State::Starved {
                    Tone::Busy
                } else {
                    words::tone(change.now)
                };
                tell(change.at.as_secs_f64(), tone, Some(change.id.clone()), what);
            }
        }
        if new.is_empty() {
            return None;
        }
        for line in &mut new {
            self.told += 1;
            line.number = self.told;
        }
        let said = new
            .last()
            .map(|line| format!("{} {}", line.name, line.what));
        let mut lines = (*self.lines).clone();
        lines.extend(new);
        let surplus = lines.len().saturating_sub(MOST);
        lines.drain(..surplus);
        self.lines = Rc::new(lines);
        said
    }
}

/// How things stand: a sentence, and how bad it is.
pub(crate) fn headline(scenario: &Scenario, shown: &Shown) -> (Tone, String) {
    if shown.events == 0 {
        let text = if scenario.nodes.is_empty() {
            "An empty board. Add a client and a service, and connect them."
        } else {
            &scenario.about
        };
        return (Tone::Calm, text.into());
    }
    let state = |id: &NodeId| shown.services.get(id).map_or(State::Idle, |s| s.state);
    let troubled = |id: &NodeId| words::tone(state(id)) != Tone::Calm;
    let doors = scenario.edges.values().filter(|edge| {
        let from = scenario.nodes.get(&edge.from).map(|node| &node.kind);
        matches!(from, Some(NodeKind::Client(_)))
    });
    let door = doors.map(|edge| &edge.to).find(|id| troubled(id));
    // Else the first in the row of those that wait for each other.
    let called = |id: &NodeId| {
        scenario
            .edges
            .values()
            .any(|edge| edge.to == *id && troubled(&edge.from))
    };
    let inner = || scenario.nodes.keys().find(|id| troubled(id) && !called(id));
    let start = door
        .or_else(inner)
        .or_else(|| scenario.nodes.keys().find(|id| troubled(id)));
    let Some(start) = start else {
        let backlog: f32 = shown
            .edges
            .values()
            .map(|e| e.queue.ready + e.queue.unacked)
            .sum();
        return if backlog >= 50.0 {
            (
                Tone::Calm,
                format!(
                    "No service is in trouble. {} messages wait.",
                    words::count(f64::from(backlog))
                ),
            )
        } else {
            (Tone::Calm, "All is well.".into())
        };
    };
    let chain: Vec<&str> = waits(scenario, shown, start)
        .into_iter()
        .map(|id| scenario.node_name(id))
        .collect();
    let name = chain[0];
    let what = match state(start) {
        State::Shedding => format!("{name} turns requests away"),
        State::Restarting => format!("{name} is down"),
        State::Failing => format!("{name} fails"),
        State::Idle | State::Healthy | State::Draining | State::Starved | State::Saturated => {
            format!("{name} is full")
        }
    };
    let tone = words::tone(state(start));
    match chain.as_slice() {
        [] | [_] => (tone, format!("{what}.")),
        [_, others @ ..] => (
            tone,
            format!("{what}: its threads wait on {}.", others.join(" → ")),
        ),
    }
}

/// From a service along the edge that most of its threads wait on, to the one that waits on nobody.
fn waits<'a>(scenario: &'a Scenario, shown: &Shown, start: &'a NodeId) -> Vec<&'a NodeId> {
    let mut chain = vec![start];
    while let Some(last) = chain.last()
        && let Some(service) = shown.services.get(*last)
        && let Some(next) = blamed(scenario, shown, service)
        && !chain.contains(&next)
    {
        chain.push(next);
    }
    chain
}

/// Whom a service is in trouble for: the callee in trouble on which most of its threads wait or its calls
/// fail or, where none is, the one on which most of its busy threads wait.
fn blamed<'a>(scenario: &'a Scenario, shown: &Shown, service: &ServiceFrame) -> Option<&'a NodeId> {
    let waiting = |id: &EdgeId| {
        let on = service.waiting.iter().find(|(edge, _)| edge == id);
        on.map_or(0.0, |(_, n)| *n)
    };
    let failing = |id: &EdgeId| shown.edges.get(id).map_or(0.0, |edge| edge.failed);
    let troubled = |id: &NodeId| shown.services.get(id).is_some_and(|s| s.state.is_trouble());
    let calls = scenario
        .edges
        .iter()
        .filter(|(_, edge)| edge.from == service.id);
    calls
        .map(|(id, edge)| (&edge.to, waiting(id), failing(id)))
        .filter(|(to, waits, fails)| {
            *waits > service.working || troubled(to) && waits + fails >= 1.0
        })
        .max_by(|a, b| {
            troubled(a.0)
                .cmp(&troubled(b.0))
                .then((a.1 + a.2).total_cmp(&(b.1 + b.2)))
        })
        .map(|(to, _, _)| to)
}
