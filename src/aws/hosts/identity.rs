//! A host's own key for SSH: a function of the world's seed and of the instance, so that it is the same
//! whenever somebody comes, and another for every instance.

use base::Rng;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// The secret half of the ED25519 key of an instance's host.
#[must_use]
pub fn secret(seed: u64, instance: &str) -> [u8; 32] {
    let mut rng = Rng::labelled(seed, &format!("ssh host key of {instance}"));
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&rng.next_u64().to_le_bytes());
    }
    bytes
}

/// The public half as `ssh_host_ed25519_key.pub` has it, without a comment, and its fingerprint as
/// OpenSSH shows it.
#[must_use]
pub fn public(seed: u64, instance: &str) -> (String, String) {
    const KIND: &[u8] = b"ssh-ed25519";
    let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(&secret(seed, instance)) else {
        return (String::new(), String::new());
    };
    let mut blob = Vec::new();
    for part in [KIND, pair.public_key().as_ref()] {
        blob.extend(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(part);
    }
    let print = STANDARD_NO_PAD.encode(digest(&SHA256, &blob));
    (format!("ssh-ed25519 {}", STANDARD.encode(blob)), format!("SHA256:{print}"))
}
