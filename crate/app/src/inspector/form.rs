//! Forms: a table of fields becomes a row of knobs.

use sim::field::Field;
use yew::prelude::*;

use super::knob::{Knob, Turn};

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
    html! { <>{ for fields.iter().map(knob) }</> }
}
