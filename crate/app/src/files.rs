//! Files: what the page keeps in the browser, and what goes to the disk and comes from it. Storage may be missing or
//! closed; then nothing is kept.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, File, HtmlAnchorElement,
    HtmlCanvasElement, HtmlImageElement, Storage, Url,
};

use crate::shelf::{Drawer, Refused};

/// The one board of earlier versions of this page.
const BOARD: &str = "tailback.board";
const ASIDE: &str = "tailback.board.unread";
const PRESET: &str = "tailback.preset";
const OPEN: &str = "tailback.open";
const DRAFT: &str = "tailback.draft";
const THEME: &str = "tailback.theme";
const LETTERS: &str = "tailback.letters";
const LESSONS: &str = "tailback.lessons";

/// The browser's storage, where there is one: in a foreign frame the mere question throws.
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What this tab alone remembers.
fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The drawer that the browser has for this page.
pub(crate) struct Browser;

impl Drawer for Browser {
    fn get(&self, key: &str) -> Option<String> {
        storage()?.get_item(key).ok()?
    }

    fn put(&mut self, key: &str, text: &str) -> Result<(), Refused> {
        let storage = storage().ok_or(Refused::Missing)?;
        storage.set_item(key, text).map_err(|_| Refused::Full)
    }

    fn remove(&mut self, key: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(key);
        }
    }

    fn keys(&self) -> Vec<String> {
        let Some(storage) = storage() else {
            return vec![];
        };
        let count = storage.length().unwrap_or(0);
        (0..count)
            .filter_map(|place| storage.key(place).ok()?)
            .collect()
    }
}

/// The board's file and preset that an earlier version of this page kept; it is asked for once.
pub(crate) fn take_old_board() -> Option<(String, String)> {
    let file = Browser.get(BOARD)?;
    let preset = Browser.get(PRESET).unwrap_or_default();
    Browser.remove(BOARD);
    Browser.remove(PRESET);
    Some((file, preset))
}

/// Puts a board's file that cannot be read where nothing overwrites it; gives the name of that place.
pub(crate) fn set_aside(file: &str) -> &'static str {
    let _ = Browser.put(ASIDE, file);
    ASIDE
}

/// What was open in this tab or, in a new one, in any: `board:<id>` or `preset:<slug>`.
pub(crate) fn open_last() -> Option<String> {
    let here = session().and_then(|session| session.get_item(OPEN).ok()?);
    here.or_else(|| Browser.get(OPEN))
}

pub(crate) fn keep_open(what: &str) {
    // Without it the next visit only begins elsewhere.
    let _ = Browser.put(OPEN, what);
    if let Some(session) = session() {
        let _ = session.set_item(OPEN, what);
    }
}

/// Lets the page open with the first preset.
pub(crate) fn forget_board() {
    keep_open("preset:");
}

/// The board that somebody makes for a lesson's puzzle: the lesson's name and the board's text.
pub(crate) fn draft() -> Option<(String, String)> {
    let kept = Browser.get(DRAFT)?;
    let (slug, board) = kept.split_once(' ')?;
    Some((slug.to_owned(), board.to_owned()))
}

pub(crate) fn keep_draft(slug: &str, board: &str) {
    // Without it the puzzle begins anew with the next visit.
    let _ = Browser.put(DRAFT, &format!("{slug} {board}"));
}

pub(crate) fn theme() -> Option<String> {
    Browser.get(THEME)
}

pub(crate) fn keep_theme(word: &str) {
    let _ = Browser.put(THEME, word);
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Hands a file to the person; the browser asks where it goes, if it asks at all.
pub(crate) fn save(name: &str, media_type: &str, text: &str) -> Option<()> {
    let url = address_of(media_type, text)?;
    hand_over(name, &url)?;
    Url::revoke_object_url(&url).ok()
}

fn address_of(media_type: &str, text: &str) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

fn hand_over(name: &str, url: &str) -> Option<()> {
    let anchor: HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(url);
    anchor.set_download(name);
    anchor.click();
    Some(())
}

/// Draws an SVG of this size onto a picture twice as fine, and hands it to the person.
pub(crate) async fn save_picture(name: &str, svg: &str, size: (f64, f64)) -> Option<()> {
    // So that no browser refuses: the largest side it takes is far above.
    let scale = 2.0_f64.min(8_000.0 / size.0.max(size.1));
    let image = HtmlImageElement::new().ok()?;
    let url = address_of("image/svg+xml", svg)?;
    image.set_src(&url);
    let loaded = JsFuture::from(image.decode()).await;
    let canvas: HtmlCanvasElement = document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width((size.0 * scale) as u32);
    canvas.set_height((size.1 * scale) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    loaded.ok()?;
    let drawn = context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        size.0 * scale,
        size.1 * scale,
    );
    let _ = Url::revoke_object_url(&url);
    drawn.ok()?;
    hand_over(name, &canvas.to_data_url_with_type("image/png").ok()?)
}

/// Reads a file that a person chose.
pub(crate) async fn read(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// How far one is in the lessons.
pub(crate) fn progress() -> String {
    Browser.get(LESSONS).unwrap_or_default()
}

pub(crate) fn keep_progress(text: &str) {
    let _ = Browser.put(LESSONS, text);
}

/// Whether keys of a single letter work: they do unless somebody has switched them off.
pub(crate) fn letters() -> bool {
    Browser.get(LETTERS).as_deref() != Some("off")
}

pub(crate) fn keep_letters(on: bool) {
    let _ = Browser.put(LETTERS, if on { "on" } else { "off" });
}
