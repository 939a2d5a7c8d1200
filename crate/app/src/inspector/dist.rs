//! The editor of a distribution: its kind, and the numbers of that kind.

use sim::dist::{Dist, Share};
use sim::field::{Control, Value};
use sim::units::{Ratio, Span};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::knob::{Dial, Turn};
use crate::icon::icon;

#[derive(Properties, PartialEq)]
pub(super) struct DistProps {
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) control: Control,
    pub(super) dist: Dist,
    pub(super) turn: Callback<Turn>,
}

const KINDS: [&str; 4] = ["constant", "exponential", "log-normal", "mixture"];
const MOST_SHARES: usize = 16;

const fn place(dist: &Dist) -> usize {
    match dist {
        Dist::Constant(_) => 0,
        Dist::Exponential(_) => 1,
        Dist::LogNormal { .. } => 2,
        Dist::Discrete(_) => 3,
    }
}

/// A distribution of another kind with the same mean.
fn of_kind(place: usize, mean: Span) -> Dist {
    match place {
        0 => Dist::Constant(mean),
        1 => Dist::Exponential(mean),
        2 => Dist::LogNormal {
            mean,
            cv: Ratio::percent(50),
        },
        _ => Dist::Discrete(vec![Share {
            value: mean,
            weight: Ratio::ONE,
        }]),
    }
}

/// The editor of a distribution.
#[component]
pub(super) fn DistEditor(props: &DistProps) -> Html {
    let mean = props.dist.mean();
    let choose = props.turn.reform(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.map_or(0, |select| select.selected_index().max(0) as usize);
        (Value::Dist(of_kind(place, mean)), true)
    });
    let kind = place(&props.dist);
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

/// What a dial of a distribution's number makes of a new value.
type Make = Box<dyn Fn(Value) -> Option<Dist>>;

fn dial(props: &DistProps, name: &str, control: Control, value: Value, make: Make) -> Html {
    let (turn, old) = (props.turn.clone(), props.dist.clone());
    let turned = Callback::from(move |(value, keep): Turn| {
        turn.emit((
            Value::Dist(make(value).unwrap_or_else(|| old.clone())),
            keep,
        ));
    });
    let id = format!("{}-{}", props.id, name.replace(' ', "-"));
    let label = format!("{}, {name}", props.label);
    html! { <Dial spoken={true} {id} {label} {control} {value} turn={turned} /> }
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

/// The numbers of the kind at hand.
fn numbers(props: &DistProps) -> Html {
    let Control::Dist(least, most) = props.control else {
        return Html::default();
    };
    let time = Control::Span(least, most);
    match props.dist.clone() {
        Dist::Constant(v) => dial(
            props,
            "time",
            time,
            Value::Span(v),
            Box::new(|v| span(&v).map(Dist::Constant)),
        ),
        Dist::Exponential(v) => dial(
            props,
            "mean",
            time,
            Value::Span(v),
            Box::new(|v| span(&v).map(Dist::Exponential)),
        ),
        Dist::LogNormal { mean, cv } => {
            let spread = Control::Factor(Ratio::ZERO, Ratio::whole(20));
            let with_mean = move |v| span(&v).map(|mean| Dist::LogNormal { mean, cv });
            let with_cv = move |v| ratio(&v).map(|cv| Dist::LogNormal { mean, cv });
            html! {
                <>
                    { dial(props, "mean", time, Value::Span(mean), Box::new(with_mean)) }
                    <span class="sub" title="Coefficient of variation: standard deviation divided by the mean.">{ "spread (cv)" }</span>
                    { dial(props, "cv", spread, Value::Ratio(cv), Box::new(with_cv)) }
                </>
            }
        }
        Dist::Discrete(shares) => mixture(props, time, &shares),
    }
}

/// The values of a mixture, each with its weight.
fn mixture(props: &DistProps, time: Control, shares: &[Share]) -> Html {
    let weight = Control::Factor(Ratio::ZERO, Ratio::whole(1_000));
    let with = |change: &dyn Fn(&mut Vec<Share>)| {
        let mut next = shares.to_vec();
        change(&mut next);
        props
            .turn
            .reform(move |_: MouseEvent| (Value::Dist(Dist::Discrete(next.clone())), true))
    };
    let row = |(place, share): (usize, &Share)| {
        let (valued, weighted) = (shares.to_vec(), shares.to_vec());
        let with_value = move |v| {
            let mut shares = valued.clone();
            shares[place].value = span(&v)?;
            Some(Dist::Discrete(shares))
        };
        let with_weight = move |v| {
            let mut shares = weighted.clone();
            shares[place].weight = ratio(&v)?;
            Some(Dist::Discrete(shares))
        };
        let nth = place + 1;
        html! {
            <div class="share">
                { dial(props, &format!("value {nth}"), time, Value::Span(share.value), Box::new(with_value)) }
                { dial(props, &format!("weight {nth}"), weight, Value::Ratio(share.weight), Box::new(with_weight)) }
                if shares.len() > 1 {
                    <button class="ask" aria-label={format!("Remove value {nth}")} onclick={with(&|all| { all.remove(place); })}>{ icon("close") }</button>
                }
            </div>
        }
    };
    let fresh = Share {
        value: props.dist.mean(),
        weight: Ratio::ONE,
    };
    html! {
        <>
            { for shares.iter().enumerate().map(row) }
            if shares.len() < MOST_SHARES {
                <button onclick={with(&|all| all.push(fresh))}>{ "Add a value" }</button>
            }
        </>
    }
}
