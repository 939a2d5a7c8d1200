//! Tidying: the board is laid out by itself, in one step; the cards may glide to their places.

use std::collections::BTreeMap;
use std::rc::Rc;

use sim::scenario::{EdgeId, Node, NodeId, NodeKind, Point};

use super::{Effect, Selection, Store};
use crate::geometry::{Rect, pt};
use crate::gesture::snapped;
use crate::layers::laid_out;
use crate::scene::Scene;

/// With more nodes than this, cards are at their places at once.
const GLIDERS: usize = 60;
/// Brokers stand so far below what goes through them.
const BELOW: f64 = 80.0;

impl Store {
    /// Lays out what is selected, if it is several nodes, or else the whole board.
    pub(super) fn tidy(&mut self) -> Vec<Effect> {
        let all = |id: &&NodeId| match &self.selection {
            Selection::Many(some) => some.contains(*id),
            Selection::Nothing | Selection::Node(_) | Selection::Edge(_) => true,
        };
        let ids = self.scene.cards.keys().filter(all);
        // Brokers are called by nobody: they stand below the edges that go through them.
        let is_broker = |id: &&NodeId| matches!(self.scenario.nodes[*id].kind, NodeKind::Broker(_));
        let (brokers, ids): (Vec<_>, Vec<_>) = ids.partition(is_broker);
        let cards: Vec<Rect> = ids.iter().map(|id| self.scene.cards[*id]).collect();
        let place = |id: &NodeId| ids.iter().position(|other| *other == id);
        let edges = self.scenario.edges.values();
        let edges: Vec<_> = edges
            .filter_map(|edge| Some((place(&edge.from)?, place(&edge.to)?)))
            .collect();
        let places = laid_out(&cards, &edges);
        let mut to: Vec<(NodeId, Point)> = Vec::new();
        for (id, at) in ids.iter().zip(&places) {
            to.push(((*id).clone(), snapped(*at, false)));
        }
        let low = |(card, at): (&Rect, &crate::geometry::Pt)| at.y + card.h / 2.0;
        let bottom = cards.iter().zip(&places).map(low).fold(f64::MIN, f64::max);
        let mut right = f64::MIN;
        for id in brokers {
            let card = self.scene.cards[id];
            let through = self
                .scenario
                .edges
                .values()
                .filter(|edge| edge.via.as_ref() == Some(id));
            let ends: Vec<f64> = through
                .flat_map(|edge| [place(&edge.from), place(&edge.to)])
                .flatten()
                .map(|place| places[place].x)
                .collect();
            let wish = if ends.is_empty() || places.is_empty() {
                card.centre().x
            } else {
                ends.iter().sum::<f64>() / ends.len() as f64
            };
            let x = wish.max(right + card.w / 2.0 + 40.0);
            right = x + card.w / 2.0;
            let y = if places.is_empty() {
                card.centre().y
            } else {
                bottom + BELOW + card.h / 2.0
            };
            to.push((id.clone(), snapped(pt(x, y), false)));
        }
        let from: BTreeMap<NodeId, Point> = self
            .scenario
            .nodes
            .iter()
            .map(|(id, node)| (id.clone(), node.at))
            .collect();
        let count = to.len();
        let mut effects = self.move_to(&to, true);
        self.fitted = true;
        self.fit();
        if from.len() <= GLIDERS {
            effects.push(Effect::Glide(from));
        }
        effects.push(Effect::Say(format!("Laid out {count} nodes")));
        effects
    }

    /// Shows the cards on a part of their way from where they were.
    pub(crate) fn glide(&mut self, from: &BTreeMap<NodeId, Point>, part: f64) {
        let mut board = (*self.scenario).clone();
        let between = |a: i32, b: i32| a + (f64::from(b - a) * part).round() as i32;
        for (id, Node { at, .. }) in &mut board.nodes {
            if let Some(was) = from.get(id) {
                *at = Point {
                    x: between(was.x, at.x),
                    y: between(was.y, at.y),
                };
            }
        }
        self.scene = Rc::new(Scene::of(&board));
    }

    /// Shows the cards where they are.
    pub(crate) fn arrive(&mut self) {
        self.scene = Rc::new(Scene::of(&self.scenario));
    }

    /// Goes to an edge of the selected node, and from there to the next one of the same caller.
    pub(super) fn next_edge(&mut self) -> Vec<Effect> {
        let edges = &self.scenario.edges;
        let of = |id: &NodeId| {
            let from = edges.iter().filter(|(_, edge)| edge.from == *id);
            let to = edges.iter().filter(|(_, edge)| edge.to == *id);
            from.chain(to)
                .map(|(id, _)| id.clone())
                .collect::<Vec<EdgeId>>()
        };
        let next = match &self.selection {
            Selection::Nothing | Selection::Many(_) => edges.keys().next().cloned(),
            Selection::Node(id) => of(id).into_iter().next(),
            Selection::Edge(id) => edges.get(id).and_then(|edge| {
                let all = of(&edge.from);
                let now = all.iter().position(|other| other == id)?;
                all.get((now + 1) % all.len()).cloned()
            }),
        };
        match next {
            Some(id) => self.go_to(Selection::Edge(id)),
            None => vec![Effect::Say("It has no edge".into())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Action, Theme};
    use lessons::PRESETS;

    #[test]
    fn every_scenario_is_laid_out_in_one_step_and_nothing_covers_anything() {
        for preset in PRESETS {
            let mut store = Store::new(None, Theme::Dark, true);
            store.update(Action::Open(preset.slug));
            let before = store.scenario.clone();
            let effects = store.update(Action::Tidy);
            assert!(!effects.contains(&Effect::Load) && !effects.contains(&Effect::Adopt));
            let cards: Vec<Rect> = store.scene.cards.values().copied().collect();
            for (nth, card) in cards.iter().enumerate() {
                assert!(
                    cards[nth + 1..].iter().all(|other| !card.meets(*other)),
                    "{}",
                    preset.slug
                );
            }
            store.update(Action::Undo);
            assert_eq!(store.scenario, before, "one step");
        }
    }

    #[test]
    fn cards_glide_and_arrive() {
        let mut store = Store::new(None, Theme::Dark, true);
        let start = store.scene.clone();
        let effects = store.update(Action::Tidy);
        let end = store.scene.clone();
        let Some(Effect::Glide(from)) = effects
            .into_iter()
            .find(|effect| matches!(effect, Effect::Glide(_)))
        else {
            panic!("they glide")
        };
        store.glide(&from, 0.0);
        assert_eq!(store.scene, start);
        store.glide(&from, 1.0);
        assert_eq!(store.scene, end);
        store.glide(&from, 0.5);
        store.arrive();
        assert_eq!(store.scene, end);
    }
}
