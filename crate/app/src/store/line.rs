//! The line of time: where the run stands, how far it has been, and what becomes of the board when one goes back.

use std::rc::Rc;

use sim::Scenario;
use sim::run::Plan;
use sim::scenario::Fault;
use sim::units::{Span, Time};

use super::{Effect, Leaf, Store};

/// Where the run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    /// The moment that is shown.
    pub(crate) at: Time,
    /// The latest time the run has been at.
    pub(crate) end: Time,
    /// When the board was changed.
    pub(crate) edits: Vec<Time>,
}

/// Two designs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Beside {
    /// The board is alone.
    #[default]
    Nothing,
    /// Another run goes on beside it.
    Run,
}

impl Store {
    /// Goes to a time of the run.
    pub(super) fn seek(&mut self, to: Time) -> Vec<Effect> {
        let to = to.min(self.line.end.max(self.line.at));
        if to == self.line.at {
            return vec![];
        }
        self.look_elsewhere();
        vec![Effect::Seek(to)]
    }

    /// Goes so far back.
    pub(super) fn back(&mut self, by: Span) -> Vec<Effect> {
        let at = self.line.at.as_nanos().saturating_sub(by.as_nanos());
        let mut effects = self.seek(Time::from_nanos(at));
        if !effects.is_empty() {
            let secs = at as f64 / 1e9;
            effects.push(Effect::Say(format!("Back at {secs:.1} seconds")));
        }
        effects
    }

    /// Begins a comparison, or ends it.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        if self.beside == Beside::Run {
            return vec![
                Effect::Alone,
                Effect::Say("The comparison has ended".into()),
            ];
        }
        vec![
            Effect::Compare,
            Effect::Say(
                "Both designs on one clock: A as the run began, B as the board is now".into(),
            ),
        ]
    }

    /// The engine tells of the line of time, and of the board that is in force where it is another one than the page
    /// has: a rewind brought back how it was, or a run that is replayed has come to an edit.
    pub(super) fn follow(
        &mut self,
        end: Time,
        edits: Vec<Time>,
        board: Option<(Scenario, Vec<Fault>)>,
    ) -> Vec<Effect> {
        let board = self.follow_board(board);
        (self.line.end, self.line.edits) = (end, edits);
        board
    }

    fn follow_board(&mut self, board: Option<(Scenario, Vec<Fault>)>) -> Vec<Effect> {
        let Some((board, clicked)) = board else {
            return vec![];
        };
        self.clicked = Rc::new(clicked);
        // A board that differs in nothing a run can see is the newer one here: a card may have been moved since.
        if board.runs_like(&self.scenario) {
            return vec![];
        }
        self.tried = None;
        let latest = self.ahead.take();
        let latest = latest.unwrap_or_else(|| self.leaf(Rc::clone(&self.scenario)));
        let is_latest = board.runs_like(&latest.board);
        let next = if is_latest {
            Rc::clone(&latest.board)
        } else {
            Rc::new(board)
        };
        // The engine has this board.
        let _ = self.show(next);
        self.ahead = (!is_latest).then_some(latest);
        vec![]
    }

    /// The board is about to change in the past of the run: the latest one is kept, for undo.
    pub(super) fn leave_future(&mut self) {
        if let Some(latest) = self.ahead.take() {
            self.history.keep(latest);
        }
    }

    /// Opens a saved run: its first board, and everything that happened to it is to happen again.
    pub(super) fn replay(&mut self, plan: &Rc<Plan>) -> Vec<Effect> {
        let first = (*plan.first().scenario).clone();
        let changes = plan.edits().len() - 1;
        let said = format!("Opened a run of {} with {changes} changes", first.name);
        let effects = self.start_with(first, "", said);
        self.line.edits = plan.edits().iter().map(|edit| edit.at).collect();
        let replays = |effect| {
            if effect == Effect::Load {
                Effect::Replay(Rc::clone(plan))
            } else {
                effect
            }
        };
        effects.into_iter().map(replays).collect()
    }

    /// Shows a board that is only looked at.
    pub(crate) fn display(&mut self, board: Scenario, clicked: Vec<Fault>) {
        let _ = self.show(Rc::new(board));
        self.clicked = Rc::new(clicked);
    }

    /// The moment that is shown.
    pub(crate) fn stand_at(&mut self, at: Time) {
        self.line.at = at;
        self.line.end = self.line.end.max(at);
    }
}

