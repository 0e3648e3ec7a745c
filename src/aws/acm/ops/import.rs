//! Certificates that were made elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use aws::place::Place;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

use super::tags;
use crate::faults::invalid;
use crate::key::{PrivateKey, Unfit};
use crate::pem;
use crate::shapes::Tag;
use crate::state::{Certificate, State};
use crate::x509::Facts;

sim::operation! {
    /// Takes a certificate that was made elsewhere, with its private key; or another in the place of one
    /// that is here.
    write ImportCertificate in "acm" = "POST /";
    input {
        /// The ARN of the certificate that it replaces.
        certificate_arn: Option<String> => "CertificateArn",
        /// The certificate, as text.
        certificate: Vec<u8> => "Certificate",
        /// Its private key, as text, not encrypted.
        private_key: PrivateKey => "PrivateKey",
        /// The certificates that lead from it to one that is trusted, as text.
        certificate_chain: Option<Vec<u8>> => "CertificateChain",
        /// Labels.
        tags: Vec<Tag> => "Tags",
    }
    output ImportCertificateOutput {
        /// The ARN of the certificate.
        pub certificate_arn: Option<String> => "CertificateArn",
    }
    errors [
        "InvalidArnException", "InvalidParameterException", "InvalidTagException",
        "LimitExceededException", "ResourceNotFoundException", "TooManyTagsException",
        "ValidationException",
    ]
    access { "acm:ImportCertificate" on "arn:aws:acm:{region}:{account}:certificate/*" }
}

/// The certificates of a text.
fn read(bytes: &[u8]) -> Option<Vec<(Facts, Vec<u8>)>> {
    let blocks = pem::blocks(&String::from_utf8_lossy(bytes))?;
    let certificates = blocks.into_iter().filter(|block| block.label == "CERTIFICATE");
    certificates.map(|block| Some((Facts::read(&block.bytes)?, block.bytes))).collect()
}

impl ImportCertificate {
    /// What is imported: facts, text and chain.
    ///
    /// # Errors
    /// It is no certificate, or key or chain do not belong to it, or its time is over.
    fn checked(&self, cx: &Cx<'_>) -> Result<(Facts, String, Option<String>), ApiError> {
        let unreadable = || invalid("The certificate body provided is not in a valid PEM format.");
        let mut own = read(&self.certificate).ok_or_else(unreadable)?;
        if own.len() > 1 {
            return Err(invalid(
                "The certificate field contains more than one certificate. You can specify only one \
                 certificate in this field.",
            ));
        }
        let (facts, bytes) = own.pop().ok_or_else(unreadable)?;
        let public = self.private_key.public().map_err(|unfit| match unfit {
            Unfit::Unreadable => invalid("The private key is not in a valid PEM format."),
            Unfit::Encrypted => invalid("The private key must not be encrypted."),
            Unfit::Unsupported => invalid("The private key is not supported."),
        })?;
        if facts.key.is_none() {
            return Err(invalid("The certificate's public key is not supported."));
        }
        if public != facts.public {
            return Err(invalid("The private key does not match the certificate."));
        }
        // That it holds already is not asked: lab time may stand a little behind the clock by which it
        // was made.
        if facts.not_after <= cx.at {
            return Err(invalid("The certificate has expired."));
        }
        let chain = self.chain(&facts)?;
        Ok((facts, pem::certificate(&bytes), chain))
    }

    fn chain(&self, own: &Facts) -> Result<Option<String>, ApiError> {
        let Some(given) = &self.certificate_chain else { return Ok(None) };
        let unreadable = || invalid("The certificate chain provided is not in a valid PEM format.");
        let links = read(given).filter(|links| !links.is_empty()).ok_or_else(unreadable)?;
        let mut text = String::new();
        let mut issuer = own.issuer_name.clone();
        for (at, (facts, bytes)) in links.into_iter().enumerate() {
            if facts.subject_name != issuer {
                return Err(invalid(format!(
                    "Unable to validate certificate chain. The certificate chain must start with the \
                     immediate signing certificate, followed by any intermediaries in order. The index \
                     within the chain of the invalid certificate is: {at}"
                )));
            }
            issuer = facts.issuer_name;
            text.push_str(&pem::certificate(&bytes));
        }
        Ok(Some(text))
    }
}

impl Write for ImportCertificate {
    type Output = ImportCertificateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let again = self.certificate_arn.as_deref();
        if let Some(arn) = again {
            world.get::<State>().certificate(&place, arn)?;
            if !self.tags.is_empty() {
                return Err(invalid("Tagging is not permitted on re-import."));
            }
        }
        let (facts, body, chain) = self.checked(cx)?;
        let labels = tags::added(&BTreeMap::new(), self.tags)?;
        let (state, rng) = world.parts::<State>();
        let arn = self
            .certificate_arn
            .unwrap_or_else(|| place.arn("acm", &format!("certificate/{}", rng.uuid())));
        let all = state.places.entry(place).or_default();
        let before = all.remove(&arn);
        let made = Certificate {
            facts,
            body,
            chain,
            key: self.private_key,
            created: before.as_ref().map_or(cx.at, |before| before.created),
            imported: cx.at,
            tags: before.as_ref().map_or(labels, |before| before.tags.clone()),
            in_use_by: before.map_or_else(BTreeSet::new, |before| before.in_use_by),
        };
        all.insert(arn.clone(), made);
        Ok(ImportCertificateOutput { certificate_arn: Some(arn) })
    }
}
