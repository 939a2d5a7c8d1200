//! The transport: play, step, reset, speed, the clock, the seed, and trouble for what is selected.

use sim::scenario::{Fault, FaultKind, Target};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::icon::icon;
use crate::keys::tip;
use crate::store::{Action, SPEEDS, speed_word};
use crate::words;

/// A node or an edge, its name, and what can befall it, with whether it does.
pub(crate) type Stricken = (Target, AttrValue, Vec<(FaultKind, bool)>);

#[derive(Properties, PartialEq)]
pub(crate) struct TransportProps {
    pub(crate) playing: bool,
    pub(crate) speed: usize,
    /// In seconds.
    pub(crate) at: f64,
    /// How much slower than asked the engine runs, if it cannot keep up.
    pub(crate) behind: Option<AttrValue>,
    pub(crate) seed: u64,
    /// What is selected.
    pub(crate) target: Option<Stricken>,
    /// How many clicked faults are on.
    pub(crate) faults: usize,
    /// Whether two designs are shown.
    pub(crate) comparing: bool,
    pub(crate) act: Callback<Action>,
}

/// The transport.
#[component]
pub(crate) fn Transport(props: &TransportProps) -> Html {
    let press = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    let (word, sign) = if props.playing {
        ("Pause", "pause")
    } else {
        ("Play", "play")
    };
    html! {
        <div class="transport">
            <button class="play" title={tip("Play or pause")} onclick={press(Action::Play(!props.playing))}>{ icon(sign) }{ word }</button>
            <button title={tip("Step: run the next event")} onclick={press(Action::Step)}>{ icon("step") }<span class="word">{ "Step" }</span></button>
            <button title={tip("Reset to 0 s")} onclick={press(Action::Reset)}>{ icon("reset") }<span class="word">{ "Reset" }</span></button>
            <Speed speed={props.speed} act={&props.act} />
            <output class="clock" data-time={format!("{:.6}", props.at)} title="Simulated time">
                { words::clock(props.at, !props.playing) }
            </output>
            if let Some(behind) = &props.behind {
                <span class="behind" title="This computer cannot simulate as fast as asked; the figures are the same, only later.">{ behind }</span>
            }
            <div class="trouble">
                { trouble(props) }
                if props.faults > 0 {
                    <button class="heal" onclick={press(Action::HealAll)} title="End all clicked faults">{ icon("heal") }{ "Heal all" }</button>
                }
            </div>
            <button class="comparing" aria-pressed={props.comparing.to_string()} title={tip("Compare two designs")}
                onclick={press(Action::Compare)}>{ icon("compare") }<span class="word">{ "Compare" }</span></button>
            <Seed seed={props.seed} act={&props.act} />
        </div>
    }
}

/// Whether a fault has its button here too: there is room for the common ones, and those that are on can be ended. The
/// inspector has all.
fn is_at_hand(kind: FaultKind, on: bool) -> bool {
    let rare = matches!(
        kind,
        FaultKind::Delay(_)
            | FaultKind::Hang
            | FaultKind::Pause
            | FaultKind::Leak(_)
            | FaultKind::LeakPerRequest(_)
            | FaultKind::Poison(_)
            | FaultKind::CrashBeforeAck(_)
            | FaultKind::Hold
    );
    on || !rare
}

/// Buttons for what can befall what is selected.
pub(crate) fn trouble(props: &TransportProps) -> Html {
    let Some((id, name, kinds)) = &props.target else {
        return html! { <span class="quiet wide">{ "Select a card or an edge to give it a fault" }</span> };
    };
    html! {
        <>
            <span class="quiet wide">{ name }</span>
            for (kind, on) in kinds.iter().copied().filter(|(kind, on)| is_at_hand(*kind, *on)) {
                <button class="fault-button" aria-pressed={on.to_string()}
                    title={if on { "End this fault".to_owned() } else { tip("Fault on or off") }}
                    onclick={props.act.reform({
                        let fault = Fault { on: id.clone(), kind };
                        move |_: MouseEvent| Action::Fault(fault.clone())
                    })}>
                    { icon("bolt") }{ words::capital(&kind.describe()) }
                </button>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SpeedProps {
    speed: usize,
    act: Callback<Action>,
}

#[component]
fn Speed(props: &SpeedProps) -> Html {
    let set = props.act.reform(|event: InputEvent| {
        let place = event
            .target_dyn_into::<HtmlInputElement>()
            .map_or(0.0, |input| input.value_as_number());
        Action::Speed(place as usize)
    });
    let word = speed_word(props.speed);
    html! {
        <label class="speed" title={format!("{} and {}", tip("Slower"), tip("Faster"))}>
            <span class="unseen">{ "Speed" }</span>
            <input type="range" min="0" max={(SPEEDS.len() - 1).to_string()} step="1" value={props.speed.to_string()}
                aria-label="Speed" aria-valuetext={word.replace('×', "x")} oninput={set} />
            <b aria-hidden="true">{ word }</b>
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct SeedProps {
    seed: u64,
    act: Callback<Action>,
}

/// The seed of all chance: the same seed gives the same run.
#[component]
fn Seed(props: &SeedProps) -> Html {
    let set = props.act.reform({
        let now = props.seed;
        move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let seed = input
                .as_ref()
                .and_then(|input| input.value().trim().parse().ok());
            // What is no seed gives way to the one in use.
            if let (None, Some(input)) = (seed, &input) {
                input.set_value(&now.to_string());
            }
            Action::Seed(seed.unwrap_or(now))
        }
    });
    let next = props.act.reform({
        let seed = props.seed;
        move |_: MouseEvent| Action::Seed(seed % 1_000_000 + 1)
    });
    html! {
        <div class="seed" title="The same seed gives the same run. Another one starts the run anew.">
            <label><span class="wide">{ "Seed" }</span><input type="number" min="0" step="1" value={props.seed.to_string()} onchange={set} /></label>
            <button class="tool" aria-label="Next seed" onclick={next}>{ icon("dice") }</button>
        </div>
    }
}
