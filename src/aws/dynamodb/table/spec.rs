//! What a request says a table should be, in plain types.
//!
//! Source: API reference, `CreateTable`.

use super::super::key::ScalarType;

/// Whether an index lies with its table's partitions or apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IndexKind {
    Local,
    Global,
}

/// Which part of a key an attribute is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyRole {
    Hash,
    Range,
}

/// How reads and writes are paid for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum BillingMode {
    #[default]
    Provisioned,
    PayPerRequest,
}

/// Capacity units for each second.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Throughput {
    pub read: u64,
    pub write: u64,
}

/// Which attributes an index has beside the keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProjectionKind {
    All,
    KeysOnly,
    Include,
}

impl ProjectionKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::KeysOnly => "KEYS_ONLY",
            Self::Include => "INCLUDE",
        }
    }
}

/// A projection as it is asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ProjectionSpec {
    pub kind: Option<ProjectionKind>,
    pub non_key: Option<Vec<String>>,
}

/// An index as it is asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct IndexSpec {
    pub name: String,
    pub keys: Vec<(String, KeyRole)>,
    pub projection: ProjectionSpec,
    /// Of global indexes only.
    pub throughput: Option<Throughput>,
}

/// What the records of a stream show.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StreamView {
    KeysOnly,
    NewImage,
    OldImage,
    NewAndOldImages,
}

impl StreamView {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// `StreamSpecification`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StreamSpec {
    pub enabled: bool,
    pub view: Option<StreamView>,
}

/// `SSESpecification`: data only, as nothing here lies on a disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct EncryptionSpec {
    pub enabled: bool,
    pub kms_key: Option<String>,
}

/// What the table's storage is priced for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TableClass {
    #[default]
    Standard,
    StandardInfrequentAccess,
}

impl TableClass {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::StandardInfrequentAccess => "STANDARD_INFREQUENT_ACCESS",
        }
    }
}

/// A table as it is asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TableSpec {
    pub name: String,
    pub attributes: Vec<(String, ScalarType)>,
    pub keys: Vec<(String, KeyRole)>,
    pub locals: Option<Vec<IndexSpec>>,
    pub globals: Option<Vec<IndexSpec>>,
    pub billing: Option<BillingMode>,
    pub throughput: Option<Throughput>,
    pub stream: Option<StreamSpec>,
    pub encryption: Option<EncryptionSpec>,
    pub class: Option<TableClass>,
    pub deletion_protection: bool,
    pub tags: Vec<(String, String)>,
}
