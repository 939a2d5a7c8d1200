//! The scene: where each card stands, how large it is, and along which curve each edge runs.

use std::collections::BTreeMap;

use sim::Scenario;
use sim::scenario::{EdgeId, Node, NodeId, NodeKind};

use crate::board::fleet;
use crate::geometry::{Curve, Pt, Rect, pt};
use crate::slots::Grid;
use crate::store::End;

/// The width of a service's card.
pub(crate) const CARD: f64 = 224.0;
/// The room above the slots of a card: its name and its state.
pub(crate) const HEAD: f64 = 44.0;
/// The room below the slots: who they wait on, the figures, memory.
pub(crate) const FOOT: f64 = 64.0;
/// The accept queue stands so far in front of a card.
pub(crate) const DOOR: f64 = 18.0;
/// The height of a broker's card.
const BROKER: f64 = 116.0;
const CLIENT: (f64, f64) = (190.0, 94.0);
/// How far from the ends of an edge its handles are.
const HANDLE: f64 = 26.0;
/// With more nodes than this, edges no longer look for a way around cards.
const CAREFUL: usize = 60;

/// What is under the pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hit {
    Nothing,
    Node(NodeId),
    Port(NodeId),
    Edge(EdgeId),
    /// The handle at an end of the selected edge.
    End(EdgeId, End),
}

/// A side of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

const SIDES: [Side; 4] = [Side::Right, Side::Left, Side::Bottom, Side::Top];

impl Side {
    const fn outward(self) -> Pt {
        match self {
            Side::Left => pt(-1.0, 0.0),
            Side::Right => pt(1.0, 0.0),
            Side::Top => pt(0.0, -1.0),
            Side::Bottom => pt(0.0, 1.0),
        }
    }

    /// The place on this side, `slide` away from its middle.
    fn place(self, card: Rect, slide: f64) -> Pt {
        let centre = card.centre();
        match self {
            Side::Left => pt(card.x, centre.y + slide),
            Side::Right => pt(card.x + card.w, centre.y + slide),
            Side::Top => pt(centre.x + slide, card.y),
            Side::Bottom => pt(centre.x + slide, card.y + card.h),
        }
    }

    const fn room(self, card: Rect) -> f64 {
        match self {
            Side::Left | Side::Right => card.h,
            Side::Top | Side::Bottom => card.w,
        }
    }
}

/// Cards and curves of a board.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Scene {
    pub(crate) cards: BTreeMap<NodeId, Rect>,
    pub(crate) routes: BTreeMap<EdgeId, Curve>,
}

/// How large a node is drawn.
pub(crate) fn card(node: &Node) -> Rect {
    let centre = pt(f64::from(node.at.x), f64::from(node.at.y));
    match &node.kind {
        NodeKind::Client(_) => Rect::around(centre, CLIENT.0, CLIENT.1),
        NodeKind::Service(service) => {
            let fleet = if fleet::has(service) {
                fleet::HEIGHT
            } else {
                0.0
            };
            let height = HEAD + Grid::of(service.largest_pool(), 0).height() + fleet + FOOT;
            Rect::around(centre, CARD, height)
        }
        NodeKind::Broker(_) => Rect::around(centre, CARD, BROKER),
    }
}

