//! The board's patterns and arrow heads.

use yew::prelude::*;

/// What other parts of the drawing point to: `#hatch`, `#crumbs`, and the arrow heads.
pub(crate) fn defs() -> Html {
    let arrow = |id: &'static str, class: &'static str| {
        html! {
            <marker id={id} viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="9" markerHeight="9"
                markerUnits="userSpaceOnUse" orient="auto">
                <path class={class} d="M0 0.8L9.5 5L0 9.2z" />
            </marker>
        }
    };
    html! {
        <defs>
            <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="hatch-ground" width="5" height="5" />
                <rect class="hatch-line" width="2.4" height="5" />
            </pattern>
            <pattern id="crumbs" width="4" height="4" patternUnits="userSpaceOnUse">
                <circle class="crumb" cx="2" cy="2" r="1" />
            </pattern>
            { arrow("arrow", "arrow") }
            { arrow("arrow-on", "arrow on") }
        </defs>
    }
}
