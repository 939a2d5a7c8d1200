//! The dialog that is open, with what it shows.

use std::rc::Rc;

use yew::prelude::*;

use super::{App, address};
use crate::share_panel::{SharePanel, Trouble};
use crate::store::Panel;

impl App {
    /// The dialog that is open.
    pub(super) fn panel(&self) -> Html {
        let act = &self.hands.act;
        match &self.store.panel {
            None => Html::default(),
            Some(Panel::Share) => {
                html! { <SharePanel link={address::link_to(&self.store.shared())} {act} /> }
            }
            Some(Panel::Trouble { title, what }) => {
                html! { <Trouble title={*title} what={AttrValue::from(Rc::clone(what))} {act} /> }
            }
        }
    }
}
