//! Gestures: what a pointer that goes down, moves and comes up again means. Pure: actions come out.

use std::collections::BTreeSet;

use sim::scenario::{NodeId, Point};

use crate::align::pull;
use crate::geometry::{Pt, Rect, pt};
use crate::scene::{Hit, Scene};
use crate::store::{Action, Kind, Selection};

/// A pointer that moves less than this, in pixels, was pressed and not dragged.
const SLOP: f64 = 4.0;
/// Cards stand on this grid unless Shift is held.
pub(crate) const GRID: f64 = 20.0;

/// What the pointer is doing.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Gesture {
    #[default]
    Idle,
    /// Down on something, and not yet moved.
    Press { hit: Hit, at: Pt, world: Pt },
    /// Takes a card along; `grab` leads from the pointer to the card's centre. Others that are selected with it
    /// keep their way from it.
    Drag {
        id: NodeId,
        grab: Pt,
        others: Vec<(NodeId, Pt)>,
    },
    /// Draws a box from here.
    Marquee { from: Pt },
    /// Draws an edge from a port, or an end of one from its handle.
    Link { from: NodeId, new: bool },
    /// Moves the board.
    Pan { last: Pt },
    /// Carries something out of the palette.
    Lift { kind: Kind, from: Pt, moved: bool },
    /// Something from the palette was dropped; the click that follows belongs to it.
    Landed,
}

/// A phase of a pointer's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Down,
    Move,
    Up,
    Cancel,
}

/// Where the pointer is and what is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pointer {
    /// In pixels of the view.
    pub(crate) at: Pt,
    /// On the board.
    pub(crate) world: Pt,
    pub(crate) hit: Hit,
    /// Whether it is over the board at all.
    pub(crate) inside: bool,
    /// Whether the grid is off; on an empty place, whether a box is drawn.
    pub(crate) free: bool,
    /// Whether what is pressed is added to what is selected.
    pub(crate) add: bool,
    /// All that is selected, where what is hit is one of several.
    pub(crate) group: BTreeSet<NodeId>,
}

impl Pointer {
    fn over(&self, scene: &Scene) -> Option<NodeId> {
        match &self.hit {
            Hit::Node(id) | Hit::Port(id) => Some(id.clone()),
            Hit::Nothing | Hit::Edge(_) | Hit::End(..) => scene.node_at(self.world),
        }
    }
}

/// The nearest place on the grid.
pub(crate) fn snapped(at: Pt, free: bool) -> Point {
    let step = if free { 1.0 } else { GRID };
    let whole = |v: f64| ((v / step).round() * step) as i32;
    Point {
        x: whole(at.x),
        y: whole(at.y),
    }
}

impl Gesture {
    /// Takes something from the palette.
    pub(crate) fn lift(kind: Kind, at: Pt) -> Gesture {
        Gesture::Lift {
            kind,
            from: at,
            moved: false,
        }
    }

    /// Whether a pointer is down that has not moved.
    pub(crate) fn is_pressed(&self) -> bool {
        matches!(self, Gesture::Press { .. })
    }

    /// Whether a click belongs to nobody else.
    pub(crate) fn click_is_free(&mut self) -> bool {
        std::mem::take(self) != Gesture::Landed
    }

    /// The pointer goes on; `linking` is the node an edge is being drawn from, if one is.
    pub(crate) fn on(
        &mut self,
        phase: Phase,
        pointer: &Pointer,
        scene: &Scene,
        linking: Option<&NodeId>,
    ) -> Vec<Action> {
        match phase {
            Phase::Down => self.down(pointer, scene, linking),
            Phase::Move => self.moved(pointer, scene, linking),
            Phase::Up => self.up(pointer, scene),
            Phase::Cancel => self.cancel(),
        }
    }

