//! A board that stays as it is: readers may play, look around and make trouble, and change nothing that is kept.

use sim::scenario::{Fault, FaultKind, NodeKind};

use super::{Action, Effect, Over, Store};

/// What is said to who tries.
const SAID: &str = "This board cannot be changed here. Open it in full to do that.";

impl Action {
    /// Whether it changes the board, or puts another one in its place.
    const fn edits(&self) -> bool {
        matches!(
            self,
            Action::Try(_)
                | Action::Keep(_)
                | Action::Move { .. }
                | Action::Add(..)
                | Action::Insert(..)
                | Action::Sprout(..)
                | Action::Duplicate
                | Action::Copy { cut: true }
                | Action::AskPaste
                | Action::Paste(_)
                | Action::Arrange(_)
                | Action::Join(_)
                | Action::Rewire(..)
                | Action::PutEnd(..)
                | Action::Grow(_)
                | Action::Tidy
                | Action::Switch(_)
                | Action::Delete
                | Action::Bridge
                | Action::Rename
                | Action::LinkFrom(_)
                | Action::Undo
                | Action::Redo
                | Action::Open(_)
                | Action::Clear
                | Action::Lesson(_)
                | Action::Bring(..)
                | Action::Put(_)
                | Action::Revert(_)
                | Action::Seed(_)
                | Action::Over(Some(Over::Add(_)))
        )
    }
}

impl Store {
    /// Whether something may be done here: what changes a board that stays as it is may not.
    pub(crate) const fn may(&self, action: &Action) -> bool {
        !(self.readonly && action.edits())
    }

    /// Refuses it, with words where somebody waits for something to happen.
    pub(super) fn refused(action: &Action) -> Vec<Effect> {
        if matches!(
            action,
            Action::Try(_) | Action::Keep(None) | Action::Move { .. }
        ) {
            return vec![];
        }
        vec![Effect::Say(SAID.into())]
    }

    /// The spike of the first client, and whether it is on.
    pub(crate) fn spike(&self) -> Option<(Fault, bool)> {
        let mut nodes = self.scenario.nodes.iter();
        let (id, node) = nodes.find(|(_, node)| matches!(node.kind, NodeKind::Client(_)))?;
        let all = FaultKind::for_node(&node.kind);
        let kind = all
            .into_iter()
            .find(|kind| matches!(kind, FaultKind::Spike(_)))?;
        let fault = Fault {
            on: id.clone().into(),
            kind,
        };
        let on = self.clicked.contains(&fault);
        Some((fault, on))
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::keys;
    use crate::store::{Kind, Selection, Theme};
    use sim::scenario::{EdgeId, NodeId};

    #[test]
    fn nothing_that_is_kept_changes_and_the_run_goes_on() {
        let mut store = Store::new(None, Theme::Dark, true);
        store.update(Action::Add(Kind::Service, None));
        store.readonly = true;
        let before = Rc::clone(&store.scenario);
        let edge = EdgeId::new("checkout-payments").unwrap();
        store.update(Action::Select(Selection::Edge(edge.clone())));
        for action in [
            Action::Switch(edge),
            Action::Delete,
            Action::Undo,
            Action::Add(Kind::Cache, None),
            Action::Open("spike"),
            Action::Clear,
            Action::Tidy,
            Action::Seed(3),
        ] {
            let effects = store.update(action.clone());
            assert_eq!(effects, [Effect::Say(SAID.into())], "{action:?}");
            assert_eq!(store.scenario, before, "{action:?}");
        }
        // What the list of edits may lack is stopped where the board is put on the screen.
        assert_eq!(
            store.settle(sim::Scenario::default()),
            [Effect::Say(SAID.into())]
        );
        assert_eq!(store.scenario, before);
        store.update(Action::Play(true));
        let (fault, on) = store.spike().unwrap();
        assert!(store.playing && !on);
        store.update(Action::Fault(fault));
        assert!(store.spike().unwrap().1);
    }

    #[test]
    fn menus_offer_nothing_that_would_be_refused() {
        let mut store = Store::new(None, Theme::Dark, true);
        store.update(Action::Select(Selection::Node(
            NodeId::new("database").unwrap(),
        )));
        store.readonly = true;
        let deeds = keys::menu(&store).into_iter().chain(keys::all(&store));
        for deed in deeds.flat_map(|(_, deeds)| deeds) {
            assert!(store.may(&deed.action), "{}", deed.words);
            let before = Rc::clone(&store.scenario);
            store.update(deed.action);
            assert_eq!(store.scenario, before, "{}", deed.words);
        }
    }
}
