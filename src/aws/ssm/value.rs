//! A parameter's value as requests bring it.
//!
//! Which values are secrets is said by another member, so all of them are sealed before a request is
//! written down. The service must be able to give a secret back, so the seal hides it from whoever
//! reads a journal, and keeps it from nobody who has the program: as the real service's key, it opens
//! for everybody who may ask.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};
use sim::api::{Seal, Shape, Shaped, Value, Wrong};

/// How a sealed value begins.
const PREFIX: &str = "sealed:ssm:";
/// What is put before whatever is digested here, so that the digests are nobody else's.
const SALT: &[u8] = b"distlab parameter\0";
/// Bytes by which a seal is known to be one.
const MARK_LEN: usize = 16;
const BLOCK_LEN: usize = 32;

/// A value that may be a secret.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Sealed(pub(crate) String);

fn digest(parts: &[&[u8]]) -> [u8; BLOCK_LEN] {
    let mut hasher = Sha256::new();
    hasher.update(SALT);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The bytes under a stream of digests that begins with their mark; twice is not at all.
fn hidden(mark: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (i, block) in bytes.chunks(BLOCK_LEN).enumerate() {
        let stream = digest(&[b"stream", mark, &(i as u64).to_le_bytes()]);
        out.extend(block.iter().zip(stream).map(|(byte, hide)| byte ^ hide));
    }
    out
}

fn mark(text: &str) -> Vec<u8> {
    digest(&[b"mark", text.as_bytes()])[..MARK_LEN].to_vec()
}

/// A text, sealed.
#[must_use]
pub fn seal(text: &str) -> String {
    let mark = mark(text);
    let body = hidden(&mark, text.as_bytes());
    format!("{PREFIX}{}", STANDARD_NO_PAD.encode([mark, body].concat()))
}

/// The text under a seal; nothing where it is none.
#[must_use]
pub fn open(sealed: &str) -> Option<String> {
    let bytes = STANDARD_NO_PAD.decode(sealed.strip_prefix(PREFIX)?).ok()?;
    let (given, body) = bytes.split_at_checked(MARK_LEN)?;
    let text = String::from_utf8(hidden(given, body)).ok()?;
    (mark(&text) == given).then_some(text)
}

/// A secret as it is given to whoever does not ask for it to be decrypted: what KMS makes begins so.
pub(crate) fn encrypted(text: &str) -> String {
    let mark = mark(text);
    let body = hidden(&mark, text.as_bytes());
    format!("AQICAHh{}", STANDARD_NO_PAD.encode([mark, body].concat()))
}

impl Shaped for Sealed {
    const SEAL: Option<Seal> = Some(seal);
    fn shape() -> Shape {
        Shape::String
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::String(text) => Ok(Self(open(&text).unwrap_or(text))),
            other => Err(Wrong::new("a string", &other)),
        }
    }
    fn into_value(self) -> Value {
        seal(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_again_and_tells_nothing(text in "\\PC{0,100}") {
            let sealed = seal(&text);
            prop_assert!(text.len() < 8 || !sealed.contains(&text));
            prop_assert_eq!(Sealed::from_value(sealed.into()), Ok(Sealed(text.clone())));
            prop_assert_eq!(Sealed::from_value(text.clone().into()), Ok(Sealed(text)));
        }

        #[test]
        fn what_is_no_seal_is_a_text(text in "sealed:ssm:[A-Za-z0-9+/]{0,60}") {
            prop_assert_eq!(Sealed::from_value(text.clone().into()), Ok(Sealed(text)));
        }
    }
}
