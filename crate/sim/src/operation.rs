//! Operations: what requests ask for (browse, buy), each with its share of a client's requests.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::criticality::Criticality;
use crate::units::Ratio;

/// At most so many operations of a client.
pub const MOST_OPERATIONS: usize = 16;
/// Bounds of a weight.
pub const WEIGHT: (Ratio, Ratio) = (Ratio::ZERO, Ratio::whole(1_000));

const EXPECTED: &str = "the name of an operation: 1 to 40 lower-case letters, digits and hyphens, such as \"check-out\"";

/// What an operation is called. Operations of several clients that are called the same are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OperationName(String);

impl OperationName {
    /// The name in this text, if it is one: 1 to 40 lower-case letters, digits and hyphens.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let is_name = (1..=40).contains(&text.len()) && text.bytes().all(allowed);
        is_name.then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OperationName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::new(&text)
            .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &EXPECTED))
    }
}

impl JsonSchema for OperationName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OperationName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9-]{1,40}$", "description": EXPECTED })
    }
}

/// One operation of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What it is called.
    pub name: OperationName,
    /// How often it is asked for, beside the others.
    #[serde(default = "even")]
    pub weight: Ratio,
    /// How much it matters that it is served; every call that it causes says so.
    #[serde(default)]
    pub criticality: Criticality,
}

const fn even() -> Ratio {
    Ratio::ONE
}

impl Operation {
    /// An operation with every setting at its default.
    pub const fn new(name: OperationName) -> Self {
        Operation {
            name,
            weight: even(),
            criticality: Criticality::Critical,
        }
    }
}

/// Whether a client can have these operations.
///
/// # Errors
/// A sentence that says what is allowed.
pub fn check(operations: &[Operation]) -> Result<(), String> {
    check_names(operations.iter().map(|of| &of.name))?;
    let (least, most) = WEIGHT;
    for Operation { name, weight, .. } in operations {
        if *weight < least || *weight > most {
            return Err(format!(
                "the weight of \"{name}\": {weight} is outside {least} to {most}"
            ));
        }
    }
    if !operations.is_empty() && operations.iter().all(|of| of.weight == Ratio::ZERO) {
        return Err("every weight is 0; give one of them a weight".into());
    }
    Ok(())
}

/// Whether these can be the names of one list.
///
/// # Errors
/// A sentence that says what is allowed.
pub fn check_names<'a>(names: impl Iterator<Item = &'a OperationName>) -> Result<(), String> {
    let names: Vec<&OperationName> = names.collect();
    let count = names.len();
    if count > MOST_OPERATIONS {
        return Err(format!(
            "there are {count} operations; at most {MOST_OPERATIONS} can be had"
        ));
    }
    for (place, name) in names.iter().enumerate() {
        if names[..place].contains(name) {
            return Err(format!("\"{name}\" stands here twice"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(of: &[(&str, u64)]) -> Vec<Operation> {
        let one = |(name, weight): &(&str, u64)| Operation {
            weight: Ratio::whole(*weight),
            ..Operation::new(OperationName::new(name).unwrap())
        };
        of.iter().map(one).collect()
    }

    #[test]
    fn a_mix_needs_names_that_differ_and_a_weight() {
        assert_eq!(check(&operations(&[])), Ok(()));
        assert_eq!(check(&operations(&[("browse", 9), ("buy", 0)])), Ok(()));
        let told = |of: &[(&str, u64)]| check(&operations(of)).unwrap_err();
        assert_eq!(told(&[("buy", 1), ("buy", 2)]), "\"buy\" stands here twice");
        assert_eq!(
            told(&[("browse", 0), ("buy", 0)]),
            "every weight is 0; give one of them a weight"
        );
        assert!(told(&[("buy", 1_001)]).contains("outside 0 to 1000"));
    }

    #[test]
    fn a_bad_name_is_refused_in_words() {
        for text in ["\"\"", "\"Check out\"", "\"a,b\""] {
            let told = serde_json::from_str::<OperationName>(text).unwrap_err();
            assert!(told.to_string().contains("the name of an operation"));
        }
    }
}
