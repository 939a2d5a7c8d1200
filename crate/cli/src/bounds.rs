//! Bounds: what values a parameter takes, in words for people and in numbers for a schema.

use serde_json::{Value, json};
use sim::field::Control;
use sim::operation::MOST_OPERATIONS;
use sim::scenario::tables::Row;

/// What values it takes, as files write them.
pub(crate) fn takes(row: &Row) -> String {
    match row.control {
        Control::Rate(min, max) => format!("a number per second from {min} to {max}"),
        Control::Span(min, max) => format!("a time from {min} to {max}"),
        Control::Share => "a share from 0 to 1".into(),
        Control::Factor(min, max) => format!("a number from {min} to {max}"),
        Control::Count(min, max) => format!("a whole number from {min} to {max}"),
        Control::Limit(min, max) => format!("a whole number from {min} to {max}, or unbounded"),
        Control::Bytes(min, max) => format!("a size from {min} to {max}"),
        Control::MaybeBytes(min, max) => format!("a size from {min} to {max}, or null for none"),
        Control::Flag => "true or false".into(),
        Control::Choice(_) => row.words.join(" or "),
        Control::Dist(min, max) => format!("a distribution of times, its mean from {min} to {max}"),
        Control::MaybeDist(min, max) => {
            format!("a distribution of times, its mean from {min} to {max}, or null")
        }
        Control::Profile => "steady, step, ramp, spike, sine or trace".into(),
        Control::Operations => format!("up to {MOST_OPERATIONS} weighted names"),
        Control::Names => "a list of names".into(),
    }
}

/// Its value where a file says nothing, as files write it.
pub(crate) fn default(row: &Row) -> String {
    let text = row.written.as_str().map(str::to_owned);
    text.unwrap_or_else(|| row.written.to_string())
}

/// The least and the most, where files write a plain number.
pub(crate) fn numbers(control: Control) -> Option<(Value, Value)> {
    match control {
        Control::Rate(min, max) => Some((json!(min), json!(max))),
        Control::Share => Some((json!(0), json!(1))),
        Control::Factor(min, max) => Some((json!(min), json!(max))),
        Control::Count(min, max) => Some((json!(min), json!(max))),
        Control::Span(..)
        | Control::Limit(..)
        | Control::Bytes(..)
        | Control::MaybeBytes(..)
        | Control::Flag
        | Control::Choice(_)
        | Control::Dist(..)
        | Control::MaybeDist(..)
        | Control::Profile
        | Control::Operations
        | Control::Names => None,
    }
}
