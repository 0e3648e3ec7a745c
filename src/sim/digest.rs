//! A digest of anything that derives [`Hash`], the same on every machine.
//!
//! `std`'s derived `Hash` visits fields in order and ordered maps in key order. This hasher writes
//! every number little-endian at a fixed width into SHA-256, so neither pointer width nor byte order shows.

use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};

use base::Digest;

struct Sha(Sha256);

/// SHA-256 of what `value` feeds to a hasher.
pub fn of(value: &impl Hash) -> Digest {
    let mut sha = Sha(Sha256::new());
    value.hash(&mut sha);
    Digest(sha.0.finalize().into())
}

impl Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    fn write_u16(&mut self, n: u16) {
        self.0.update(n.to_le_bytes());
    }
    fn write_u32(&mut self, n: u32) {
        self.0.update(n.to_le_bytes());
    }
    fn write_u64(&mut self, n: u64) {
        self.0.update(n.to_le_bytes());
    }
    fn write_u128(&mut self, n: u128) {
        self.0.update(n.to_le_bytes());
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_i16(&mut self, n: i16) {
        self.0.update(n.to_le_bytes());
    }
    fn write_i32(&mut self, n: i32) {
        self.0.update(n.to_le_bytes());
    }
    fn write_i64(&mut self, n: i64) {
        self.0.update(n.to_le_bytes());
    }
    fn write_isize(&mut self, n: isize) {
        self.write_i64(n as i64);
    }
    /// Unused: a 64-bit hash of a state would be too weak to compare worlds by.
    fn finish(&self) -> u64 {
        0
    }
}
