//! Conditions: comparisons of figures, such as `goodput >= 0.95 and services.api.refused < 0.01`.

use serde::Deserialize;
use serde_json::Value;

use crate::experiment::Expression;

/// A condition that has been read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    text: String,
    all: Vec<Comparison>,
}

#[derive(Debug, Clone, PartialEq)]
struct Comparison {
    left: Expression,
    sign: Sign,
    right: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// The longer ones first: each is looked for in turn.
const SIGNS: [(&str, Sign); 4] = [
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("<", Sign::Below),
    (">", Sign::Above),
];

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// Says what is missing, or what is wrong with an expression in it.
    pub fn read(text: &str) -> Result<Condition, String> {
        let all = text.split(" and ").map(comparison);
        Ok(Condition {
            text: text.to_owned(),
            all: all.collect::<Result<_, _>>()?,
        })
    }

    /// Whether it holds for these figures. What has no value fulfils nothing.
    ///
    /// # Errors
    /// Says which path leads nowhere.
    pub fn holds(&self, figures: &Value) -> Result<bool, String> {
        let mut holds = true;
        for Comparison { left, sign, right } in &self.all {
            let both = left.value(figures)?.zip(right.value(figures)?);
            holds &= both.is_some_and(|(left, right)| match sign {
                Sign::AtMost => left <= right,
                Sign::AtLeast => left >= right,
                Sign::Below => left < right,
                Sign::Above => left > right,
            });
        }
        Ok(holds)
    }

    /// The figure on its left.
    ///
    /// # Errors
    /// Says which path leads nowhere.
    pub fn figure(&self, figures: &Value) -> Result<Option<f64>, String> {
        match self.all.first() {
            Some(first) => first.left.value(figures),
            None => Ok(None),
        }
    }

    /// What the first figure is compared with.
    ///
    /// # Errors
    /// Says which path leads nowhere.
    pub fn bound(&self, figures: &Value) -> Result<Option<f64>, String> {
        match self.all.first() {
            Some(first) => first.right.value(figures),
            None => Ok(None),
        }
    }

    /// Whether the first figure has to be small, rather than large.
    pub fn wants_less(&self) -> bool {
        matches!(
            self.all.first().map(|first| first.sign),
            Some(Sign::AtMost | Sign::Below)
        )
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn comparison(text: &str) -> Result<Comparison, String> {
    let found = SIGNS
        .iter()
        .find_map(|(word, sign)| Some((text.split_once(word)?, *sign)));
    let Some(((left, right), sign)) = found else {
        return Err(format!(
            "\"{text}\" compares nothing; write it as in goodput >= 0.95"
        ));
    };
    Ok(Comparison {
        left: Expression::read(left)?,
        sign,
        right: Expression::read(right)?,
    })
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Condition::read(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_comparisons_have_to_hold() {
        let figures =
            json!({"goodput": 0.96, "p99_s": null, "services": [{"id": "a", "busy": 8.0}]});
        for (text, holds) in [
            ("goodput >= 0.95", true),
            ("goodput > 0.96", false),
            ("goodput <= 0.96 and services.a.busy > 7", true),
            ("goodput > 0.9 and services.a.busy / 8 < 1", false),
            ("p99_s < 1", false),
            ("p99_s > 1", false),
        ] {
            let condition = Condition::read(text).unwrap();
            assert_eq!(condition.holds(&figures), Ok(holds), "{text}");
        }
        let condition = Condition::read("services.a.busy / 2 < 3").unwrap();
        assert_eq!(condition.figure(&figures), Ok(Some(4.0)));
        assert_eq!(condition.bound(&figures), Ok(Some(3.0)));
        assert!(condition.wants_less());
    }

    #[test]
    fn errors_say_what_is_missing() {
        let told = |text| Condition::read(text).unwrap_err();
        assert!(told("goodput").contains("compares nothing"));
        assert!(told("goodput > ").contains("expected a figure's path"));
        let unknown = Condition::read("godput > 1").unwrap();
        assert!(
            unknown
                .holds(&json!({"goodput": 1}))
                .unwrap_err()
                .contains("it has: goodput")
        );
    }
}
