//! Secrets in requests. What the journal and the world keep of one is enough to know it again, and no
//! more.
//!
//! A type that is a secret says how its text is sealed ([`Shaped::SEAL`]), and reads itself from the
//! seal as from the text. A seal has in it what the operation judges by, so that a replay judges alike.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use serde_json::Value;

use super::{OpDef, Shape, Shaped, Wrong};
use base::Digest;
use base::blob::{hex, unhex};

/// What is put before a secret when its digest is made, so that it is nobody else's digest.
const SALT: &[u8] = b"distlab secret\0";
/// How a sealed secret begins, which no base64 does.
const SEAL: &str = "sealed:";

/// How the text of a secret becomes what is kept of it.
pub type Seal = fn(&str) -> String;

/// A seal: what may be told of a secret, and by what it is known again.
#[must_use]
pub fn sealed(told: &str, digest: &Digest) -> String {
    format!("{SEAL}{told}:{}", hex(&digest.0))
}

/// What a seal tells, and by what the secret is known again; `None` where the text is no seal.
#[must_use]
pub fn unsealed(text: &str) -> Option<(&str, Digest)> {
    let (told, digest) = text.strip_prefix(SEAL)?.rsplit_once(':')?;
    Some((told, Digest(unhex(digest)?.try_into().ok()?)))
}

/// Some bytes that came in base64 and that only their sender keeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Secret {
    /// How many bytes they are; nothing where the text was no base64.
    pub len: Option<usize>,
    /// Their MD5, in base64, which clients send beside them.
    pub md5: String,
    /// By this they are known again.
    pub digest: Digest,
}

impl Secret {
    /// What is kept of a secret.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let Ok(bytes) = STANDARD.decode(text) else { return Self::default() };
        Self {
            len: Some(bytes.len()),
            md5: STANDARD.encode(Md5::digest(&bytes)),
            digest: Digest::of(&[SALT, &bytes].concat()),
        }
    }

    fn sealed(&self) -> String {
        match self.len {
            Some(len) => sealed(&format!("{len}:{}", self.md5), &self.digest),
            None => SEAL.to_owned(),
        }
    }

    fn unsealed(text: &str) -> Option<Self> {
        if !text.starts_with(SEAL) {
            return None;
        }
        let Some((told, digest)) = unsealed(text) else { return Some(Self::default()) };
        let (len, md5) = told.split_once(':')?;
        Some(Self { len: Some(len.parse().ok()?), md5: md5.to_owned(), digest })
    }
}

impl Shaped for Secret {
    const SEAL: Option<Seal> = Some(|text| Self::of(text).sealed());
    fn shape() -> Shape {
        Shape::String
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let text = value.as_str().ok_or_else(|| Wrong::new("a secret", &value))?;
        Ok(Self::unsealed(text).unwrap_or_else(|| Self::of(text)))
    }
    fn into_value(self) -> Value {
        self.sealed().into()
    }
}

impl OpDef {
    /// Seals the secrets of a request, before it is written down anywhere.
    #[must_use]
    pub fn sealed(&self, mut input: Value) -> Value {
        for member in (self.input)().members {
            if let (Some(seal), Some(Value::String(text))) =
                (member.seal, input.get_mut(member.name))
            {
                *text = seal(text);
            }
        }
        input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_is_the_same_and_tells_nothing() {
        for text in ["c2VjcmV0", "", "no base64"] {
            let secret = Secret::of(text);
            let sealed = secret.sealed();
            assert!(text.is_empty() || !sealed.contains(text), "{sealed}");
            assert_eq!(Secret::from_value(sealed.into()), Ok(secret.clone()), "{text}");
            assert_eq!(Secret::from_value(text.into()), Ok(secret), "{text}");
        }
        assert_ne!(Secret::of("c2VjcmV0"), Secret::of("c2VjcmV1"));
        // Whoever sends what looks sealed has sent no secret.
        let sealed = Secret::of("c2VjcmV0").sealed();
        assert_eq!(Secret::of(&sealed), Secret::default());
    }
}