    fn down(&mut self, pointer: &Pointer, scene: &Scene, linking: Option<&NodeId>) -> Vec<Action> {
        if let Some(from) = linking {
            *self = Gesture::Idle;
            return match pointer.over(scene) {
                Some(to) if to != *from => vec![Action::Join(to)],
                _ => vec![Action::LinkEnd],
            };
        }
        if let (Hit::Node(id), true) = (&pointer.hit, pointer.add) {
            *self = Gesture::Idle;
            return vec![Action::Toggle(id.clone())];
        }
        *self = Gesture::Press {
            hit: pointer.hit.clone(),
            at: pointer.at,
            world: pointer.world,
        };
        match &pointer.hit {
            // It may be that all of them are to be dragged.
            Hit::Node(_) if !pointer.group.is_empty() => vec![],
            Hit::Node(id) => vec![Action::Select(Selection::Node(id.clone()))],
            Hit::Edge(id) => vec![Action::Select(Selection::Edge(id.clone()))],
            Hit::Port(id) => vec![Action::LinkFrom(id.clone())],
            Hit::End(id, end) => vec![Action::Rewire(id.clone(), *end)],
            Hit::Nothing => vec![],
        }
    }

    fn moved(&mut self, pointer: &Pointer, scene: &Scene, linking: Option<&NodeId>) -> Vec<Action> {
        let link_to = || {
            let over = pointer.over(scene).filter(|to| linking != Some(to));
            vec![Action::LinkTo {
                to: over,
                at: Some(pointer.world),
            }]
        };
        match self {
            Gesture::Press { hit, at, world } => {
                if (pointer.at - *at).length() < SLOP {
                    return vec![];
                }
                *self = match hit {
                    Hit::Node(id) => {
                        let centre = |id| scene.cards.get(id).map_or(*world, |card| card.centre());
                        let here = centre(id);
                        let others = pointer.group.iter().filter(|other| *other != id);
                        let others = others.map(|other| (other.clone(), centre(other) - here));
                        Gesture::Drag {
                            id: id.clone(),
                            grab: here - *world,
                            others: others.collect(),
                        }
                    }
                    Hit::Port(id) => Gesture::Link {
                        from: id.clone(),
                        new: true,
                    },
                    Hit::End(..) => match linking {
                        Some(from) => Gesture::Link {
                            from: from.clone(),
                            new: false,
                        },
                        None => Gesture::Idle,
                    },
                    Hit::Nothing if pointer.free => Gesture::Marquee { from: *world },
                    Hit::Edge(_) | Hit::Nothing => Gesture::Pan { last: *at },
                };
                self.moved(pointer, scene, linking)
            }
            Gesture::Drag { id, grab, others } => {
                vec![carried(pointer, scene, id, *grab, others, false)]
            }
            Gesture::Marquee { from } => {
                let corner = |p: Pt| Rect {
                    x: p.x,
                    y: p.y,
                    w: 0.0,
                    h: 0.0,
                };
                let area = corner(*from).union(corner(pointer.world));
                let inside = scene.cards.iter().filter(|(_, card)| area.meets(**card));
                let inside = inside.map(|(id, _)| id.clone()).collect();
                vec![
                    Action::Marquee(Some(area)),
                    Action::Select(Selection::of(inside)),
                ]
            }
            Gesture::Link { .. } => link_to(),
            Gesture::Pan { last } => {
                let by = pointer.at - *last;
                *last = pointer.at;
                vec![Action::Pan(by)]
            }
            Gesture::Lift { kind, from, moved } => {
                *moved |= (pointer.at - *from).length() >= SLOP;
                vec![Action::Ghost(
                    (*moved && pointer.inside).then_some((*kind, pointer.world)),
                )]
            }
            Gesture::Idle | Gesture::Landed if linking.is_some() => link_to(),
            Gesture::Idle | Gesture::Landed => vec![],
        }
    }

