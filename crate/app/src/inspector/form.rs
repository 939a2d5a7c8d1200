//! Forms: a table of fields becomes a row of knobs. The fields of a part (`memory.limit`) stand together under its name,
//! open where something is set there: a service has more settings than anybody wants to see at once.

use sim::field::{Control, Field, Value};
use yew::prelude::*;

use super::knob::{Knob, Turn};
use crate::words;

/// One field of a thing, whatever the thing is.
struct Row {
    key: &'static str,
    label: &'static str,
    control: Control,
    help: &'static str,
    source: &'static str,
    value: Value,
    default: Value,
}

/// The knobs of a thing. `of` is how it is, `default` how it was born; `turn` gets the thing as it is to be,
/// and whether that is kept.
///
/// Only what has to know the type is written once a type: the knobs themselves are laid out for all alike.
pub(super) fn form<T: Clone + 'static>(
    prefix: &str,
    fields: &'static [Field<T>],
    of: &T,
    default: &T,
    turn: &Callback<(T, bool)>,
) -> Html {
    let row = |field: &Field<T>| Row {
        key: field.key,
        label: field.label,
        control: field.control,
        help: field.help,
        source: field.source,
        value: (field.get)(of),
        default: (field.get)(default),
    };
    let whole = of.clone();
    let turned = turn.reform(move |(place, value, keep): (usize, Value, bool)| {
        let mut next = whole.clone();
        (fields[place].set)(&mut next, value);
        (next, keep)
    });
    knobs(prefix, fields.iter().map(row).collect(), &turned)
}

/// The knobs of these rows; `turn` gets a row's place, its new value, and whether that is kept.
fn knobs(prefix: &str, rows: Vec<Row>, turn: &Callback<(usize, Value, bool)>) -> Html {
    let mut parts: Vec<(&str, bool, Vec<Html>)> = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let name = row.key.split_once('.').map_or("", |(part, _)| part);
        let is_set = row.value != row.default;
        let turned = turn.reform(move |(value, keep): Turn| (place, value, keep));
        let id = AttrValue::from(format!("{prefix}-{}", row.key.replace('.', "-")));
        let knob = html! {
            <Knob key={id.as_str()} id={id.clone()} label={row.label} control={row.control} value={row.value}
                default={Some(row.default)} help={row.help} source={row.source} turn={turned} />
        };
        match parts.iter_mut().find(|(other, ..)| *other == name) {
            Some((_, open, all)) => {
                *open |= is_set;
                all.push(knob);
            }
            None => parts.push((name, is_set, vec![knob])),
        }
    }
    let part = |(name, open, knobs): (&str, bool, Vec<Html>)| {
        let knobs = html! { <>{ for knobs }</> };
        if name.is_empty() {
            return knobs;
        }
        html! { <Part key={name.to_owned()} name={words::capital(name)} {open}>{ knobs }</Part> }
    };
    html! { <>{ for parts.into_iter().map(part) }</> }
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
