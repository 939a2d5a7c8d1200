//! Copying: a text goes to the clipboard by the press of a button or, where the browser forbids that, is marked so that
//! a person can copy it.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Window};
use yew::prelude::*;

use crate::icon::icon;

/// What became of the last press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    No,
}

#[derive(Properties, PartialEq)]
pub(crate) struct CopyProps {
    pub(crate) id: AttrValue,
    /// What the text is: "Link".
    pub(crate) label: AttrValue,
    pub(crate) text: AttrValue,
    /// Whether it has several lines.
    #[prop_or_default]
    pub(crate) tall: bool,
}

/// A text in a field, with a button that copies it.
#[component]
pub(crate) fn Copy(props: &CopyProps) -> Html {
    let state = use_state(|| Copied::NotYet);
    let field = use_node_ref();
    // Another text has not been copied.
    {
        let state = state.clone();
        use_effect_with(props.text.clone(), move |_| state.set(Copied::NotYet));
    }
    let press = {
        let (state, field, text) = (state.clone(), field.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let (state, field, text) = (state.clone(), field.clone(), text.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let done = by_clipboard(&text).await || by_mark(&field);
                state.set(if done { Copied::Yes } else { Copied::No });
            });
        })
    };
    let all = {
        let field = field.clone();
        Callback::from(move |_: FocusEvent| mark(&field))
    };
    let said = match *state {
        Copied::NotYet => "",
        Copied::Yes => "Copied.",
        Copied::No => {
            "This browser or the page around does not let a button copy. The text is marked: press Ctrl+C, or Cmd+C on a Mac."
        }
    };
    html! {
        <div class="copy">
            <label for={&props.id}>{ &props.label }</label>
            if props.tall {
                <textarea id={&props.id} ref={&field} readonly={true} rows="7" spellcheck="false" onfocus={all} value={&props.text} />
            } else {
                <input id={&props.id} ref={&field} type="text" readonly={true} spellcheck="false" onfocus={all} value={&props.text} />
            }
            <button class="main" aria-label={format!("Copy: {}", props.label)} onclick={press}>{ icon("copy") }{ "Copy" }</button>
            <p class="said" role="status">{ said }</p>
        </div>
    }
}

/// The browser's clipboard: not there outside of a secure page, and closed in most frames.
async fn by_clipboard(text: &str) -> bool {
    let Some(navigator) = web_sys::window().as_ref().map(Window::navigator) else {
        return false;
    };
    let there = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !there.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// The old way: marks the text and asks the page to copy what is marked.
fn by_mark(field: &NodeRef) -> bool {
    if let Some(field) = field.cast::<HtmlElement>() {
        let _ = field.focus();
    }
    mark(field);
    let page =
        web_sys::window().and_then(|window| window.document()?.dyn_into::<HtmlDocument>().ok());
    page.is_some_and(|page| page.exec_command("copy").unwrap_or(false))
}

fn mark(field: &NodeRef) {
    if let Some(input) = field.cast::<HtmlInputElement>() {
        input.select();
    } else if let Some(area) = field.cast::<HtmlTextAreaElement>() {
        area.select();
    }
}
