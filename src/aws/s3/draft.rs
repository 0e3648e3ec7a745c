//! What a request says about an object to be: metadata, tags, ACL, storage class, encryption.
//!
//! `PutObject`, `CopyObject` and `CreateMultipartUpload` say it with the same members.

use std::collections::BTreeMap;

use super::access::{Door, Facts};
use super::acl::{self, Asked, GrantHeaders, Owners};
use super::customer_key::{CustomerKey, CustomerKeyAnswer};
use super::encoded_word::decoded;
use super::errors::{argument, bad, spelled};
use super::identifiers::{ANONYMOUS_ID, object_arn, owner_id};
use super::names;
use super::object::{About, Encryption, Meta, Sse, StorageClass};
use super::object_lock::LockHeaders;
use super::permit::{Permission, Permit};
use super::state::Ownership;
use base::{Digest, Time};
use sim::api::{ApiError, Refused};
use sim::{Cx, Principal};

/// User metadata has at most this many bytes.
const METADATA_MAX: usize = 2048;

sim::group! {
    /// What a request says about an object to be.
    pub struct ObjectHeaders {
        .. pub(super) customer: CustomerKey,
        .. pub(super) grants: GrantHeaders,
        .. pub(super) lock: LockHeaders,
        /// How caches treat the content.
        pub(super) cache_control: Option<String> => "CacheControl" Header("Cache-Control"),
        /// How to present the content.
        pub(super) content_disposition: Option<String> => "ContentDisposition" Header("Content-Disposition"),
        /// The encodings to undo to get at the content.
        pub(super) content_encoding: Option<String> => "ContentEncoding" Header("Content-Encoding"),
        /// The language of the content.
        pub(super) content_language: Option<String> => "ContentLanguage" Header("Content-Language"),
        /// The media type of the content.
        pub(super) content_type: Option<String> => "ContentType" Header("Content-Type"),
        /// When the content is no longer worth caching.
        pub(super) expires: Option<String> => "Expires" Header("Expires"),
        /// User metadata: names without the `x-amz-meta-` prefix, and their values.
        pub(super) metadata: BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub(super) server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub(super) storage_class: Option<String> => "StorageClass" Header("x-amz-storage-class"),
        /// Where a website endpoint redirects requests for this object.
        pub(super) website_redirect_location: Option<String> => "WebsiteRedirectLocation" Header("x-amz-website-redirect-location"),
        /// The AWS KMS key the object is encrypted with.
        pub(super) sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// The encryption context for AWS KMS, as JSON in base64.
        pub(super) _sse_kms_encryption_context: Refused<String> => "SSEKMSEncryptionContext" Header("x-amz-server-side-encryption-context"),
        /// Whether an S3 Bucket Key is used with AWS KMS.
        pub(super) bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
        /// The tags, as URL query parameters: `a=1&b=2`.
        pub(super) tagging: Option<String> => "Tagging" Header("x-amz-tagging"),
    }
}

sim::structure! {
    /// How an object is encrypted, as answers say it.
    pub struct EncryptionAnswer {
        .. pub customer: CustomerKeyAnswer,
        /// How it is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// The key of AWS KMS that encrypts it.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key is used.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
    }
}

impl EncryptionAnswer {
    /// Of something that is encrypted so, where the request sent this key.
    pub(super) fn of(encryption: &Encryption, sent: &CustomerKey) -> Self {
        let Encryption { sse, key, bucket_key, customer } = encryption;
        let own = customer.is_none();
        Self {
            customer: if own { CustomerKeyAnswer::default() } else { sent.answer() },
            server_side_encryption: own.then(|| sse.as_str().into()),
            sse_kms_key_id: key.clone(),
            bucket_key_enabled: bucket_key.then_some(true),
        }
    }
}

