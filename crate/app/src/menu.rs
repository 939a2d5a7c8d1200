//! The context menu: what can be done with what is selected, each deed with its key beside it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::geometry::Pt;
use crate::keys::Deed;
use crate::sheet::written;
use crate::store::Action;

#[derive(Properties, PartialEq)]
pub(crate) struct MenuProps {
    /// What it is about.
    pub(crate) title: AttrValue,
    /// Where it opens, in pixels of the window.
    pub(crate) at: Pt,
    pub(crate) groups: Vec<(&'static str, Vec<Deed>)>,
    pub(crate) act: Callback<Action>,
}

/// The context menu.
#[component]
pub(crate) fn Menu(props: &MenuProps) -> Html {
    let root = use_node_ref();
    let close = || Action::Over(None);
    let key = {
        let (root, act) = (root.clone(), props.act.clone());
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if key == "Tab" {
                act.emit(close());
            } else if !go(&root, &key) {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let choose = |action: Action| {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| {
            act.emit(close());
            act.emit(action.clone());
        })
    };
    let away = props.act.reform(move |event: PointerEvent| {
        event.prevent_default();
        close()
    });
    let rows: usize = props.groups.iter().map(|(_, deeds)| deeds.len()).sum();
    let style = format!(
        "--x:{:.0}px;--y:{:.0}px;--rows:{rows};--gaps:{}",
        props.at.x,
        props.at.y,
        props.groups.len()
    );
    let quiet = |event: MouseEvent| event.prevent_default();
    html! {
        <>
            <div class="away" onpointerdown={away} oncontextmenu={quiet}></div>
            <section class="popup" aria-labelledby="menu-title" {style} oncontextmenu={quiet}>
                <p id="menu-title">{ &props.title }</p>
                <div role="menu" id="menu" aria-labelledby="menu-title" ref={root} onkeydown={key}>
                    for (group, deeds) in &props.groups {
                        <div role="group" aria-label={*group}>
                            for deed in deeds {
                                <button role="menuitem" tabindex="-1" onclick={choose(deed.action.clone())}>
                                    <span>{ deed.words }</span>
                                    if !deed.keys.is_empty() { <span class="keys" aria-hidden="true">{ written(deed.keys) }</span> }
                                </button>
                            }
                        </div>
                    }
                </div>
            </section>
        </>
    }
}

/// Moves the keyboard to another row; false if the key does not ask for that.
fn go(root: &NodeRef, key: &str) -> bool {
    let Some(menu) = root.cast::<Element>() else {
        return false;
    };
    let Ok(found) = menu.query_selector_all("[role=menuitem]") else {
        return false;
    };
    let rows: Vec<HtmlElement> = (0..found.length())
        .filter_map(|place| found.item(place)?.dyn_into().ok())
        .collect();
    let active = web_sys::window()
        .and_then(|window| window.document()?.active_element())
        .and_then(|active| active.dyn_into::<HtmlElement>().ok());
    let now = rows.iter().position(|row| Some(row) == active.as_ref());
    let texts = rows
        .iter()
        .map(|row| row.text_content().unwrap_or_default());
    let Some(next) = next(key, now, &texts.collect::<Vec<_>>()) else {
        return false;
    };
    // A row that is gone cannot take it.
    let _ = rows[next].focus();
    true
}

/// The row that a key leads to.
fn next(key: &str, now: Option<usize>, texts: &[String]) -> Option<usize> {
    let count = texts.len();
    if count == 0 {
        return None;
    }
    let after = now.map_or(0, |now| (now + 1) % count);
    match key {
        "ArrowDown" => Some(after),
        "ArrowUp" => Some(now.map_or(count - 1, |now| (now + count - 1) % count)),
        "Home" | "PageUp" => Some(0),
        "End" | "PageDown" => Some(count - 1),
        // A letter leads to the next row that begins with it.
        letter if letter.chars().count() == 1 && letter != " " => {
            let begins = |text: &String| {
                let first = text.chars().next().map(|c| c.to_lowercase().to_string());
                first == Some(letter.to_lowercase())
            };
            let around = (0..count).map(|by| (after + by) % count);
            around.into_iter().find(|place| begins(&texts[*place]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_round_and_letters_lead_to_rows() {
        let rows = ["Switch", "Fault", "Delete", "Settings"].map(str::to_owned);
        assert_eq!(next("ArrowDown", None, &rows), Some(0));
        assert_eq!(next("ArrowDown", Some(3), &rows), Some(0));
        assert_eq!(next("ArrowUp", Some(0), &rows), Some(3));
        assert_eq!(next("s", Some(0), &rows), Some(3));
        assert_eq!(next("S", Some(3), &rows), Some(0));
        assert_eq!(next("x", Some(0), &rows), None);
        assert_eq!(next("Enter", Some(0), &rows), None);
        assert_eq!(next("End", Some(0), &[]), None);
    }
}
