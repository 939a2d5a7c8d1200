//! `tailback schema`: the JSON Schema of scenario files.

use sim::Scenario;

use crate::say::{self, Failure};

/// Prints the schema.
pub(crate) fn print() -> Result<(), Failure> {
    say::result(&format!("{:#}", schemars::schema_for!(Scenario).to_value()))
}
