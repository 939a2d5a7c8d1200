//! What lies over the page: a menu, a search or the list of keys; at most one of them.

use sim::scenario::{NodeId, NodeKind};

use super::{Effect, Focus, Selection, Store};
use crate::geometry::{Pt, Rect, pt};
use crate::gesture::middle;

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Over {
    /// The context menu of what is selected, at a place of the board's view.
    Menu(Pt),
    /// The search for something to add, there on the board or, without a place, where there is room.
    Add(Option<Pt>),
    /// The search among all that can be done.
    Commands,
    /// The list of keys.
    Sheet,
}

impl Store {
    /// Lays something over the page, or takes away what lies there.
    pub(super) fn lay_over(&mut self, over: Option<Over>) -> Vec<Effect> {
        self.over = over;
        let focus = if over.is_some() {
            Focus::Over
        } else {
            Focus::Selected
        };
        vec![Effect::Focus(focus)]
    }

    /// Selects something, and brings it into sight.
    pub(super) fn go_to(&mut self, selection: Selection) -> Vec<Effect> {
        let area = match &selection {
            Selection::Node(id) => self.scene.cards.get(id).copied(),
            Selection::Edge(id) => Some(Rect::around(self.scene.middle(id), 80.0, 60.0)),
            Selection::Nothing | Selection::Many(_) => None,
        };
        if let Some(area) = area {
            self.reveal(area);
        }
        self.selection = selection;
        vec![Effect::Focus(Focus::Selected)]
    }

    /// Brings a part of the board into sight: by showing all of it, unless somebody has moved the camera.
    pub(super) fn reveal(&mut self, area: Rect) {
        let seen = self.view.x < 1.0 || self.camera.area(self.view).holds(area);
        if !seen && self.fitted {
            self.fit();
        } else if !seen {
            let _ = self.look(self.camera.at(area.centre(), self.view));
        }
    }

    /// The place on the board that the menu is about, or else that the pointer is at, if no card stands there.
    pub(crate) fn pointed(&self) -> Option<Pt> {
        let at = match self.over {
            Some(Over::Menu(at)) => at,
            Some(Over::Add(_) | Over::Commands | Over::Sheet) | None => self.pointer?,
        };
        let at = self.camera.to_world(at);
        self.scene.node_at(at).is_none().then_some(at)
    }

    /// Where the menu of what is selected opens when no pointer says so.
    pub(crate) fn menu_place(&self) -> Pt {
        let of_nodes = |nodes: std::collections::BTreeSet<NodeId>| {
            let card = nodes.first().and_then(|id| self.scene.cards.get(id))?;
            Some(card.centre())
        };
        let world = match &self.selection {
            Selection::Nothing => None,
            Selection::Node(_) | Selection::Many(_) => of_nodes(self.selection.nodes()),
            Selection::Edge(id) => Some(self.scene.middle(id)),
        };
        let at = world.map_or(middle(self.view), |at| self.camera.to_screen(at));
        pt(at.x.clamp(0.0, self.view.x), at.y.clamp(0.0, self.view.y))
    }

    /// Whether edges can begin at a node.
    pub(crate) fn calls(&self, id: &NodeId) -> bool {
        let kind = self.scenario.nodes.get(id).map(|node| &node.kind);
        match kind {
            Some(NodeKind::Client(_) | NodeKind::Service(_)) => true,
            Some(NodeKind::Broker(_)) | None => false,
        }
    }

    /// Whether edges can end at a node.
    pub(crate) fn is_called(&self, id: &NodeId) -> bool {
        let kind = self.scenario.nodes.get(id).map(|node| &node.kind);
        match kind {
            Some(NodeKind::Service(_)) => true,
            Some(NodeKind::Client(_) | NodeKind::Broker(_)) | None => false,
        }
    }

    /// Puts what is selected on the clipboard as text, and takes it off the board if it is cut.
    pub(super) fn copy(&mut self, cut: bool) -> Vec<Effect> {
        let Some(part) = self.part() else {
            return vec![];
        };
        let mut effects = vec![Effect::Copy(part.save())];
        if cut {
            effects.extend(self.delete(false));
        } else {
            let count = part.nodes.len();
            let said = if count == 1 {
                "Copied"
            } else {
                "Copied all of them"
            };
            effects.push(Effect::Say(said.into()));
        }
        effects
    }
}
