//! The boards and scenarios: what this browser keeps, what ships with the page, and the ways in and out of it.

use std::rc::Rc;

use js_sys::Date;
use lessons::PRESETS;
use sim::Scenario;
use wasm_bindgen::JsValue;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::drawing::thumbnail;
use crate::export::Format;
use crate::icon::icon;
use crate::modal::Modal;
use crate::share_panel::Tell;
use crate::shelf::Entry;
use crate::store::Action;

/// Something that is done with the boards that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeskAct {
    Open(String),
    /// Goes back to an earlier state of a board, counted from the newest.
    Earlier(String, usize),
    Rename(String, String),
    Duplicate(String),
    Delete(String),
    /// Puts back what was deleted last.
    PutBack,
    SaveFile,
    /// A notice was read.
    Dismiss,
}

#[derive(Properties, PartialEq)]
pub(crate) struct HomePanelProps {
    pub(crate) boards: Rc<Vec<Entry>>,
    /// The id of the board that is open.
    pub(crate) current: Option<AttrValue>,
    pub(crate) preset: &'static str,
    pub(crate) desk: Callback<DeskAct>,
    pub(crate) file: Tell,
    pub(crate) act: Callback<Action>,
}

/// The dialog.
#[component]
pub(crate) fn HomePanel(props: &HomePanelProps) -> Html {
    let close = props.act.reform(|()| Action::Panel(None));
    let press = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    let input = use_node_ref();
    let ask = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let chosen = {
        let tell = props.file.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let file = input.as_ref().and_then(|input| input.files()?.get(0));
            if let (Some(input), Some(file)) = (input, file) {
                // The same file may be chosen again.
                input.set_value("");
                crate::app::read_file(file, tell.clone());
            }
        })
    };
    let shipped = use_memo((), |()| {
        let all = PRESETS
            .iter()
            .filter_map(|preset| Some((preset.slug, preset.scenario().ok()?)));
        all.map(|(slug, board)| (slug, drawn(&board), board))
            .collect::<Vec<_>>()
    });
    html! {
        <Modal id="home" title="Boards and scenarios" class="wide" {close}>
            <div class="ways">
                <button onclick={press(Action::Clear)}>{ icon("plus") }{ "New board" }</button>
                <button onclick={ask}>{ icon("open") }{ "Open a file\u{2026}" }</button>
                <input type="file" ref={input} accept=".json,application/json" hidden={true} aria-label="A board's file" onchange={chosen} />
                <button onclick={press(Action::Export(Format::Json))}>{ icon("save") }{ "Save as a file" }</button>
                <p class="quiet">{ "Or drop a file anywhere on the page." }</p>
            </div>
            if !props.boards.is_empty() {
                <section aria-labelledby="home-boards">
                    <h3 id="home-boards">{ "Your boards" }</h3>
                    <ul class="tiles">
                        for entry in props.boards.iter() {
                            <Board key={entry.id.clone()} entry={entry.clone()} current={props.current.as_deref() == Some(entry.id.as_str())} desk={&props.desk} />
                        }
                    </ul>
                </section>
            }
            <section aria-labelledby="home-shipped">
                <h3 id="home-shipped">{ "Scenarios" }</h3>
                <ul class="tiles">
                    for (slug, thumb, board) in shipped.iter() {
                        <li>
                            <button class="tile" onclick={press(Action::Open(slug))}
                                aria-current={(props.current.is_none() && *slug == props.preset).then_some("true")}>
                                { thumb.clone() }<b>{ &board.name }</b><span>{ &board.about }</span>
                            </button>
                        </li>
                    }
                </ul>
            </section>
        </Modal>
    }
}

/// A board's thumbnail.
fn drawn(board: &Scenario) -> Html {
    html! { <span class="thumb" aria-hidden="true">{ Html::from_html_unchecked(thumbnail(board).into()) }</span> }
}

/// A time as this browser's user writes it.
fn time(millis: f64) -> String {
    let date = Date::new(&JsValue::from_f64(millis));
    let today = date.to_date_string() == Date::new_0().to_date_string();
    let text = if today {
        date.to_locale_time_string("default")
    } else {
        date.to_locale_string("default", &JsValue::UNDEFINED)
    };
    text.into()
}

