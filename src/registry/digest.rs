//! Digests as the registry writes them: an algorithm, a colon and lower-case hex.

use std::fmt;

use sha2::Digest as _;

use super::errors::{Refusal, refusal};
use base::Digest;
use base::blob::hex;
use sim::api::ApiError;

/// How a digest is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

/// The digest of some content, checked in its form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContentDigest(String);

impl ContentDigest {
    /// Reads a digest.
    ///
    /// # Errors
    /// `DIGEST_INVALID` for another algorithm, a wrong length or anything but lower-case hex.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let length = match text.split_once(':') {
            Some(("sha256", _)) => 64,
            Some(("sha512", _)) => 128,
            _ => 0,
        };
        let hex = text.split_once(':').map_or("", |(_, hex)| hex);
        let legal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if length > 0 && hex.len() == length && hex.bytes().all(legal) {
            return Ok(Self(text.to_owned()));
        }
        Err(refusal(Refusal::DigestInvalid).with("digest", text))
    }

    /// The digest of these bytes.
    #[must_use]
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::from(Digest::of(bytes)),
            Algorithm::Sha512 => Self::sha512(&sha2::Sha512::digest(bytes)),
        }
    }

    /// A SHA-512 that was computed elsewhere.
    #[must_use]
    pub fn sha512(bytes: &[u8]) -> Self {
        Self(format!("sha512:{}", hex(bytes)))
    }

    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        if self.0.starts_with("sha512:") { Algorithm::Sha512 } else { Algorithm::Sha256 }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Digest> for ContentDigest {
    fn from(digest: Digest) -> Self {
        Self(format!("sha256:{digest}"))
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
