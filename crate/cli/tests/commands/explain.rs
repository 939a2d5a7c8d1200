//! `tailback explain`, and what the schema has of it.

use sim::scenario::tables;

use crate::ask::{json, printed, refused};

#[test]
fn a_key_is_explained_with_bounds_default_source_and_path() {
    let text = printed(&["explain", "prefetch"]);
    let expected = "\
queue.prefetch · Prefetch
  Unacknowledged messages a consumer may hold, the one at work included; 0 is no limit.
  takes    a whole number from 0 to 2000
  default  10
  source   RabbitMQ, Consumer Prefetch, per consumer
  path     edges.ID.queue.prefetch
";
    assert_eq!(text, expected);
}

#[test]
fn a_parameter_goes_by_several_names() {
    let whole = printed(&["explain", "service.memory.limit"]);
    for name in ["Memory limit", "memory LIMIT"] {
        assert_eq!(printed(&["explain", name]), whole, "{name}");
    }
    // Other kinds may have a limit too.
    for name in ["memory.limit", "limit"] {
        assert!(printed(&["explain", name]).contains(&whole), "{name}");
    }
    let retry = printed(&["explain", "retry"]);
    let told = retry.lines().filter(|line| line.starts_with("retry."));
    assert_eq!(told.count(), sim::policy::Retry::FIELDS.len(), "{retry}");
    assert!(
        printed(&["explain", "overflow"])
            .contains("takes    drop_head or reject_publish or reject_publish_dlx\n")
    );
}

#[test]
fn every_parameter_is_explained_and_listed() {
    let list = printed(&["explain"]);
    let mut count = 0;
    tables::every(&mut |row| {
        count += 1;
        let text = printed(&["explain", &format!("{}.{}", row.of, row.key)]);
        assert!(
            text.contains(row.label) && text.contains(row.source),
            "{text}"
        );
        assert!(text.contains(&row.path()), "{text}");
        let line = list
            .lines()
            .find(|line| line.split("  ").next() == Some(row.key));
        assert!(line.is_some(), "{} is not in the list:\n{list}", row.key);
    });
    assert!(count > 30, "only {count}");
    for line in list.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}

#[test]
fn an_unknown_name_is_told_with_its_neighbours() {
    for (name, near) in [
        ("prefech", "near to it: queue.prefetch."),
        ("retry.atempts", "near to it: retry.attempts."),
        ("memory", "service.memory.base"),
        ("tiemout", "timeout"),
    ] {
        let told = refused(&["explain", name]);
        assert!(told.contains(near), "{told}");
    }
    let told = refused(&["explain", "xyzzy"]);
    assert_eq!(
        told,
        "there is no parameter \"xyzzy\"; `tailback explain` lists all\n"
    );
}

#[test]
fn the_schema_has_labels_and_bounds() {
    let schema = json(&["schema"]);
    let attempts = &schema["$defs"]["Retry"]["properties"]["attempts"];
    assert_eq!(attempts["title"], "Attempts");
    assert_eq!(attempts["maximum"], 10);
}
