//! Zipf: which of many keys is asked for, by the inverse of their cumulative popularity. Exact.
//!
//! Key number k, from 1, has the weight k^-skew. Source: Breslau et al., "Web Caching and Zipf-like
//! Distributions", INFOCOM 1999.

use std::sync::Arc;

/// The popularity of keys. The table never changes, so clones share it.
#[derive(Debug, Clone)]
pub struct Zipf {
    /// The share of requests for keys up to and with each.
    up_to: Arc<[f64]>,
}

impl Zipf {
    /// So many keys; a skew of 0 makes all alike.
    pub fn new(population: u32, skew: f64) -> Self {
        let mut sum = 0.0;
        let mut up_to: Vec<f64> = (1..=population.max(1))
            .map(|key| {
                sum += libm::pow(f64::from(key), -skew);
                sum
            })
            .collect();
        for share in &mut up_to {
            *share /= sum;
        }
        Zipf {
            up_to: up_to.into(),
        }
    }

    /// The key at a place between 0 and 1; 0 is the most popular one.
    pub fn rank(&self, place: f64) -> u32 {
        let rank = self.up_to.partition_point(|share| *share < place);
        rank.min(self.up_to.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_shared_out_by_weight() {
        // Weights 1, 1/2, 1/3, 1/4: shares 12, 6, 4 and 3 of 25.
        let zipf = Zipf::new(4, 1.0);
        let mut counts = [0; 4];
        for n in 1..=2_500 {
            counts[zipf.rank(f64::from(n) / 2_500.0 - 1e-9) as usize] += 1;
        }
        assert_eq!(counts, [1_200, 600, 400, 300]);
        assert_eq!((zipf.rank(1e-300), zipf.rank(1.0)), (0, 3));
    }
}
