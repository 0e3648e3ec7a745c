//! Certificates as the API tells of them.

use base::Time;
use sim::api::{Refused, Value};

sim::structure! {
    /// A label of a certificate.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: Option<String> => "Value",
    }
}

sim::string_enum! {
    /// What becomes of a certificate.
    pub enum Status {
        Issued = "ISSUED",
        PendingValidation = "PENDING_VALIDATION",
        Inactive = "INACTIVE",
        Expired = "EXPIRED",
        ValidationTimedOut = "VALIDATION_TIMED_OUT",
        Revoked = "REVOKED",
        Failed = "FAILED",
    }
}

sim::structure! {
    /// What a key may be used for.
    pub struct KeyUsage {
        /// Its name.
        pub name: String => "Name",
    }
}

sim::structure! {
    /// What a certificate may be used for.
    pub struct ExtendedKeyUsage {
        /// Its name.
        pub name: String => "Name",
        /// Its object identifier.
        pub oid: Option<String> => "OID",
    }
}

sim::structure! {
    /// What may be done with a certificate.
    pub struct CertificateOptions {
        /// Whether it is written down where everybody may read.
        pub transparency: String => "CertificateTransparencyLoggingPreference",
        /// Whether its key may be taken out.
        pub export: Option<String> => "Export",
    }
}

sim::structure! {
    /// A certificate, with everything that is known of it.
    pub struct CertificateDetail {
        /// Its ARN.
        pub certificate_arn: String => "CertificateArn",
        /// The name that it is mainly for.
        pub domain_name: Option<String> => "DomainName",
        /// All names that it is for.
        pub subject_alternative_names: Vec<String> => "SubjectAlternativeNames",
        /// Its number.
        pub serial: String => "Serial",
        /// Whose it is.
        pub subject: String => "Subject",
        /// Who issued it.
        pub issuer: String => "Issuer",
        /// When it was made here.
        pub created_at: Time => "CreatedAt",
        /// When it was imported last.
        pub imported_at: Option<Time> => "ImportedAt",
        /// What becomes of it.
        pub status: Status => "Status",
        /// From when it holds.
        pub not_before: Time => "NotBefore",
        /// Until when it holds.
        pub not_after: Time => "NotAfter",
        /// The kind of its key.
        pub key_algorithm: Option<String> => "KeyAlgorithm",
        /// The kind of its signature.
        pub signature_algorithm: Option<String> => "SignatureAlgorithm",
        /// The ARNs of what serves by it.
        pub in_use_by: Vec<String> => "InUseBy",
        /// Where it comes from: `IMPORTED`.
        pub kind: String => "Type",
        /// What its key may be used for.
        pub key_usages: Vec<KeyUsage> => "KeyUsages",
        /// What it may be used for.
        pub extended_key_usages: Vec<ExtendedKeyUsage> => "ExtendedKeyUsages",
        /// Whether AWS renews it: `INELIGIBLE`.
        pub renewal_eligibility: String => "RenewalEligibility",
        /// What may be done with it.
        pub options: CertificateOptions => "Options",
    }
}

sim::structure! {
    /// A certificate in a list.
    pub struct CertificateSummary {
        /// Its ARN.
        pub certificate_arn: String => "CertificateArn",
        /// The name that it is mainly for.
        pub domain_name: Option<String> => "DomainName",
        /// The first names that it is for.
        pub names: Vec<String> => "SubjectAlternativeNameSummaries",
        /// Whether there are more.
        pub has_more_names: bool => "HasAdditionalSubjectAlternativeNames",
        /// What becomes of it.
        pub status: Status => "Status",
        /// Where it comes from: `IMPORTED`.
        pub kind: String => "Type",
        /// The kind of its key.
        pub key_algorithm: Option<String> => "KeyAlgorithm",
        /// What its key may be used for.
        pub key_usages: Vec<String> => "KeyUsages",
        /// What it may be used for.
        pub extended_key_usages: Vec<String> => "ExtendedKeyUsages",
        /// Whether something serves by it.
        pub in_use: bool => "InUse",
        /// Whether AWS renews it: `INELIGIBLE`.
        pub renewal_eligibility: String => "RenewalEligibility",
        /// From when it holds.
        pub not_before: Time => "NotBefore",
        /// Until when it holds.
        pub not_after: Time => "NotAfter",
        /// When it was made here.
        pub created_at: Time => "CreatedAt",
        /// When it was imported last.
        pub imported_at: Option<Time> => "ImportedAt",
    }
}

sim::argument! {
    /// Which certificates are listed.
    pub struct Filters {
        /// By what they may be used for.
        pub(crate) extended_key_usage: Vec<String> => "extendedKeyUsage",
        /// By what their keys may be used for.
        pub(crate) key_usage: Vec<String> => "keyUsage",
        /// By the kind of their keys.
        pub(crate) key_types: Vec<String> => "keyTypes",
        /// By whether their keys may be taken out.
        pub(crate) export_option: Refused<String> => "exportOption",
        /// By who looks after them.
        pub(crate) managed_by: Refused<Value> => "managedBy",
    }
}
