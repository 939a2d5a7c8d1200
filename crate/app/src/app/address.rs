//! The address: a board comes in by its fragment, and leaves as a link.

use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use yew::Callback;

use crate::share::{LinkError, Shared};

/// What a link brought, or why it brings nothing.
type Came = Result<Rc<Shared>, LinkError>;

/// The address without its fragment.
fn bare() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok());
    let href = href.unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// What stands between the question mark and the fragment.
pub(super) fn query() -> String {
    let window = web_sys::window();
    window
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default()
}

/// The address of this page, without what it says about this visit.
pub(super) fn page() -> String {
    let page = bare();
    page.split('?').next().unwrap_or_default().to_owned()
}

/// A link to a board: to this page, without what the address says about this visit.
pub(super) fn link_to(shared: &Shared) -> String {
    format!("{}#{}", page(), shared.fragment())
}

/// What the address brings, if it brings a board.
pub(super) fn came() -> Option<Came> {
    let fragment = web_sys::window()?.location().hash().ok()?;
    Shared::read(&fragment)
        .map(|shared| shared.map(Rc::new))
        .transpose()
}

/// Hears of a link that is put into the address of the open page.
pub(super) fn listener(tell: &Callback<Came>) -> Option<EventListener> {
    let window = web_sys::window()?;
    let tell = tell.clone();
    Some(EventListener::new(&window, "hashchange", move |_| {
        if let Some(came) = came() {
            tell.emit(came);
        }
    }))
}

/// The lesson that the address names, as in `#lesson=slow-dependency` or, from its third step on, `#lesson=slow-dependency.2`.
pub(super) fn lesson() -> Option<String> {
    let fragment = web_sys::window()?.location().hash().ok()?;
    Some(fragment.strip_prefix("#lesson=")?.to_owned())
}

/// Whether the address asks for nothing.
pub(super) fn is_bare() -> bool {
    let fragment = web_sys::window().and_then(|window| window.location().hash().ok());
    fragment.is_none_or(|fragment| fragment.is_empty())
}

/// Takes the fragment out of the address, without a step in the browser's history.
pub(super) fn clear() {
    let Some(window) = web_sys::window() else {
        return;
    };
    if window.location().hash().is_ok_and(|hash| !hash.is_empty())
        && let Ok(history) = window.history()
    {
        // A page that may not change its address keeps it.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&bare()));
    }
}
