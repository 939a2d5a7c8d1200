//! The header: the name, the scenarios, undo and redo, theme and help.

use lessons::PRESETS;
use wasm_bindgen::JsCast;
use web_sys::Node;
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, Over, Panel, Theme};

#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    pub(crate) name: AttrValue,
    pub(crate) preset: &'static str,
    pub(crate) can_undo: bool,
    pub(crate) can_redo: bool,
    pub(crate) theme: Theme,
    pub(crate) act: Callback<Action>,
}

/// The header.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let press = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    let tool = |sign: &str, words: &'static str, off: bool, action: Action| {
        html! {
            <button class="tool" title={tip(words)} aria-label={words} aria-disabled={off.to_string()} onclick={press(action)}>
                { icon(sign) }
            </button>
        }
    };
    let other = props.theme.other();
    html! {
        <header class="header">
            <svg class="brand" viewBox="0 0 32 32" aria-hidden="true">
                <path d="M3 22h26" /><circle cx="8" cy="16" r="3" /><circle cx="15.5" cy="16" r="3" /><path class="bar" d="M23.5 9v13" />
            </svg>
            <h1>{ "Tailback" }</h1>
            <Menu name={&props.name} preset={props.preset} act={&props.act} />
            <div class="tools">
                { tool("undo", "Undo", !props.can_undo, Action::Undo) }
                { tool("redo", "Redo", !props.can_redo, Action::Redo) }
            </div>
            <div class="tools end">
                <button class="share" aria-label="Share" title="Share this board by a link" onclick={press(Action::Panel(Some(Panel::Share)))}>
                    { icon("share") }<span>{ "Share" }</span>
                </button>
                { tool("search", "All commands", false, Action::Over(Some(Over::Commands))) }
                { tool("fit", "Show the whole board", false, Action::Fit) }
                <button class="tool" title={format!("Use the {} theme", other.word())}
                    aria-label={format!("Use the {} theme", other.word())} onclick={press(Action::Theme(other, true))}>
                    { icon("theme") }
                </button>
                <button class="tool" title={tip("This list of keys")} aria-label="List of keys" onclick={press(Action::Sheet(true))}>
                    { "?" }
                </button>
            </div>
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct MenuProps {
    name: AttrValue,
    preset: &'static str,
    act: Callback<Action>,
}

/// The scenarios that ship with the page, each with its promise.
#[component]
fn Menu(props: &MenuProps) -> Html {
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let choose = |action: Action| {
        let (open, act) = (open.clone(), props.act.clone());
        Callback::from(move |_: MouseEvent| {
            open.set(false);
            act.emit(action.clone());
        })
    };
    let key = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if *open && event.key() == "Escape" {
                event.stop_propagation();
                open.set(false);
            }
        })
    };
    let menu = use_node_ref();
    let leave = {
        let (open, menu) = (open.clone(), menu.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|to| to.dyn_into::<Node>().ok());
            let inside = menu.get().is_some_and(|menu| menu.contains(to.as_ref()));
            if !inside {
                open.set(false);
            }
        })
    };
    let item = |name: String, about: String, current: bool, action: Action| {
        html! {
            <li>
                <button onclick={choose(action)} aria-current={current.then_some("true")}>
                    <b>{ name }</b><span>{ about }</span>
                </button>
            </li>
        }
    };
    html! {
        <div class="menu" ref={&menu} onkeydown={key} onfocusout={leave}>
            <button class="field" aria-expanded={open.to_string()} aria-controls="scenarios" onclick={toggle} title="Choose a scenario">
                <span>{ &props.name }</span>{ icon("more") }
            </button>
            <ul id="scenarios" hidden={!*open}>
                for preset in PRESETS {
                    { preset.scenario().map_or_else(|_| Html::default(), |s| {
                        item(s.name, s.about, preset.slug == props.preset, Action::Open(preset.slug))
                    }) }
                }
                { item("An empty board".into(), "Draw your own. The board you have comes back with undo.".into(), false, Action::Clear) }
            </ul>
        </div>
    }
}
