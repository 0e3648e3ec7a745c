//! Structures that more than one operation has.

use base::Time;

sim::structure! {
    /// An account, by its canonical user id.
    pub struct Owner {
        /// No longer given by S3.
        pub display_name: Option<String> => "DisplayName",
        /// The canonical user id, 64 hex digits.
        pub id: Option<String> => "ID",
    }
}

sim::structure! {
    /// A name with a value.
    pub struct Tag {
        /// The name of the tag.
        pub key: String => "Key",
        /// The value of the tag.
        pub value: String => "Value",
    }
}

sim::argument! {
    /// A set of tags.
    pub struct Tagging {
        /// The tags.
        pub(in crate::s3) tag_set: Vec<Tag> => "TagSet" XmlList("TagSet", "Tag"),
    }
}

sim::structure! {
    /// Whom a grant is for.
    pub struct Grantee {
        /// No longer given by S3.
        pub display_name: Option<String> => "DisplayName",
        /// The e-mail address of the grantee.
        pub email_address: Option<String> => "EmailAddress",
        /// The canonical user id of the grantee.
        pub id: Option<String> => "ID",
        /// `CanonicalUser`, `Group` or `AmazonCustomerByEmail`.
        pub kind: String => "Type" XmlAttribute("xsi:type"),
        /// The group of the grantee.
        pub uri: Option<String> => "URI",
    }
}

sim::structure! {
    /// A permission and whom it is for.
    pub struct Grant {
        /// Who.
        pub grantee: Option<Grantee> => "Grantee",
        /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP` or `WRITE_ACP`.
        pub permission: Option<String> => "Permission",
    }
}

sim::argument! {
    /// An access control list with its owner.
    pub struct AccessControlPolicy {
        /// Who may do what.
        pub(in crate::s3) grants: Vec<Grant> => "Grants" XmlList("AccessControlList", "Grant"),
        /// Who owns it.
        pub(in crate::s3) owner: Option<Owner> => "Owner",
    }
}

sim::structure! {
    /// An access control list with its owner, as answers say it.
    pub struct ControlList {
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Who may do what.
        pub grants: Vec<Grant> => "Grants" XmlList("AccessControlList", "Grant"),
    }
}

sim::structure! {
    /// A prefix that stands for all names below it.
    pub struct CommonPrefix {
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
    }
}

sim::structure! {
    /// One object of a listing.
    pub struct ObjectEntry {
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<Vec<String>> => "ChecksumAlgorithm" XmlFlat("ChecksumAlgorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
        /// Bytes.
        pub size: Option<i64> => "Size",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
    }
}

sim::argument! {
    /// The cross-origin rules of a bucket.
    pub struct CORSConfiguration {
        /// The rules.
        pub(super) cors_rules: Vec<CORSRule> => "CORSRules" XmlFlat("CORSRule"),
    }
}

sim::structure! {
    /// One cross-origin rule.
    pub struct CORSRule {
        /// The identifier.
        pub id: Option<String> => "ID",
        /// Headers that may be sent.
        pub allowed_headers: Vec<String> => "AllowedHeaders" XmlFlat("AllowedHeader"),
        /// Methods that may be used.
        pub allowed_methods: Vec<String> => "AllowedMethods" XmlFlat("AllowedMethod"),
        /// Origins that may ask.
        pub allowed_origins: Vec<String> => "AllowedOrigins" XmlFlat("AllowedOrigin"),
        /// Headers a browser may show to scripts.
        pub expose_headers: Vec<String> => "ExposeHeaders" XmlFlat("ExposeHeader"),
        /// How long a browser may keep the answer.
        pub max_age_seconds: Option<i64> => "MaxAgeSeconds",
    }
}
