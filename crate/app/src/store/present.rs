//! Presenting: the page for a projector. Light, because most projectors wash dark pages out; what was before comes back.

use super::{Effect, Selection, Store, Theme};

impl Store {
    pub(super) fn present(&mut self, on: bool) -> Vec<Effect> {
        if on == self.presenting.is_some() {
            return vec![];
        }
        let before = self.presenting.take();
        if on {
            self.presenting = Some(self.theme);
            self.theme = Theme::Light;
            self.selection = Selection::Nothing;
        } else {
            self.theme = before.unwrap_or(self.theme);
        }
        self.fitted = true;
        let said = if on {
            "Presenting: PageDown goes on, Ctrl and full stop ends it"
        } else {
            "No longer presenting"
        };
        vec![
            Effect::Theme { remember: false },
            Effect::Fullscreen(on),
            Effect::Say(said.into()),
        ]
    }
}
