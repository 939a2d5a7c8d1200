//! A modal dialog: the browser's own, which keeps the keyboard inside, closes by Escape and hands the keyboard back.

use gloo_events::EventListener;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::icon::icon;

#[derive(Properties, PartialEq)]
pub(crate) struct ModalProps {
    /// The id of its title, and the beginning of other ids in it.
    pub(crate) id: &'static str,
    pub(crate) title: AttrValue,
    #[prop_or_default]
    pub(crate) class: Classes,
    /// It was closed.
    pub(crate) close: Callback<()>,
    pub(crate) children: Html,
}

/// A dialog over the page.
#[component]
pub(crate) fn Modal(props: &ModalProps) -> Html {
    let dialog = use_node_ref();
    {
        let (dialog, close) = (dialog.clone(), props.close.clone());
        use_effect_with((), move |()| {
            let dialog = dialog.cast::<HtmlDialogElement>();
            // Only one that is not in the page, or is open already, cannot be shown.
            let _ = dialog.as_ref().map(HtmlDialogElement::show_modal);
            let heard =
                dialog.map(|dialog| EventListener::new(&dialog, "close", move |_| close.emit(())));
            move || drop(heard)
        });
    }
    let shut = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| close(&dialog))
    };
    // A press on what lies around it closes it, as Escape does.
    let around = {
        let dialog = dialog.clone();
        Callback::from(move |event: MouseEvent| {
            if dialog.get().is_some()
                && event.target().map(Into::into) == dialog.get().map(wasm_bindgen::JsValue::from)
            {
                close(&dialog);
            }
        })
    };
    html! {
        <dialog class={classes!("modal", props.class.clone())} ref={&dialog} aria-labelledby={props.id} onclick={around}>
            <div class="inside">
                <header>
                    <h2 id={props.id}>{ &props.title }</h2>
                    <button class="tool" aria-label="Close" onclick={shut}>{ icon("close") }</button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

fn close(dialog: &NodeRef) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
        dialog.close();
    }
}
