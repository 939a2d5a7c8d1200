//! The palette: what can be put on the board, by dragging it there or by pressing it.

use web_sys::PointerEvent;
use yew::prelude::*;

use crate::gesture::Phase;
use crate::icon::{icon, kind_name};
use crate::store::Kind;

#[derive(Properties, PartialEq)]
pub(crate) struct PaletteProps {
    /// Something is taken.
    pub(crate) lift: Callback<(Kind, PointerEvent)>,
    /// It is carried on.
    pub(crate) pointer: Callback<(Phase, PointerEvent)>,
    /// It was pressed; with whether the keyboard did it.
    pub(crate) press: Callback<(Kind, bool)>,
}

/// The palette.
#[component]
pub(crate) fn Palette(props: &PaletteProps) -> Html {
    let on = |phase: Phase| {
        props
            .pointer
            .reform(move |event: PointerEvent| (phase, event))
    };
    html! {
        <nav class="palette" aria-labelledby="palette-title" id="palette">
            <h2 class="unseen" id="palette-title">{ "Palette" }</h2>
            for kind in Kind::ALL {
                <button title={format!("{} Drag it onto the board, or press.", kind.about())}
                    onpointerdown={props.lift.reform(move |event: PointerEvent| (kind, event))}
                    onpointermove={on(Phase::Move)} onpointerup={on(Phase::Up)} onpointercancel={on(Phase::Cancel)}
                    onclick={props.press.reform(move |event: MouseEvent| (kind, event.detail() == 0))}>
                    { icon(kind_name(kind)) }
                    { kind.word() }
                </button>
            }
        </nav>
    }
}
