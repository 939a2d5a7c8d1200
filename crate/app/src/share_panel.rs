//! The share dialog: a link that holds the whole board, and files for other programs.

use yew::prelude::*;

use crate::copying::Copy;
use crate::embed_panel::EmbedPanel;
use crate::export::Format;
use crate::icon::icon;
use crate::modal::Modal;
use crate::store::Action;

/// Hears a file's name and its text, if it has one.
pub(crate) type Tell = Callback<(String, Option<String>)>;

/// Longer links are cut off by some programs.
const LONG: usize = 8_000;

#[derive(Properties, PartialEq)]
pub(crate) struct SharePanelProps {
    pub(crate) link: AttrValue,
    /// The address of this page, and the board's name.
    pub(crate) page: AttrValue,
    pub(crate) name: AttrValue,
    /// The preset that the board is, unchanged; or else the fragment of its link.
    pub(crate) embed: Result<&'static str, AttrValue>,
    /// The board as a Mermaid diagram.
    pub(crate) mermaid: AttrValue,
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
            <EmbedPanel page={&props.page} name={&props.name} board={props.embed.clone()} />
            <section aria-labelledby="share-files">
                <h3 id="share-files">{ "Save as a file" }</h3>
                <ul class="formats">
                    for format in Format::ALL {
                        <li>
                            <button onclick={props.act.reform(move |_: MouseEvent| Action::Export(format))}>{ icon("save") }{ format.word() }</button>
                            <span class="quiet">{ format.about() }</span>
                        </li>
                    }
                    <li>
                        <button onclick={props.act.reform(|_: MouseEvent| Action::SaveRun)}>{ icon("clock") }{ "Run" }</button>
                        <span class="quiet">{ "The run: this board with every change and clicked fault at its time. It opens here and plays again exactly." }</span>
                    </li>
                </ul>
                <details>
                    <summary>{ "The Mermaid text, to copy" }</summary>
                    <Copy id="share-mermaid" label="Mermaid" text={&props.mermaid} tall={true} />
                </details>
            </section>
        </Modal>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct AddressProps {
    pub(crate) link: AttrValue,
    pub(crate) act: Callback<Action>,
}

/// The address of the whole page with this board, where the page around lets no tab open.
#[component]
pub(crate) fn Address(props: &AddressProps) -> Html {
    let close = props.act.reform(|()| Action::Panel(None));
    html! {
        <Modal id="address" title="Open this board in full" {close}>
            <p>{ "The page around this frame lets it open no tab (its sandbox lacks allow-popups). Copy the address and open it yourself." }</p>
            <Copy id="address-link" label="Address" text={&props.link} />
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
