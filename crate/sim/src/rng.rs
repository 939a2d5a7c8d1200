//! Luck: every draw has a key of its own, so that changing one element changes nobody else's chance.
//!
//! A key is mixed from the seed and the path that leads to the draw (which client, which request, which
//! edge, which attempt, which purpose). Nothing is drawn from a shared stream: flipping an edge from
//! sync to async leaves all other arrivals, work times and network delays as they were.
//!
//! Generator: `SplitMix64` (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators",
//! OOPSLA 2014); its output function is also the mixer of keys.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output function of `SplitMix64`: a bijection that spreads every input bit over the word.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A key that names one place where chance is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Luck(u64);

impl Luck {
    /// The luck of a whole run.
    pub const fn of_seed(seed: u64) -> Self {
        Luck(mix(seed.wrapping_add(GOLDEN)))
    }

    /// The luck of a part: a client, an edge, a call's number, an attempt, a purpose.
    #[must_use]
    pub const fn part(self, what: u64) -> Self {
        Luck(mix(self.0.rotate_left(25) ^ mix(what.wrapping_add(GOLDEN))))
    }

    /// The stream of numbers at this key.
    pub const fn stream(self) -> Stream {
        Stream(self.0)
    }

    /// The key itself, as a name for what it belongs to.
    pub const fn name(self) -> u64 {
        self.0
    }
}

/// A stream of pseudo-random numbers.
#[derive(Debug, Clone, Copy)]
pub struct Stream(u64);

impl Stream {
    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number above 0 and at most 1, uniform, in steps of 2^-53.
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// A whole number below `bound`, uniform (up to a bias of `bound / 2^64`); 0 if `bound` is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.next_u64() as u128 * bound as u128) >> 64) as u64
    }
}

/// The name of an id as a number (FNV-1a, 64 bits).
pub const fn hash_text(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01B3);
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known outputs of `SplitMix64` for the state 1234567.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut stream = Stream(1234567);
        let first: Vec<u64> = (0..5).map(|_| stream.next_u64()).collect();
        assert_eq!(
            first,
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821
            ]
        );
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(hash_text(""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(hash_text("a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(hash_text("foobar"), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn keys_differ_by_each_part_and_by_their_order() {
        let root = Luck::of_seed(7);
        assert_ne!(root.part(1).part(2), root.part(2).part(1));
        assert_ne!(root.part(1), Luck::of_seed(8).part(1));
        assert_eq!(root.part(1).part(2), Luck::of_seed(7).part(1).part(2));
    }

    /// First draws of neighbouring keys are uniform: chi-squared over 64 cells, 63 degrees of freedom,
    /// 99.9 % point 103.4.
    #[test]
    fn first_draws_of_neighbouring_keys_are_uniform() {
        let root = Luck::of_seed(1).part(42);
        let mut cells = [0u32; 64];
        let n = 64_000;
        for i in 0..n {
            cells[(root.part(i).stream().next_u64() >> 58) as usize] += 1;
        }
        let expected = n as f64 / 64.0;
        let chi: f64 = cells
            .iter()
            .map(|c| {
                let off = f64::from(*c) - expected;
                off * off / expected
            })
            .sum();
        assert!(chi < 103.4, "chi-squared {chi}");
    }

    #[test]
    fn unit_is_never_zero_and_below_stays_below() {
        let mut stream = Luck::of_seed(3).stream();
        for _ in 0..10_000 {
            let u = stream.unit();
            assert!(u > 0.0 && u <= 1.0);
            assert!(stream.below(7) < 7);
        }
        assert_eq!(stream.below(0), 0);
    }
}
