//! Settings by path, put into a scenario's JSON before it is read.

use lessons::setting::{self, Setting};
use serde_json::{Value, json};

fn set(file: &mut Value, text: &str) -> Result<(), String> {
    let setting: Setting = text.parse()?;
    setting.put(file).map_err(|error| error.to_string())
}

fn board() -> Value {
    json!({
        "nodes": {"a": {"kind": {"service": {"before": {"exponential": "5ms"}}}}, "u": {"kind": {"client": {}}}},
        "edges": {"u-a": {"from": "u", "to": "a", "policies": [{"retry": {}}, {"timeout": {}}]}}
    })
}

#[test]
fn values_are_json_or_else_a_text() {
    for (text, value) in [
        ("name=7", json!(7)),
        ("name=\"7\"", json!("7")),
        ("name=250ms", json!("250ms")),
        ("name= a = b ", json!("a = b")),
        ("name=true", json!(true)),
        ("name=null", json!(null)),
        ("name={\"constant\": \"1s\"}", json!({"constant": "1s"})),
        ("name=", json!("")),
        ("name=18446744073709551615", json!(u64::MAX)),
    ] {
        let mut file = board();
        set(&mut file, text).unwrap();
        assert_eq!(file["name"], value, "{text}");
    }
}

#[test]
fn objects_on_the_way_are_made() {
    let mut file = board();
    set(&mut file, "nodes.a.memory.limit=1GiB").unwrap();
    assert_eq!(
        file["nodes"]["a"]["kind"]["service"]["memory"],
        json!({"limit": "1GiB"})
    );
    set(&mut file, "edges.u-a.queue.prefetch=1").unwrap();
    assert_eq!(file["edges"]["u-a"]["queue"], json!({"prefetch": 1}));
    set(&mut file, "edges.u-a.policies[1].timeout.after=2s").unwrap();
    assert_eq!(
        file["edges"]["u-a"]["policies"][1],
        json!({"timeout": {"after": "2s"}})
    );
}

#[test]
fn what_is_of_a_node_itself_is_not_put_into_its_kind() {
    let mut file = board();
    set(&mut file, "nodes.a.name=Alpha").unwrap();
    set(&mut file, "nodes.a.at=[1, 2]").unwrap();
    assert_eq!(
        (&file["nodes"]["a"]["name"], &file["nodes"]["a"]["at"]),
        (&json!("Alpha"), &json!([1, 2]))
    );
}

#[test]
fn a_distribution_is_replaced_by_another_word_and_changed_by_its_own() {
    let mut file = board();
    set(&mut file, "nodes.a.before.log_normal.mean=10ms").unwrap();
    set(&mut file, "nodes.a.before.log_normal.cv=2").unwrap();
    let before = &file["nodes"]["a"]["kind"]["service"]["before"];
    assert_eq!(*before, json!({"log_normal": {"mean": "10ms", "cv": 2}}));
}

#[test]
fn a_whole_node_or_edge_may_be_new_but_not_a_part_of_one() {
    let mut file = board();
    set(&mut file, r#"nodes.b={"kind": {"service": {}}}"#).unwrap();
    set(&mut file, r#"edges.a-b={"from": "a", "to": "b"}"#).unwrap();
    setting::load(&file.to_string(), &[]).unwrap();
    let error = set(&mut file, "nodes.c.kind.service.threads=1").unwrap_err();
    assert!(
        error.contains("there is no node \"c\"; there are: a, b, u"),
        "{error}"
    );
    let error = set(&mut json!({}), "edges.c.mode=async").unwrap_err();
    assert!(
        error.contains("there is no edge \"c\", nor any other"),
        "{error}"
    );
}

#[test]
fn a_file_without_settings_is_read_as_it_is() {
    let text = board().to_string();
    assert_eq!(
        setting::load(&text, &[]).unwrap(),
        sim::Scenario::load(&text).unwrap()
    );
    let doubled = r#"{"nodes": {"a": {"kind": {"client": {}}}, "a": {"kind": {"client": {}}}}}"#;
    let setting: Setting = "name=x".parse().unwrap();
    let error = setting::load(doubled, &[setting]).unwrap_err().to_string();
    assert_eq!(error, setting::load(doubled, &[]).unwrap_err().to_string());
}
