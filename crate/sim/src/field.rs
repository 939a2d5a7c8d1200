//! What a person can set: label, bounds, help and source of each parameter, said once beside its kind.
//!
//! The inspector's forms, the bounds check of files and the help texts are made from these tables.

use crate::dist::Dist;
use crate::operation::{self, Operation, OperationName};
use crate::profile::Profile;
use crate::units::{Bytes, Limit, Rate, Ratio, Span};

/// A parameter of a `T`.
#[derive(Debug)]
pub struct Field<T: 'static> {
    /// Its name in files; a dot leads into a part (`memory.limit`).
    pub key: &'static str,
    /// Its name on screen.
    pub label: &'static str,
    /// What values it takes.
    pub control: Control,
    /// What it does, in a sentence or two.
    pub help: &'static str,
    /// Where its meaning or default comes from.
    pub source: &'static str,
    /// Reads it.
    pub get: fn(&T) -> Value,
    /// Writes it; a value of another kind changes nothing.
    pub set: fn(&mut T, Value),
}

// By hand: a derive would ask the same of `T`.
impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

/// Tables of one kind after each other; `N` is the sum of their lengths.
pub(crate) const fn join<T, const N: usize>(tables: &[&[Field<T>]]) -> [Field<T>; N] {
    let mut all = [tables[0][0]; N];
    let (mut table, mut filled) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            all[filled] = tables[table][row];
            filled += 1;
            row += 1;
        }
        table += 1;
    }
    assert!(filled == N, "N is not the sum of the lengths");
    all
}

/// What values a parameter takes, with its bounds (both inclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// A rate per second.
    Rate(Rate, Rate),
    /// A length of time.
    Span(Span, Span),
    /// A share of one, shown in per cent.
    Share,
    /// A factor or a weight.
    Factor(Ratio, Ratio),
    /// A whole number.
    Count(u32, u32),
    /// A whole number or unbounded.
    Limit(u32, u32),
    /// A size in memory.
    Bytes(Bytes, Bytes),
    /// A size in memory or no limit.
    MaybeBytes(Bytes, Bytes),
    /// Yes or no.
    Flag,
    /// One of these words; the value is its place in the list.
    Choice(&'static [&'static str]),
    /// A distribution of times, with the bounds of its mean.
    Dist(Span, Span),
    /// A factor over time.
    Profile,
    /// A distribution of times or none of its own.
    MaybeDist(Span, Span),
    /// Operations, each with its weight.
    Operations,
    /// The names of some operations; none of them stands for all.
    Names,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A rate per second.
    Rate(Rate),
    /// A length of time.
    Span(Span),
    /// A share, factor or weight.
    Ratio(Ratio),
    /// A whole number.
    Count(u32),
    /// A whole number or unbounded.
    Limit(Limit),
    /// A size in memory.
    Bytes(Bytes),
    /// A size in memory or no limit.
    MaybeBytes(Option<Bytes>),
    /// Yes or no.
    Flag(bool),
    /// The place in a list of words.
    Choice(usize),
    /// A distribution of times.
    Dist(Dist),
    /// A factor over time.
    Profile(Profile),
    /// A distribution of times or none of its own.
    MaybeDist(Option<Dist>),
    /// Operations, each with its weight.
    Operations(Vec<Operation>),
    /// The names of some operations; none of them stands for all.
    Names(Vec<OperationName>),
}

impl Control {
    /// Whether a value is within the bounds; if not, what they are.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        fn within<V: PartialOrd + std::fmt::Display>(
            v: &V,
            min: &V,
            max: &V,
        ) -> Result<(), String> {
            if v >= min && v <= max {
                Ok(())
            } else {
                Err(format!("{v} is outside {min} to {max}"))
            }
        }
        match (self, value) {
            (Control::Rate(min, max), Value::Rate(v)) => within(v, min, max),
            (Control::Span(min, max), Value::Span(v)) => within(v, min, max),
            (Control::Share, Value::Ratio(v)) => within(v, &Ratio::ZERO, &Ratio::ONE),
            (Control::Factor(min, max), Value::Ratio(v)) => within(v, min, max),
            (Control::Count(min, max), Value::Count(v))
            | (Control::Limit(min, max), Value::Limit(Limit::Of(v))) => within(v, min, max),
            (Control::Bytes(min, max), Value::Bytes(v))
            | (Control::MaybeBytes(min, max), Value::MaybeBytes(Some(v))) => within(v, min, max),
            (Control::Dist(min, max), Value::Dist(dist))
            | (Control::MaybeDist(min, max), Value::MaybeDist(Some(dist))) => {
                dist.check(*min, *max)
            }
            (Control::Profile, Value::Profile(profile)) => profile.check(),
            (Control::Operations, Value::Operations(list)) => operation::check(list),
            (Control::Names, Value::Names(list)) => operation::check_names(list.iter()),
            (Control::Choice(words), Value::Choice(place)) if *place >= words.len() => {
                Err(format!("there are only {} choices", words.len()))
            }
            _ => Ok(()),
        }
    }
}

/// Checks all settings of something; says of each that is out of bounds what is allowed.
pub fn check<T>(fields: &[Field<T>], of: &T, mut say: impl FnMut(&str, String)) {
    for field in fields {
        if let Err(what) = field.control.check(&(field.get)(of)) {
            say(field.key, what);
        }
    }
}

/// The `get` and `set` of a field that is a plain part of its kind.
macro_rules! access {
    ($kind:ident, $($part:ident).+) => {
        (
            |of| $crate::field::Value::$kind(of.$($part).+.clone()),
            |of, value| {
                if let $crate::field::Value::$kind(new) = value {
                    of.$($part).+ = new;
                }
            },
        )
    };
}
pub(crate) use access;

/// The `get` and `set` of a choice; all of its values in the order of their words.
macro_rules! choice {
    ($($part:ident).+, $all:expr) => {
        (
            |of| $crate::field::Value::Choice(of.$($part).+ as usize),
            |of, value| {
                if let $crate::field::Value::Choice(place) = value {
                    let all = $all;
                    of.$($part).+ = all[place.min(all.len() - 1)];
                }
            },
        )
    };
}
pub(crate) use choice;

/// The reader and the writer of a parameter.
pub type Access<T> = (fn(&T) -> Value, fn(&mut T, Value));

impl<T> Field<T> {
    /// A field from its parts; `access` is a pair of reader and writer.
    pub const fn new(
        key: &'static str,
        label: &'static str,
        control: Control,
        access: Access<T>,
        help: &'static str,
        source: &'static str,
    ) -> Self {
        Field {
            key,
            label,
            control,
            help,
            source,
            get: access.0,
            set: access.1,
        }
    }
}
