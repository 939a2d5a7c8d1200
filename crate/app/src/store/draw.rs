//! Drawing: what comes onto the board and goes, what is selected, and where the camera looks.

use sim::scenario::{Edge, EdgeId, Edit, Mode, Node, NodeId, NodeKind, Point};

use super::group::free_name;
use super::{Effect, End, Focus, Kind, Link, Selection, Store, Way};
use crate::geometry::{Camera, Pt, Rect, pt};
use crate::gesture::{GRID, middle, snapped};
use crate::scene;

/// Room around a board that fits its view: the legend stands below it.
const MARGIN: (Pt, Pt) = (pt(14.0, 18.0), pt(14.0, 46.0));

impl Store {
    pub(super) fn add(&mut self, kind: Kind, at: Option<Point>) -> Vec<Effect> {
        let at = at.unwrap_or_else(|| self.free_place(kind));
        let (id, node) = self.born(kind, at);
        let said = format!("Added {}. Press C to connect it", node.name);
        self.bring(id.clone(), [Edit::SetNode(id, node)], said)
    }

    /// A new node with a name and an id that nobody has.
    fn born(&self, kind: Kind, at: Point) -> (NodeId, Node) {
        let name = free_name(&self.scenario, kind.word());
        let id = NodeId::fresh(&name, |id| self.scenario.nodes.contains_key(id));
        (id, kind.node(name, at))
    }

    /// Makes the edits that bring a node onto the board, and selects it.
    fn bring(
        &mut self,
        id: NodeId,
        edits: impl IntoIterator<Item = Edit>,
        said: String,
    ) -> Vec<Effect> {
        let mut effects = self.keep(edits);
        if let Some(card) = self.scene.cards.get(&id).copied() {
            self.reveal(card);
        }
        self.selection = Selection::Node(id);
        effects.extend([Effect::Say(said), Effect::Focus(Focus::Selected)]);
        effects
    }

    /// Puts something new at the end of an edge from a node.
    pub(super) fn sprout(&mut self, from: NodeId, kind: Kind, at: Point) -> Vec<Effect> {
        let (id, node) = self.born(kind, at);
        let edge = Edge::new(from, id.clone());
        let caller = self.scenario.node_name(&edge.from);
        let said = format!("Added {}, called by {caller}", node.name);
        self.bring_with(id, node, edge, said)
    }

    /// Puts something new at the beginning of an edge to a node.
    pub(super) fn sprout_before(&mut self, to: NodeId, kind: Kind, at: Point) -> Vec<Effect> {
        let (id, node) = self.born(kind, at);
        let edge = Edge::new(id.clone(), to);
        let called = self.scenario.node_name(&edge.to);
        let said = format!("Added {}, which calls {called}", node.name);
        self.bring_with(id, node, edge, said)
    }

    /// Brings a node onto the board with an edge.
    fn bring_with(&mut self, id: NodeId, node: Node, edge: Edge, said: String) -> Vec<Effect> {
        self.link = None;
        let name = format!("{}-{}", edge.from, edge.to);
        let new = EdgeId::fresh(&name, |id| self.scenario.edges.contains_key(id));
        let edits = [Edit::SetNode(id.clone(), node), Edit::SetEdge(new, edge)];
        self.bring(id, edits, said)
    }

    /// Puts something new into an edge: a broker holds its queue from then on, anything else is called by its caller
    /// and calls on in its stead.
    pub(super) fn insert(&mut self, kind: Kind, at: Point, into: &EdgeId) -> Vec<Effect> {
        let Some(edge) = self.scenario.edges.get(into).cloned() else {
            return self.add(kind, Some(at));
        };
        let (id, node) = self.born(kind, at);
        let said = format!("Put {} into {}", node.name, self.scenario.edge_name(into));
        let set = Edit::SetNode(id.clone(), node);
        match kind {
            Kind::Client => self.add(kind, Some(at)),
            Kind::Broker => {
                let edge = Edge {
                    mode: Mode::Async,
                    via: Some(id.clone()),
                    ..edge
                };
                self.bring(id, [set, Edit::SetEdge(into.clone(), edge)], said)
            }
            Kind::Service | Kind::Database | Kind::External | Kind::Cache => {
                let on = Edge::new(id.clone(), edge.to.clone());
                let name = format!("{}-{}", on.from, on.to);
                let new = EdgeId::fresh(&name, |id| self.scenario.edges.contains_key(id));
                let edge = Edge {
                    to: id.clone(),
                    ..edge
                };
                let edits = [
                    set,
                    Edit::SetEdge(into.clone(), edge),
                    Edit::SetEdge(new, on),
                ];
                self.bring(id, edits, said)
            }
        }
    }

