//! One certificate: described, given, deleted.

use aws::place::Place;
use base::Time;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::in_use;
use crate::shapes::{CertificateDetail, CertificateOptions, ExtendedKeyUsage, KeyUsage, Status};
use crate::state::{Certificate, State};

sim::operation! {
    /// Tells of a certificate.
    read DescribeCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
    }
    output DescribeCertificateOutput {
        /// The certificate.
        pub certificate: Option<CertificateDetail> => "Certificate",
    }
    errors ["InvalidArnException", "ResourceNotFoundException"]
    access { "acm:DescribeCertificate" on "{CertificateArn}" }
}

impl Read for DescribeCertificate {
    type Output = DescribeCertificateOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().certificate(&Place::of(cx), &self.certificate_arn)?;
        let certificate = Some(detail(&self.certificate_arn, found, cx.at));
        Ok(DescribeCertificateOutput { certificate })
    }
}

impl Certificate {
    pub(super) fn status(&self, at: Time) -> Status {
        if self.facts.not_after <= at { Status::Expired } else { Status::Issued }
    }
}

fn detail(arn: &str, found: &Certificate, at: Time) -> CertificateDetail {
    let facts = &found.facts;
    let (domain_name, names) = facts.domains();
    let usage = |name: &&str| KeyUsage { name: (*name).to_owned() };
    let extended = facts.extended.iter().map(|(name, oid)| ExtendedKeyUsage {
        name: (*name).to_owned(),
        oid: Some(oid.clone()).filter(|oid| !oid.is_empty()),
    });
    CertificateDetail {
        certificate_arn: arn.to_owned(),
        domain_name,
        subject_alternative_names: names,
        serial: facts.serial.clone(),
        subject: facts.subject.clone(),
        issuer: facts.issued_by.clone(),
        created_at: found.created,
        imported_at: Some(found.imported),
        status: found.status(at),
        not_before: facts.not_before,
        not_after: facts.not_after,
        key_algorithm: facts.key.clone(),
        signature_algorithm: facts.signature.map(str::to_owned),
        in_use_by: found.in_use_by.iter().cloned().collect(),
        kind: "IMPORTED".to_owned(),
        key_usages: facts.usages.iter().map(usage).collect(),
        extended_key_usages: extended.collect(),
        renewal_eligibility: "INELIGIBLE".to_owned(),
        options: CertificateOptions { transparency: "DISABLED".to_owned(), export: None },
    }
}

sim::operation! {
    /// Gives a certificate and its chain, without the key.
    read GetCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
    }
    output GetCertificateOutput {
        /// The certificate, as text.
        pub certificate: Option<String> => "Certificate",
        /// Its chain, as text.
        pub certificate_chain: Option<String> => "CertificateChain",
    }
    errors ["InvalidArnException", "RequestInProgressException", "ResourceNotFoundException"]
    access { "acm:GetCertificate" on "{CertificateArn}" }
}

impl Read for GetCertificate {
    type Output = GetCertificateOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().certificate(&Place::of(cx), &self.certificate_arn)?;
        let (certificate, certificate_chain) = (Some(found.body.clone()), found.chain.clone());
        Ok(GetCertificateOutput { certificate, certificate_chain })
    }
}

sim::operation! {
    /// Deletes a certificate by which nothing serves.
    write DeleteCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
    }
    output DeleteCertificateOutput {}
    errors [
        "AccessDeniedException", "ConflictException", "InvalidArnException",
        "ResourceInUseException", "ResourceNotFoundException",
    ]
    access { "acm:DeleteCertificate" on "{CertificateArn}" }
}

impl Write for DeleteCertificate {
    type Output = DeleteCertificateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let arn = &self.certificate_arn;
        if !world.get::<State>().certificate(&place, arn)?.in_use_by.is_empty() {
            return Err(in_use(arn, cx.account));
        }
        if let Some(all) = world.get_mut::<State>().places.get_mut(&place) {
            all.remove(arn);
        }
        Ok(DeleteCertificateOutput {})
    }
}
