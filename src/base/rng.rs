//! The seeded generator behind every identifier and every random choice of a world.
//!
//! SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, the same numbers on every machine.
//! Not for secrets of real systems; the credentials it makes open nothing but a simulation.

/// A deterministic generator. Its whole state is one word, so it is part of the world's digest.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose sequence is fixed by `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one purpose, independent of the others drawn from the same seed.
    #[must_use]
    pub fn labelled(seed: u64, label: &str) -> Self {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in label.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(state)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0. The bias is below 2⁻³² for bounds below 2³².
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// One element of a slice, or nothing from an empty one.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let bound = u64::try_from(items.len()).unwrap_or(u64::MAX);
        items.get(usize::try_from(self.below(bound)).unwrap_or(0))
    }

    /// `len` characters drawn from `alphabet` (which must be ASCII and not empty).
    pub fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).filter_map(|_| self.pick(alphabet).map(|b| char::from(*b))).collect()
    }

    /// Hexadecimal digits in the five groups of a UUID; none of them says a version.
    pub fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|len| self.text(HEX, len)).join("-")
    }
}

/// `0-9a-f`
pub const HEX: &[u8] = b"0123456789abcdef";
/// RFC 4648 base32, the alphabet of access key ids.
pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// `0-9A-Z`, the alphabet of request ids and unique ids.
pub const UPPER: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Letters and digits.
pub const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// `a-z0-9`, what a bucket name is made of.
pub const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
