//! Which partition a record goes to: by the hash of its key, else by turns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Log;
use crate::rng::Luck;

/// Where records without a key go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// To one partition until a batch is full, then to another one by chance.
    Sticky,
    /// To one after the other.
    RoundRobin,
}

/// The partition of a key: its number in decimal digits, hashed as Kafka's clients hash.
pub fn partition_of(key: u32, partitions: u32) -> u32 {
    let mut digits = [0; 10];
    let (mut rest, mut from) = (key, digits.len());
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    (murmur2(&digits[from..]) & 0x7FFF_FFFF) % partitions.max(1)
}

/// `MurmurHash2` (Austin Appleby) with the seed of Kafka's `Utils.murmur2`.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5BD1_E995;
    let mut hash = 0x9747_B28C ^ data.len() as u32;
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        for (place, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * place);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// The publisher's choice for records without a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partitioner {
    /// Where the next one goes, or the last one went.
    at: u32,
    /// How much of the batch is left, in bytes.
    left: u64,
    /// How many batches there were.
    batches: u64,
}

impl Partitioner {
    /// The partition of the next record without a key.
    pub fn next(&mut self, log: &Log, luck: Luck) -> u32 {
        let count = log.partitions.max(1);
        match log.partitioner {
            Spread::RoundRobin => {
                let at = self.at % count;
                self.at = at + 1;
                at
            }
            Spread::Sticky => {
                if self.left == 0 || self.at >= count {
                    self.batches += 1;
                    let mut stream = luck.part(self.batches).stream();
                    self.at = stream.below(u64::from(count)) as u32;
                    self.left = log.batch_size.get();
                }
                self.left = self.left.saturating_sub(log.record_size.get());
                self.at
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known values of Kafka's own test, `UtilsTest.testMurmur2`.
    #[test]
    fn keys_are_hashed_as_kafka_does() {
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            (
                "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8",
                -58_897_971,
            ),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
        // -973932308 without its sign bit is 1173551340.
        assert_eq!(partition_of(21, 7), 1_173_551_340 % 7);
        assert_eq!(partition_of(0, 1), 0);
    }

    #[test]
    fn records_without_a_key_fill_a_batch_or_go_round() {
        let luck = Luck::of_seed(1);
        let log = Log {
            partitions: 4,
            ..Log::default()
        };
        let mut sticky = Partitioner::default();
        let all: Vec<u32> = (0..64).map(|_| sticky.next(&log, luck)).collect();
        for batch in all.chunks(16) {
            assert!(batch.iter().all(|at| at == &batch[0]), "{all:?}");
        }
        assert!(all.iter().any(|at| at != &all[0]), "{all:?}");
        let log = Log {
            partitioner: Spread::RoundRobin,
            ..log
        };
        let mut round = Partitioner::default();
        let all: Vec<u32> = (0..6).map(|_| round.next(&log, luck)).collect();
        assert_eq!(all, [0, 1, 2, 3, 0, 1]);
    }
}
