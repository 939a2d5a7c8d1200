//! The finder: a field to type in and a list of what fits, for what can be added and for all that can be done.

mod rank;

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::icon::icon;
use crate::sheet::written;
use crate::store::Action;
use rank::{pieces, rank};

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) words: String,
    /// What it is or does, in small print.
    pub(crate) about: String,
    /// Its key, if it has one.
    pub(crate) keys: &'static str,
    /// The name of its icon, if it has one.
    pub(crate) sign: &'static str,
    pub(crate) action: Action,
}

#[derive(Properties, PartialEq)]
pub(crate) struct FinderProps {
    pub(crate) title: &'static str,
    /// What stands in the empty field.
    pub(crate) asks: &'static str,
    pub(crate) entries: Rc<Vec<Entry>>,
    pub(crate) act: Callback<Action>,
}

/// How many rows a page of the list is.
const PAGE: usize = 8;

/// The finder.
#[component]
pub(crate) fn Finder(props: &FinderProps) -> Html {
    let query = use_state(String::new);
    let place = use_state(|| 0_usize);
    let list = use_node_ref();
    let found = rank(&props.entries, &query);
    let last = found.len().saturating_sub(1);
    let now = (*place).min(last);
    {
        let list = list.clone();
        use_effect_with((now, query.to_string()), move |_| show(&list));
    }
    let typed = {
        let (query, place) = (query.clone(), place.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                query.set(input.value());
                place.set(0);
            }
        })
    };
    let choose = |nth: usize| {
        let act = props.act.clone();
        let action = found
            .get(nth)
            .map(|hit| props.entries[hit.place].action.clone());
        move || {
            if let Some(action) = &action {
                act.emit(Action::Over(None));
                act.emit(action.clone());
            }
        }
    };
    let key = {
        let (place, take) = (place.clone(), choose(now));
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => place.set(if now == last { 0 } else { now + 1 }),
                "ArrowUp" => place.set(if now == 0 { last } else { now - 1 }),
                "PageDown" => place.set((now + PAGE).min(last)),
                "PageUp" => place.set(now.saturating_sub(PAGE)),
                "Enter" if !event.is_composing() => take(),
                // There is nowhere else to go in here.
                "Tab" => {}
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let close = props.act.reform(|_: PointerEvent| Action::Over(None));
    let row = |(nth, hit): (usize, &rank::Hit)| {
        let entry = &props.entries[hit.place];
        let take = choose(nth);
        html! {
            <li role="option" id={format!("found-{nth}")} aria-selected={(nth == now).to_string()} key={hit.place}
                onclick={move |_: MouseEvent| take()}>
                if !entry.sign.is_empty() { { icon(entry.sign) } }
                <span>
                    <b>{ for pieces(&entry.words, &hit.marks).into_iter().map(|(text, hit)| if hit { html! { <mark>{ text }</mark> } } else { html! { { text } } }) }</b>
                    if !entry.about.is_empty() { <small>{ &entry.about }</small> }
                </span>
                if !entry.keys.is_empty() { <span class="keys" aria-hidden="true">{ written(entry.keys) }</span> }
            </li>
        }
    };
    html! {
        <div class="veil high" onpointerdown={close}>
            <div class="finder" role="dialog" aria-modal="true" aria-label={props.title}
                onpointerdown={|event: PointerEvent| event.stop_propagation()}>
                <input type="text" id="finder" role="combobox" aria-label={props.title} aria-expanded="true" aria-controls="found"
                    aria-autocomplete="list" aria-activedescendant={(!found.is_empty()).then(|| format!("found-{now}"))}
                    placeholder={props.asks} autocomplete="off" spellcheck="false" value={query.to_string()} oninput={typed} onkeydown={key} />
                <ul id="found" role="listbox" aria-label={props.title} ref={list}>
                    { for found.iter().enumerate().map(row) }
                </ul>
                if found.is_empty() { <p class="quiet" role="status">{ "Nothing fits." }</p> }
            </div>
        </div>
    }
}

/// Scrolls the chosen row into sight.
fn show(list: &NodeRef) {
    let list = list.cast::<Element>();
    let chosen = list.and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
    if let Some(row) = chosen {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
