//! What a person can set of a service that is a cache.

use super::Service;
use crate::field::{Control, Field, access};
use crate::units::{Ratio, Span};

/// The rows of a cache.
pub(super) const FIELDS: &[Field<Service>] = &[
    Field::new(
        "cache.population",
        "Keys",
        Control::Count(1, 100_000),
        access!(Count, cache.population),
        "How many different keys are asked for. Of a cache.",
        "Tailback",
    ),
    Field::new(
        "cache.skew",
        "Skew of keys",
        Control::Factor(Ratio::ZERO, Ratio::whole(5)),
        access!(Ratio, cache.skew),
        "The exponent of their popularity (Zipf); 0 makes all alike. Of a cache.",
        "YCSB: 0.99; web requests: 0.64 to 0.83 (Breslau et al., INFOCOM 1999)",
    ),
    Field::new(
        "cache.capacity",
        "Entries",
        Control::Count(1, 100_000),
        access!(Count, cache.capacity),
        "How many entries it holds. The least recently used one makes room. Of a cache.",
        "Redis maxmemory-policy: allkeys-lru",
    ),
    Field::new(
        "cache.ttl",
        "Time to live",
        Control::Span(Span::ZERO, Span::DAY),
        access!(Span, cache.ttl),
        "How long an entry is good after it was filled; 0: for ever. Of a cache.",
        "Redis EXPIRE; without it keys do not expire",
    ),
    Field::new(
        "cache.warm",
        "Warm at the start",
        Control::Flag,
        access!(Flag, cache.warm),
        "Whether it begins with the most popular keys. After a crash or a flush it is cold all the same. Of a \
             cache.",
        "Tailback",
    ),
];
