//! The digest: a number that tells whether two runs said the same facts at the same times.

use super::Fact;
use crate::units::Time;

/// A digest of all facts so far: equal runs have equal digests, on every target.
///
/// `derive(Hash)` would not do: it hashes an enum's discriminant at pointer width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u64);

impl Digest {
    /// Takes in one fact.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see Outbox::say")]
    pub fn take(&mut self, at: Time, fact: &Fact) {
        let [a, b, c, d] = fact.words();
        // Odd constants of xxHash64. Each word has a product of its own, which waits for no other: only the last
        // step waits for the fact before.
        let time = at.as_nanos().wrapping_mul(0x9E37_79B1_85EB_CA87);
        let what = (a << 32 | b).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let request = c.wrapping_mul(0x1656_67B1_9E37_79F9);
        let more = d.wrapping_mul(0x85EB_CA77_C2B2_AE63);
        let word = (time ^ what.rotate_left(31)).wrapping_add(request.rotate_left(17) ^ more);
        self.0 = (self.0.rotate_left(23) ^ word ^ (word >> 32)).wrapping_mul(0x9E37_79B1_85EB_CA87);
    }

    /// The digest as a number.
    pub const fn value(self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}
