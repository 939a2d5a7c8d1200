//! Expressions over a report: `services.a.busy + services.a.queue`, `edges.c-a.attempts / clients.c.offered`.

use serde_json::Value;

/// The value of an expression: paths into the report and numbers, with + - * / in the usual order. Signs stand
/// between blanks, since ids have hyphens.
pub(crate) fn value(report: &Value, text: &str) -> Result<f64, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.last().is_none_or(|word| ["+", "-"].contains(word)) {
        return Err(format!("\"{text}\": a value is missing at its end"));
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for part in words.split_inclusive(|word| ["+", "-"].contains(word)) {
        let (factors, next) = match part.split_last() {
            Some((&"+", rest)) => (rest, 1.0),
            Some((&"-", rest)) => (rest, -1.0),
            _ => (part, 1.0),
        };
        sum += sign * product(report, factors).map_err(|why| format!("\"{text}\": {why}"))?;
        sign = next;
    }
    Ok(sum)
}

fn product(report: &Value, words: &[&str]) -> Result<f64, String> {
    let mut words = words.iter();
    let first = words.next().ok_or("a value is missing")?;
    let mut product = atom(report, first)?;
    while let Some(sign) = words.next() {
        let by = atom(report, words.next().ok_or("a value is missing")?)?;
        match *sign {
            "*" => product *= by,
            "/" => product /= by,
            other => return Err(format!("\"{other}\" stands where + - * / may")),
        }
    }
    Ok(product)
}

fn atom(report: &Value, word: &str) -> Result<f64, String> {
    if let Ok(number) = word.parse() {
        return Ok(number);
    }
    let mut at = report;
    for key in word.split('.') {
        let below = match at {
            Value::Array(list) => list.iter().find(|item| item["id"] == key),
            Value::Object(object) => object.get(key),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        at = below.ok_or_else(|| format!("the report has no \"{word}\" (from \"{key}\" on)"))?;
    }
    at.as_f64()
        .ok_or_else(|| format!("\"{word}\" has no figure in this run"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_numbers_and_the_usual_order() {
        let report = json!({"services": [{"id": "a-b", "busy": 3.0, "queue": 1, "none": null}]});
        let value = |text| value(&report, text);
        assert_eq!(value("services.a-b.busy"), Ok(3.0));
        assert_eq!(
            value("services.a-b.busy + services.a-b.queue * 4 - 2"),
            Ok(5.0)
        );
        assert_eq!(value("6 / services.a-b.busy / 2"), Ok(1.0));
        for wrong in ["services.c.busy", "services.a-b.none", "1 +", "1 2 3", ""] {
            assert!(value(wrong).is_err(), "{wrong}");
        }
    }
}
