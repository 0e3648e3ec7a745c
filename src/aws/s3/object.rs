//! What an object is: its content, and everything that is said of it.
//!
//! Bytes are not here: content is a list of slices of blobs, whose facts were computed at the edge.

use std::collections::BTreeMap;

use super::checksum::{Checksum, Sums};
use super::ops::shapes::Tag;
use super::permit::Permit;
use base::{Digest, Slice, Time};

/// An object: what it is, and what is said about it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Object {
    pub(super) content: Content,
    pub(super) about: About,
}

/// What the content of an object is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Content {
    /// Bytes.
    pub(super) len: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) slices: Vec<Slice>,
    /// Checksums of the whole, as far as they are known without the bytes.
    pub(super) sums: Option<Sums>,
    /// The checksum that S3 keeps and answers.
    pub(super) checksum: Option<Checksum>,
    /// The parts of a multipart upload; empty for a simple one.
    pub(super) parts: Vec<ObjectPart>,
    /// The multipart upload that made it, so that a repeated completion can be told from a wrong one.
    pub(super) upload_id: Option<String>,
}

/// One part of an object made by a multipart upload.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct ObjectPart {
    pub(super) number: u32,
    pub(super) len: u64,
    /// In base64, by the object's algorithm.
    pub(super) checksum: Option<String>,
}

/// What is said about an object: everything that may change while the content stays.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct About {
    pub(super) meta: Meta,
    pub(super) tags: Vec<Tag>,
    pub(super) storage_class: StorageClass,
    pub(super) encryption: Encryption,
    /// `None` is the canned ACL `private`.
    pub(super) acl: Option<Vec<Permit>>,
    pub(super) lock: Lock,
    /// Whether an unsigned request made it where writers own their objects.
    pub(super) anonymous: bool,
}

/// The headers an object carries.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Meta {
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) expires: Option<String>,
    pub(super) redirect: Option<String>,
    /// Names without the prefix `x-amz-meta-`, in lower case.
    pub(super) user: BTreeMap<String, String>,
}

sim::string_enum! {
    /// The storage classes of general purpose buckets.
    pub(super) enum StorageClass {
        Standard = "STANDARD",
        ReducedRedundancy = "REDUCED_REDUNDANCY",
        StandardIa = "STANDARD_IA",
        OneZoneIa = "ONEZONE_IA",
        IntelligentTiering = "INTELLIGENT_TIERING",
        Glacier = "GLACIER",
        DeepArchive = "DEEP_ARCHIVE",
        GlacierIr = "GLACIER_IR",
    }
}

impl StorageClass {
    /// How far down a class is: lifecycle rules move objects only to a lower one.
    pub(super) fn depth(self) -> Option<u8> {
        match self {
            Self::StandardIa => Some(1),
            Self::IntelligentTiering => Some(2),
            Self::OneZoneIa => Some(3),
            Self::GlacierIr => Some(4),
            Self::Glacier => Some(5),
            Self::DeepArchive => Some(6),
            Self::Standard | Self::ReducedRedundancy => None,
        }
    }
}

sim::string_enum! {
    /// The kinds of encryption at rest.
    pub(super) enum Sse {
        Aes256 = "AES256",
        Kms = "aws:kms",
        KmsDsse = "aws:kms:dsse",
    }
}

/// How something is encrypted at rest. Only the names are simulated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Encryption {
    pub(super) sse: Sse,
    /// The ARN of the key, with AWS KMS.
    pub(super) key: Option<String>,
    pub(super) bucket_key: bool,
    /// The digest of the key that the client keeps, where there is one.
    pub(super) customer: Option<Digest>,
}

/// How a version is protected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Lock {
    pub(super) retention: Option<Retention>,
    /// `None` where no hold was ever spoken of.
    pub(super) hold: Option<bool>,
}

/// Until when a version must not be removed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Retention {
    pub(super) mode: LockMode,
    pub(super) until: Time,
}

sim::string_enum! {
    /// Whether a retention can be set aside.
    pub(super) enum LockMode {
        Governance = "GOVERNANCE",
        Compliance = "COMPLIANCE",
    }
}
