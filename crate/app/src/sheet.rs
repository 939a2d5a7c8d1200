//! The list of keys, made of their table.

use yew::prelude::*;

use crate::icon::icon;
use crate::keys::KEYS;
use crate::store::Action;

#[derive(Properties, PartialEq)]
pub(crate) struct SheetProps {
    pub(crate) act: Callback<Action>,
}

/// The list of keys.
#[component]
pub(crate) fn Sheet(props: &SheetProps) -> Html {
    let close = props.act.reform(|_: MouseEvent| Action::Sheet(false));
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
                                for key in *keys {
                                    <div><dt>{ written(key.keys) }</dt><dd>{ key.words }</dd></div>
                                }
                            </dl>
                        </section>
                    }
                </div>
                <p>{ "Drag the board to move it; turn the wheel to zoom. Drag from the right edge of a card to connect it, or press there and then on another card." }</p>
            </div>
        </div>
    }
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
