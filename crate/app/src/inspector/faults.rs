//! The faults of what is selected: buttons, and the strength of those that are on.

use sim::scenario::{Fault, FaultKind, Target};
use yew::prelude::*;

use super::knob::{Knob, Turn};
use crate::icon::icon;
use crate::store::Action;
use crate::words;

/// The faults that can befall something, of which these are clicked.
pub(super) fn faults(
    target: &Target,
    kinds: Vec<FaultKind>,
    clicked: &[FaultKind],
    act: &Callback<Action>,
) -> Html {
    let button = |kind: FaultKind| {
        let same = |other: &&FaultKind| other.word() == kind.word();
        let on = clicked.iter().find(same).copied();
        let action = Action::Fault(Fault {
            on: target.clone(),
            kind: on.unwrap_or(kind),
        });
        html! {
            <button class="fault-button" aria-pressed={on.is_some().to_string()} title="A fault of this run; Reset takes it off."
                onclick={act.reform(move |_: MouseEvent| action.clone())}>
                { icon("bolt") }{ words::capital(&on.unwrap_or(kind).describe()) }
            </button>
        }
    };
    let strength = |kind: &FaultKind| {
        let (now, target) = (*kind, target.clone());
        let (control, value) = (now.control()?, now.strength()?);
        let act = act.clone();
        let turn = Callback::from(move |(value, _): Turn| {
            let kind = now.with_strength(&value);
            // The same once more would end it.
            if kind != now {
                let on = target.clone();
                act.emit(Action::Fault(Fault { on, kind }));
            }
        });
        let label = format!("How {}", now.strength_word());
        Some(
            html! { <Knob id={format!("fault-{}", now.word())} {label} {control} {value} {turn} /> },
        )
    };
    html! {
        <>
            <div class="faults" role="group" aria-label="Faults">{ for kinds.into_iter().map(button) }</div>
            { for clicked.iter().filter_map(strength) }
        </>
    }
}
