//! Public keys as OpenSSH writes them, and their fingerprints as EC2 computes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256};

use super::super::error::refuse;
use sim::api::ApiError;

/// A public key of one of the kinds that EC2 knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum PublicKey {
    /// Modulus and exponent, the highest byte first and without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Ed25519([u8; 32]),
}

/// Lengths of a modulus that EC2 takes, in bits (EC2 User Guide, "Create a key pair").
const RSA_BITS: [usize; 3] = [1024, 2048, 4096];
/// The most characters that are read.
const MATERIAL_LEN_MAX: usize = 16 * 1024;

impl PublicKey {
    /// `rsa` or `ed25519`
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "rsa",
            Self::Ed25519(_) => "ed25519",
        }
    }

    /// `ssh-rsa`
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "ssh-rsa",
            Self::Ed25519(_) => "ssh-ed25519",
        }
    }

    /// The bytes that OpenSSH writes in base64 (RFC 4253, 6.6; RFC 8709, 4).
    pub(crate) fn blob(&self) -> Vec<u8> {
        let mut out = Vec::new();
        string(&mut out, self.algorithm().as_bytes());
        match self {
            Self::Rsa { modulus, exponent } => {
                string(&mut out, &positive(exponent));
                string(&mut out, &positive(modulus));
            }
            Self::Ed25519(point) => string(&mut out, point),
        }
        out
    }

    /// `ssh-rsa AAAA… comment`
    pub(crate) fn line(&self, comment: &str) -> String {
        format!("{} {} {comment}", self.algorithm(), STANDARD.encode(self.blob()))
    }

    /// The fingerprint of a key that was imported: MD5 of RSA's DER, SHA-256 of what OpenSSH hashes
    /// (EC2 User Guide, "Verify the fingerprint of your key pair").
    pub(crate) fn fingerprint(&self) -> String {
        match self {
            Self::Rsa { modulus, exponent } => colons(&Md5::digest(spki(modulus, exponent))),
            Self::Ed25519(_) => STANDARD.encode(Sha256::digest(self.blob())),
        }
    }

    /// Reads what a request imports: a line of OpenSSH, a file of RFC 4716, or DER in base64.
    ///
    /// # Errors
    /// `InvalidKey.Format`
    pub(crate) fn read(material: &[u8]) -> Result<Self, ApiError> {
        let wrong = || refuse("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
        let text = std::str::from_utf8(material).map_err(|_| wrong())?.trim();
        if text.len() > MATERIAL_LEN_MAX {
            return Err(wrong());
        }
        let key = read_line(text).or_else(|| read_4716(text)).or_else(|| read_der(text));
        key.filter(Self::is_taken).ok_or_else(wrong)
    }

    fn is_taken(&self) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => {
                let first = modulus.first().map_or(8, |byte| byte.leading_zeros() as usize);
                let bits = (modulus.len() * 8).saturating_sub(first);
                RSA_BITS.contains(&bits) && exponent.last().is_some_and(|byte| byte % 2 == 1)
            }
            Self::Ed25519(_) => true,
        }
    }

    fn from_blob(blob: &[u8]) -> Option<Self> {
        let (algorithm, rest) = take(blob)?;
        match algorithm {
            b"ssh-rsa" => {
                let (exponent, rest) = take(rest)?;
                let (modulus, rest) = take(rest)?;
                let strip = |bytes: &[u8]| {
                    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                    bytes.get(zeros..).map(<[u8]>::to_vec).unwrap_or_default()
                };
                rest.is_empty()
                    .then(|| Self::Rsa { modulus: strip(modulus), exponent: strip(exponent) })
            }
            b"ssh-ed25519" => {
                let (point, rest) = take(rest)?;
                if rest.is_empty() { point.try_into().ok().map(Self::Ed25519) } else { None }
            }
            _ => None,
        }
    }
}

fn read_line(text: &str) -> Option<PublicKey> {
    let mut words = text.split_whitespace();
    let (algorithm, base64) = (words.next()?, words.next()?);
    let key = PublicKey::from_blob(&STANDARD.decode(base64).ok()?)?;
    (key.algorithm() == algorithm).then_some(key)
}

fn read_4716(text: &str) -> Option<PublicKey> {
    let inside = text.strip_prefix("---- BEGIN SSH2 PUBLIC KEY ----")?;
    let (inside, _) = inside.split_once("---- END SSH2 PUBLIC KEY ----")?;
    let body: String = inside.lines().filter(|line| !line.contains(':')).map(str::trim).collect();
    PublicKey::from_blob(&STANDARD.decode(body).ok()?)
}

fn read_der(text: &str) -> Option<PublicKey> {
    let body: String =
        text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let key = rsa::RsaPublicKey::from_public_key_der(&STANDARD.decode(body).ok()?).ok()?;
    Some(of_rsa(&key))
}

/// The same key, as bytes.
pub(crate) fn of_rsa(key: &rsa::RsaPublicKey) -> PublicKey {
    let strip = |bytes: Box<[u8]>| bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    PublicKey::Rsa { modulus: strip(key.n_bytes()), exponent: strip(key.e_bytes()) }
}

/// `12:f8:7e:…`
pub(crate) fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// A number in two's complement, so that the highest bit of a positive one is 0.
fn positive(bytes: &[u8]) -> Vec<u8> {
    let pad = bytes.first().is_none_or(|byte| byte & 0x80 != 0);
    let mut out = Vec::with_capacity(bytes.len() + 1);
    out.extend(pad.then_some(0));
    out.extend(bytes);
    out
}

/// Writes bytes behind their length (RFC 4251, 5).
pub(crate) fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)
}

/// `SubjectPublicKeyInfo` of an RSA key, in DER (RFC 5280, 4.1; RFC 3279, 2.3.1).
fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const SEQUENCE: u8 = 0x30;
    /// The object identifier 1.2.840.113549.1.1.1 and NULL.
    const ALGORITHM: &[u8] =
        &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let numbers = [der(INTEGER, &positive(modulus)), der(INTEGER, &positive(exponent))].concat();
    let bits = [vec![0], der(SEQUENCE, &numbers)].concat();
    der(SEQUENCE, &[der(SEQUENCE, ALGORITHM), der(BIT_STRING, &bits)].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let bytes: Vec<u8> = len.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if let Ok(short @ 0..=127) = u8::try_from(len) {
        out.push(short);
    } else {
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
        out.extend(bytes);
    }
    out.extend(content);
    out
}
