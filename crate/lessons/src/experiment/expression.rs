//! Expressions over a report: figures by path, numbers, `+ - * /` and brackets.
//!
//! A path is that of the report's JSON, and an entry of a list goes by its id:
//! `services.a.busy + services.a.queue`. Ids have hyphens, so a minus has a space before it.

use serde::Deserialize;
use serde_json::Value;

/// An expression that has been read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Expression(Tree);

impl TryFrom<String> for Expression {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Expression::read(&text)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Number(f64),
    Figure(String),
    Negative(Box<Tree>),
    Both(Box<Tree>, char, Box<Tree>),
}

/// The longest that is read; it also bounds how deep brackets go.
const LONGEST: usize = 1_000;

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Says at which character something else was expected, and what.
    pub fn read(text: &str) -> Result<Expression, String> {
        if text.len() > LONGEST {
            return Err(format!("an expression has at most {LONGEST} characters"));
        }
        let mut reader = Reader { text, at: 0 };
        let tree = reader.sum()?;
        match reader.next() {
            None => Ok(Expression(tree)),
            Some(_) => Err(reader.expected("+, -, *, / or the end")),
        }
    }

    /// Its value in a report; none where a figure in it has none or a division has no result.
    ///
    /// # Errors
    /// Says which path leads nowhere, and what there is instead.
    pub fn value(&self, report: &Value) -> Result<Option<f64>, String> {
        let value = self.0.value(report)?;
        Ok(value.filter(|value| value.is_finite()))
    }
}

impl Tree {
    fn value(&self, report: &Value) -> Result<Option<f64>, String> {
        Ok(match self {
            Tree::Number(number) => Some(*number),
            Tree::Figure(path) => figure(report, path)?,
            Tree::Negative(of) => of.value(report)?.map(|value| -value),
            Tree::Both(left, sign, right) => {
                let (left, right) = (left.value(report)?, right.value(report)?);
                left.zip(right).map(|(left, right)| match sign {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                })
            }
        })
    }
}

/// The figure that a path leads to; none where nothing was recorded.
fn figure(report: &Value, path: &str) -> Result<Option<f64>, String> {
    let mut at = report;
    let mut done = 0;
    for key in path.split('.') {
        let here = path[..done].trim_end_matches('.');
        at = match at {
            Value::Object(object) => object
                .get(key)
                .ok_or_else(|| missing(path, key, here, object.keys().map(String::as_str)))?,
            Value::Array(list) => {
                let named = || list.iter().find(|entry| entry["id"] == key);
                let numbered = || key.parse().ok().and_then(|place: usize| list.get(place));
                let ids = list.iter().filter_map(|entry| entry["id"].as_str());
                named()
                    .or_else(numbered)
                    .ok_or_else(|| missing(path, key, here, ids))?
            }
            Value::Null => return Ok(None),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(format!("{path}: {here} is a figure; nothing is in it"));
            }
        };
        done += key.len() + 1;
    }
    match at {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::Bool(yes) => Ok(Some(f64::from(u8::from(*yes)))),
        Value::String(_) => Err(format!("{path} is a text, not a number")),
        Value::Array(_) | Value::Object(_) => {
            Err(format!("{path} is a group of figures; name one of them"))
        }
    }
}

fn missing<'a>(path: &str, key: &str, here: &str, there: impl Iterator<Item = &'a str>) -> String {
    let there: Vec<&str> = there.collect();
    let here = if here.is_empty() { "the report" } else { here };
    format!(
        "{path}: {here} has no \"{key}\"; it has: {}",
        there.join(", ")
    )
}

