//! Public keys: of certificates, and of the private keys that belong to them.

use base::Digest;

/// Object identifiers of kinds of keys, as they are encoded.
pub(crate) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub(crate) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// By what a public key is known: the modulus and the exponent, or the point.
pub(crate) fn public_of(parts: &[&[u8]]) -> Digest {
    Digest::of(&parts.concat())
}