    fn up(&mut self, pointer: &Pointer, scene: &Scene) -> Vec<Action> {
        match std::mem::take(self) {
            Gesture::Press {
                hit: Hit::Nothing, ..
            } => vec![Action::Select(Selection::Nothing)],
            Gesture::Press {
                hit: Hit::Node(id), ..
            } if !pointer.group.is_empty() => vec![Action::Select(Selection::Node(id))],
            Gesture::Drag { id, grab, others } => {
                vec![carried(pointer, scene, &id, grab, &others, true)]
            }
            Gesture::Marquee { .. } => vec![Action::Marquee(None)],
            Gesture::Link { from, new } => match pointer.over(scene) {
                Some(to) if to != from => vec![Action::Join(to)],
                None if new && pointer.inside => {
                    let at = snapped(pointer.world, pointer.free);
                    vec![Action::Sprout(from, Kind::Service, at)]
                }
                _ => vec![Action::LinkEnd],
            },
            Gesture::Lift {
                kind, moved: true, ..
            } => {
                *self = Gesture::Landed;
                let mut actions = vec![Action::Ghost(None)];
                if pointer.inside {
                    let at = snapped(pointer.world, pointer.free);
                    actions.push(match &pointer.hit {
                        Hit::Edge(id) => Action::Insert(kind, at, id.clone()),
                        Hit::Node(_) | Hit::Port(_) | Hit::End(..) | Hit::Nothing => {
                            Action::Add(kind, Some(at))
                        }
                    });
                }
                actions
            }
            // A tap on a port leaves the edge hanging: the next tap says where it ends.
            Gesture::Press { .. }
            | Gesture::Pan { .. }
            | Gesture::Lift { .. }
            | Gesture::Idle
            | Gesture::Landed => {
                vec![]
            }
        }
    }

    /// Gives up what is under way.
    pub(crate) fn cancel(&mut self) -> Vec<Action> {
        match std::mem::take(self) {
            Gesture::Link { .. }
            | Gesture::Press {
                hit: Hit::Port(_) | Hit::End(..),
                ..
            } => vec![Action::LinkEnd],
            Gesture::Lift { .. } => vec![Action::Ghost(None)],
            Gesture::Drag { .. } => vec![Action::Keep(None)],
            Gesture::Marquee { .. } => vec![Action::Marquee(None)],
            Gesture::Press { .. } | Gesture::Pan { .. } | Gesture::Idle | Gesture::Landed => vec![],
        }
    }
}

/// Where dragged cards are now: the one that is held in line with others that are near, or else on the grid; those that
/// go along as they stood around it.
fn carried(
    pointer: &Pointer,
    scene: &Scene,
    id: &NodeId,
    grab: Pt,
    others: &[(NodeId, Pt)],
    keep: bool,
) -> Action {
    let wish = pointer.world + grab;
    let mut held = snapped(wish, pointer.free);
    if let (Some(card), false) = (scene.cards.get(id), pointer.free) {
        let goes = |other: &NodeId| other == id || others.iter().any(|(going, _)| going == other);
        let still = scene.cards.iter().filter(|(other, _)| !goes(other));
        let card = Rect::around(wish, card.w, card.h);
        let (x, y) = pull(card, still.map(|(_, card)| card));
        let free = snapped(wish + pt(x.unwrap_or(0.0), y.unwrap_or(0.0)), true);
        held.x = x.map_or(held.x, |_| free.x);
        held.y = y.map_or(held.y, |_| free.y);
    }
    let from = pt(f64::from(held.x), f64::from(held.y));
    let mut to = vec![(id.clone(), held)];
    to.extend(
        others
            .iter()
            .map(|(id, by)| (id.clone(), snapped(from + *by, true))),
    );
    Action::Move { to, keep }
}