/// A text and how far it has been read.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next character that is not a space.
    fn next(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn expected(&mut self, what: &str) -> String {
        let found = match self.next() {
            Some(found) => format!("\"{found}\""),
            None => "the end".into(),
        };
        let place = self.text[..self.at].chars().count() + 1;
        format!(
            "\"{}\", character {place}: expected {what}, found {found}",
            self.text
        )
    }

    /// The next sign, if it is one of these.
    fn sign(&mut self, signs: [char; 2]) -> Option<char> {
        let sign = self.next().filter(|sign| signs.contains(sign))?;
        self.at += 1;
        Some(sign)
    }

    fn sum(&mut self) -> Result<Tree, String> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(['+', '-']) {
            left = Tree::Both(Box::new(left), sign, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Tree, String> {
        let mut left = self.single()?;
        while let Some(sign) = self.sign(['*', '/']) {
            left = Tree::Both(Box::new(left), sign, Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Tree, String> {
        match self.next() {
            Some('(') => {
                self.at += 1;
                let inner = self.sum()?;
                if self.sign([')', ')']).is_none() {
                    return Err(self.expected("a sign or the closing bracket"));
                }
                Ok(inner)
            }
            Some('-') => {
                self.at += 1;
                Ok(Tree::Negative(Box::new(self.single()?)))
            }
            Some(first) if first.is_ascii_alphabetic() => {
                let path = self.run(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
                if path.ends_with('-') {
                    return Err(format!("{path}: a minus has a space before it"));
                }
                Ok(Tree::Figure(path.into()))
            }
            Some(first) if first.is_ascii_digit() => {
                let start = self.at;
                let number = self.run(|c| c.is_ascii_alphanumeric() || c == '.');
                number.parse().map(Tree::Number).map_err(|_| {
                    self.at = start;
                    self.expected("a number such as 20 or 0.05")
                })
            }
            _ => Err(self.expected("a figure's path, a number or a bracket")),
        }
    }

    /// The characters from here on that go together.
    fn run(&mut self, goes: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let run = &rest[..rest.find(|c| !goes(c)).unwrap_or(rest.len())];
        self.at += run.len();
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Value {
        json!({
            "to_s": 100.0,
            "services": [
                {"id": "a", "busy": 3.0, "queue": 1.5, "state": "idle", "latency": {"mean_ms": null}},
                {"id": "b-c", "busy": 4.0, "breaker": null, "lags": [7, 8]}
            ]
        })
    }

    fn value(text: &str) -> Result<Option<f64>, String> {
        Expression::read(text)?.value(&report())
    }

    #[test]
    fn arithmetic_is_as_in_school() {
        for (text, expected) in [
            ("1 + 2 * 3 - 4 / 2", 5.0),
            ("10 - 3 - 2", 5.0),
            ("12 / 3 / 2", 2.0),
            ("(1 + 2) * -3", -9.0),
            ("--2", 2.0),
            ("1e3+0.5", 1000.5),
            ("services.a.busy + services.a.queue", 4.5),
            ("services.b-c.busy -services.a.busy", 1.0),
            ("services.b-c.busy*2", 8.0),
            ("services.b-c.lags.1 / to_s", 0.08),
        ] {
            assert_eq!(value(text), Ok(Some(expected)), "{text}");
        }
    }

    #[test]
    fn what_was_not_recorded_gives_no_value_and_no_error() {
        for text in [
            "services.a.latency.mean_ms",
            "1 - services.a.latency.mean_ms * 2",
            "services.b-c.breaker.open",
            "1 / 0",
            "0 / 0",
        ] {
            assert_eq!(value(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn errors_say_where_and_what_there_is() {
        for (text, told) in [
            ("", "\"\", character 1: expected a figure's path"),
            ("1 +", "character 4: expected a figure's path"),
            ("(1 + 2", "character 7: expected a sign or the closing"),
            (
                "1 2",
                "character 3: expected +, -, *, / or the end, found \"2\"",
            ),
            ("2 * 3x", "character 5: expected a number such as"),
            ("§", "found \"§\""),
            (
                "servces.a.busy",
                "the report has no \"servces\"; it has: services, to_s",
            ),
            ("services.c.busy", "services has no \"c\"; it has: a, b-c"),
            ("services.a.bsy", "services.a has no \"bsy\"; it has: busy"),
            ("services.a.busy- 1", "a minus has a space before it"),
            ("services.a.busy.x", "services.a.busy is a figure"),
            ("services.a.state", "services.a.state is a text"),
            ("services.a", "services.a is a group"),
        ] {
            let error = value(text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
        let deep = "(".repeat(100_000);
        assert!(value(&deep).unwrap_err().contains("at most 1000"));
    }
}
