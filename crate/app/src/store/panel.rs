//! Panels: the dialogs over the page, and boards that come in through a link.

use std::rc::Rc;

use lessons::Preset;
use sim::Scenario;

use super::{Effect, Store};
use crate::geometry::Rect;
use crate::share::{LinkError, Shared};

/// A dialog over the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Panel {
    /// Boards and scenarios.
    Home,
    Share,
    /// The address of the whole page with this board, to copy.
    Address(Rc<str>),
    Lessons,
    /// Something could not be opened.
    Trouble {
        title: &'static str,
        what: Rc<str>,
    },
}

impl Store {
    pub(super) fn open_panel(&mut self, panel: Option<Panel>) -> Vec<Effect> {
        self.panel = panel;
        self.panels += 1;
        vec![]
    }

    /// What a link to the board as it is now brings along.
    pub(crate) fn shared(&self) -> Shared {
        let size = self.view * (1.0 / self.camera.zoom);
        let corner = self.camera.corner;
        let view = Rect {
            x: corner.x,
            y: corner.y,
            w: size.x,
            h: size.y,
        };
        Shared {
            scenario: (*self.scenario).clone(),
            preset: self.preset,
            view: if self.fitted || self.view.x < 1.0 {
                self.frame
            } else {
                Some(view)
            },
        }
    }

    /// Opens a board from the shelf or from a file.
    pub(super) fn take_up(&mut self, board: &Scenario, preset: &str) -> Vec<Effect> {
        let preset = Preset::find(preset).map_or("", |preset| preset.slug);
        self.start_with(board.clone(), preset, format!("Opened {}", board.name))
    }

    /// Goes back to an earlier state, in a step that can be undone.
    pub(super) fn revert(&mut self, board: &Scenario) -> Vec<Effect> {
        let mut effects = self.settle(board.clone());
        effects.push(Effect::Say("An earlier state; undo takes it back".into()));
        effects
    }

    /// Gives the board another name without a step that could be undone: another tab has the old one.
    pub(crate) fn call(&mut self, name: String) {
        Rc::make_mut(&mut self.scenario).name = name;
    }

    /// Opens what came by a link. It is not saved before it is changed; the board before comes back by undo.
    pub(super) fn receive(&mut self, came: Result<Rc<Shared>, LinkError>) -> Vec<Effect> {
        let shared = match came {
            Ok(shared) => shared,
            Err(error) => {
                let what = error.to_string();
                let _ = self.open_panel(Some(Panel::Trouble {
                    title: "This link could not be opened",
                    what: what.as_str().into(),
                }));
                return vec![Effect::Say(format!(
                    "This link could not be opened. {what}"
                ))];
            }
        };
        let said = format!("Opened {} from a link", shared.scenario.name);
        let effects = self.start_with(shared.scenario.clone(), shared.preset, said);
        self.frame = shared.view;
        self.fit();
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::pt;
    use crate::store::{Action, Kind, Theme};

    fn store() -> Store {
        let mut store = Store::new(None, Theme::Dark, true);
        store.update(Action::Resize(pt(1000.0, 600.0)));
        store
    }

    #[test]
    fn a_link_opens_what_was_shared_and_undo_brings_the_board_back() {
        let mut sender = store();
        sender.update(Action::Pan(pt(120.0, 30.0)));
        let link = sender.shared().fragment();
        let came = Shared::read(&link).unwrap().unwrap();
        let mut store = store();
        store.update(Action::Add(Kind::Service, None));
        let mine = Rc::clone(&store.scenario);
        let effects = store.update(Action::Receive(Ok(Rc::new(came))));
        assert!(effects.contains(&Effect::Load));
        assert!(
            !effects.contains(&Effect::Remember),
            "a visit saves nothing"
        );
        assert_eq!(store.scenario, sender.scenario);
        assert!((store.camera.zoom - sender.camera.zoom).abs() < 0.01);
        assert!((store.camera.corner - sender.camera.corner).length() < 2.0);
        assert_eq!(store.shared().fragment(), link, "the same link goes on");
        store.update(Action::Undo);
        assert_eq!(store.scenario, mine);
    }

    #[test]
    fn a_broken_link_says_so_and_leaves_the_board() {
        let mut store = store();
        let before = Rc::clone(&store.scenario);
        let effects = store.update(Action::Receive(Err(LinkError::Cut)));
        assert!(matches!(effects[..], [Effect::Say(_)]));
        assert!(matches!(store.panel, Some(Panel::Trouble { .. })));
        assert_eq!(store.scenario, before);
        store.update(Action::Panel(None));
        assert_eq!(store.panel, None);
    }
}
