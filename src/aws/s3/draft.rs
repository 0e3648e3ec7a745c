//! What a request says about an object to be: metadata, tags, ACL, storage class, encryption.
//!
//! `PutObject`, `CopyObject` and `CreateMultipartUpload` say it with the same members.

use std::collections::BTreeMap;

use super::access::{ANONYMOUS_ID, Door, Facts, object_arn, owner_id};
use super::acl::{self, Asked, Owners, Permission};
use super::errors::{argument, bad, spelled};
use super::names;
use super::state::{About, Encryption, Meta, Ownership, Sse, StorageClass};
use base::{Digest, Time};
use sim::api::ApiError;
use sim::{Principal, World};

/// User metadata has at most this many bytes.
const METADATA_MAX: usize = 2048;

/// The members in which a request describes an object.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) acl: Asked<'a>,
    pub(super) cache_control: &'a Option<String>,
    pub(super) content_disposition: &'a Option<String>,
    pub(super) content_encoding: &'a Option<String>,
    pub(super) content_language: &'a Option<String>,
    pub(super) content_type: &'a Option<String>,
    pub(super) expires: &'a Option<String>,
    pub(super) metadata: &'a BTreeMap<String, String>,
    pub(super) redirect: &'a Option<String>,
    pub(super) storage_class: Option<&'a str>,
    pub(super) sse: Option<&'a str>,
    pub(super) sse_key: Option<&'a str>,
    pub(super) bucket_key: Option<bool>,
    pub(super) tagging: Option<&'a str>,
}

/// Builds a [`Draft`] from the members of an operation.
macro_rules! draft {
    ($op:expr) => {
        $crate::s3::draft::Draft {
            acl: $crate::s3::acl::Asked {
                canned: $op.acl.as_deref(),
                full_control: $op.grant_full_control.as_deref(),
                read: $op.grant_read.as_deref(),
                read_acp: $op.grant_read_acp.as_deref(),
                write_acp: $op.grant_write_acp.as_deref(),
                ..$crate::s3::acl::Asked::default()
            },
            cache_control: &$op.cache_control,
            content_disposition: &$op.content_disposition,
            content_encoding: &$op.content_encoding,
            content_language: &$op.content_language,
            content_type: &$op.content_type,
            expires: &$op.expires,
            metadata: &$op.metadata,
            redirect: &$op.website_redirect_location,
            storage_class: $op.storage_class.as_deref(),
            sse: $op.server_side_encryption.as_deref(),
            sse_key: $op.sse_kms_key_id.as_deref(),
            bucket_key: $op.bucket_key_enabled,
            tagging: $op.tagging.as_deref(),
        }
    };
}
pub(super) use draft;

impl Draft<'_> {
    /// Asks for everything that writing such an object takes.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(super) fn authorize(
        &self,
        door: &Door<'_>,
        key: &str,
        mut facts: Facts,
    ) -> Result<(), ApiError> {
        let given = [
            ("s3:x-amz-acl", self.acl.canned),
            ("s3:x-amz-grant-full-control", self.acl.full_control),
            ("s3:x-amz-grant-read", self.acl.read),
            ("s3:x-amz-grant-read-acp", self.acl.read_acp),
            ("s3:x-amz-grant-write-acp", self.acl.write_acp),
            ("s3:x-amz-storage-class", self.storage_class),
            ("s3:x-amz-server-side-encryption", self.sse),
            ("s3:x-amz-server-side-encryption-aws-kms-key-id", self.sse_key),
        ];
        facts.extend(given.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))));
        let write = Some(Permission::Write);
        door.on_key("s3:PutObject", key, write, facts.clone())?;
        if self.acl.is_given() {
            door.on_key("s3:PutObjectAcl", key, write, facts.clone())?;
        }
        if self.tagging.is_some() {
            door.on_key("s3:PutObjectTagging", key, write, facts)?;
        }
        Ok(())
    }

    /// The object's description, when the request makes sense for this bucket.
    ///
    /// # Errors
    /// What is wrong with it, in S3's words.
    pub(super) fn about(
        &self,
        door: &Door<'_>,
        principal: &Principal,
        key: &str,
    ) -> Result<About, ApiError> {
        names::check_key(key)?;
        let anonymous = self.writer_owns(door, principal);
        Ok(About {
            meta: self.meta()?,
            tags: self.tagging.map(names::parse_tagging).transpose()?.unwrap_or_default(),
            storage_class: storage_class(self.storage_class)?,
            encryption: self.encryption(door)?,
            acl: object_acl(door, &self.acl, anonymous, "s3:PutObject", key)?,
            anonymous,
        })
    }

    /// Whether the object belongs to an unsigned writer rather than to the account.
    fn writer_owns(&self, door: &Door<'_>, principal: &Principal) -> bool {
        *principal == Principal::Anonymous
            && match door.bucket.ownership {
                Some(Ownership::BucketOwnerEnforced) => false,
                Some(Ownership::BucketOwnerPreferred) => {
                    self.acl.canned != Some("bucket-owner-full-control")
                }
                Some(Ownership::ObjectWriter) | None => true,
            }
    }

    /// The headers the object will carry.
    ///
    /// # Errors
    /// `MetadataTooLarge`.
    pub(super) fn meta(&self) -> Result<Meta, ApiError> {
        let size: usize = self.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        if size > METADATA_MAX {
            return Err(bad(
                "MetadataTooLarge",
                "Your metadata headers exceed the maximum allowed metadata size",
            )
            .with("Size", size.to_string())
            .with("MaxSizeAllowed", METADATA_MAX.to_string()));
        }
        // `aws-chunked` is how the body travelled, not what it is.
        let encoding = self.content_encoding.as_deref().map(|list| {
            let kept: Vec<&str> =
                list.split(',').map(str::trim).filter(|one| *one != "aws-chunked").collect();
            kept.join(",")
        });
        Ok(Meta {
            content_type: self.content_type.clone(),
            content_encoding: encoding.filter(|list| !list.is_empty()),
            content_disposition: self.content_disposition.clone(),
            content_language: self.content_language.clone(),
            cache_control: self.cache_control.clone(),
            expires: self.expires.as_deref().map(http_date),
            redirect: self.redirect.clone(),
            user: self
                .metadata
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .collect(),
        })
    }

    fn encryption(&self, door: &Door<'_>) -> Result<Encryption, ApiError> {
        let Some(name) = self.sse else { return Ok(door.bucket.encryption.clone()) };
        encryption(door.world, name, self.sse_key, self.bucket_key.unwrap_or(false))
    }
}

