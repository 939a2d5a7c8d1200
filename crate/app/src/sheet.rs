//! The list of keys, made of their table.

use yew::prelude::*;

use crate::icon::icon;
use crate::keys::{KEYS, Key, is_single};
use crate::store::Action;

#[derive(Properties, PartialEq)]
pub(crate) struct SheetProps {
    /// Whether keys of a single letter work.
    pub(crate) letters: bool,
    pub(crate) act: Callback<Action>,
}

/// The list of keys.
#[component]
pub(crate) fn Sheet(props: &SheetProps) -> Html {
    let close = props.act.reform(|_: MouseEvent| Action::Sheet(false));
    let letters = props.act.reform({
        let on = props.letters;
        move |_: Event| Action::Letters(!on)
    });
    // What has no key has no place in a list of keys.
    let rows = |keys: &'static [Key]| keys.iter().filter(|key| !key.keys.is_empty());
    html! {
        <div class="veil" onclick={close.clone()}>
            <div class="sheet" id="sheet" role="dialog" aria-modal="true" aria-labelledby="sheet-title" tabindex="-1"
                onclick={|event: MouseEvent| event.stop_propagation()}>
                <h2 id="sheet-title">{ "Keys" }</h2>
                <button class="tool close" aria-label="Close" onclick={close}>{ icon("close") }</button>
                <div class="columns">
                    for (group, keys) in KEYS {
                        <section>
                            <h3>{ *group }</h3>
                            <dl>
                                for key in rows(keys) {
                                    <div class={is_off(key.keys, props.letters).then_some("off")}><dt>{ written(key.keys) }</dt><dd>{ key.words }</dd></div>
                                }
                            </dl>
                        </section>
                    }
                </div>
                <label class="letters">
                    <input type="checkbox" role="switch" checked={props.letters} onchange={letters} />
                    { "Keys of a single letter or sign work. Without them, all they do is in the menus and under all commands (Ctrl+K)." }
                </label>
                <p>{ "Drag the board to move it; turn the wheel to zoom. Drag from the right edge of a card to connect it, or press there and then on another card." }</p>
            </div>
        </div>
    }
}

/// Whether none of these keys does anything while single letters are off.
fn is_off(keys: &str, letters: bool) -> bool {
    !letters && keys.split(" or ").all(is_single)
}

/// Keys as they stand on the keyboard.
pub(crate) fn written(keys: &str) -> Html {
    let pretty = |key: &str| match key.rsplit_once("Arrow") {
        Some((before, way)) => {
            let sign = match way {
                "Left" => "←",
                "Right" => "→",
                "Up" => "↑",
                _ => "↓",
            };
            format!("{before}{sign}")
        }
        None => key.to_owned(),
    };
    html! { <>{ for keys.split(" or ").map(|key| html! { <kbd>{ pretty(key) }</kbd> }) }</> }
}
