//! Secrets in requests. What the journal and the world keep of one is enough to know it again, and no
//! more.

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
            Some(len) => format!("{SEAL}{len}:{}:{}", self.md5, hex(&self.digest.0)),
            None => SEAL.to_owned(),
        }
    }

    fn unsealed(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(SEAL)?.split(':');
        let (Some(len), Some(md5), Some(digest)) = (parts.next(), parts.next(), parts.next())
        else {
            return Some(Self::default());
        };
        let digest = Digest(unhex(digest)?.try_into().ok()?);
        Some(Self { len: Some(len.parse().ok()?), md5: md5.to_owned(), digest })
    }
}

impl Shaped for Secret {
    const SECRET: bool = true;
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
        for member in (self.input)().members.iter().filter(|member| member.secret) {
            if let Some(Value::String(text)) = input.get_mut(member.name) {
                *text = Secret::of(text).sealed();
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
