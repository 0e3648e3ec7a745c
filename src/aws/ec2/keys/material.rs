//! New keys: real ones, which OpenSSH takes, made by the world's own generator so that a replay makes
//! them again. They open nothing but a simulation.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::RsaPrivateKey as PrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, LineEnding};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use sha1::{Digest as _, Sha1};

use super::public::{PublicKey, colons, of_rsa, string};
use base::Rng;

/// Bits of the keys that EC2 makes.
const RSA_BITS: usize = 2048;
/// Characters of a line of base64 in OpenSSH's own format.
const LINE_LEN: usize = 70;

/// A new key pair.
pub(crate) struct Material {
    /// The private key as a file holds it.
    pub(crate) private: String,
    pub(crate) public: PublicKey,
    pub(crate) fingerprint: String,
}

/// An RSA key in PKCS #1, told by the SHA-1 of its PKCS #8. None when no key comes of this generator.
pub(crate) fn rsa(rng: &mut Rng) -> Option<Material> {
    let key = PrivateKey::new(&mut Source(rng), RSA_BITS).ok()?;
    let private = key.to_pkcs1_pem(LineEnding::LF).ok()?;
    let fingerprint = colons(&Sha1::digest(key.to_pkcs8_der().ok()?.as_bytes()));
    let public = of_rsa(key.as_public_key());
    Some(Material { private: private.trim_end().to_owned(), public, fingerprint })
}

/// An ED25519 key in OpenSSH's own format.
pub(crate) fn ed25519(rng: &mut Rng) -> Option<Material> {
    let mut seed = [0; 32];
    fill(rng, &mut seed);
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
    let point: [u8; 32] = pair.public_key().as_ref().try_into().ok()?;
    let public = PublicKey::Ed25519(point);
    let check = u32::try_from(rng.next_u64() >> 32).unwrap_or_default();
    let private = openssh(&seed, &point, &public.blob(), check);
    Some(Material { private, fingerprint: public.fingerprint(), public })
}

/// A private key that no passphrase protects (OpenSSH's `PROTOCOL.key`).
fn openssh(seed: &[u8; 32], point: &[u8; 32], blob: &[u8], check: u32) -> String {
    const MAGIC: &[u8] = b"openssh-key-v1\0";
    const BLOCK_BYTES: usize = 8;
    let mut inner = Vec::new();
    inner.extend(check.to_be_bytes());
    inner.extend(check.to_be_bytes());
    string(&mut inner, b"ssh-ed25519");
    string(&mut inner, point);
    string(&mut inner, &[seed.as_slice(), point].concat());
    string(&mut inner, b"");
    let mut pad = 0;
    while inner.len() % BLOCK_BYTES != 0 {
        pad += 1;
        inner.push(pad);
    }
    let mut out = MAGIC.to_vec();
    string(&mut out, b"none");
    string(&mut out, b"none");
    string(&mut out, b"");
    out.extend(1_u32.to_be_bytes());
    string(&mut out, blob);
    string(&mut out, &inner);
    let base64 = STANDARD.encode(out);
    let mut text = String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE_LEN));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END OPENSSH PRIVATE KEY-----\n");
    text
}

fn fill(rng: &mut Rng, out: &mut [u8]) {
    for chunk in out.chunks_mut(8) {
        let bytes = rng.next_u64().to_le_bytes();
        chunk.copy_from_slice(&bytes[..chunk.len()]);
    }
}

/// The world's generator, as the makers of keys want one.
struct Source<'a>(&'a mut Rng);

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::try_from(self.0.next_u64() >> 32).unwrap_or_default())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        fill(self.0, out);
        Ok(())
    }
}

impl TryCryptoRng for Source<'_> {}
