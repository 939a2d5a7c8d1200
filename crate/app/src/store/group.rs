//! Several nodes at once: selected, copied, pasted, put in line.

use std::collections::BTreeMap;

use sim::Scenario;
use sim::scenario::{EdgeId, Edit, Node, NodeId, Point};

use super::{Arrange, Effect, Focus, Selection, Store};
use crate::gesture::GRID;

/// How far a copy stands from where it was taken.
const ASIDE: i32 = 2 * GRID as i32;

impl Store {
    /// Adds a node to what is selected, or takes it out.
    pub(super) fn toggle(&mut self, id: &NodeId) -> Vec<Effect> {
        let mut nodes = self.selection.nodes();
        if !nodes.remove(id) {
            nodes.insert(id.clone());
        }
        self.select_nodes(nodes)
    }

    pub(super) fn select_all(&mut self) -> Vec<Effect> {
        self.select_nodes(self.scenario.nodes.keys().cloned().collect())
    }

    fn select_nodes(&mut self, nodes: std::collections::BTreeSet<NodeId>) -> Vec<Effect> {
        let said = format!("{} selected", nodes.len());
        self.selection = Selection::of(nodes);
        vec![Effect::Say(said)]
    }

    /// What is selected as a board of its own: the nodes, and the edges between them.
    pub(crate) fn part(&self) -> Option<Scenario> {
        let nodes = self.selection.nodes();
        if nodes.is_empty() {
            return None;
        }
        let mut part = Scenario {
            name: "A part of a board".into(),
            ..Scenario::default()
        };
        for id in &nodes {
            part.nodes
                .insert(id.clone(), self.scenario.nodes.get(id)?.clone());
        }
        for (id, edge) in &self.scenario.edges {
            if nodes.contains(&edge.from) && nodes.contains(&edge.to) {
                let mut edge = edge.clone();
                edge.via = edge.via.filter(|via| nodes.contains(via));
                part.edges.insert(id.clone(), edge);
            }
        }
        Some(part)
    }

    pub(super) fn duplicate(&mut self) -> Vec<Effect> {
        let Some(part) = self.part() else {
            return vec![];
        };
        self.put(part, "Duplicated")
    }

    /// Puts the board in a text beside what stands there.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        match Scenario::load(text) {
            Ok(part) if !part.nodes.is_empty() => self.put(part, "Pasted"),
            Ok(_) => vec![Effect::Say("The board that was copied is empty".into())],
            Err(_) => vec![Effect::Say("What was copied is no part of a board".into())],
        }
    }

    fn put(&mut self, part: Scenario, word: &str) -> Vec<Effect> {
        let mut next = (*self.scenario).clone();
        let taken = |by: i32| {
            let stands = |at: Point| self.scenario.nodes.values().any(|node| node.at == at);
            part.nodes.values().any(|node| stands(moved(node.at, by)))
        };
        let by = (1..100).map(|step| step * ASIDE).find(|by| !taken(*by));
        let by = by.unwrap_or(ASIDE);
        let mut ids = BTreeMap::new();
        for (old, node) in part.nodes {
            let name = free_name(&next, &node.name);
            let id = NodeId::fresh(&name, |id| next.nodes.contains_key(id));
            let at = moved(node.at, by);
            next.apply(Edit::SetNode(id.clone(), Node { name, at, ..node }));
            ids.insert(old, id);
        }
        for (_, mut edge) in part.edges {
            let (Some(from), Some(to)) = (ids.get(&edge.from), ids.get(&edge.to)) else {
                continue;
            };
            (edge.from, edge.to) = (from.clone(), to.clone());
            edge.via = edge.via.and_then(|via| ids.get(&via).cloned());
            let name = format!("{}-{}", edge.from, edge.to);
            let id = EdgeId::fresh(&name, |id| next.edges.contains_key(id));
            next.apply(Edit::SetEdge(id, edge));
        }
        let mut effects = self.settle(next);
        effects.push(Effect::Say(format!("{word}: {} nodes", ids.len())));
        let all = ids.into_values();
        let all = all.filter(|id| self.scenario.nodes.contains_key(id));
        self.selection = Selection::of(all.collect());
        effects.push(Effect::Focus(Focus::Selected));
        effects
    }

    /// Puts the selected nodes in line, or spreads them evenly.
    pub(super) fn arrange(&mut self, how: Arrange) -> Vec<Effect> {
        let nodes = self.selection.nodes();
        let across = matches!(how, Arrange::Column | Arrange::Across);
        // In the order in which they stand.
        let mut along: BTreeMap<(i32, NodeId), Point> = BTreeMap::new();
        for id in nodes {
            if let Some(node) = self.scenario.nodes.get(&id) {
                let at = if across { node.at.x } else { node.at.y };
                along.insert((at, id), node.at);
            }
        }
        // Boards are small.
        let count = i32::try_from(along.len()).unwrap_or(i32::MAX);
        let (Some(((first, _), _)), Some(((last, _), _))) =
            (along.first_key_value(), along.last_key_value())
        else {
            return vec![];
        };
        let (first, last) = (*first, *last);
        let snap = |v: i32| (f64::from(v) / GRID).round() as i32 * GRID as i32;
        let mean = snap(along.keys().map(|(at, _)| *at).sum::<i32>() / count);
        let place = |nth: i32| match how {
            Arrange::Row | Arrange::Column => mean,
            Arrange::Across | Arrange::Down => first + (last - first) * nth / (count - 1).max(1),
        };
        let to = |(nth, ((_, id), at)): (i32, ((i32, NodeId), Point))| {
            let v = place(nth);
            let at = if across {
                Point { x: v, ..at }
            } else {
                Point { y: v, ..at }
            };
            (id, at)
        };
        let to: Vec<_> = (0..).zip(along).map(to).collect();
        self.move_to(&to, true)
    }
}

fn moved(at: Point, by: i32) -> Point {
    Point {
        x: at.x.saturating_add(by),
        y: at.y.saturating_add(by),
    }
}

/// This name, or the same with the first number that makes it another one than all on the board.
pub(super) fn free_name(scenario: &Scenario, name: &str) -> String {
    let taken = |name: &str| scenario.nodes.values().any(|node| node.name == name);
    // "Worker 2" is followed by "Worker 3".
    let base = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end();
    let base = if base.is_empty() { name } else { base };
    let numbered = (2u32..).map(|n| format!("{base} {n}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_default()
}