#[derive(Properties, PartialEq)]
struct BoardProps {
    entry: Entry,
    current: bool,
    desk: Callback<DeskAct>,
}

/// A board that is kept.
#[component]
fn Board(props: &BoardProps) -> Html {
    let entry = &props.entry;
    let naming = use_state(|| false);
    let earlier = use_state(|| false);
    let press = |act: DeskAct| props.desk.reform(move |_: MouseEvent| act.clone());
    let toggle = |state: &UseStateHandle<bool>| {
        let state = state.clone();
        Callback::from(move |_: MouseEvent| state.set(!*state))
    };
    let rename = {
        let (naming, desk, id, old) = (
            naming.clone(),
            props.desk.clone(),
            entry.id.clone(),
            entry.name.clone(),
        );
        move |input: &HtmlInputElement| {
            let name = input.value().trim().to_owned();
            naming.set(false);
            if !name.is_empty() && name != old {
                desk.emit(DeskAct::Rename(id.clone(), name));
            }
        }
    };
    let typed = {
        let (naming, rename) = (naming.clone(), rename.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                    rename(&input);
                }
            }
            // The dialog stays.
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                naming.set(false);
            }
            _ => {}
        })
    };
    let left = Callback::from(move |event: FocusEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            rename(&input);
        }
    });
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(*naming, move |naming| {
            if let (true, Some(input)) = (*naming, field.cast::<HtmlInputElement>()) {
                let _ = input.focus();
                input.select();
            }
        });
    }
    let tool = |sign: &str, words: &str, press: Callback<MouseEvent>| {
        let words = format!("{words} {}", entry.name);
        html! { <button class="tool" title={words.clone()} aria-label={words} onclick={press}>{ icon(sign) }</button> }
    };
    let about = match &entry.board {
        Ok(board) => format!("{} nodes, {}", board.nodes.len(), time(entry.saved)),
        Err(what) => what.clone(),
    };
    html! {
        <li>
            <button class="tile" onclick={press(DeskAct::Open(entry.id.clone()))} aria-current={props.current.then_some("true")}>
                { entry.board.as_ref().map_or_else(|_| html! { <span class="thumb" /> }, drawn) }
                <b>{ &entry.name }</b><span>{ about }</span>
            </button>
            <div class="tile-tools">
                { tool("pen", "Rename", toggle(&naming)) }
                { tool("copy", "Duplicate", press(DeskAct::Duplicate(entry.id.clone()))) }
                if !entry.past.is_empty() {
                    { tool("clock", "Earlier states of", toggle(&earlier)) }
                }
                { tool("trash", "Delete", press(DeskAct::Delete(entry.id.clone()))) }
            </div>
            if *naming {
                <input class="naming" ref={field} type="text" aria-label={format!("New name of {}", entry.name)} value={entry.name.clone()} maxlength="80"
                    onkeydown={typed} onfocusout={left} />
            }
            if *earlier {
                <ol class="earlier" aria-label={format!("Earlier states of {}", entry.name)}>
                    for (back, saved) in entry.past.iter().enumerate() {
                        <li><button onclick={press(DeskAct::Earlier(entry.id.clone(), back))}>{ time(*saved) }</button></li>
                    }
                </ol>
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct NoticeProps {
    pub(crate) text: AttrValue,
    pub(crate) act: Option<(&'static str, DeskAct)>,
    pub(crate) desk: Callback<DeskAct>,
}

/// What a person should know about the board's keeping.
#[component]
pub(crate) fn NoticeBar(props: &NoticeProps) -> Html {
    let press = |act: DeskAct| props.desk.reform(move |_: MouseEvent| act.clone());
    html! {
        <div class="notice" role="status">
            <p>{ &props.text }</p>
            if let Some((words, act)) = &props.act {
                <button onclick={press(act.clone())}>{ *words }</button>
            }
            <button class="tool" aria-label="Dismiss" onclick={press(DeskAct::Dismiss)}>{ icon("close") }</button>
        </div>
    }
}
