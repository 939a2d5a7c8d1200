//! Forms: a table of fields becomes a row of knobs. The fields of a part (`memory.limit`) stand together under its name,
//! open where something is set there: a service has more settings than anybody wants to see at once.

use std::collections::BTreeMap;

use sim::field::Field;
use yew::prelude::*;

use super::knob::{Knob, Turn};
use crate::words;

/// The knobs of a thing. `of` is how it is, `default` how it was born; `turn` gets the thing as it is to be,
/// and whether that is kept.
pub(super) fn form<T: Clone + 'static>(
    prefix: &str,
    fields: &'static [Field<T>],
    of: &T,
    default: &T,
    turn: &Callback<(T, bool)>,
) -> Html {
    let knob = |field: &'static Field<T>| {
        let of_it = of.clone();
        let turned = turn.reform(move |(value, keep): Turn| {
            let mut next = of_it.clone();
            (field.set)(&mut next, value);
            (next, keep)
        });
        let id = format!("{prefix}-{}", field.key.replace('.', "-"));
        html! {
            <Knob key={id.clone()} id={id.clone()} label={field.label} control={field.control} value={(field.get)(of)}
                default={Some((field.get)(default))} help={field.help} source={field.source} turn={turned} />
        }
    };
    let mut order: Vec<&str> = Vec::new();
    let mut parts: BTreeMap<&str, Vec<&'static Field<T>>> = BTreeMap::new();
    for field in fields {
        let part = field.key.split_once('.').map_or("", |(part, _)| part);
        if !order.contains(&part) {
            order.push(part);
        }
        parts.entry(part).or_default().push(field);
    }
    let part = |name: &str| {
        let of_part = parts.get(name).map_or(&[][..], Vec::as_slice);
        let knobs = html! { <>{ for of_part.iter().copied().map(knob) }</> };
        if name.is_empty() {
            return knobs;
        }
        let is_set = |field: &&Field<T>| (field.get)(of) != (field.get)(default);
        html! {
            <Part key={name.to_owned()} name={words::capital(name)} open={of_part.iter().any(is_set)}>{ knobs }</Part>
        }
    };
    html! { <>{ for order.iter().map(|name| part(name)) }</> }
}

#[derive(Properties, PartialEq)]
struct PartProps {
    name: AttrValue,
    /// Whether it is open at first; from then on it is the reader's affair.
    open: bool,
    children: Html,
}

/// The knobs of a part.
#[component]
fn Part(props: &PartProps) -> Html {
    let open = *use_state(|| props.open);
    html! {
        <details class="part" {open}>
            <summary>{ &props.name }</summary>
            { props.children.clone() }
        </details>
    }
}
