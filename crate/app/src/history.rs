//! History: snapshots of the board, so that every edit can be undone and redone.

/// How many steps can be taken back.
const MOST: usize = 200;

/// What was, and what was taken back.
#[derive(Debug, Clone)]
pub(crate) struct History<T> {
    past: Vec<T>,
    future: Vec<T>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        History {
            past: Vec::new(),
            future: Vec::new(),
        }
    }
}

impl<T> History<T> {
    /// Keeps a board that is about to change. What was taken back is gone.
    pub(crate) fn keep(&mut self, board: T) {
        self.future.clear();
        if self.past.len() == MOST {
            self.past.remove(0);
        }
        self.past.push(board);
    }

    /// The board before, in exchange for the board now.
    pub(crate) fn undo(&mut self, now: T) -> Option<T> {
        let before = self.past.pop()?;
        self.future.push(now);
        Some(before)
    }

    /// The board that was taken back, in exchange for the board now.
    pub(crate) fn redo(&mut self, now: T) -> Option<T> {
        let after = self.future.pop()?;
        self.past.push(now);
        Some(after)
    }

    pub(crate) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub(crate) fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Scenario;
    use std::rc::Rc;

    fn board(seed: u64) -> Rc<Scenario> {
        Rc::new(Scenario {
            seed,
            ..Scenario::default()
        })
    }

    #[test]
    fn steps_go_back_and_forth_until_something_new_is_done() {
        let mut history = History::default();
        history.keep(board(1));
        history.keep(board(2));
        assert_eq!(history.undo(board(3)).map(|b| b.seed), Some(2));
        assert_eq!(history.undo(board(2)).map(|b| b.seed), Some(1));
        assert!(history.undo(board(1)).is_none());
        assert_eq!(history.redo(board(1)).map(|b| b.seed), Some(2));
        history.keep(board(2));
        assert!(!history.can_redo() && history.can_undo());
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut history = History::default();
        for seed in 0..1_000 {
            history.keep(board(seed));
        }
        assert_eq!(history.past.len(), MOST);
        assert_eq!(history.past[0].seed, 800);
    }
}
