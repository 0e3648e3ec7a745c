//! Private keys.
//!
//! A listener must be able to speak by one, so it is kept; it is sealed wherever it is written down, as the
//! secrets of the parameter store are.

use aws::ssm::{open, seal};
use base::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{Seal, Shape, Shaped, Value, Wrong};

use crate::der::{BIT_STRING, Der, INTEGER, OBJECT, OCTET_STRING, SEQUENCE};
use crate::pem;
use crate::public::{EC, RSA, public_of};

/// A private key, as text.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct PrivateKey(pub(crate) Vec<u8>);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl Shaped for PrivateKey {
    const SEAL: Option<Seal> = Some(seal);
    fn shape() -> Shape {
        Shape::Binary
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let text = value.as_str().map(|text| open(text).unwrap_or_else(|| text.to_owned()));
        let bytes = text.and_then(|text| STANDARD.decode(text).ok());
        bytes.map(Self).ok_or_else(|| Wrong::new("base64", &value))
    }
    fn into_value(self) -> Value {
        seal(&STANDARD.encode(self.0)).into()
    }
}

/// Why a key cannot be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unfit {
    /// It is no text that has a key in it.
    Unreadable,
    Encrypted,
    Unsupported,
}

impl PrivateKey {
    /// The text.
    #[must_use]
    pub fn pem(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// By what its public half is known: see [`public_of`].
    pub(crate) fn public(&self) -> Result<Digest, Unfit> {
        let text = self.pem();
        if text.contains("ENCRYPTED") {
            return Err(Unfit::Encrypted);
        }
        let blocks = pem::blocks(&text).ok_or(Unfit::Unreadable)?;
        // What stands beside the key says on which curve it is.
        let mut keys = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY"));
        let key = keys.next().ok_or(Unfit::Unreadable)?;
        let public = match key.label.as_str() {
            "PRIVATE KEY" => of_any(&key.bytes),
            "RSA PRIVATE KEY" => of_rsa(&key.bytes),
            "EC PRIVATE KEY" => of_curve(&key.bytes),
            _ => None,
        };
        public.ok_or(Unfit::Unsupported)
    }
}

/// RFC 5958.
fn of_any(bytes: &[u8]) -> Option<Digest> {
    let mut key = Der(bytes).want(SEQUENCE)?.inside();
    key.want(INTEGER)?;
    let kind = key.want(SEQUENCE)?.inside().want(OBJECT)?.content;
    let inner = key.want(OCTET_STRING)?.content;
    match kind {
        RSA => of_rsa(inner),
        EC => of_curve(inner),
        _ => None,
    }
}

/// RFC 8017, A.1.2.
fn of_rsa(bytes: &[u8]) -> Option<Digest> {
    let mut key = Der(bytes).want(SEQUENCE)?.inside();
    key.want(INTEGER)?;
    let (modulus, exponent) = (key.want(INTEGER)?, key.want(INTEGER)?);
    Some(public_of(&[modulus.whole, exponent.whole]))
}

/// RFC 5915.
fn of_curve(bytes: &[u8]) -> Option<Digest> {
    let key = Der(bytes).want(SEQUENCE)?.inside();
    let public = key.into_iter().find(|element| element.tag == 0xa1)?;
    Some(public_of(&[public.inside().want(BIT_STRING)?.bits()?]))
}