/// The middle of a view.
pub(crate) fn middle(view: Pt) -> Pt {
    pt(view.x / 2.0, view.y / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        Scene::of(&lessons::Preset::find("shop").unwrap().scenario().unwrap())
    }

    fn node(id: &str) -> NodeId {
        NodeId::new(id).unwrap()
    }

    fn pointer(scene: &Scene, x: f64, y: f64) -> Pointer {
        let at = pt(x, y);
        Pointer {
            at,
            world: at,
            hit: scene.hit(at, 10.0),
            inside: true,
            free: false,
            add: false,
            group: BTreeSet::new(),
        }
    }

    /// Runs a script of phases and places, and gives all actions that came out.
    fn play(gesture: &mut Gesture, scene: &Scene, script: &[(Phase, Pt)]) -> Vec<Action> {
        let mut linking: Option<NodeId> = None;
        let mut all = Vec::new();
        for (phase, at) in script {
            let actions = gesture.on(*phase, &pointer(scene, at.x, at.y), scene, linking.as_ref());
            for action in &actions {
                if let Action::LinkFrom(id) = action {
                    linking = Some(id.clone());
                } else if matches!(action, Action::LinkEnd | Action::Join(_)) {
                    linking = None;
                }
            }
            all.extend(actions);
        }
        all
    }

    #[test]
    fn a_card_is_dragged_on_the_grid_and_kept_once() {
        let scene = scene();
        let c = scene.cards[&node("gateway")].centre();
        let script = [
            (Phase::Down, c + pt(3.0, 3.0)),
            (Phase::Move, c + pt(4.0, 4.0)),
            (Phase::Move, c + pt(51.0, 3.0)),
            (Phase::Up, c + pt(52.0, 3.0)),
        ];
        let actions = play(&mut Gesture::default(), &scene, &script);
        let to = snapped(c + pt(48.0, 0.0), false);
        assert_eq!(
            actions,
            [
                Action::Select(Selection::Node(node("gateway"))),
                Action::Move {
                    to: vec![(node("gateway"), to)],
                    keep: false
                },
                Action::Move {
                    to: vec![(node("gateway"), to)],
                    keep: true
                },
            ]
        );
    }

    #[test]
    fn an_edge_is_drawn_by_dragging_and_by_two_taps() {
        let scene = scene();
        let from = Scene::port(scene.cards[&node("email")]);
        let to = scene.cards[&node("database")].centre();
        let connected = Action::Join(node("database"));
        let drag = [
            (Phase::Down, from),
            (Phase::Move, from + pt(60.0, 0.0)),
            (Phase::Move, to),
            (Phase::Up, to),
        ];
        assert_eq!(
            play(&mut Gesture::default(), &scene, &drag).last(),
            Some(&connected)
        );
        let taps = [
            (Phase::Down, from),
            (Phase::Up, from),
            (Phase::Move, to),
            (Phase::Down, to),
            (Phase::Up, to),
        ];
        let actions = play(&mut Gesture::default(), &scene, &taps);
        assert!(actions.contains(&connected));
        assert!(!actions.contains(&Action::LinkEnd));
    }

    #[test]
    fn an_empty_place_pans_or_deselects() {
        let scene = scene();
        let at = pt(-500.0, -500.0);
        let tap = play(
            &mut Gesture::default(),
            &scene,
            &[(Phase::Down, at), (Phase::Up, at)],
        );
        assert_eq!(tap, [Action::Select(Selection::Nothing)]);
        let pan = [
            (Phase::Down, at),
            (Phase::Move, at + pt(10.0, 0.0)),
            (Phase::Up, at),
        ];
        assert_eq!(
            play(&mut Gesture::default(), &scene, &pan),
            [Action::Pan(pt(10.0, 0.0))]
        );
    }

    #[test]
    fn the_palette_drops_where_the_pointer_is_and_swallows_the_click() {
        let scene = scene();
        let mut gesture = Gesture::lift(Kind::Service, pt(0.0, 0.0));
        let script = [
            (Phase::Move, pt(300.0, 709.0)),
            (Phase::Up, pt(300.0, 709.0)),
        ];
        let actions = play(&mut gesture, &scene, &script);
        assert!(actions.contains(&Action::Add(Kind::Service, Some(Point { x: 300, y: 700 }))));
        assert!(!gesture.click_is_free() && gesture.click_is_free());
    }

    #[test]
    fn a_drag_that_is_cancelled_changes_nothing() {
        let scene = scene();
        let c = scene.cards[&node("gateway")].centre();
        let script = [
            (Phase::Down, c),
            (Phase::Move, c + pt(40.0, 0.0)),
            (Phase::Cancel, c),
        ];
        assert_eq!(
            play(&mut Gesture::default(), &scene, &script).last(),
            Some(&Action::Keep(None))
        );
    }
}
