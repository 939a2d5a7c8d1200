//! The share dialog: a link that holds the whole board.

use yew::prelude::*;

use crate::copying::Copy;
use crate::modal::Modal;
use crate::store::Action;

/// Longer links are cut off by some programs.
const LONG: usize = 8_000;

#[derive(Properties, PartialEq)]
pub(crate) struct SharePanelProps {
    pub(crate) link: AttrValue,
    pub(crate) act: Callback<Action>,
}

/// The dialog.
#[component]
pub(crate) fn SharePanel(props: &SharePanelProps) -> Html {
    let close = props.act.reform(|()| Action::Panel(None));
    let length = props.link.len();
    html! {
        <Modal id="share" title="Share this board" {close}>
            <p>{ "The link holds the whole board: its settings, seed, planned faults and the part you are looking at. Nothing is sent to a server. Faults that you clicked by hand belong to this run alone." }</p>
            <Copy id="share-link" label="Link" text={&props.link} />
            if length > LONG {
                <p class="warn">{ format!("It has {length} signs. Some chat and mail programs cut links off after {LONG}: a file is safer.") }</p>
            }
        </Modal>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct TroubleProps {
    pub(crate) title: AttrValue,
    pub(crate) what: AttrValue,
    pub(crate) act: Callback<Action>,
}

/// Says why something could not be opened; the board stands as it was.
#[component]
pub(crate) fn Trouble(props: &TroubleProps) -> Html {
    let close = props.act.reform(|()| Action::Panel(None));
    html! {
        <Modal id="trouble" title={&props.title} {close}>
            <p class="what">{ &props.what }</p>
            <p class="quiet">{ "Your own board is as it was: close this to go on with it." }</p>
        </Modal>
    }
}
