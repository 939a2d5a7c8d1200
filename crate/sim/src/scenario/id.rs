//! Ids: permanent short slugs such as `payments`. Names are for people, ids for files and for luck.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use crate::rng::hash_text;

const EXPECTED: &str =
    "an id of 1 to 40 lower-case letters, digits and hyphens, such as \"payments\"";

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Makes a slug of any text, and makes it differ from those taken.
fn fresh(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let words: Vec<String> = name
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut base = words.join("-");
    base.truncate(34);
    let base = base.trim_matches('-');
    let base = if base.is_empty() { "node" } else { base };
    let numbered = (2u32..).map(|n| format!("{base}-{n}"));
    std::iter::once(base.to_owned())
        .chain(numbered)
        .find(|id| !taken(id))
        .unwrap_or_default()
}

macro_rules! id {
    ($type:ident, $what:literal) => {
        #[doc = concat!("The id of ", $what, ".")]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $type(String);

        impl $type {
            /// The id in this text, if it is one: 1 to 40 lower-case letters, digits and hyphens.
            pub fn new(text: &str) -> Option<Self> {
                is_slug(text).then(|| Self(text.to_owned()))
            }

            /// An id made from a name, different from those taken.
            #[must_use]
            pub fn fresh(name: &str, taken: impl Fn(&Self) -> bool) -> Self {
                Self(fresh(name, |text| taken(&Self(text.to_owned()))))
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Its number, for the engine and for luck.
            pub fn number(&self) -> u64 {
                hash_text(&self.0)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                if is_slug(&text) {
                    Ok(Self(text))
                } else {
                    Err(D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED))
                }
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": "^[a-z0-9-]{1,40}$", "description": EXPECTED })
            }
        }
    };
}

id!(NodeId, "a node");
id!(EdgeId, "an edge");
id!(QueueName, "a queue in a broker");

/// Reads a map and refuses a key that stands in it twice; serde alone would keep the last one in silence.
pub(super) fn unique_keys<'de, D, K, V>(from: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    struct Unique<K, V>(PhantomData<(K, V)>);
    impl<'de, K, V> Visitor<'de> for Unique<K, V>
    where
        K: Deserialize<'de> + Ord + fmt::Display,
        V: Deserialize<'de>,
    {
        type Value = BTreeMap<K, V>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with ids as keys")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(key) = from.next_key::<K>()? {
                if map.contains_key(&key) {
                    return Err(A::Error::custom(format!(
                        "the id \"{key}\" stands here twice"
                    )));
                }
                let value = from.next_value()?;
                map.insert(key, value);
            }
            Ok(map)
        }
    }
    from.deserialize_map(Unique(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_come_from_names_and_differ() {
        let taken = |id: &NodeId| id.as_str() == "order-service";
        assert_eq!(
            NodeId::fresh("Order Service!", taken).as_str(),
            "order-service-2"
        );
        assert_eq!(NodeId::fresh("???", |_| false).as_str(), "node");
        let long = NodeId::fresh(&"x".repeat(99), |_| false);
        assert!(NodeId::new(long.as_str()).is_some());
    }

    #[test]
    fn a_bad_id_is_refused() {
        for text in ["", "Has Space", "UPPER", &"x".repeat(41)] {
            assert!(NodeId::new(text).is_none(), "{text}");
        }
    }
}
