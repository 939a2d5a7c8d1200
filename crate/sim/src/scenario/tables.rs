//! Every table of parameters in one place: what can be set on a board, with its bounds and its default.
//!
//! A new kind with settings is one line in [`every`]; help, schema and the like follow.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Client, Edge, NodeId, Service};
use crate::broker::{Broker, Bus, Log, Outbox, Queue};
use crate::dedup::Dedup;
use crate::field::{Control, Field, Value};
use crate::policy::{
    Adaptive, Breaker, Bulkhead, Fallback, Hedge, Pool, RateLimit, Retry, Throttle, Timeout,
};

/// One parameter of one kind.
#[derive(Debug, Clone)]
pub struct Row {
    /// The kind it belongs to, as files write it: "service", "retry".
    pub of: &'static str,
    /// Where that kind stands in a file.
    pub place: Place,
    /// Its name in files, within its kind; a dot leads into a part.
    pub key: &'static str,
    /// Its name on screen.
    pub label: &'static str,
    /// What values it takes.
    pub control: Control,
    /// What it does.
    pub help: &'static str,
    /// Where its meaning or default comes from.
    pub source: &'static str,
    /// What it is where a file says nothing.
    pub default: Value,
    /// The same as files write it.
    pub written: Json,
    /// The words that files write, where it is a choice.
    pub words: Vec<String>,
}

/// Where the settings of a kind stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// They are a kind of node.
    Node,
    /// They are the edge itself.
    Edge,
    /// They are a part of the edge, under the kind's word.
    Part,
    /// They are one of the edge's policies.
    Policy,
}

impl Row {
    /// Its path in a file; `ID` stands for an id and `N` for a place in the list.
    pub fn path(&self) -> String {
        let (of, key) = (self.of, self.key);
        match self.place {
            Place::Node => format!("nodes.ID.kind.{of}.{key}"),
            Place::Edge => format!("edges.ID.{key}"),
            Place::Part => format!("edges.ID.{of}.{key}"),
            Place::Policy => format!("edges.ID.policies[N].{of}.{key}"),
        }
    }
}

/// Visits every parameter of every kind: nodes, edges, queues, policies.
pub fn every(visit: &mut dyn FnMut(Row)) {
    let mut to = Visit(visit);
    let end = NodeId::fresh("", |_| false);
    let edge = Edge::new(end.clone(), end);
    to.kind("client", Place::Node, Client::FIELDS);
    to.kind("service", Place::Node, Service::FIELDS);
    to.kind("broker", Place::Node, Broker::FIELDS);
    to.table("edge", Place::Edge, &edge, Edge::FIELDS);
    to.kind("queue", Place::Part, Queue::FIELDS);
    to.kind("bus", Place::Part, Bus::FIELDS);
    to.kind("log", Place::Part, Log::FIELDS);
    to.kind("outbox", Place::Part, Outbox::FIELDS);
    to.kind("dedup", Place::Part, Dedup::FIELDS);
    to.kind("fallback", Place::Policy, Fallback::FIELDS);
    to.kind("retry", Place::Policy, Retry::FIELDS);
    to.kind("hedge", Place::Policy, Hedge::FIELDS);
    to.kind("breaker", Place::Policy, Breaker::FIELDS);
    to.kind("rate_limit", Place::Policy, RateLimit::FIELDS);
    to.kind("throttle", Place::Policy, Throttle::FIELDS);
    to.kind("timeout", Place::Policy, Timeout::FIELDS);
    to.kind("adaptive_limit", Place::Policy, Adaptive::FIELDS);
    to.kind("bulkhead", Place::Policy, Bulkhead::FIELDS);
    to.kind("pool", Place::Policy, Pool::FIELDS);
}

/// Hands over one table after the other.
struct Visit<'a>(&'a mut dyn FnMut(Row));

