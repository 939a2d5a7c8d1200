//! A knob: one parameter with its name, its control, its help and the way back to its default.

use sim::dist::Dist;
use sim::field::{Control, Value};
use sim::units::{Bytes, Limit, Span};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dist::DistEditor;
use super::operations::{NamesEditor, OperationsEditor};
use super::profile::ProfileEditor;
use super::scale;
use crate::icon::icon;

/// A new value, and whether it is kept or only tried.
pub(crate) type Turn = (Value, bool);

#[derive(Properties, PartialEq)]
pub(crate) struct KnobProps {
    /// Different from those of all other knobs on the screen.
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) control: Control,
    pub(crate) value: Value,
    /// What it goes back to, where it can.
    #[prop_or_default]
    pub(crate) default: Option<Value>,
    #[prop_or_default]
    pub(crate) help: AttrValue,
    #[prop_or_default]
    pub(crate) source: AttrValue,
    pub(crate) turn: Callback<Turn>,
}

/// One parameter.
#[component]
pub(crate) fn Knob(props: &KnobProps) -> Html {
    let helped = use_state(|| false);
    let toggle = {
        let helped = helped.clone();
        Callback::from(move |_: MouseEvent| helped.set(!*helped))
    };
    let help = format!("help-{}", props.id);
    let changed = props
        .default
        .as_ref()
        .is_some_and(|default| *default != props.value);
    html! {
        <div class="knob">
            <div class="knob-head">
                <label for={&props.id}>{ &props.label }</label>
                if !props.help.is_empty() {
                    <button class="ask" aria-label={format!("About {}", props.label)} aria-expanded={helped.to_string()}
                        aria-controls={help.clone()} title={&props.help} onclick={toggle}>{ "?" }</button>
                }
                if changed { { back(props) } }
            </div>
            { control(props) }
            if !props.help.is_empty() {
                <p class="help" id={help} hidden={!*helped}>{ &props.help }<small>{ &props.source }</small></p>
            }
        </div>
    }
}

fn back(props: &KnobProps) -> Html {
    let default = props.default.clone();
    let reset = props
        .turn
        .reform(move |_: MouseEvent| (default.clone().unwrap_or(Value::Flag(false)), true));
    let label = format!("Set {} back to its default", props.label);
    html! { <button class="ask" title={label.clone()} aria-label={label} onclick={reset}>{ icon("undo") }</button> }
}

fn control(props: &KnobProps) -> Html {
    match (&props.control, &props.value) {
        (Control::Flag, Value::Flag(on)) => {
            let set = props.turn.reform(|event: Event| {
                let on = event
                    .target_dyn_into::<HtmlInputElement>()
                    .is_some_and(|input| input.checked());
                (Value::Flag(on), true)
            });
            html! { <input id={&props.id} type="checkbox" role="switch" checked={*on} onchange={set} /> }
        }
        (Control::Choice(words), Value::Choice(place)) => {
            let set = props.turn.reform(|event: Event| {
                let select = event.target_dyn_into::<HtmlSelectElement>();
                (
                    Value::Choice(
                        select.map_or(0, |select| select.selected_index().max(0) as usize),
                    ),
                    true,
                )
            });
            html! {
                <select id={&props.id} onchange={set}>
                    for (other, word) in words.iter().enumerate() {
                        <option selected={other == *place}>{ *word }</option>
                    }
                </select>
            }
        }
        (Control::Profile, Value::Profile(profile)) => html! {
            <ProfileEditor id={&props.id} label={&props.label} profile={profile.clone()} turn={&props.turn} />
        },
        (Control::Operations, Value::Operations(operations)) => html! {
            <OperationsEditor id={&props.id} label={&props.label} operations={operations.clone()} turn={&props.turn} />
        },
        (Control::Names, Value::Names(names)) => html! {
            <NamesEditor id={&props.id} label={&props.label} names={names.clone()} turn={&props.turn} />
        },
        (Control::Dist(..), Value::Dist(dist)) => html! {
            <DistEditor id={&props.id} label={&props.label} control={props.control} dist={dist.clone()} turn={&props.turn} />
        },
        (Control::MaybeDist(..), Value::MaybeDist(dist)) => maybe_dist(props, dist.as_ref()),
        _ => html! {
            <>
                <Dial id={&props.id} label={&props.label} control={props.control} value={props.value.clone()} turn={&props.turn} />
                { open_end(props) }
            </>
        },
    }
}

