//! Recovery: what stands on the screen when the engine or the page itself cannot go on. Yew may be dead by
//! then, so this is written into the page by hand.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element};

use crate::files;

/// Says what happened and offers the last board. Only the first call counts.
pub(crate) fn show(what: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    if document.get_element_by_id("recovery").is_none() {
        // Nothing can be done for a page that cannot even show this.
        let _ = build(&document, what);
    }
}

fn build(document: &Document, what: &str) -> Option<()> {
    let screen = document.create_element("section").ok()?;
    screen.set_id("recovery");
    screen.set_attribute("role", "alertdialog").ok()?;
    screen
        .set_attribute("aria-labelledby", "recovery-title")
        .ok()?;
    let add = |to: &Element, tag: &str, text: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        element.set_text_content(Some(text));
        to.append_child(&element).ok()?;
        Some(element)
    };
    let card = add(&screen, "div", "")?;
    add(&card, "h1", "The simulation stopped")?.set_id("recovery-title");
    add(
        &card,
        "p",
        "This is a fault of Tailback, not of your board. Your board was saved.",
    )?;
    let last = add(&card, "button", "Reload with the last board")?;
    let anew = add(&card, "button", "Start over with the shop")?;
    let more = add(&card, "details", "")?;
    add(&more, "summary", "What happened")?;
    add(&more, "pre", what)?;
    on_click(&last, reload)?;
    on_click(&anew, || {
        files::forget_board();
        reload();
    })?;
    document.body()?.append_child(&screen).ok()?;
    last.dyn_ref::<web_sys::HtmlElement>()?.focus().ok()
}

fn on_click(button: &Element, act: impl FnMut() + 'static) -> Option<()> {
    let act = Closure::<dyn FnMut()>::new(act);
    button
        .add_event_listener_with_callback("click", act.as_ref().unchecked_ref())
        .ok()?;
    // The button stands until the page goes.
    act.forget();
    Some(())
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
