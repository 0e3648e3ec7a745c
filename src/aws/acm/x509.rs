//! Certificates (RFC 5280), as far as they are told about.

use base::{Digest, Time};

use crate::der::{
    BOOLEAN, Der, Element, GENERALIZED_TIME, INTEGER, OBJECT, OCTET_STRING, SEQUENCE, SET, UTC_TIME,
};
use crate::public::{EC, RSA, public_of};

/// Object identifiers, as they are encoded.
const CURVES: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "EC-prime256v1"),
    (&[0x2b, 0x81, 4, 0, 0x22], "EC-secp384r1"),
    (&[0x2b, 0x81, 4, 0, 0x23], "EC-secp521r1"),
];
const SIGNATURES: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], "SHA1WITHRSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "SHA256WITHRSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], "SHA384WITHRSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], "SHA512WITHRSA"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "SHA256WITHECDSA"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "SHA384WITHECDSA"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "SHA512WITHECDSA"),
];
/// The parts of names that have letters of their own (RFC 4514, 3).
const LETTERS: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];

/// The bits of the key usage, in their order.
const USAGES: &[&str] = &[
    "DIGITAL_SIGNATURE",
    "NON_REPUDIATION",
    "KEY_ENCIPHERMENT",
    "DATA_ENCIPHERMENT",
    "KEY_AGREEMENT",
    "CERTIFICATE_SIGNING",
    "CRL_SIGNING",
    "ENCIPHER_ONLY",
    "DECIPHER_ONLY",
];
/// The last number of an extended usage (1.3.6.1.5.5.7.3.N), and its name.
const EXTENDED: &[(u8, &str)] = &[
    (1, "TLS_WEB_SERVER_AUTHENTICATION"),
    (2, "TLS_WEB_CLIENT_AUTHENTICATION"),
    (3, "CODE_SIGNING"),
    (4, "EMAIL_PROTECTION"),
    (8, "TIME_STAMPING"),
    (9, "OCSP_SIGNING"),
];

/// What a certificate says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Facts {
    /// `01:ab`
    pub(crate) serial: String,
    /// `CN=www.example.com`
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// The organization of the issuer, or else its common name.
    pub(crate) issued_by: String,
    /// The encoded names, by which a chain hangs together.
    pub(crate) subject_name: Vec<u8>,
    pub(crate) issuer_name: Vec<u8>,
    /// The common name of the subject.
    pub(crate) common_name: Option<String>,
    pub(crate) names: Vec<String>,
    pub(crate) not_before: Time,
    pub(crate) not_after: Time,
    /// `RSA-2048`; nothing where it is another kind.
    pub(crate) key: Option<String>,
    pub(crate) signature: Option<&'static str>,
    /// By what the public key is known.
    pub(crate) public: Digest,
    pub(crate) usages: Vec<&'static str>,
    /// With their object identifiers.
    pub(crate) extended: Vec<(&'static str, String)>,
}

impl Facts {
    /// What these bytes say; nothing where they are no certificate.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut certificate = Der(bytes).want(SEQUENCE)?.inside();
        let mut told = certificate.want(SEQUENCE)?.inside();
        let signature = certificate.want(SEQUENCE)?.inside().want(OBJECT)?.content;
        told.want(0xa0);
        let serial = told.want(INTEGER)?.content;
        told.want(SEQUENCE)?;
        let issuer = told.want(SEQUENCE)?;
        let mut validity = told.want(SEQUENCE)?.inside();
        let subject = told.want(SEQUENCE)?;
        let (key, public) = public(told.want(SEQUENCE)?)?;
        let mut facts = Self {
            serial: serial_of(serial),
            subject: name(subject),
            issuer: name(issuer),
            issued_by: part(issuer, "O").or_else(|| part(issuer, "CN")).unwrap_or_default(),
            subject_name: subject.content.to_vec(),
            issuer_name: issuer.content.to_vec(),
            common_name: part(subject, "CN"),
            not_before: time(validity.next()?)?,
            not_after: time(validity.next()?)?,
            key,
            signature: SIGNATURES.iter().find(|(id, _)| *id == signature).map(|(_, name)| *name),
            public,
            ..Self::default()
        };
        let extensions = told.find(|element| element.tag == 0xa3);
        let extensions = extensions.and_then(|all| all.inside().want(SEQUENCE));
        for extension in extensions.into_iter().flat_map(Element::inside) {
            facts.extend(extension)?;
        }
        Some(facts)
    }

    /// Takes in an extension.
    fn extend(&mut self, extension: Element<'_>) -> Option<()> {
        let mut parts = extension.inside();
        let id = parts.want(OBJECT)?.content;
        parts.want(BOOLEAN);
        let mut value = Der(parts.want(OCTET_STRING)?.content);
        match id {
            ALTERNATIVE_NAMES => {
                let names = value.want(SEQUENCE)?.inside().filter(|name| name.tag == 0x82);
                self.names = names.map(|name| text(name.content)).collect();
            }
            KEY_USAGE => {
                let (_, bits) = value.next()?.content.split_first()?;
                let is_set =
                    |at: usize| bits.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
                self.usages = USAGES
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| is_set(*at))
                    .map(|(_, n)| *n)
                    .collect();
            }
            EXTENDED_KEY_USAGE => {
                for usage in value.want(SEQUENCE)?.inside() {
                    let known = match usage.content {
                        [0x2b, 6, 1, 5, 5, 7, 3, last] => {
                            EXTENDED.iter().find(|(number, _)| number == last)
                        }
                        _ => None,
                    };
                    self.extended.push(match known {
                        Some((last, name)) => (name, format!("1.3.6.1.5.5.7.3.{last}")),
                        None => ("CUSTOM", String::new()),
                    });
                }
            }
            _ => {}
        }
        Some(())
    }

    /// The name that it is mainly for, and all of them.
    pub(crate) fn domains(&self) -> (Option<String>, Vec<String>) {
        let first = self.common_name.clone().or_else(|| self.names.first().cloned());
        let mut all = self.names.clone();
        if let Some(first) = first.as_ref().filter(|first| !all.contains(first)) {
            all.insert(0, first.clone());
        }
        (first, all)
    }
}

