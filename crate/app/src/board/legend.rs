//! The legend: what the squares, lines and dots on the board mean.

use yew::prelude::*;

use crate::store::Action;

#[derive(Properties, PartialEq)]
pub(crate) struct LegendProps {
    pub(crate) dots: bool,
    pub(crate) act: Callback<Action>,
}

/// Sign, class of its ink, word.
const SIGNS: [(&str, &str, &str); 9] = [
    ("M3.5 3.5h9v9h-9z", "idle", "idle"),
    ("M3 3h10v10H3z", "working", "working"),
    ("M3 3h10v10H3z", "waiting", "waiting for another"),
    ("M8 4a4 4 0 1 0 .01 0z", "request", "request"),
    ("M8 5a3 3 0 1 0 .01 0z", "answer", "answer"),
    ("M4.5 4.5h7v7h-7z", "message", "message"),
    ("M4 4l8 8M12 4l-8 8", "failure", "refused or failed"),
    ("M13 8L4.5 12.5v-9z", "retry", "retry"),
    ("M8 4a4 4 0 1 0 .01 0z", "orphan", "nobody waits"),
];

/// The legend, and the switch for the dots.
#[component]
pub(crate) fn Legend(props: &LegendProps) -> Html {
    let toggle = props.act.reform({
        let on = !props.dots;
        move |_: Event| Action::Dots(on)
    });
    html! {
        <div class="legend-board">
            <ul aria-label="Legend">
                for (place, (path, class, word)) in SIGNS.into_iter().enumerate() {
                    if place < 3 || props.dots {
                        <li>
                            <svg viewBox="0 0 16 16" aria-hidden="true"><path class={format!("sign-{class}")} d={path} /></svg>
                            { word }
                        </li>
                    }
                }
            </ul>
            <label><input type="checkbox" checked={props.dots} onchange={toggle} />{ "Dots" }</label>
        </div>
    }
}
