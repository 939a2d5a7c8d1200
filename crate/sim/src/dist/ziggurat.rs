//! The ziggurat: exponential draws that cost a comparison and a product nearly always.
//!
//! Source: Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", Journal of
//! Statistical Software 5 (8), 2000: 256 layers of equal area under `exp(-x)`; a draw picks a layer and a
//! place in it, and only where that place is not wholly under the curve is the curve itself asked.

use std::sync::LazyLock;

use crate::rng::Stream;

const LAYERS: usize = 256;
/// Where the lowest layer's tail begins, and the area of each layer.
const TAIL: f64 = 7.697_117_470_131_487;
const AREA: f64 = 3.949_659_822_581_572e-3;

struct Tables {
    /// The right ends of the layers, the widest first; the last is 0.
    ends: [f64; LAYERS + 1],
    /// The curve there.
    heights: [f64; LAYERS + 1],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut ends = [0.0; LAYERS + 1];
    ends[0] = AREA / libm::exp(-TAIL);
    ends[1] = TAIL;
    for layer in 2..LAYERS {
        let before = ends[layer - 1];
        ends[layer] = -libm::log(AREA / before + libm::exp(-before));
    }
    Tables {
        ends,
        heights: ends.map(|end| libm::exp(-end)),
    }
});

/// An exponential draw of mean 1.
pub fn exponential(luck: &mut Stream) -> f64 {
    let Tables { ends, heights } = &*TABLES;
    let mut beyond = 0.0;
    loop {
        let bits = luck.next_u64();
        let layer = (bits & 0xFF) as usize;
        let x = (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64) * ends[layer];
        if x < ends[layer + 1] {
            return beyond + x;
        }
        if layer == 0 {
            // Without memory: what lies beyond the tail's start is an exponential draw again.
            beyond += TAIL;
            continue;
        }
        let height = heights[layer] + (heights[layer + 1] - heights[layer]) * luck.unit();
        if height < libm::exp(-x) {
            return beyond + x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    #[test]
    fn the_layers_have_equal_areas() {
        let Tables { ends, heights } = &*TABLES;
        for layer in 1..LAYERS {
            let area = ends[layer] * (heights[layer + 1] - heights[layer]);
            assert!((area / AREA - 1.0).abs() < 1e-9, "{layer}: {area}");
        }
    }

    /// Kolmogorov and Smirnov: the largest distance from `1 - exp(-x)` stays below the 99.9 % point,
    /// 1.95 over the square root of the number of draws. Keyed draws, as the engine makes them.
    #[test]
    fn draws_are_exponential() {
        let n = 200_000u32;
        let luck = Luck::of_seed(5).part(1);
        let mut draws: Vec<f64> = (0..n)
            .map(|i| exponential(&mut luck.part(u64::from(i)).stream()))
            .collect();
        draws.sort_unstable_by(f64::total_cmp);
        let distance = draws
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let curve = 1.0 - libm::exp(-x);
                let step = i as f64 / f64::from(n);
                (curve - step)
                    .abs()
                    .max((step + 1.0 / f64::from(n) - curve).abs())
            })
            .fold(0.0, f64::max);
        assert!(distance < 1.95 / f64::from(n).sqrt(), "{distance}");
        // The far tail is there: the largest of n is about ln n.
        let largest = draws[draws.len() - 1];
        assert!((9.0..25.0).contains(&largest), "{largest}");
    }
}
