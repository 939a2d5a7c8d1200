//! The editor of a distribution: its kind, and the numbers of that kind.

use sim::dist::{CV, Dist, MOST_SHARES, SHAPE, Share};
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

const KINDS: [&str; 8] = [
    "constant",
    "exponential",
    "log-normal",
    "gamma",
    "Pareto",
    "uniform",
    "bimodal",
    "mixture",
];

const fn place(dist: &Dist) -> usize {
    match dist {
        Dist::Constant(_) => 0,
        Dist::Exponential(_) => 1,
        Dist::LogNormal { .. } => 2,
        Dist::Gamma { .. } => 3,
        Dist::Pareto { .. } => 4,
        Dist::Uniform { .. } => 5,
        Dist::Bimodal { .. } => 6,
        Dist::Discrete(_) => 7,
    }
}

/// A distribution of another kind with the same mean; its longest value stays within `most`.
fn of_kind(place: usize, mean: Span, most: Span) -> Dist {
    match place {
        0 => Dist::Constant(mean),
        1 => Dist::Exponential(mean),
        2 => Dist::LogNormal {
            mean,
            cv: Ratio::percent(50),
        },
        3 => Dist::Gamma {
            mean,
            cv: Ratio::percent(50),
        },
        4 => Dist::Pareto {
            mean,
            shape: Ratio::percent(250),
        },
        5 => {
            let aside = mean.times(Ratio::percent(50)).min(most - mean);
            Dist::Uniform {
                from: mean - aside,
                to: mean + aside,
            }
        }
        // Half the mean nine times in ten, and once as much more as keeps the mean.
        6 => {
            let fast = mean.times(Ratio::percent(50));
            Dist::Bimodal {
                fast,
                slow: (mean + fast.times(Ratio::whole(9))).min(most),
                slow_share: Ratio::percent(10),
            }
        }
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
    let most = if let Control::Dist(_, most) | Control::MaybeDist(_, most) = props.control {
        most
    } else {
        Span::DAY
    };
    let choose = props.turn.reform(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.map_or(0, |select| select.selected_index().max(0) as usize);
        (Value::Dist(of_kind(place, mean, most)), true)
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

const CV_WORDS: (&str, &str) = (
    "spread (cv)",
    "Coefficient of variation: standard deviation divided by the mean.",
);

/// A number of a distribution: what it is called, its bounds, its value.
type Number = (&'static str, Control, Value);

/// Two dials; the second has a word and a hint above it.
fn two(
    props: &DistProps,
    first: Number,
    with_first: Make,
    (word, hint): (&'static str, &'static str),
    second: Number,
    with_second: Make,
) -> Html {
    html! {
        <>
            { dial(props, first.0, first.1, first.2, with_first) }
            <span class="sub" title={hint}>{ word }</span>
            { dial(props, second.0, second.1, second.2, with_second) }
        </>
    }
}

/// The numbers of the kind at hand.
fn numbers(props: &DistProps) -> Html {
    let Control::Dist(least, most) = props.control else {
        return Html::default();
    };
    let time = Control::Span(least, most);
    let any = Control::Span(Span::ZERO, most);
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
        Dist::LogNormal { mean, cv } => two(
            props,
            ("mean", time, Value::Span(mean)),
            Box::new(move |v| span(&v).map(|mean| Dist::LogNormal { mean, cv })),
            CV_WORDS,
            ("cv", Control::Factor(CV.0, CV.1), Value::Ratio(cv)),
            Box::new(move |v| ratio(&v).map(|cv| Dist::LogNormal { mean, cv })),
        ),
        Dist::Gamma { mean, cv } => two(
            props,
            ("mean", time, Value::Span(mean)),
            Box::new(move |v| span(&v).map(|mean| Dist::Gamma { mean, cv })),
            CV_WORDS,
            ("cv", Control::Factor(CV.0, CV.1), Value::Ratio(cv)),
            Box::new(move |v| ratio(&v).map(|cv| Dist::Gamma { mean, cv })),
        ),
        Dist::Pareto { mean, shape } => two(
            props,
            ("mean", time, Value::Span(mean)),
            Box::new(move |v| span(&v).map(|mean| Dist::Pareto { mean, shape })),
            (
                "shape",
                "The tail's exponent: the smaller, the longer the tail. Up to 2 the variance is infinite.",
            ),
            (
                "shape",
                Control::Factor(SHAPE.0, SHAPE.1),
                Value::Ratio(shape),
            ),
            Box::new(move |v| ratio(&v).map(|shape| Dist::Pareto { mean, shape })),
        ),
        Dist::Uniform { from, to } => two(
            props,
            ("from", any, Value::Span(from)),
            Box::new(move |v| {
                span(&v).map(|from| Dist::Uniform {
                    from,
                    to: to.max(from),
                })
            }),
            (
                "to",
                "The longest; every length between the two is equally likely.",
            ),
            ("to", time, Value::Span(to)),
            Box::new(move |v| {
                span(&v).map(|to| Dist::Uniform {
                    from: from.min(to),
                    to,
                })
            }),
        ),
        Dist::Bimodal {
            fast,
            slow,
            slow_share,
        } => bimodal(props, any, fast, slow, slow_share),
        Dist::Discrete(shares) => mixture(props, time, &shares),
    }
}

/// Two values, and how often it is the slow one.
fn bimodal(props: &DistProps, any: Control, fast: Span, slow: Span, slow_share: Ratio) -> Html {
    let of = |fast, slow, slow_share| Dist::Bimodal {
        fast,
        slow,
        slow_share,
    };
    let with_fast = move |v| span(&v).map(|fast| of(fast, slow, slow_share));
    let with_slow = move |v| span(&v).map(|slow| of(fast, slow, slow_share));
    let with_share = move |v| ratio(&v).map(|share| of(fast, slow, share));
    html! {
        <>
            { two(
                props,
                ("fast", any, Value::Span(fast)),
                Box::new(with_fast),
                ("slow", "The other value."),
                ("slow", any, Value::Span(slow)),
                Box::new(with_slow),
            ) }
            <span class="sub" title="How often it is the slow one.">{ "share that is slow" }</span>
            { dial(props, "slow share", Control::Share, Value::Ratio(slow_share), Box::new(with_share)) }
        </>
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
