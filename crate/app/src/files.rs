//! Files: what the page keeps in the browser. Storage may be missing or closed; then nothing is kept.

use web_sys::Storage;

const BOARD: &str = "tailback.board";
const ASIDE: &str = "tailback.board.unread";
const PRESET: &str = "tailback.preset";
const THEME: &str = "tailback.theme";
const LETTERS: &str = "tailback.letters";

/// The browser's storage, where there is one: in a foreign frame the mere question throws.
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

fn write(key: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full storage keeps the board before; the screen goes on.
        let _ = storage.set_item(key, text);
    }
}

/// The remembered board's file and the preset it came from.
pub(crate) fn board() -> Option<(String, String)> {
    Some((read(BOARD)?, read(PRESET).unwrap_or_default()))
}

/// Puts the remembered board's file where the next one does not overwrite it; gives the name of that place.
pub(crate) fn set_aside(file: &str) -> &'static str {
    write(ASIDE, file);
    ASIDE
}

pub(crate) fn keep_board(file: &str, preset: &str) {
    write(BOARD, file);
    write(PRESET, preset);
}

/// Forgets the board, so that the page opens with the first preset.
pub(crate) fn forget_board() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(BOARD);
        let _ = storage.remove_item(PRESET);
    }
}

pub(crate) fn theme() -> Option<String> {
    read(THEME)
}

pub(crate) fn keep_theme(word: &str) {
    write(THEME, word);
}

/// Whether keys of a single letter work: they do unless somebody has switched them off.
pub(crate) fn letters() -> bool {
    read(LETTERS).as_deref() != Some("off")
}

pub(crate) fn keep_letters(on: bool) {
    write(LETTERS, if on { "on" } else { "off" });
}