impl Visit<'_> {
    /// The table of a kind that has its defaults by itself.
    fn kind<T: Clone + Default + Serialize>(
        &mut self,
        of: &'static str,
        place: Place,
        fields: &[Field<T>],
    ) {
        self.table(of, place, &T::default(), fields);
    }

    fn table<T: Clone + Serialize>(
        &mut self,
        of: &'static str,
        place: Place,
        default: &T,
        fields: &[Field<T>],
    ) {
        for field in fields {
            (self.0)(Row {
                of,
                place,
                key: field.key,
                label: field.label,
                control: field.control,
                help: field.help,
                source: field.source,
                default: (field.get)(default),
                written: written(default, field.key),
                words: words(default, field),
            });
        }
    }
}

/// A parameter's value as files write it.
fn written(of: &impl Serialize, key: &str) -> Json {
    let all = serde_json::to_value(of).unwrap_or_default();
    let part = key.split('.').try_fold(&all, |part, key| part.get(key));
    part.cloned().unwrap_or_default()
}

/// What files write for each choice: asked of the type itself, for the screen has other words.
fn words<T: Clone + Serialize>(default: &T, field: &Field<T>) -> Vec<String> {
    let Control::Choice(labels) = field.control else {
        return Vec::new();
    };
    let word = |place| {
        let mut of = default.clone();
        (field.set)(&mut of, Value::Choice(place));
        let word = written(&of, field.key);
        word.as_str().unwrap_or_default().to_owned()
    };
    (0..labels.len()).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let mut rows = Vec::new();
        every(&mut |row| rows.push(row));
        rows
    }

    fn row(of: &str, key: &str) -> Row {
        let found = rows()
            .into_iter()
            .find(|row| (row.of, row.key) == (of, key));
        found.unwrap_or_else(|| panic!("no {of}.{key}"))
    }

    #[test]
    fn every_default_is_within_its_bounds_and_can_be_written() {
        for row in rows() {
            assert_eq!(row.control.check(&row.default), Ok(()), "{}", row.path());
            let may_be_none = matches!(
                row.control,
                Control::MaybeBytes(..) | Control::MaybeDist(..)
            );
            assert!(may_be_none || !row.written.is_null(), "{}", row.path());
        }
    }

    #[test]
    fn every_policy_has_its_table() {
        for policy in crate::policy::Policy::all() {
            let is_of = |row: &Row| (row.place, row.of) == (Place::Policy, policy.key());
            assert!(rows().iter().any(is_of), "{} has no line", policy.key());
        }
    }

    #[test]
    fn no_parameter_is_listed_twice() {
        let mut paths: Vec<String> = rows().iter().map(Row::path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }

    #[test]
    fn every_choice_has_a_word_of_its_own() {
        for row in rows() {
            let mut words = row.words.clone();
            words.sort();
            words.dedup();
            let is_told = words.len() == row.words.len() && !words.contains(&String::new());
            assert!(is_told, "{}: {:?}", row.path(), row.words);
        }
    }

    #[test]
    fn defaults_and_choices_are_told_as_files_write_them() {
        assert_eq!(row("service", "memory.limit").written, "512MiB");
        assert_eq!(row("queue", "max_length").written, "unbounded");
        assert_eq!(
            row("queue", "overflow").words,
            ["drop_head", "reject_publish", "reject_publish_dlx"]
        );
        assert_eq!(
            row("service", "role").words,
            ["service", "database", "external", "cache"]
        );
        assert_eq!(row("retry", "attempts").words, [""; 0]);
    }

    #[test]
    fn every_kind_of_place_has_its_path() {
        assert_eq!(
            [
                row("service", "memory.limit"),
                row("edge", "latency"),
                row("queue", "prefetch"),
                row("retry", "attempts")
            ]
            .map(|row| row.path()),
            [
                "nodes.ID.kind.service.memory.limit",
                "edges.ID.latency",
                "edges.ID.queue.prefetch",
                "edges.ID.policies[N].retry.attempts"
            ]
        );
    }
}
