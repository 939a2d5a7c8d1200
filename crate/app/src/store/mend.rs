//! Mending: an edge's end is put elsewhere, and what is deleted may leave its neighbours joined.

use std::collections::{BTreeMap, BTreeSet};

use sim::Scenario;
use sim::scenario::{Edge, EdgeId, Edit, NodeId};

use super::{Effect, End, Focus, Link, Selection, Store};

impl Store {
    /// Takes an end of an edge in hand.
    pub(super) fn rewire(&mut self, id: EdgeId, end: End) -> Vec<Effect> {
        let Some(edge) = self.scenario.edges.get(&id) else {
            return vec![];
        };
        let (stays, now) = match end {
            End::From => (edge.to.clone(), edge.from.clone()),
            End::To => (edge.from.clone(), edge.to.clone()),
        };
        let what = match end {
            End::From => "Who is to call",
            End::To => "What is to be called by",
        };
        let name = self.scenario.node_name(&stays);
        let said = format!("{what} {name}? Arrows choose, Enter connects, Escape cancels");
        self.selection = Selection::Edge(id.clone());
        self.link = Some(Link {
            from: stays,
            to: Some(now),
            at: None,
            end: Some((id, end)),
        });
        vec![Effect::Say(said)]
    }

    /// Ends the edge that is being drawn, or the end of one that is in hand, at a node.
    pub(super) fn join(&mut self, at: NodeId) -> Vec<Effect> {
        let Some(link) = self.link.take() else {
            return vec![];
        };
        if link.from == at {
            return vec![Effect::Say(
                "Not connected: a node does not call itself".into(),
            )];
        }
        match link.end {
            None => self.connect(link.from, at),
            Some((id, end)) => self.put_end(&id, end, at),
        }
    }

    /// Puts an end of an edge elsewhere; all its settings stay.
    pub(super) fn put_end(&mut self, id: &EdgeId, end: End, at: NodeId) -> Vec<Effect> {
        let Some(edge) = self.scenario.edges.get(id).cloned() else {
            return vec![];
        };
        let before = edge.clone();
        let edge = match end {
            End::From => Edge { from: at, ..edge },
            End::To => Edge { to: at, ..edge },
        };
        if edge == before {
            return vec![Effect::Say("It ends where it did".into())];
        }
        if !self.scenario.allows(id, &edge) {
            let (from, to) = (
                self.scenario.node_name(&edge.from),
                self.scenario.node_name(&edge.to),
            );
            return vec![Effect::Say(format!(
                "Not done: {from} cannot call {to}, or does so already"
            ))];
        }
        let mut effects = self.keep([Edit::SetEdge(id.clone(), edge)]);
        let said = format!("Now {}", self.scenario.edge_name(id));
        effects.extend([Effect::Say(said), Effect::Focus(Focus::Selected)]);
        effects
    }

    /// Takes what is selected off the board; where a node is `healed`, who called it calls what it called.
    pub(super) fn delete(&mut self, healed: bool) -> Vec<Effect> {
        let mut board = (*self.scenario).clone();
        let (name, next) = match &self.selection {
            Selection::Nothing => return vec![],
            Selection::Many(all) => (format!("{} nodes", all.len()), Selection::Nothing),
            Selection::Node(id) => {
                let next = self.nearest(id, |_| true);
                let name = self.scenario.node_name(id).to_owned();
                (name, next.map_or(Selection::Nothing, Selection::Node))
            }
            Selection::Edge(id) => {
                board.apply(Edit::RemoveEdge(id.clone()));
                let from = self.scenario.edges.get(id).map(|edge| edge.from.clone());
                let next = from.map_or(Selection::Nothing, Selection::Node);
                (self.scenario.edge_name(id), next)
            }
        };
        for id in self.selection.nodes() {
            if healed {
                bridge(&mut board, &id);
            } else {
                board.apply(Edit::RemoveNode(id));
            }
        }
        let more = if healed {
            ", and joined what it connected"
        } else {
            ""
        };
        let mut effects = self.settle(board);
        self.selection = next;
        effects.extend([
            Effect::Say(format!("Deleted {name}{more}")),
            Effect::Focus(Focus::Selected),
        ]);
        effects
    }
}