/// Whether a name of a certificate is for a host: an asterisk stands for one label (RFC 6125, 6.4.3).
#[must_use]
pub fn names(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern.eq_ignore_ascii_case(host),
        Some(rest) => host
            .split_once('.')
            .is_some_and(|(first, own)| !first.is_empty() && own.eq_ignore_ascii_case(rest)),
    }
}

fn serial_of(bytes: &[u8]) -> String {
    // A number whose first bit is set has a zero before it.
    let bytes = bytes.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(bytes);
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(":")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The parts of a name: letters and text.
fn parts(name: Element<'_>) -> impl Iterator<Item = (&'static str, String)> {
    let sets = name.inside().filter(|set| set.tag == SET);
    sets.flat_map(Element::inside).filter_map(|pair| {
        let mut pair = pair.inside();
        let id = pair.want(OBJECT)?.content;
        let (_, letters) = LETTERS.iter().find(|(known, _)| *known == id)?;
        Some((*letters, text(pair.next()?.content)))
    })
}

fn name(name: Element<'_>) -> String {
    let all: Vec<String> = parts(name).map(|(letters, text)| format!("{letters}={text}")).collect();
    all.join(",")
}

fn part(name: Element<'_>, wanted: &str) -> Option<String> {
    parts(name).find(|(letters, _)| *letters == wanted).map(|(_, text)| text)
}

/// The kind of a public key, and by what it is known.
fn public(key: Element<'_>) -> Option<(Option<String>, Digest)> {
    let mut key = key.inside();
    let mut algorithm = key.want(SEQUENCE)?.inside();
    let bits = key.next()?.bits()?;
    match algorithm.want(OBJECT)?.content {
        RSA => {
            let mut numbers = Der(bits).want(SEQUENCE)?.inside();
            let (modulus, exponent) = (numbers.want(INTEGER)?, numbers.want(INTEGER)?);
            let digits = modulus.content.strip_prefix(&[0]).unwrap_or(modulus.content);
            let kind = format!("RSA-{}", digits.len() * 8);
            Some((Some(kind), public_of(&[modulus.whole, exponent.whole])))
        }
        EC => {
            let curve = algorithm.want(OBJECT)?.content;
            let kind = CURVES.iter().find(|(id, _)| *id == curve);
            Some((kind.map(|(_, name)| (*name).to_owned()), public_of(&[bits])))
        }
        _ => Some((None, Digest::default())),
    }
}

/// RFC 5280, 4.1.2.5: years of two digits are those from 1950 to 2049.
fn time(element: Element<'_>) -> Option<Time> {
    let digits = text(element.content);
    let digits = digits.strip_suffix('Z')?;
    let full = match element.tag {
        UTC_TIME => {
            let century = if digits.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            format!("{century}{digits}")
        }
        GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| full.get(from..to);
    let (date, time) = (
        format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?),
        format!("{}:{}:{}", part(8, 10)?, part(10, 12)?, part(12, 14)?),
    );
    Time::parse_iso(&format!("{date}T{time}Z"))
}