/// A distribution that may be none of its own, with the box that says so.
fn maybe_dist(props: &KnobProps, dist: Option<&Dist>) -> Html {
    let turned = props.turn.reform(|event: Event| {
        let none = event
            .target_dyn_into::<HtmlInputElement>()
            .is_some_and(|input| input.checked());
        let own = (!none).then_some(Dist::Constant(Span::millis(1)));
        (Value::MaybeDist(own), true)
    });
    let own = props.turn.reform(|(value, keep): Turn| {
        if let Value::Dist(dist) = value {
            (Value::MaybeDist(Some(dist)), keep)
        } else {
            (value, keep)
        }
    });
    html! {
        <>
            if let Some(dist) = dist {
                <DistEditor id={&props.id} label={&props.label} control={props.control} dist={dist.clone()} turn={own} />
            }
            <label class="open-end"><input type="checkbox" checked={dist.is_none()} onchange={turned} aria-label={format!("{}: none of its own", props.label)} />{ "none of its own" }</label>
        </>
    }
}

/// The box that takes a limit away.
fn open_end(props: &KnobProps) -> Html {
    let (unlimited, words, bound) = match (&props.control, &props.value) {
        (Control::Limit(least, most), Value::Limit(limit)) => {
            let bound = match &props.default {
                Some(Value::Limit(Limit::Of(n))) => *n,
                _ => 100.clamp(*least, *most),
            };
            (
                *limit == Limit::Unbounded,
                "unbounded",
                Value::Limit(Limit::Of(bound)),
            )
        }
        (Control::MaybeBytes(..), Value::MaybeBytes(size)) => {
            let bound = match &props.default {
                Some(Value::MaybeBytes(Some(size))) => *size,
                _ => Bytes::mib(512),
            };
            (size.is_none(), "no limit", Value::MaybeBytes(Some(bound)))
        }
        _ => return Html::default(),
    };
    let boundless = if matches!(bound, Value::Limit(_)) {
        Value::Limit(Limit::Unbounded)
    } else {
        Value::MaybeBytes(None)
    };
    let turned = props.turn.reform(move |event: Event| {
        let on = event
            .target_dyn_into::<HtmlInputElement>()
            .is_some_and(|input| input.checked());
        (if on { boundless.clone() } else { bound.clone() }, true)
    });
    html! {
        <label class="open-end"><input type="checkbox" checked={unlimited} onchange={turned} aria-label={format!("{}: {words}", props.label)} />{ words }</label>
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct DialProps {
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) control: Control,
    pub(super) value: Value,
    pub(super) turn: Callback<Turn>,
    /// Whether it has no label of its own on the screen.
    #[prop_or_default]
    pub(super) spoken: bool,
}

/// A number: a field that is read when it is left, and a slider that is tried while it moves.
#[component]
pub(super) fn Dial(props: &DialProps) -> Html {
    let wrong = use_state(String::new);
    let control = props.control;
    let typed = {
        let (wrong, turn) = (wrong.clone(), props.turn.clone());
        Callback::from(move |event: Event| {
            let text = event
                .target_dyn_into::<HtmlInputElement>()
                .map_or(String::new(), |input| input.value());
            match scale::read(&control, &text) {
                Ok(value) => {
                    wrong.set(String::new());
                    turn.emit((value, true));
                }
                Err(why) => wrong.set(why),
            }
        })
    };
    // A new try; the browser tells no change where the text is again what it was.
    let clear = {
        let wrong = wrong.clone();
        Callback::from(move |_: InputEvent| wrong.set(String::new()))
    };
    let slide = |keep: bool| {
        let (wrong, turn) = (wrong.clone(), props.turn.clone());
        move |input: Option<HtmlInputElement>| {
            let place = input.map_or(0.0, |input| input.value_as_number()) / SLIDER;
            if let Some(value) = scale::at(&control, place) {
                if keep {
                    wrong.set(String::new());
                }
                turn.emit((value, keep));
            }
        }
    };
    let (tried, kept) = (slide(false), slide(true));
    let unit = scale::unit(&control);
    let place = scale::place(&control, &props.value);
    let open = place.is_none();
    html! {
        <div class="dial">
            <span class="number">
                <input id={&props.id} type="text" aria-label={props.spoken.then(|| props.label.clone())} inputmode="decimal" autocomplete="off" disabled={open}
                    value={scale::written(&control, &props.value)} onchange={typed} oninput={clear} aria-invalid={(!wrong.is_empty()).to_string()} />
                if !unit.is_empty() { <span class="unit">{ unit }</span> }
            </span>
            if let Some(place) = place {
                <input type="range" min="0" max={SLIDER.to_string()} step="1" value={(place * SLIDER).round().to_string()}
                    aria-label={format!("{}, slider", props.label)} aria-valuetext={format!("{} {unit}", scale::written(&control, &props.value))}
                    oninput={move |event: InputEvent| tried(event.target_dyn_into())}
                    onchange={move |event: Event| kept(event.target_dyn_into())} />
            }
            if !wrong.is_empty() { <p class="wrong" role="alert">{ (*wrong).clone() }</p> }
        </div>
    }
}

/// The slider's steps.
const SLIDER: f64 = 1_000.0;
