//! The strip: what an embedded page has to press - play, reset, the clock, trouble, and the way to the whole page.

use sim::scenario::Fault;
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::Action;
use crate::transport::{TransportProps, trouble};
use crate::words;

#[derive(Properties, PartialEq)]
pub(crate) struct StripProps {
    pub(crate) transport: TransportProps,
    /// A spike of the first client, and whether it is on: trouble for those who select nothing.
    pub(crate) spike: Option<(Fault, bool)>,
    /// The way to the whole page.
    pub(crate) full: Html,
}

/// The strip.
#[component]
pub(crate) fn Strip(props: &StripProps) -> Html {
    let of = &props.transport;
    let press = |action: Action| of.act.reform(move |_: MouseEvent| action.clone());
    let (word, sign) = if of.playing {
        ("Pause", "pause")
    } else {
        ("Play", "play")
    };
    html! {
        <section class="transport strip" aria-labelledby="transport-title">
            <h2 class="unseen" id="transport-title">{ "Transport" }</h2>
            <button class="play" title={tip("Play or pause")} onclick={press(Action::Play(!of.playing))}>{ icon(sign) }{ word }</button>
            <button class="tool" aria-label="Reset" title={tip("Reset to 0 s")} onclick={press(Action::Reset)}>{ icon("reset") }</button>
            <output class="clock" data-time={format!("{:.6}", of.at)} title="Simulated time">
                { words::clock(of.at, !of.playing) }
            </output>
            <div class="trouble">
                if of.target.is_some() {
                    { trouble(of) }
                } else if let Some((fault, on)) = props.spike.clone() {
                    <button class="fault-button" aria-pressed={on.to_string()} onclick={press(Action::Fault(fault.clone()))}>
                        { icon("bolt") }{ words::capital(&fault.kind.describe()) }
                    </button>
                }
                if of.faults > 0 {
                    <button class="heal" onclick={press(Action::HealAll)} title="End all clicked faults">{ icon("heal") }{ "Heal all" }</button>
                }
            </div>
            { props.full.clone() }
        </section>
    }
}