/// An instant as HTTP spells it, whatever way it came; other text stays as it is.
fn http_date(text: &str) -> String {
    match Time::parse_iso(text) {
        Some(time) => time.http_date(),
        None => text.to_owned(),
    }
}

/// # Errors
/// `InvalidStorageClass`.
pub(super) fn storage_class(name: Option<&str>) -> Result<StorageClass, ApiError> {
    let Some(name) = name else { return Ok(StorageClass::Standard) };
    spelled(name).ok_or_else(|| {
        bad("InvalidStorageClass", "The storage class you specified is not valid")
            .with("StorageClassRequested", name)
    })
}

/// Encryption by name and key.
///
/// # Errors
/// `InvalidArgument` when there is no such encryption, or a key where none belongs.
pub(super) fn encryption(
    world: &World,
    name: &str,
    key: Option<&str>,
    bucket_key: bool,
) -> Result<Encryption, ApiError> {
    let sse: Sse = spelled(name).ok_or_else(|| {
        let message = "The encryption method specified is not supported";
        argument(message, "x-amz-server-side-encryption", name)
    })?;
    if sse == Sse::Aes256 {
        if let Some(key) = key {
            let message = "The encryption method specified is not supported with a KMS key";
            return Err(argument(message, "x-amz-server-side-encryption-aws-kms-key-id", key));
        }
        return Ok(Encryption::default());
    }
    let (region, account) = (&world.config().region, &world.config().account);
    let arn = match key {
        Some(key) if key.starts_with("arn:") => key.to_owned(),
        Some(key) if key.starts_with("alias/") => format!("arn:aws:kms:{region}:{account}:{key}"),
        Some(key) => format!("arn:aws:kms:{region}:{account}:key/{key}"),
        None => format!("arn:aws:kms:{region}:{account}:key/{}", aws_managed_key(region, account)),
    };
    Ok(Encryption { sse, key: Some(arn), bucket_key })
}

/// The id of the key `aws/s3` of an account: the same whenever it is asked for.
fn aws_managed_key(region: &str, account: &str) -> String {
    let text = Digest::of(format!("kms aws/s3 {region} {account}").as_bytes()).to_string();
    format!(
        "{}-{}-4{}-8{}-{}",
        &text[..8],
        &text[8..12],
        &text[13..16],
        &text[17..20],
        &text[20..32]
    )
}

/// Whose ACL an object's is.
pub(super) fn object_owners(door: &Door<'_>, anonymous: bool) -> Owners {
    let bucket_owner = owner_id(&door.world.config().account);
    let owner = if anonymous { ANONYMOUS_ID.to_owned() } else { bucket_owner.clone() };
    Owners { owner, bucket_owner }
}

/// The ACL an object is to get.
///
/// # Errors
/// What is wrong with it; `AccessDenied` when it is public and that is blocked.
pub(super) fn object_acl(
    door: &Door<'_>,
    asked: &Asked<'_>,
    anonymous: bool,
    action: &str,
    key: &str,
) -> Result<Option<Vec<acl::Permit>>, ApiError> {
    let owners = object_owners(door, anonymous);
    let Some(permits) = asked.permits(&owners)? else { return Ok(None) };
    acl::check_ownership(door.bucket.ownership, asked, &permits, &owners)?;
    if acl::is_public(&permits) && door.bucket.guard().block_public_acls {
        let what = "public access control lists (ACLs)";
        return Err(door.blocked(action, &object_arn(door.name, key), what, "BlockPublicAcls"));
    }
    Ok(Some(permits))
}
