//! The story as it is shown: what the engine tells of it, and between that what was done, in words and in order.

use std::rc::Rc;

use sim::Frame;
use sim::Scenario;
use sim::frame::{Mark, MarkKind, ServiceFrame};
use sim::health::State;
use sim::scenario::{EdgeId, NodeId, NodeKind, Target};
use sim::story::{Account, Chapter, What, advised, said, told};

use crate::live::Shown;
use crate::store::Selection;
use crate::words::{self, Tone};

/// How many deeds are kept.
const MOST: usize = 60;

/// A line of the story.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// What tells it from all others of the run.
    pub(crate) key: String,
    /// In seconds.
    pub(crate) at: f64,
    pub(crate) tone: Tone,
    /// What it is about.
    pub(crate) place: Selection,
    pub(crate) name: String,
    pub(crate) what: String,
    /// How many causes stand behind it, one behind the other.
    pub(crate) depth: usize,
    /// The name of the place of its cause.
    pub(crate) cause: Option<String>,
    /// Whether it goes on; what was done does not.
    pub(crate) goes_on: bool,
}

/// The dependency to decouple first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Advice {
    pub(crate) edge: EdgeId,
    /// "Checkout → Payments".
    pub(crate) name: String,
    /// Who calls, and who is called.
    pub(crate) ends: [String; 2],
    pub(crate) why: String,
}

/// The story so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    account: Account,
    /// Faults that began and ended and edges that were switched: the engine's story knows nothing of the first.
    deeds: Vec<Mark>,
    lines: Rc<Vec<Line>>,
    advice: Option<Rc<Advice>>,
}

impl Story {
    pub(crate) fn lines(&self) -> &Rc<Vec<Line>> {
        &self.lines
    }

    pub(crate) fn advice(&self) -> Option<&Rc<Advice>> {
        self.advice.as_ref()
    }

    /// Takes in what a frame tells; gives what is new, for those who listen.
    pub(crate) fn fold(&mut self, scenario: &Scenario, frame: &Frame) -> Option<String> {
        // Time may have gone back.
        let before = self.deeds.len();
        self.deeds.retain(|deed| deed.at <= frame.at);
        let mut changed = self.deeds.len() != before;
        for mark in frame
            .marks
            .iter()
            .filter(|mark| words::deed(scenario, &mark.kind).is_some())
        {
            if !self.deeds.contains(mark) {
                self.deeds.push(mark.clone());
                changed = true;
            }
        }
        self.deeds.sort_by_key(|deed| deed.at);
        let surplus = self.deeds.len().saturating_sub(MOST);
        self.deeds.drain(..surplus);
        if let Some(account) = &frame.story {
            changed |= self.account != **account;
            self.account = Account::clone(account);
        }
        if !changed {
            return None;
        }
        let lines = Rc::new(self.told(scenario));
        let known = std::mem::replace(&mut self.lines, lines);
        self.advice = self.account.decouple.as_ref().and_then(|advice| {
            let edge = scenario.edges.get(&advice.edge)?;
            let ends = [&edge.from, &edge.to].map(|id| scenario.node_name(id).to_owned());
            Some(Rc::new(Advice {
                edge: advice.edge.clone(),
                name: scenario.edge_name(&advice.edge),
                ends,
                why: advised(scenario, advice),
            }))
        });
        let is_new = |line: &&Line| !known.iter().any(|old| old.key == line.key);
        let new = self.lines.iter().rev().find(is_new)?;
        Some(format!("{} {}", new.name, new.what))
    }

    fn told(&self, scenario: &Scenario) -> Vec<Line> {
        let chapters = &self.account.chapters;
        let mut lines: Vec<Line> = chapters
            .iter()
            .map(|chapter| {
                let cause = cause(chapters, chapter);
                Line {
                    key: format!("c{}", chapter.number),
                    at: chapter.at.as_secs_f64(),
                    tone: tone(&chapter.what),
                    place: select(&chapter.place),
                    name: told(scenario, &chapter.place),
                    what: said(scenario, chapter),
                    depth: depth(chapters, chapter),
                    cause: cause.map(|cause| told(scenario, &cause.place)),
                    goes_on: chapter.until.is_none(),
                }
            })
            .collect();
        for deed in &self.deeds {
            let switched = |chapter: &Chapter| {
                matches!(chapter.what, What::Switched { .. })
                    && deed.at.since(chapter.at).as_secs_f64() < 0.2
            };
            if matches!(deed.kind, MarkKind::Switched(..)) && chapters.iter().any(switched) {
                continue;
            }
            let Some((tone, node, what)) = words::deed(scenario, &deed.kind) else {
                continue;
            };
            let at = deed.at.as_secs_f64();
            let name = node
                .as_ref()
                .map_or(String::new(), |id| scenario.node_name(id).to_owned());
            let place = lines.partition_point(|line| line.at < at - 0.3);
            let line = Line {
                key: format!("d{}-{what}-{name}", deed.at.as_nanos()),
                at,
                tone,
                place: node.map_or(Selection::Nothing, Selection::Node),
                name,
                what,
                depth: 0,
                cause: None,
                goes_on: false,
            };
            lines.insert(place, line);
        }
        lines
    }
}

fn cause<'a>(chapters: &'a [Chapter], of: &Chapter) -> Option<&'a Chapter> {
    let number = of.cause.as_ref()?.chapter;
    chapters.iter().find(|chapter| chapter.number == number)
}

fn depth(chapters: &[Chapter], of: &Chapter) -> usize {
    let mut depth = 0;
    let mut at = of;
    while let Some(next) = cause(chapters, at)
        && depth < chapters.len()
    {
        depth += 1;
        at = next;
    }
    depth
}

fn select(place: &Target) -> Selection {
    match place {
        Target::Node(id) => Selection::Node(id.clone()),
        Target::Edge(id) => Selection::Edge(id.clone()),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most of what is told is trouble"
)]
const fn tone(what: &What) -> Tone {
    match what {
        What::Recovered { .. } => Tone::Calm,
        What::Switched { .. } | What::Scaled { .. } => Tone::Switch,
        What::Traffic { .. }
        | What::Full { .. }
        | What::Starved { .. }
        | What::Permits { .. }
        | What::Backlog { .. }
        | What::Retries { .. }
        | What::Twice { .. }
        | What::Redelivered { .. } => Tone::Busy,
        _ => Tone::Trouble,
    }
}

/// How things stand: a sentence, and how bad it is.
pub(crate) fn headline(scenario: &Scenario, shown: &Shown) -> (Tone, String) {
    if shown.events == 0 {
        let text = if scenario.nodes.is_empty() {
            "An empty board. Add a client and a service, and connect them."
        } else if scenario.about.is_empty() {
            "Nothing has happened yet. Press play."
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
