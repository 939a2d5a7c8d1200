//! The dialog that is open, with what it shows, and the notice about the board's keeping.

use std::rc::Rc;

use yew::prelude::*;

use super::{App, address, host};
use crate::drawing::mermaid;
use crate::home_panel::{HomePanel, NoticeBar};
use crate::share_panel::{Address, SharePanel, Trouble};
use crate::store::Panel;

impl App {
    /// The dialog that is open.
    pub(super) fn panel(&self) -> Html {
        let (store, act) = (&self.store, &self.hands.act);
        match &store.panel {
            None => Html::default(),
            Some(Panel::Home) => {
                let boards = Rc::clone(&self.desk.listing);
                let current = self.home().map(|id| AttrValue::from(id.clone()));
                html! {
                    <HomePanel key={store.panels} {boards} {current} preset={store.preset} desk={&self.ways.desk} file={&self.ways.file} {act} />
                }
            }
            Some(Panel::Lessons) => self.lessons(),
            Some(Panel::Share) => {
                let link = address::link_to(&store.shared());
                let fragment = link
                    .split_once('#')
                    .map_or("", |(_, fragment)| fragment)
                    .to_owned();
                let embed =
                    host::shipped(&store.scenario, store.preset).ok_or(AttrValue::from(fragment));
                let (page, name) = (address::page(), store.scenario.name.clone());
                html! { <SharePanel key={store.panels} {link} {page} {name} {embed} mermaid={mermaid(&store.scenario)} {act} /> }
            }
            Some(Panel::Address(link)) => {
                html! { <Address key={store.panels} link={AttrValue::from(Rc::clone(link))} {act} /> }
            }
            Some(Panel::Trouble { title, what }) => {
                html! { <Trouble key={store.panels} title={*title} what={AttrValue::from(Rc::clone(what))} {act} /> }
            }
        }
    }

    /// What a person should know about the board's keeping.
    pub(super) fn notice(&self) -> Html {
        self.desk.notice.as_ref().map_or_else(Html::default, |notice| {
            html! { <NoticeBar text={notice.text.clone()} act={notice.act.clone()} desk={&self.ways.desk} /> }
        })
    }
}
