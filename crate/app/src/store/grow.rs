//! Growing: a new node beside another one, connected with it, in one step and without a pointer.

use sim::scenario::{NodeKind, Point};

use super::{Effect, Kind, Selection, Store, Way};
use crate::geometry::{Pt, Rect, pt};
use crate::gesture::snapped;
use crate::scene;

/// The room between a card and the one that grows beside it.
const GAP: f64 = 100.0;

impl Store {
    /// Lets a service grow beside the selected node: it is called by it, but one on the left calls it.
    pub(super) fn grow(&mut self, way: Way) -> Vec<Effect> {
        let Selection::Node(id) = &self.selection else {
            return vec![];
        };
        let id = id.clone();
        let (Some(card), Some(node)) = (self.scene.cards.get(&id), self.scenario.nodes.get(&id))
        else {
            return vec![];
        };
        let fits = match (&node.kind, way) {
            (NodeKind::Client(_), Way::Right | Way::Up | Way::Down) | (NodeKind::Service(_), _) => {
                true
            }
            (NodeKind::Client(_), Way::Left) | (NodeKind::Broker(_), _) => false,
        };
        if !fits {
            let name = self.scenario.node_name(&id);
            return vec![Effect::Say(format!(
                "{name} cannot be connected on this side"
            ))];
        }
        let at = self.beside(*card, way);
        match way {
            Way::Left => self.sprout_before(id, Kind::Service, at),
            Way::Right | Way::Up | Way::Down => self.sprout(id, Kind::Service, at),
        }
    }

    /// The nearest place on a side of a card where a service covers nothing.
    fn beside(&self, card: Rect, way: Way) -> Point {
        let size = scene::card(&Kind::Service.node(String::new(), Point::default()));
        let (across, down) = (
            f64::midpoint(card.w, size.w) + GAP,
            f64::midpoint(card.h, size.h) + GAP,
        );
        let (far, along) = match way {
            Way::Left => (pt(-across, 0.0), pt(0.0, 1.0)),
            Way::Right => (pt(across, 0.0), pt(0.0, 1.0)),
            Way::Up => (pt(0.0, -down), pt(1.0, 0.0)),
            Way::Down => (pt(0.0, down), pt(1.0, 0.0)),
        };
        let step = if along.x > 0.0 { size.w } else { size.h } * 0.5;
        let places = (0..24).map(|nth: i32| {
            let by = f64::from((nth + 1) / 2) * if nth % 2 == 0 { -1.0 } else { 1.0 };
            card.centre() + far + along * (by * step)
        });
        let free = |at: &Pt| {
            let place = Rect::around(*at, size.w + 40.0, size.h + 40.0);
            !self.scene.cards.values().any(|other| place.meets(*other))
        };
        let fallback = card.centre() + far;
        snapped(places.into_iter().find(free).unwrap_or(fallback), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Action, Theme};
    use sim::scenario::NodeId;

    #[test]
    fn services_grow_on_all_sides_and_cover_nothing() {
        let mut store = Store::new(None, Theme::Dark, true);
        let id = NodeId::new("payments").unwrap();
        for (way, calls) in [
            (Way::Left, false),
            (Way::Right, true),
            (Way::Down, true),
            (Way::Right, true),
        ] {
            store.update(Action::Select(Selection::Node(id.clone())));
            store.update(Action::Grow(way));
            let Selection::Node(new) = store.selection.clone() else {
                panic!("the new one is selected")
            };
            let ends = if calls { (&id, &new) } else { (&new, &id) };
            let edges = store.scenario.edges.values();
            assert!(edges.into_iter().any(|edge| (&edge.from, &edge.to) == ends));
            let card = store.scene.cards[&new];
            let others = store.scene.cards.iter().filter(|(other, _)| **other != new);
            assert!(others.into_iter().all(|(_, other)| !card.meets(*other)));
        }
        store.update(Action::Select(Selection::Node(
            NodeId::new("shoppers").unwrap(),
        )));
        let count = store.scenario.nodes.len();
        store.update(Action::Grow(Way::Left));
        assert_eq!(store.scenario.nodes.len(), count, "nobody calls a client");
    }
}
