//! The editor of a rate profile: its kind, and the numbers of that kind.

use sim::field::{Control, Value};
use sim::profile::{FACTOR, PERIOD, Pace, Profile};
use sim::units::{Ratio, Span};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::knob::{Dial, Turn};

#[derive(Properties, PartialEq)]
pub(super) struct ProfileProps {
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) profile: Profile,
    pub(super) turn: Callback<Turn>,
}

const KINDS: [&str; 6] = ["steady", "step", "ramp", "spike", "sine", "trace"];

const fn place(profile: &Profile) -> usize {
    match profile {
        Profile::Steady => 0,
        Profile::Step { .. } => 1,
        Profile::Ramp { .. } => 2,
        Profile::Spike { .. } => 3,
        Profile::Sine { .. } => 4,
        Profile::Trace(_) => 5,
    }
}

/// A profile of another kind, as one begins with it.
fn of_kind(place: usize) -> Profile {
    let (at, factor) = (Span::secs(30), Ratio::whole(2));
    match place {
        0 => Profile::Steady,
        1 => Profile::Step { at, factor },
        2 => Profile::Ramp {
            from: at,
            to: Span::secs(60),
            factor,
        },
        3 => Profile::Spike {
            at,
            lasts: Span::secs(10),
            factor: Ratio::whole(3),
        },
        4 => Profile::Sine {
            period: Span::secs(60),
            amplitude: Ratio::percent(50),
        },
        _ => Profile::Trace(vec![
            Pace {
                at: Span::ZERO,
                factor: Ratio::ONE,
            },
            Pace { at, factor },
        ]),
    }
}

/// The editor of a rate profile.
#[component]
pub(super) fn ProfileEditor(props: &ProfileProps) -> Html {
    let choose = props.turn.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.map_or(0, |select| select.selected_index().max(0) as usize);
        (Value::Profile(of_kind(place)), true)
    });
    let kind = place(&props.profile);
    html! {
        <div class="dist">
            <select id={&props.id} onchange={choose}>
                for (other, word) in KINDS.into_iter().enumerate() {
                    <option selected={other == kind}>{ word }</option>
                }
            </select>
            { numbers(props) }
        </div>
    }
}

const TIME: Control = Control::Span(Span::ZERO, Span::secs(3_600));

/// A dial with its word; `make` turns a new value into a profile.
fn dial(
    props: &ProfileProps,
    word: &str,
    control: Control,
    value: Value,
    make: impl Fn(Value) -> Option<Profile> + 'static,
) -> Html {
    let (turn, old) = (props.turn.clone(), props.profile.clone());
    let turned = Callback::from(move |(value, keep): Turn| {
        let next = make(value).unwrap_or_else(|| old.clone());
        turn.emit((Value::Profile(next), keep));
    });
    let id = format!("{}-{}", props.id, word.replace(' ', "-"));
    let label = format!("{}, {word}", props.label);
    html! {
        <>
            <span class="sub">{ word }</span>
            <Dial spoken={true} {id} {label} {control} {value} turn={turned} />
        </>
    }
}

const fn span(value: &Value) -> Option<Span> {
    if let Value::Span(span) = value {
        Some(*span)
    } else {
        None
    }
}

const fn ratio(value: &Value) -> Option<Ratio> {
    if let Value::Ratio(ratio) = value {
        Some(*ratio)
    } else {
        None
    }
}

/// The dial of the factor that a profile comes to.
fn factor(props: &ProfileProps, now: Ratio, make: impl Fn(Ratio) -> Profile + 'static) -> Html {
    let control = Control::Factor(FACTOR.0, FACTOR.1);
    dial(props, "factor", control, Value::Ratio(now), move |v| {
        ratio(&v).map(&make)
    })
}

/// The dial of a time.
fn time(
    props: &ProfileProps,
    word: &str,
    now: Span,
    make: impl Fn(Span) -> Profile + 'static,
) -> Html {
    dial(props, word, TIME, Value::Span(now), move |v| {
        span(&v).map(&make)
    })
}

/// The numbers of the kind at hand.
fn numbers(props: &ProfileProps) -> Html {
    match props.profile.clone() {
        Profile::Steady => Html::default(),
        Profile::Step { at, factor: by } => html! {
            <>
                { time(props, "from", at, move |at| Profile::Step { at, factor: by }) }
                { factor(props, by, move |factor| Profile::Step { at, factor }) }
            </>
        },
        Profile::Ramp {
            from,
            to,
            factor: by,
        } => {
            let of = move |from, to, factor| Profile::Ramp { from, to, factor };
            html! {
                <>
                    { time(props, "from", from, move |from| of(from, to.max(from), by)) }
                    { time(props, "to", to, move |to| of(from.min(to), to, by)) }
                    { factor(props, by, move |by| of(from, to, by)) }
                </>
            }
        }
        Profile::Spike {
            at,
            lasts,
            factor: by,
        } => {
            let of = move |at, lasts, factor| Profile::Spike { at, lasts, factor };
            html! {
                <>
                    { time(props, "at", at, move |at| of(at, lasts, by)) }
                    { time(props, "lasts", lasts, move |lasts| of(at, lasts, by)) }
                    { factor(props, by, move |by| of(at, lasts, by)) }
                </>
            }
        }
        Profile::Sine { period, amplitude } => {
            let bounds = Control::Span(PERIOD.0, PERIOD.1);
            let with_period = move |v| span(&v).map(|period| Profile::Sine { period, amplitude });
            let with_height =
                move |v| ratio(&v).map(|amplitude| Profile::Sine { period, amplitude });
            html! {
                <>
                    { dial(props, "period", bounds, Value::Span(period), with_period) }
                    { dial(props, "amplitude", Control::Share, Value::Ratio(amplitude), with_height) }
                </>
            }
        }
        Profile::Trace(paces) => trace(props, &paces),
    }
}

/// The entries of a trace as a text: "0s 1, 30s 2.5".
fn trace(props: &ProfileProps, paces: &[Pace]) -> Html {
    let entry = |pace: &Pace| format!("{} {}", pace.at, pace.factor);
    let text = paces.iter().map(entry).collect::<Vec<_>>().join(", ");
    let (turn, old) = (props.turn.clone(), props.profile.clone());
    let typed = Callback::from(move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        let read = input.and_then(|input| read(&input.value()));
        turn.emit((Value::Profile(read.unwrap_or_else(|| old.clone())), true));
    });
    html! {
        <>
            <span class="sub">{ "time and factor, separated by commas" }</span>
            <input type="text" aria-label={format!("{}, trace", props.label)} value={text} onchange={typed} />
        </>
    }
}

/// The trace that a text means, if it makes sense.
fn read(text: &str) -> Option<Profile> {
    let entry = |entry: &str| {
        let (at, factor) = entry.trim().split_once(' ')?;
        Some(Pace {
            at: at.parse().ok()?,
            factor: factor.trim().parse().ok()?,
        })
    };
    let paces: Option<Vec<Pace>> = text.split(',').map(entry).collect();
    paces.map(Profile::Trace).filter(|p| p.check().is_ok())
}
