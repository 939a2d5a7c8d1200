//! The clipboard: what is selected leaves as the text of a board, and such a text comes back as a part of this one. The
//! browser's own events are used, which need no permission, not even in a frame.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Clipboard, ClipboardEvent, Document, Element};
use yew::Callback;

use super::App;
use crate::store::Action;

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

impl App {
    /// Answers the browser's own copy, cut and paste.
    pub(super) fn clip(&mut self, clip: Clip, event: &ClipboardEvent) -> bool {
        if self.store.panel.is_some() {
            return false;
        }
        if clip == Clip::Paste {
            return get(event).is_some_and(|text| self.act(Action::Paste(text)));
        }
        let Some(part) = self.store.part() else {
            return false;
        };
        self.copied = part.save();
        put(event, &self.copied);
        clip == Clip::Cut && self.act(Action::Delete)
    }

    /// Puts a text on the clipboard when no event of the browser does.
    pub(super) fn copy(&mut self, text: String) {
        if let Some(clipboard) = clipboard() {
            // One that takes no text keeps what it has; the text is kept here, too.
            let written = JsFuture::from(clipboard.write_text(&text));
            spawn_local(async { drop(written.await) });
        }
        self.copied = text;
    }

    /// Asks the clipboard for a text to paste; where it gives none, what was copied here last is pasted.
    pub(super) fn ask_paste(&self) {
        let (paste, copied) = (self.hands.act.reform(Action::Paste), self.copied.clone());
        spawn_local(async move {
            let asked = match clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.read_text()).await.ok(),
                None => None,
            };
            paste.emit(asked.and_then(|text| text.as_string()).unwrap_or(copied));
        });
    }
}

/// The browser's clipboard, where pages may have it.
fn clipboard() -> Option<Clipboard> {
    let navigator = web_sys::window()?.navigator();
    let found = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?;
    found.dyn_into().ok()
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
fn put(event: &ClipboardEvent, text: &str) {
    if let Some(data) = event.clipboard_data() {
        // A clipboard that takes no text keeps what it has.
        let _ = data.set_data("text/plain", text);
        event.prevent_default();
    }
}

/// The text on the clipboard.
fn get(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/plain").ok()
}
