//! Caches: what a service that is a cache remembers, and whom it forgets.

mod lru;
pub mod zipf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rng::Stream;
use crate::units::{Ratio, Span, Time};
use lru::Lru;
use zipf::Zipf;

/// The keys of a cache and what it keeps of them. Its hit rate is not set: it comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// How many keys are asked for.
    pub population: u32,
    /// The exponent of their popularity (Zipf): 0 makes all alike.
    pub skew: Ratio,
    /// How many entries it holds; the one that was not used for longest makes room.
    pub capacity: u32,
    /// How long an entry is good; none: for ever, written as 0.
    pub ttl: Span,
    /// Whether the most popular keys are there at the start.
    pub warm: bool,
}

impl Default for Cache {
    fn default() -> Self {
        Cache {
            population: 10_000,
            skew: Ratio::percent(99),
            capacity: 1_000,
            ttl: Span::ZERO,
            warm: false,
        }
    }
}

/// A cache at work.
#[derive(Debug, Clone)]
pub struct Store {
    spec: Cache,
    keys: Zipf,
    entries: Lru,
}

impl Store {
    /// An empty cache.
    pub fn new(spec: &Cache) -> Self {
        Store {
            spec: spec.clone(),
            keys: Zipf::new(spec.population, spec.skew.as_f64()),
            entries: Lru::new(spec.population),
        }
    }

    /// Fills it with the most popular keys; the most popular one last, so that it is forgotten last.
    pub fn warm(&mut self, now: Time) {
        for key in (0..self.spec.capacity.min(self.spec.population)).rev() {
            self.fill(key, now);
        }
    }

    /// Takes over new settings; what it holds stays as far as it fits.
    pub fn follow(&mut self, spec: &Cache) {
        if self.spec == *spec {
            return;
        }
        if (self.spec.population, self.spec.skew) != (spec.population, spec.skew) {
            self.keys = Zipf::new(spec.population, spec.skew.as_f64());
            self.entries.resize(spec.population);
        }
        self.spec = spec.clone();
        self.entries.shrink(spec.capacity);
    }

    /// The key that this luck asks for; 0 is the most popular one.
    pub fn key(&self, luck: &mut Stream) -> u32 {
        self.keys.rank(luck.unit())
    }

    /// Whether it has a key that is still good; it has been used then.
    pub fn has(&mut self, key: u32, now: Time) -> bool {
        self.entries.touch(key, now)
    }

    /// Keeps a key; one that is beyond the keys as they are now is not kept.
    pub fn fill(&mut self, key: u32, now: Time) {
        if key >= self.spec.population {
            return;
        }
        let until = if self.spec.ttl == Span::ZERO {
            Time::NEVER
        } else {
            now + self.spec.ttl
        };
        self.entries.insert(key, until);
        self.entries.shrink(self.spec.capacity);
    }

    /// Forgets everything.
    pub fn flush(&mut self) {
        self.entries.shrink(0);
    }

    /// How many entries it holds, those that are no longer good included.
    pub const fn len(&self) -> u32 {
        self.entries.len()
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its books agree and it holds no more than it may.
    pub fn adds_up(&self) -> bool {
        self.len() <= self.spec.capacity && self.entries.adds_up()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    fn hit_rate(spec: &Cache, requests: u64) -> f64 {
        let mut store = Store::new(spec);
        let mut hits = 0;
        for n in 0..2 * requests {
            let key = store.key(&mut Luck::of_seed(9).part(n).stream());
            let hit = store.has(key, Time::ZERO);
            if !hit {
                store.fill(key, Time::ZERO);
            }
            hits += u64::from(hit && n >= requests);
            debug_assert!(store.len() <= spec.capacity);
        }
        assert!(store.adds_up());
        hits as f64 / requests as f64
    }

    /// Che's approximation: a key is there with 1 - exp(-p T), where T makes these sum up to the capacity.
    fn che(population: u32, skew: f64, capacity: f64) -> f64 {
        let weights: Vec<f64> = (1..=population)
            .map(|k| libm::pow(f64::from(k), -skew))
            .collect();
        let total: f64 = weights.iter().sum();
        let there = |time: f64, p: f64| 1.0 - libm::exp(-p * time);
        let (mut low, mut high) = (0.0, 1e9);
        for _ in 0..200 {
            let time = f64::midpoint(low, high);
            let held: f64 = weights.iter().map(|w| there(time, w / total)).sum();
            if held < capacity {
                low = time;
            } else {
                high = time;
            }
        }
        weights
            .iter()
            .map(|w| w / total * there(low, w / total))
            .sum()
    }

    #[test]
    fn uniform_keys_hit_as_often_as_they_fit() {
        let spec = Cache {
            population: 1_000,
            skew: Ratio::ZERO,
            capacity: 300,
            ..Cache::default()
        };
        let rate = hit_rate(&spec, 200_000);
        assert!((rate - 0.3).abs() < 0.005, "{rate}");
    }

    #[test]
    fn zipf_keys_hit_as_che_says() {
        for (skew, capacity) in [(80, 100), (99, 500), (130, 50)] {
            let spec = Cache {
                population: 5_000,
                skew: Ratio::percent(skew),
                capacity,
                ..Cache::default()
            };
            let rate = hit_rate(&spec, 200_000);
            let expected = che(5_000, f64::from(skew as u32) / 100.0, f64::from(capacity));
            assert!((rate - expected).abs() < 0.01, "{rate}, Che {expected}");
        }
    }

    #[test]
    fn entries_are_good_for_their_time_and_go_with_a_flush() {
        let at = |ms| Time::ZERO + Span::millis(ms);
        let spec = Cache {
            ttl: Span::millis(10),
            ..Cache::default()
        };
        let mut store = Store::new(&spec);
        store.fill(7, at(0));
        assert!(store.has(7, at(9)) && !store.has(7, at(10)));
        assert!(store.is_empty(), "what is no longer good is gone");
        store.fill(7, at(20));
        store.flush();
        assert!(!store.has(7, at(21)));
    }

    #[test]
    fn a_warm_cache_has_the_most_popular_keys_and_follows_its_settings() {
        let spec = Cache {
            capacity: 3,
            warm: true,
            ..Cache::default()
        };
        let mut store = Store::new(&spec);
        store.warm(Time::ZERO);
        assert_eq!(
            [0, 2, 3].map(|key| store.has(key, Time::ZERO)),
            [true, true, false]
        );
        // 1 was not used for longest.
        store.follow(&Cache {
            capacity: 2,
            ..spec.clone()
        });
        assert_eq!(
            [0, 1, 2].map(|key| store.has(key, Time::ZERO)),
            [true, false, true]
        );
        store.follow(&Cache {
            population: 1,
            capacity: 2,
            ..spec
        });
        assert_eq!((store.len(), store.adds_up()), (1, true));
    }
}