    /// The place nearest to the middle of the view where a card of this kind covers nothing.
    fn free_place(&self, kind: Kind) -> Point {
        let centre = self.camera.to_world(middle(self.view));
        let size = scene::card(&kind.node(String::new(), Point::default()));
        let middles: Vec<Pt> = self
            .scene
            .routes
            .keys()
            .map(|id| self.scene.middle(id))
            .collect();
        let free = |at: &Pt| {
            let card = Rect::around(*at, size.w + 3.0 * GRID, size.h + 3.0 * GRID);
            let overlaps = |other: &Rect| {
                let all = card.union(*other);
                all.w < card.w + other.w && all.h < card.h + other.h
            };
            // Queues stand in the middle of their edges.
            !self.scene.cards.values().any(overlaps)
                && !middles.iter().any(|at| card.grown(30.0).contains(*at))
        };
        // The sixteen places on the rim of a square of five by five, to the right first, as calls go; further
        // out with each ring.
        let ring = |radius: i32| {
            let step = f64::from(radius) * GRID;
            let rim = |x: i32, y: i32| x.abs().max(y.abs()) == 2;
            let places = [2, 1, 0, -1, -2]
                .into_iter()
                .flat_map(|x| [0, -1, 1, -2, 2].map(|y| (x, y)));
            places
                .filter(move |(x, y)| rim(*x, *y))
                .map(move |(x, y)| pt(f64::from(x) * step * 1.6, f64::from(y) * step))
        };
        let place = (0..60)
            .flat_map(ring)
            .map(|by| centre + by)
            .find(free)
            .unwrap_or(centre);
        snapped(place, false)
    }

    pub(super) fn connect(&mut self, from: NodeId, to: NodeId) -> Vec<Effect> {
        self.link = None;
        if let Some((id, _)) = self
            .scenario
            .edges
            .iter()
            .find(|(_, e)| e.from == from && e.to == to)
        {
            let id = id.clone();
            let said = format!("Already connected: {}", self.scenario.edge_name(&id));
            let mut effects = self.select(Selection::Edge(id));
            effects.push(Effect::Say(said));
            return effects;
        }
        let edge = Edge::new(from, to);
        let name = format!("{}-{}", edge.from, edge.to);
        let id = EdgeId::fresh(&name, |id| self.scenario.edges.contains_key(id));
        if !self.scenario.allows(&id, &edge) {
            let to = self.scenario.node_name(&edge.to);
            return vec![Effect::Say(format!(
                "{to} cannot be called: a client only sends"
            ))];
        }
        let mut effects = self.keep(Some(Edit::SetEdge(id.clone(), edge)));
        let said = format!("Connected {}", self.scenario.edge_name(&id));
        self.selection = Selection::Edge(id);
        effects.extend([Effect::Say(said), Effect::Focus(Focus::Selected)]);
        effects
    }

    pub(super) fn select(&mut self, selection: Selection) -> Vec<Effect> {
        self.selection = selection;
        vec![]
    }

    /// The node nearest to another one among those that fit.
    pub(super) fn nearest(&self, id: &NodeId, fits: impl Fn(Pt) -> bool) -> Option<NodeId> {
        let from = self.scene.cards.get(id)?.centre();
        let way = |card: &Rect| card.centre() - from;
        let others = self
            .scene
            .cards
            .iter()
            .filter(|(other, card)| *other != id && fits(way(card)));
        others
            .min_by(|a, b| way(a.1).length().total_cmp(&way(b.1).length()))
            .map(|(id, _)| id.clone())
    }

    pub(super) fn walk(&mut self, way: Way) -> Vec<Effect> {
        let ahead = |by: Pt| match way {
            Way::Left => -by.x > by.y.abs() * 0.7,
            Way::Right => by.x > by.y.abs() * 0.7,
            Way::Up => -by.y > by.x.abs() * 0.7,
            Way::Down => by.y > by.x.abs() * 0.7,
        };
        if let Some(link) = &self.link {
            let aimed = link.to.as_ref().unwrap_or(&link.from);
            let Some(next) = self.nearest(aimed, ahead) else {
                return vec![];
            };
            let said = format!("Connect to {}?", self.scenario.node_name(&next));
            self.link_to(Some(next), None);
            return vec![Effect::Say(said)];
        }
        let next = match &self.selection {
            Selection::Nothing => self.scene.cards.keys().next().cloned(),
            Selection::Node(id) => self.nearest(id, ahead),
            Selection::Many(all) => all.first().and_then(|id| self.nearest(id, ahead)),
            Selection::Edge(id) => self.scenario.edges.get(id).map(|edge| match way {
                Way::Left | Way::Up => edge.from.clone(),
                Way::Right | Way::Down => edge.to.clone(),
            }),
        };
        let Some(next) = next else { return vec![] };
        self.go_to(Selection::Node(next))
    }

