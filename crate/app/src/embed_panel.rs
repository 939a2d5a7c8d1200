//! The part of the share dialog that gives the code to put the board into another page.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::copying::Copy;
use crate::embed::{Choice, SIZES, code};
use crate::store::Theme;

/// How the frame looks: word, theme.
const THEMES: [(&str, Option<Theme>); 3] = [
    ("As the reader's system", None),
    ("Light", Some(Theme::Light)),
    ("Dark", Some(Theme::Dark)),
];

#[derive(Properties, PartialEq)]
pub(crate) struct EmbedPanelProps {
    /// The address of this page.
    pub(crate) page: AttrValue,
    /// The board's name.
    pub(crate) name: AttrValue,
    /// The preset that the board is, unchanged; or else the fragment of its link.
    pub(crate) board: Result<&'static str, AttrValue>,
}

/// Sizes and switches, and the code that follows from them.
#[component]
pub(crate) fn EmbedPanel(props: &EmbedPanelProps) -> Html {
    let choice = use_state(|| Choice {
        size: 0,
        autoplay: false,
        readonly: false,
        side: false,
        theme: None,
    });
    let turn = |change: fn(&mut Choice, bool)| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let on = event
                .target_dyn_into::<HtmlInputElement>()
                .is_some_and(|input| input.checked());
            let mut next = (*choice).clone();
            change(&mut next, on);
            choice.set(next);
        })
    };
    let pick = |change: fn(&mut Choice, usize)| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.map_or(0, |select| select.selected_index());
            let mut next = (*choice).clone();
            change(&mut next, usize::try_from(place).unwrap_or(0));
            choice.set(next);
        })
    };
    let text = code(
        &props.page,
        &props.name,
        props.board.as_ref().copied().map_err(AttrValue::as_str),
        &choice,
    );
    html! {
        <section class="embed-code" aria-labelledby="share-embed">
            <h3 id="share-embed">{ "Put it into a page" }</h3>
            <div class="choices">
                <label>{ "Size" }
                    <select onchange={pick(|choice, place| choice.size = place)}>
                        for (place, (name, width, height)) in SIZES.into_iter().enumerate() {
                            <option selected={place == choice.size}>{ format!("{name}, {width} × {height}") }</option>
                        }
                    </select>
                </label>
                <label>{ "Theme" }
                    <select onchange={pick(|choice, place| choice.theme = THEMES[place.min(2)].1)}>
                        for (name, theme) in THEMES {
                            <option selected={theme == choice.theme}>{ name }</option>
                        }
                    </select>
                </label>
                <label class="check"><input type="checkbox" checked={choice.autoplay} onchange={turn(|choice, on| choice.autoplay = on)} />{ "Plays when it is seen" }</label>
                <label class="check"><input type="checkbox" checked={choice.readonly} onchange={turn(|choice, on| choice.readonly = on)} />{ "Readers cannot change the board" }</label>
                <label class="check"><input type="checkbox" checked={choice.side} onchange={turn(|choice, on| choice.side = on)} />{ "With story and inspector" }</label>
            </div>
            <Copy id="share-code" label="Code" {text} tall={true} />
        </section>
    }
}