impl Scene {
    pub(crate) fn of(scenario: &Scenario) -> Scene {
        let mut cards = BTreeMap::new();
        for (id, node) in &scenario.nodes {
            cards.insert(id.clone(), card(node));
        }
        let mut ends = Vec::new();
        for (id, edge) in &scenario.edges {
            if let (Some(from), Some(to)) = (cards.get(&edge.from), cards.get(&edge.to)) {
                let others: Vec<Rect> = cards
                    .iter()
                    .filter(|(other, _)| **other != edge.from && **other != edge.to)
                    .map(|(_, card)| card.grown(6.0))
                    .take(CAREFUL)
                    .collect();
                ends.push((id, edge, best_sides(*from, *to, &others)));
            }
        }
        let mut slides = BTreeMap::new();
        for (node, card) in &cards {
            for side in SIDES {
                let mut here: Vec<(f64, &EdgeId, bool)> = Vec::new();
                for (id, edge, sides) in &ends {
                    for (end, far, at, leaves) in [
                        (&edge.from, &edge.to, sides.0, true),
                        (&edge.to, &edge.from, sides.1, false),
                    ] {
                        if end == node && at == side {
                            let far = cards[far].centre();
                            let along = if matches!(side, Side::Left | Side::Right) {
                                far.y
                            } else {
                                far.x
                            };
                            // A handful: put in place one by one, they need no sorting machinery in the wasm.
                            let order = |a: &(f64, &EdgeId, bool)| {
                                a.0.total_cmp(&along).then_with(|| a.1.cmp(id)).is_le()
                            };
                            here.insert(here.partition_point(order), (along, *id, leaves));
                        }
                    }
                }
                let count = here.len() as f64;
                let pitch = (side.room(*card) * 0.6 / count.max(1.0)).min(34.0);
                for (place, (_, id, leaves)) in here.into_iter().enumerate() {
                    let slide = (place as f64 - (count - 1.0) / 2.0) * pitch;
                    slides.insert((id.clone(), leaves), slide);
                }
            }
        }
        let slide = |id: &EdgeId, leaves| slides.get(&(id.clone(), leaves)).copied().unwrap_or(0.0);
        let mut routes = BTreeMap::new();
        for (id, edge, sides) in ends {
            let slides = (slide(id, true), slide(id, false));
            let route = curve(cards[&edge.from], cards[&edge.to], sides, slides);
            routes.insert(id.clone(), route);
        }
        Scene { cards, routes }
    }

    /// The box around everything.
    pub(crate) fn bounds(&self) -> Rect {
        let mut all = self.cards.values().map(|card| card.grown(DOOR));
        let first = all.next().unwrap_or(Rect {
            x: -200.0,
            y: -120.0,
            w: 400.0,
            h: 240.0,
        });
        all.fold(first, Rect::union)
    }

    /// Where an edge's badge or queue stands.
    pub(crate) fn middle(&self, id: &EdgeId) -> Pt {
        self.routes
            .get(id)
            .map_or(Pt::default(), |curve| curve.at(0.5).0)
    }

    /// Where one drags an edge from.
    pub(crate) fn port(card: Rect) -> Pt {
        Side::Right.place(card, 0.0)
    }

    /// Where the handles of an edge are: a little way from its ends, clear of ports and arrow heads.
    pub(crate) fn handles(&self, id: &EdgeId) -> Option<[(End, Pt); 2]> {
        let curve = self.routes.get(id)?;
        let share = (HANDLE / curve.length().max(1.0)).min(0.3);
        Some([
            (End::From, curve.at(share).0),
            (End::To, curve.at(1.0 - share).0),
        ])
    }

    /// The handle of an edge at a place.
    pub(crate) fn handle_at(&self, id: &EdgeId, at: Pt, reach: f64) -> Option<End> {
        let near = |(_, place): &(End, Pt)| (*place - at).length() <= reach;
        self.handles(id)?.into_iter().find(near).map(|(end, _)| end)
    }

    /// What is at a place; `reach` is how far a finger or pointer may miss.
    pub(crate) fn hit(&self, at: Pt, reach: f64) -> Hit {
        if let Some((id, _)) = self
            .cards
            .iter()
            .rev()
            .find(|(_, card)| (Scene::port(**card) - at).length() <= reach)
        {
            return Hit::Port(id.clone());
        }
        if let Some(id) = self.node_at(at) {
            return Hit::Node(id);
        }
        let near = |id: &EdgeId, curve: &Curve| {
            let middle = (self.middle(id) - at).length() - 14.0;
            curve.distance(at).min(middle.max(0.0))
        };
        self.routes
            .iter()
            .map(|(id, curve)| (near(id, curve), id))
            .filter(|(distance, _)| *distance <= reach)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(Hit::Nothing, |(_, id)| Hit::Edge(id.clone()))
    }

