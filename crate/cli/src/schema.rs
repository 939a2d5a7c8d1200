//! `tailback schema`: the JSON Schema of scenario files, with names, bounds and help of all parameters.

use serde_json::Value;
use sim::Scenario;
use sim::scenario::tables::{self, Row};

use crate::bounds::{numbers, takes};
use crate::say::{self, Failure};

/// Prints the schema.
pub(crate) fn print() -> Result<(), Failure> {
    say::result(&format!("{:#}", whole()))
}

/// The schema, with what the tables know.
fn whole() -> Value {
    let mut schema = schemars::schema_for!(Scenario).to_value();
    tables::every(&mut |row| {
        // A parameter that cannot be found in the schema stays as it is there.
        if let Some(place) = pointer(&schema, &row.path())
            && let Some(Value::Object(property)) = schema.pointer_mut(&place)
        {
            describe(property, &row);
        }
    });
    schema
}

/// Puts into the schema of a parameter what the tables know of it.
fn describe(property: &mut serde_json::Map<String, Value>, row: &Row) {
    let help = match property.get("description").and_then(Value::as_str) {
        Some(described) => described,
        None => row.help,
    };
    let help = format!("{help} Takes {}. Source: {}.", takes(row), row.source);
    property.insert("description".into(), help.into());
    for (key, value) in [
        ("title", row.label.into()),
        ("default", row.written.clone()),
    ] {
        property.entry(key).or_insert(value);
    }
    if let Some((min, max)) = numbers(row.control) {
        property.insert("minimum".into(), min);
        property.insert("maximum".into(), max);
    }
}

/// Where the schema of a parameter stands in the whole, as a JSON pointer.
fn pointer(schema: &Value, path: &str) -> Option<String> {
    let mut at = String::new();
    for step in path.replace('[', ".[").split('.') {
        at = match step {
            "ID" => first(schema, &at, &["patternProperties", "additionalProperties"])?,
            "[N]" => first(schema, &at, &["items"])?,
            key => property(schema, &at, key)?,
        };
    }
    Some(at)
}

/// Follows references from here.
fn resolved(schema: &Value, at: &str) -> String {
    match schema.pointer(at).and_then(|of| of["$ref"].as_str()) {
        Some(reference) => resolved(schema, reference.trim_start_matches('#')),
        None => at.to_owned(),
    }
}

/// The schema of whatever a map or a list holds.
fn first(schema: &Value, at: &str, keys: &[&str]) -> Option<String> {
    let at = resolved(schema, at);
    let of = schema.pointer(&at)?;
    let key = keys.iter().find(|key| of.get(**key).is_some())?;
    let inner = format!("{at}/{key}");
    if *key != "patternProperties" {
        return Some(inner);
    }
    let pattern = of[*key].as_object()?.keys().next()?;
    Some(format!("{inner}/{}", escaped(pattern)))
}

/// The schema of a property, here or in one of the alternatives.
fn property(schema: &Value, at: &str, key: &str) -> Option<String> {
    let at = resolved(schema, at);
    let of = schema.pointer(&at)?;
    if of["properties"].get(key).is_some() {
        return Some(format!("{at}/properties/{}", escaped(key)));
    }
    ["oneOf", "anyOf", "allOf"].iter().find_map(|word| {
        let count = of[*word].as_array()?.len();
        (0..count).find_map(|place| property(schema, &format!("{at}/{word}/{place}"), key))
    })
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_found_and_described() {
        let schema = whole();
        tables::every(&mut |row| {
            let path = row.path();
            let place = pointer(&schema, &path).unwrap_or_else(|| panic!("{path}"));
            let property = schema.pointer(&place).unwrap();
            assert_eq!(property["title"], row.label, "{path}");
            assert_eq!(property["default"], row.written, "{path}");
            let described = property["description"].as_str().unwrap();
            assert!(described.contains(row.source), "{path}: {described}");
        });
    }

    #[test]
    fn plain_numbers_have_their_bounds() {
        let schema = whole();
        let attempts = &schema["$defs"]["Retry"]["properties"]["attempts"];
        assert_eq!(
            (&attempts["minimum"], &attempts["maximum"]),
            (&1.into(), &10.into())
        );
        let errors = &schema["$defs"]["Service"]["properties"]["errors"];
        assert_eq!(
            (&errors["minimum"], &errors["maximum"]),
            (&0.into(), &1.into())
        );
        let threads = &schema["$defs"]["Service"]["properties"]["threads"];
        assert_eq!(threads["maximum"], Value::Null, "it may be unbounded too");
    }
}
