//! The header: the name, the boards, undo and redo, theme and help.

use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, Over, Panel, Theme};

#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    pub(crate) name: AttrValue,
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
            <button class="board-name" title={tip("Boards and scenarios")} aria-haspopup="dialog" onclick={press(Action::Panel(Some(Panel::Home)))}>
                <span>{ &props.name }</span>{ icon("more") }
            </button>
            <button class="lessons" aria-label="Lessons" title="Twelve lessons, each with a puzzle" aria-haspopup="dialog" onclick={press(Action::Panel(Some(Panel::Lessons)))}>
                { icon("lesson") }<span>{ "Lessons" }</span>
            </button>
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
