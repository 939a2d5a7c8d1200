//! The clipboard: what is selected leaves as the text of a board, and such a text comes back as a part of this one. The
//! browser's own events are used, which need no permission, not even in a frame.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Document, Element};
use yew::Callback;

/// Copy, cut or paste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clip {
    Copy,
    Cut,
    Paste,
}

impl Clip {
    const ALL: [(Clip, &'static str); 3] = [
        (Clip::Copy, "copy"),
        (Clip::Cut, "cut"),
        (Clip::Paste, "paste"),
    ];
}

/// Hears of the clipboard wherever on the page nothing else has a use for it.
pub(super) fn listeners(
    document: &Document,
    tell: &Callback<(Clip, ClipboardEvent)>,
) -> Vec<EventListener> {
    let hear = |(clip, name): (Clip, &'static str)| {
        let tell = tell.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(document, name, options, move |event| {
            let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
            let typed = target.is_some_and(|t| t.matches("input, textarea").unwrap_or(false));
            if let (false, Some(event)) = (typed || marked(), event.dyn_ref::<ClipboardEvent>()) {
                tell.emit((clip, event.clone()));
            }
        })
    };
    Clip::ALL.map(hear).into()
}

/// Whether some text of the page is marked, which is then what a person wants to copy.
fn marked() -> bool {
    let selection = web_sys::window().and_then(|window| window.get_selection().ok().flatten());
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Puts a text on the clipboard.
pub(super) fn put(event: &ClipboardEvent, text: &str) {
    if let Some(data) = event.clipboard_data() {
        // A clipboard that takes no text keeps what it has.
        let _ = data.set_data("text/plain", text);
        event.prevent_default();
    }
}

/// The text on the clipboard.
pub(super) fn get(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/plain").ok()
}