    /// The node whose card is here.
    pub(crate) fn node_at(&self, at: Pt) -> Option<NodeId> {
        self.cards
            .iter()
            .rev()
            .find(|(_, card)| card.contains(at))
            .map(|(id, _)| id.clone())
    }
}

/// The sides by which an edge leaves and enters: a short way that keeps clear of other cards.
fn best_sides(from: Rect, to: Rect, others: &[Rect]) -> (Side, Side) {
    let pairs = SIDES
        .iter()
        .flat_map(|a| SIDES.iter().map(move |b| (*a, *b)));
    let cost = |sides: (Side, Side)| {
        let curve = curve(from, to, sides, (0.0, 0.0));
        let own = [from, to].map(|card| card.grown(-2.0));
        let behind = |card: &Rect| curve.points().iter().filter(|p| card.contains(**p)).count();
        let hidden: usize = others.iter().chain(&own).map(behind).sum();
        // Requests enter by the door on the left, and a board is read from left to right.
        let custom = match sides {
            (Side::Right, Side::Left) => 0.0,
            (_, Side::Left) => 60.0,
            (Side::Right, _) => 80.0,
            _ => 120.0,
        };
        curve.length() + hidden as f64 * 60.0 + custom
    };
    pairs
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or((Side::Right, Side::Left))
}

fn curve(from: Rect, to: Rect, sides: (Side, Side), slide: (f64, f64)) -> Curve {
    let start = sides.0.place(from, slide.0);
    // The arrow ends in front of the accept queue.
    let end = sides.1.place(to, slide.1)
        + sides.1.outward() * if sides.1 == Side::Left { DOOR } else { 2.0 };
    let way = end - start;
    let bend = |side: Side| {
        let outward = side.outward();
        let along = (way.x * outward.x + way.y * outward.y).abs();
        outward * (along * 0.5).max(way.length() * 0.22).clamp(20.0, 140.0)
    };
    Curve::new([start, start + bend(sides.0), end + bend(sides.1), end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Scenario {
        lessons::Preset::find("shop").unwrap().scenario().unwrap()
    }

    fn node(id: &str) -> NodeId {
        NodeId::new(id).unwrap()
    }

    #[test]
    fn edges_of_the_shop_run_clear_of_other_cards() {
        let shop = shop();
        let scene = Scene::of(&shop);
        for (id, edge) in &shop.edges {
            for (other, card) in &scene.cards {
                if *other != edge.from && *other != edge.to {
                    let hidden = scene.routes[id].points().iter().any(|p| card.contains(*p));
                    assert!(!hidden, "{id} runs behind {other}");
                }
            }
        }
    }

    #[test]
    fn edges_that_share_a_side_are_spread() {
        let scene = Scene::of(&shop());
        let start = |id: &str| scene.routes[&EdgeId::new(id).unwrap()].at(0.0).0;
        assert!(start("gateway-catalogue").y + 10.0 < start("gateway-checkout").y);
    }

    #[test]
    fn a_port_lies_over_its_card_and_a_card_over_an_edge() {
        let scene = Scene::of(&shop());
        let card = scene.cards[&node("gateway")];
        assert_eq!(
            scene.hit(Scene::port(card), 8.0),
            Hit::Port(node("gateway"))
        );
        assert_eq!(scene.hit(card.centre(), 8.0), Hit::Node(node("gateway")));
        let edge = EdgeId::new("checkout-payments").unwrap();
        assert_eq!(scene.hit(scene.middle(&edge), 8.0), Hit::Edge(edge));
        assert_eq!(scene.hit(pt(-900.0, -900.0), 8.0), Hit::Nothing);
    }
}
