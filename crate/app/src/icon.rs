//! Icons: small drawings on a grid of 20 by 20, in the colour of the text around them.

use yew::prelude::*;

use crate::store::Kind;
use crate::words::Tone;

/// The lines of an icon, as the `d` of a path.
fn lines(name: &str) -> &'static str {
    match name {
        "play" => "M6 4l10 6-10 6z",
        "pause" => "M6.5 4v12M13.5 4v12",
        "step" => "M4 4l8 6-8 6zM15.5 4v12",
        "reset" => "M4 10a6 6 0 1 0 2-4.5M6 2v4h4",
        "bolt" => "M11 2L4 11h5l-1 7 7-9h-5z",
        "heal" | "plus" => "M10 4v12M4 10h12",
        "undo" => "M7 4L3 8l4 4M3 8h9a4 4 0 0 1 0 8H8",
        "redo" => "M13 4l4 4-4 4M17 8H8a4 4 0 0 0 0 8h4",
        "open-full" => "M9 4H5v11h11v-4M11 4h5v5M16 4l-7 7",
        "trash" => "M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10",
        "up" => "M10 16V4M5 9l5-5 5 5",
        "down" => "M10 4v12M5 11l5 5 5-5",
        "theme" => "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
        "fit" => "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
        "search" => "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM12.5 12.5L17 17",
        "dice" => "M4 4h12v12H4zM7 7.5h1M12 12.5h1M12 7.5h1M7 12.5h1",
        "open" => "M3 16V5h5l2 2h6v3M3 16l3-6h12l-3 6z",
        "save" => "M10 3v9M6 8.5l4 4 4-4M4 14v3h12v-3",
        "pen" => "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",
        "clock" => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2",
        "share" => "M10 13V3M6 6.5L10 3l4 3.5M4 11v6h12v-6",
        "copy" => "M7 7h10v10H7zM13 7V3H3v10h4",
        "check" => "M4 10.5l4 4 8-9",
        "present" => "M2 4h16v10H2zM10 14v4M6 18h8",
        "lesson" => "M2 7l8-4 8 4-8 4zM5 9v4.5c0 2 10 2 10 0V9M18 7v6",
        "left" => "M12 4l-6 6 6 6",
        "right" => "M8 4l6 6-6 6",
        "more" => "M5 8l5 5 5-5",
        "client" => "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17a6 6 0 0 1 12 0",
        "service" => "M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.01M6 13.5h.01",
        "database" => {
            "M4 5.5c0-3 12-3 12 0v9c0 3-12 3-12 0zM4 5.5c0 3 12 3 12 0M4 10c0 3 12 3 12 0"
        }
        "external" => "M6 15a4 4 0 0 1 0-8 5 5 0 0 1 9 1 3.5 3.5 0 0 1-.5 7z",
        "broker" => "M3 4h14v12H3zM3 12h4l1.5 2h3l1.5-2h4M10 6v4M8 8.5l2 2 2-2",
        "wait" => "M5 3h10M5 17h10M6 3c0 7 8 7 8 14M14 3c0 7-8 7-8 14",
        "compare" => "M3 4h6v12H3zM11 4h6v12h-6M13 8h2M13 12h2",
        "switch" => "M3 7h12l-3-3M17 13H5l3 3",
        "close" | "cross" => "M5 5l10 10M15 5L5 15",
        _ => "M10 10h.01",
    }
}

/// An icon that stands beside a word, so that it needs none itself.
pub(crate) fn icon(name: &str) -> Html {
    html! {
        <svg class={classes!("icon", format!("icon-{name}"))} viewBox="0 0 20 20" aria-hidden="true">
            <path d={lines(name)} />
        </svg>
    }
}

/// The icon's lines alone, for use inside another drawing.
pub(crate) fn of_kind(kind: Kind) -> &'static str {
    lines(kind_name(kind))
}

/// The name of a kind's icon.
pub(crate) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Client => "client",
        Kind::Service => "service",
        Kind::Database | Kind::Cache => "database",
        Kind::External => "external",
        Kind::Broker => "broker",
    }
}

/// The bolt of a fault.
pub(crate) fn bolt() -> &'static str {
    lines("bolt")
}

/// The sign of a line of the story.
pub(crate) const fn of_tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Calm => "check",
        Tone::Busy => "wait",
        Tone::Trouble => "cross",
        Tone::Fault => "bolt",
        Tone::Switch => "switch",
    }
}