impl ObjectHeaders {
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
            ("s3:x-amz-storage-class", &self.storage_class),
            ("s3:x-amz-server-side-encryption", &self.server_side_encryption),
            ("s3:x-amz-server-side-encryption-aws-kms-key-id", &self.sse_kms_key_id),
            ("s3:x-amz-server-side-encryption-customer-algorithm", &self.customer.algorithm),
        ];
        facts.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        facts.extend(self.grants.facts());
        facts.extend(self.lock.facts());
        let write = Some(Permission::Write);
        door.on_key("s3:PutObject", key, write, facts.clone())?;
        // Services deliver with an ACL, and the policies that AWS documents for them allow putting alone.
        if self.grants.asked().is_given() && !door.is_for_service() {
            door.on_key("s3:PutObjectAcl", key, write, facts.clone())?;
        }
        if self.tagging.is_some() {
            door.on_key("s3:PutObjectTagging", key, write, facts.clone())?;
        }
        if self.lock.retains() {
            door.on_key("s3:PutObjectRetention", key, None, facts.clone())?;
        }
        if self.lock.hold.is_some() {
            door.on_key("s3:PutObjectLegalHold", key, None, facts)?;
        }
        if self.customer.is_given() && door.bucket.customer_keys_blocked {
            return Err(door.customer_keys_blocked(key));
        }
        Ok(())
    }

    /// The object's description, when the request makes sense for this bucket.
    ///
    /// # Errors
    /// What is wrong with it, in S3's words.
    pub(super) fn about(&self, door: &Door<'_>, cx: &Cx<'_>, key: &str) -> Result<About, ApiError> {
        names::check_key(key)?;
        let anonymous = self.writer_owns(door, &cx.caller.principal);
        Ok(About {
            meta: self.meta()?,
            tags: self
                .tagging
                .as_deref()
                .map(names::parse_tagging)
                .transpose()?
                .unwrap_or_default(),
            storage_class: storage_class(self.storage_class.as_deref())?,
            encryption: self.encryption(door, cx)?,
            acl: object_acl(door, &self.grants.asked(), anonymous, "s3:PutObject", key)?,
            lock: self.lock.lock(door.bucket, cx.at)?,
            anonymous,
        })
    }

    /// Whether the object belongs to an unsigned writer rather than to the account.
    fn writer_owns(&self, door: &Door<'_>, principal: &Principal) -> bool {
        *principal == Principal::Anonymous
            && match door.bucket.ownership {
                Some(Ownership::BucketOwnerEnforced) => false,
                Some(Ownership::BucketOwnerPreferred) => {
                    self.grants.canned() != Some("bucket-owner-full-control")
                }
                Some(Ownership::ObjectWriter) | None => true,
            }
    }

    /// The headers the object will carry.
    ///
    /// # Errors
    /// `MetadataTooLarge`.
    pub(super) fn meta(&self) -> Result<Meta, ApiError> {
        let user: BTreeMap<String, String> = self
            .metadata
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), decoded(value)))
            .collect();
        let size: usize = user.iter().map(|(name, value)| name.len() + value.len()).sum();
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
            redirect: self.website_redirect_location.clone(),
            user,
        })
    }

    fn encryption(&self, door: &Door<'_>, cx: &Cx<'_>) -> Result<Encryption, ApiError> {
        let asked = self.server_side_encryption.as_deref();
        if let Some(digest) = self.customer.digest(cx, asked)? {
            return Ok(Encryption { customer: Some(digest), ..Encryption::default() });
        }
        let Some(name) = asked else { return Ok(door.bucket.encryption.clone()) };
        let bucket_key = self.bucket_key_enabled.unwrap_or(false);
        encryption(cx, name, self.sse_kms_key_id.as_deref(), bucket_key)
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
    cx: &Cx<'_>,
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
    let (region, account) = (cx.region, cx.account);
    let arn = match key {
        Some(key) if key.starts_with("arn:") => key.to_owned(),
        Some(key) if key.starts_with("alias/") => format!("arn:aws:kms:{region}:{account}:{key}"),
        Some(key) => format!("arn:aws:kms:{region}:{account}:key/{key}"),
        None => format!("arn:aws:kms:{region}:{account}:key/{}", aws_managed_key(region, account)),
    };
    Ok(Encryption { sse, key: Some(arn), bucket_key, customer: None })
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
) -> Result<Option<Vec<Permit>>, ApiError> {
    let owners = object_owners(door, anonymous);
    let Some(permits) = asked.permits(&owners)? else { return Ok(None) };
    acl::check_ownership(door.bucket.ownership, asked, &permits, &owners)?;
    if acl::is_public(&permits) && door.bucket.guard().block_public_acls {
        let what = "public access control lists (ACLs)";
        return Err(door.blocked(action, &object_arn(door.name, key), what, "BlockPublicAcls"));
    }
    Ok(Some(permits))
}
