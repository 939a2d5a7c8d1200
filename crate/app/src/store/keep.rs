//! How the board changes: tries, steps that can be undone, and what the engine has to know of them.

use std::rc::Rc;

use lessons::Preset;
use sim::Scenario;
use sim::scenario::{EdgeId, Edit, Node, NodeId, Point};

use super::{Effect, Focus, Selection, Store};
use crate::scene::Scene;

/// A board as it was: what stood on it, which one of this visit's boards it is, and the preset it came from.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(super) board: Rc<Scenario>,
    doc: u32,
    preset: &'static str,
}

impl Store {
    pub(super) fn leaf(&self, board: Rc<Scenario>) -> Leaf {
        Leaf {
            board,
            doc: self.doc,
            preset: self.preset,
        }
    }

    /// Changes the board for the moment.
    pub(super) fn attempt(&mut self, edits: impl IntoIterator<Item = Edit>) -> Vec<Effect> {
        if self.readonly {
            return vec![];
        }
        self.tried.get_or_insert_with(|| Rc::clone(&self.scenario));
        let mut next = (*self.scenario).clone();
        edits.into_iter().for_each(|edit| next.apply(edit));
        if !next.problems().is_empty() {
            return vec![];
        }
        self.show(Rc::new(next))
    }

    /// Changes the board by one step; all tries since the last step are part of it, and taken back without an edit.
    pub(super) fn keep(&mut self, edits: impl IntoIterator<Item = Edit>) -> Vec<Effect> {
        let mut edits = edits.into_iter().peekable();
        self.moving = false;
        if edits.peek().is_none() {
            let tried = self.tried.take();
            return tried.map_or_else(Vec::new, |before| self.show(before));
        }
        let mut next = (*self.scenario).clone();
        edits.for_each(|edit| next.apply(edit));
        self.settle(next)
    }

    /// Makes this the board, in one step that can be undone.
    pub(super) fn settle(&mut self, next: Scenario) -> Vec<Effect> {
        if self.readonly {
            return Self::refused(&super::Action::Undo);
        }
        let tried = self.tried.take();
        let before = tried.unwrap_or_else(|| Rc::clone(&self.scenario));
        // A board that could not be loaded again is not kept.
        if let Some(problem) = next.problems().into_iter().next() {
            let mut effects = self.show(before);
            effects.push(Effect::Say(format!("Not done: {}", problem.what)));
            return effects;
        }
        let differs = *before != next;
        if differs {
            self.leave_future();
        }
        let mut effects = self.show(Rc::new(next));
        if differs {
            self.history.keep(self.leaf(before));
            effects.push(Effect::Remember);
        }
        effects
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        // What is being tried is the last thing that was done.
        if self.tried.is_some() {
            return self.keep(None);
        }
        self.leave_future();
        let back = self.history.undo(self.leaf(Rc::clone(&self.scenario)));
        self.travel(back, "Undone")
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        let back = self.history.redo(self.leaf(Rc::clone(&self.scenario)));
        self.travel(back, "Redone")
    }

    fn travel(&mut self, to: Option<Leaf>, word: &str) -> Vec<Effect> {
        let Some(to) = to else { return vec![] };
        self.tried = None;
        // Another board was saved when it was left, if it was changed at all.
        let same = self.doc == to.doc;
        self.doc = to.doc;
        self.preset = to.preset;
        let mut effects = self.show(to.board);
        if same {
            effects.push(Effect::Remember);
        }
        effects.push(Effect::Say(word.into()));
        effects
    }

    pub(super) fn move_to(&mut self, to: &[(NodeId, Point)], keep: bool) -> Vec<Effect> {
        let edit = |(id, at): &(NodeId, Point)| {
            let node = self.scenario.nodes.get(id)?.clone();
            Some(Edit::SetNode(id.clone(), Node { at: *at, ..node }))
        };
        let edits: Vec<Edit> = to.iter().filter_map(edit).collect();
        if keep {
            self.keep(edits)
        } else {
            self.moving = true;
            self.attempt(edits)
        }
    }

    pub(super) fn switch(&mut self, id: &EdgeId) -> Vec<Effect> {
        let Some(edge) = self.scenario.edges.get(id) else {
            return vec![];
        };
        let mut edge = edge.clone();
        edge.mode = edge.mode.flipped();
        let said = format!(
            "{} is now {}",
            self.scenario.edge_name(id),
            edge.mode.word()
        );
        let mut effects = self.keep(Some(Edit::SetEdge(id.clone(), edge)));
        effects.push(Effect::Say(said));
        effects
    }

    pub(super) fn open(&mut self, slug: &str) -> Vec<Effect> {
        let Some(preset) = Preset::find(slug) else {
            return vec![];
        };
        let Ok(scenario) = preset.scenario() else {
            return vec![];
        };
        let said = format!("Opened {}", scenario.name);
        self.start_with(scenario, preset.slug, said)
    }

    pub(super) fn clear(&mut self) -> Vec<Effect> {
        let scenario = Scenario {
            name: "My board".into(),
            ..Scenario::default()
        };
        self.start_with(scenario, "", "An empty board".into())
    }

    /// A whole other board, which is not saved before it is changed; the one before comes back by undo.
    pub(super) fn start_with(
        &mut self,
        scenario: Scenario,
        preset: &'static str,
        said: String,
    ) -> Vec<Effect> {
        let before = self
            .tried
            .take()
            .unwrap_or_else(|| Rc::clone(&self.scenario));
        self.history.keep(self.leaf(before));
        self.docs += 1;
        self.doc = self.docs;
        self.preset = preset;
        self.panel = None;
        self.selection = Selection::Nothing;
        self.link = None;
        self.fitted = true;
        self.frame = None;
        self.guided.away = false;
        self.playing = false;
        let _ = self.show(Rc::new(scenario));
        self.fit();
        let mut effects = self.reset();
        effects.extend([Effect::Say(said), Effect::Focus(Focus::Selected)]);
        effects
    }

    /// Puts a board on the screen and says what the engine has to know of it.
    pub(super) fn show(&mut self, next: Rc<Scenario>) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.scenario, next);
        self.scene = Rc::new(Scene::of(&self.scenario));
        let (nodes, edges) = (&self.scenario.nodes, &self.scenario.edges);
        let stands = match &self.selection {
            Selection::Nothing => true,
            Selection::Node(id) => nodes.contains_key(id),
            Selection::Edge(id) => edges.contains_key(id),
            Selection::Many(all) => all.iter().all(|id| nodes.contains_key(id)),
        };
        if !stands {
            self.selection = Selection::Nothing;
        }
        if self.link.as_ref().is_some_and(|link| {
            let gone = |(id, _): &(EdgeId, super::End)| !edges.contains_key(id);
            !nodes.contains_key(&link.from) || link.end.as_ref().is_some_and(gone)
        }) {
            self.link = None;
        }
        let befalls = |on, kind| self.scenario.befalls(on, kind);
        if self
            .clicked
            .iter()
            .any(|fault| !befalls(&fault.on, fault.kind))
        {
            let left = self
                .clicked
                .iter()
                .filter(|fault| befalls(&fault.on, fault.kind));
            self.clicked = Rc::new(left.cloned().collect());
        }
        if before.seed != self.scenario.seed {
            return self.reset();
        }
        if before.runs_like(&self.scenario) {
            return vec![];
        }
        self.line.end = self.line.at;
        vec![Effect::Adopt]
    }
}