    pub(super) fn nudge(&mut self, way: Way) -> Vec<Effect> {
        let step = GRID as i32;
        let (x, y) = match way {
            Way::Left => (-step, 0),
            Way::Right => (step, 0),
            Way::Up => (0, -step),
            Way::Down => (0, step),
        };
        let to = |id: NodeId| {
            let at = self.scenario.nodes.get(&id)?.at;
            let at = Point {
                x: at.x.saturating_add(x),
                y: at.y.saturating_add(y),
            };
            Some((id, at))
        };
        let to: Vec<_> = self.selection.nodes().into_iter().filter_map(to).collect();
        self.move_to(&to, true)
    }

    pub(super) fn enter(&mut self) -> Vec<Effect> {
        match self.link.clone() {
            Some(Link { to: Some(to), .. }) => self.join(to),
            Some(_) => vec![],
            None => vec![Effect::Focus(Focus::Inspector)],
        }
    }

    /// Leaves the innermost thing that is open.
    pub(super) fn escape(&mut self) -> Vec<Effect> {
        if self.over.is_some() {
            return self.lay_over(None);
        }
        if self.link.take().is_some() {
            return vec![Effect::Say("Not connected".into())];
        }
        if self.tried.is_some() {
            return self.keep(None);
        }
        self.selection = Selection::Nothing;
        vec![Effect::Focus(Focus::Selected)]
    }

    pub(super) fn link_from(&mut self, from: NodeId) -> Vec<Effect> {
        let said = format!(
            "Connect {} to? Arrows choose, Enter connects, Escape cancels",
            self.scenario.node_name(&from)
        );
        self.selection = Selection::Node(from.clone());
        self.link = Some(Link {
            from,
            to: None,
            at: None,
            end: None,
        });
        vec![Effect::Say(said)]
    }

    pub(super) fn link_to(&mut self, to: Option<NodeId>, at: Option<Pt>) -> Vec<Effect> {
        if let Some(link) = &mut self.link {
            let hand = link.hand();
            let fits = |id: &NodeId| {
                let kind = self.scenario.nodes.get(id).map(|node| &node.kind);
                let fits = match kind {
                    Some(NodeKind::Service(_)) => true,
                    Some(NodeKind::Client(_)) => hand == End::From,
                    Some(NodeKind::Broker(_)) | None => false,
                };
                *id != link.from && fits
            };
            link.to = to.filter(|id| at.is_none() || fits(id));
            link.at = at;
        }
        vec![]
    }

    pub(super) fn link_end(&mut self) -> Vec<Effect> {
        self.link = None;
        vec![]
    }

    pub(super) fn glance(&mut self, way: Way) -> Vec<Effect> {
        let part = self.view * (1.0 / 3.0);
        let by = match way {
            Way::Left => pt(part.x, 0.0),
            Way::Right => pt(-part.x, 0.0),
            Way::Up => pt(0.0, part.y),
            Way::Down => pt(0.0, -part.y),
        };
        self.look(self.camera.panned(by))
    }

    /// A person moved the camera: it stays where it was put.
    pub(super) fn look(&mut self, camera: Camera) -> Vec<Effect> {
        self.camera = camera;
        self.fitted = false;
        self.frame = None;
        vec![]
    }

    /// Lets the camera show everything from here on.
    pub(super) fn fit_all(&mut self) -> Vec<Effect> {
        self.fitted = true;
        self.frame = None;
        self.fit();
        vec![]
    }

    /// The board's view has another size.
    pub(super) fn resize(&mut self, view: Pt) -> Vec<Effect> {
        self.view = view;
        self.fit();
        vec![]
    }

    /// Lets the camera show everything, while nobody has moved it.
    pub(super) fn fit(&mut self) {
        if !self.fitted || self.view.x < 1.0 {
            return;
        }
        if let Some(frame) = self.frame {
            self.camera = Camera::show(frame, self.view);
            return;
        }
        let (before, after) = MARGIN;
        let camera = Camera::fit(self.scene.bounds(), self.view - before - after);
        self.camera = Camera {
            corner: camera.corner - before * (1.0 / camera.zoom),
            ..camera
        };
    }
}