/// Removes a node, and lets who called it call what it called, in the steps in which it did. An edge that led to it
/// keeps its settings; where it called several, each of them keeps which share of the requests is meant for it.
fn bridge(board: &mut Scenario, id: &NodeId) {
    let edges = |fits: &dyn Fn(&Edge) -> bool| {
        let found = board.edges.iter().filter(|(_, edge)| fits(edge));
        found
            .map(|(id, edge)| (id.clone(), edge.clone()))
            .collect::<Vec<_>>()
    };
    let callers = edges(&|edge| edge.to == *id && edge.from != *id);
    let called = edges(&|edge| edge.from == *id && edge.to != *id);
    board.apply(Edit::RemoveNode(id.clone()));
    let steps: BTreeSet<u32> = called.iter().map(|(_, edge)| edge.step).collect();
    let ranks: BTreeMap<u32, u32> = steps.into_iter().zip(0..).collect();
    for (kept, caller) in callers {
        let more = u32::try_from(ranks.len()).unwrap_or(0).saturating_sub(1);
        // What the caller did after it comes after all that it did.
        for edge in board.edges.values_mut() {
            if edge.from == caller.from && edge.step > caller.step {
                edge.step += more;
            }
        }
        for (nth, (_, on)) in called.iter().enumerate() {
            let mut edge = Edge {
                to: on.to.clone(),
                step: caller.step + ranks.get(&on.step).copied().unwrap_or(0),
                ..caller.clone()
            };
            if called.len() > 1 {
                (edge.group, edge.weight, edge.probability) = (on.group, on.weight, on.probability);
            }
            let id = if nth == 0 {
                kept.clone()
            } else {
                EdgeId::fresh(&format!("{}-{}", edge.from, edge.to), |id| {
                    board.edges.contains_key(id)
                })
            };
            // Where they are connected already, or would be with themselves, nothing is to be done.
            if edge.from != edge.to {
                board.apply(Edit::SetEdge(id, edge));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Action, Theme};

    fn node(id: &str) -> NodeId {
        NodeId::new(id).unwrap()
    }

    fn edge(id: &str) -> EdgeId {
        EdgeId::new(id).unwrap()
    }

    fn shop() -> Store {
        Store::new(None, Theme::Dark, true)
    }

    fn called_by(store: &Store, id: &str) -> Vec<(String, u32)> {
        let edges = store.scenario.edges.values();
        let mut all: Vec<_> = edges
            .filter(|edge| edge.from == node(id))
            .map(|edge| (edge.to.as_str().to_owned(), edge.step))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn an_end_is_put_elsewhere_by_keys_in_one_step() {
        let mut store = shop();
        let id = edge("checkout-payments");
        store.update(Action::Switch(id.clone()));
        store.update(Action::Rewire(id.clone(), End::To));
        store.update(Action::LinkTo {
            to: Some(node("database")),
            at: None,
        });
        store.update(Action::Enter);
        let now = &store.scenario.edges[&id];
        assert_eq!(
            (now.from.clone(), now.to.clone()),
            (node("checkout"), node("database"))
        );
        assert_eq!(now.mode, sim::scenario::Mode::Async, "its settings stay");
        store.update(Action::Rewire(id.clone(), End::From));
        store.update(Action::Join(node("email")));
        assert_eq!(store.scenario.edges[&id].from, node("email"));
        store.update(Action::Undo);
        store.update(Action::Undo);
        assert_eq!(store.scenario.edges[&id].to, node("payments"));
    }

    #[test]
    fn what_cannot_be_connected_stays_as_it_was() {
        let mut store = shop();
        let before = store.scenario.clone();
        let id = edge("checkout-payments");
        for (end, at) in [
            (End::To, "shoppers"),
            (End::To, "checkout"),
            (End::To, "email"),
            (End::To, "payments"),
        ] {
            store.update(Action::Rewire(id.clone(), end));
            let effects = store.update(Action::Join(node(at)));
            assert!(matches!(effects[..], [Effect::Say(_)]), "{at}: {effects:?}");
            assert_eq!(store.scenario, before, "{at}");
        }
        assert!(!store.history.can_undo());
    }

    #[test]
    fn a_healing_delete_joins_callers_to_what_was_called() {
        let mut store = shop();
        let called = called_by(&store, "checkout");
        assert_eq!(called.len(), 2, "{called:?}");
        let before = called_by(&store, "gateway");
        store.update(Action::Select(Selection::Node(node("checkout"))));
        store.update(Action::Bridge);
        let now = called_by(&store, "gateway");
        assert_eq!(now.len(), before.len() + 1, "{now:?}");
        for (to, _) in called {
            assert!(now.iter().any(|(other, _)| *other == to), "{now:?}");
        }
        // What came in steps still does.
        let step = |of: &str| now.iter().find(|(to, _)| to == of).unwrap().1;
        let apart = shop().scenario.edges[&edge("checkout-email")].step
            - shop().scenario.edges[&edge("checkout-payments")].step;
        assert_eq!(step("email") - step("payments"), apart);
        store.update(Action::Undo);
        assert_eq!(called_by(&store, "gateway"), before, "one step");
        store.update(Action::Select(Selection::Node(node("checkout"))));
        store.update(Action::Delete);
        assert_eq!(called_by(&store, "gateway").len(), before.len() - 1);
    }
}