/// The latest board, while a run stands in its past.
pub(super) type Ahead = Option<Leaf>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Action, Theme};
    use sim::scenario::{EdgeId, FaultKind, Mode, NodeId};
    use sim::units::Ratio;

    fn at(secs: u64) -> Time {
        Time::ZERO + Span::secs(secs)
    }

    /// A shop that was flipped at 5 s and has run for 20 s.
    fn store() -> (Store, Rc<Scenario>) {
        let mut store = Store::new(None, Theme::Dark, true);
        let first = Rc::clone(&store.scenario);
        store.stand_at(at(5));
        store.update(Action::Switch(payments()));
        store.stand_at(at(20));
        (store, first)
    }

    fn payments() -> EdgeId {
        EdgeId::new("checkout-payments").unwrap()
    }

    fn follow(store: &mut Store, end: u64, board: &Scenario) -> Vec<Effect> {
        store.update(Action::Follow {
            end: at(end),
            edits: vec![at(0), at(5)],
            board: Some((board.clone(), vec![])),
        })
    }

    fn mode(store: &Store) -> Mode {
        store.scenario.edges[&payments()].mode
    }

    #[test]
    fn going_back_shows_the_board_as_it_was_and_going_on_the_latest() {
        let (mut store, first) = store();
        assert_eq!(store.update(Action::Seek(at(3))), [Effect::Seek(at(3))]);
        assert_eq!(store.update(Action::Seek(at(99))), [], "there it stands");
        store.stand_at(at(3));
        assert_eq!(
            follow(&mut store, 20, &first),
            [],
            "nothing is saved or told"
        );
        assert_eq!((mode(&store), store.line.end), (Mode::Sync, at(20)));
        let mut flipped = (*first).clone();
        flipped.edges.get_mut(&payments()).unwrap().mode = Mode::Async;
        store.stand_at(at(6));
        follow(&mut store, 20, &flipped);
        assert_eq!(mode(&store), Mode::Async);
        assert!(store.ahead.is_none());
    }

    #[test]
    fn a_change_in_the_past_loses_no_board() {
        let (mut store, first) = store();
        let latest = Rc::clone(&store.scenario);
        store.stand_at(at(3));
        follow(&mut store, 20, &first);
        store.stand_at(at(3));
        let on = NodeId::new("database").unwrap().into();
        let kind = FaultKind::Slow(Ratio::whole(10));
        let effects = store.update(Action::Fault(Fault { on, kind }));
        assert!(effects.contains(&Effect::Adopt));
        assert_eq!(
            store.line.end,
            at(3),
            "the old future is no longer this run's"
        );
        store.update(Action::Undo);
        assert_eq!(store.scenario, latest);
    }

    #[test]
    fn a_saved_run_opens_as_another_board_and_undo_brings_this_one_back() {
        let (mut store, first) = store();
        let latest = Rc::clone(&store.scenario);
        let plan = Rc::new(Plan::new(&first, &[]));
        let effects = store.update(Action::Replay(Rc::clone(&plan)));
        assert!(effects.contains(&Effect::Replay(plan)) && !effects.contains(&Effect::Load));
        assert_eq!((&store.scenario, store.line.at), (&first, Time::ZERO));
        store.update(Action::Undo);
        assert_eq!(store.scenario, latest);
    }

    #[test]
    fn a_comparison_begins_and_ends_by_the_same_key() {
        let (mut store, _) = store();
        assert_eq!(store.update(Action::Compare)[0], Effect::Compare);
        store.beside = Beside::Run;
        assert_eq!(store.update(Action::Compare)[0], Effect::Alone);
        store.update(Action::Reset);
        assert_eq!(store.beside, Beside::Nothing);
        assert_eq!(store.line, Line::default());
    }
}
