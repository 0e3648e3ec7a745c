//! Putting objects into keys and taking them out, by the bucket's versioning state.

use super::checksum::{Algorithm, Claim, Sums};
use super::customer_key;
use super::errors::{bad, no_such_version};
use super::keys::Version;
use super::names;
use super::object::{Content, Encryption, Object};
use super::state::{Bucket, Versioning};
use crate::s3;
use base::{Blob, Slice, Time};
use sim::api::ApiError;
use sim::{Cx, World};

/// One upload has at most this many bytes.
pub(super) const UPLOAD_MAX: u64 = 5 << 30;

/// The present in whole seconds, as S3 keeps it.
pub(super) fn seconds(at: Time) -> Time {
    Time(at.secs() * 1000)
}

/// Where a blob's bytes are. An empty body has none.
pub(super) fn slices_of(blob: &Blob) -> Vec<Slice> {
    if blob.len == 0 {
        return Vec::new();
    }
    vec![Slice { digest: blob.digest, offset: 0, len: blob.len }]
}

/// The facts of no bytes at all, for a request without a body.
pub(super) fn empty_blob() -> Blob {
    Blob {
        digest: base::Digest::of(b""),
        md5: "d41d8cd98f00b204e9800998ecf8427e".into(),
        sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709".into(),
        ..Blob::default()
    }
}

/// The content of a body that came in one piece and is what was claimed of it.
///
/// # Errors
/// `BadDigest` and the like; `EntityTooLarge`.
pub(super) fn content(
    blob: Blob,
    claim: &Claim<'_>,
    encryption: &Encryption,
) -> Result<Content, ApiError> {
    check_size(blob.len)?;
    let sums = Sums::of(&blob);
    let algorithm = claim.verify(&blob, &sums)?.unwrap_or(Algorithm::Crc64Nvme);
    Ok(Content {
        len: blob.len,
        slices: slices_of(&blob),
        checksum: sums.checksum(algorithm),
        sums: Some(sums),
        etag: customer_key::etag(blob.md5, encryption),
        parts: Vec::new(),
        upload_id: None,
    })
}

/// # Errors
/// `EntityTooLarge` for more than one upload may have.
pub(super) fn check_size(len: u64) -> Result<(), ApiError> {
    if len > UPLOAD_MAX {
        return Err(bad("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            .with("ProposedSize", len.to_string())
            .with("MaxSizeAllowed", UPLOAD_MAX.to_string()));
    }
    Ok(())
}

/// What a version id header says; nothing where versioning was never on.
pub(super) fn shown_id(bucket: &Bucket, version: &Version) -> Option<String> {
    (bucket.versioning != Versioning::Off).then(|| version.id_text().to_owned())
}

/// What is said of a version that was put on top of a key.
#[derive(Default)]
pub(super) struct Stored {
    /// The version id to report.
    pub(super) version_id: Option<String>,
    /// When a lifecycle rule will delete the object, and which rule that is.
    pub(super) expiration: Option<String>,
}

/// Puts a version on top of a key.
pub(super) fn put(
    world: &mut World,
    cx: &Cx<'_>,
    name: &str,
    key: &str,
    object: Option<Object>,
) -> Stored {
    let (s3, rng) = world.parts::<s3::State>();
    let Some(bucket) = s3.buckets.get_mut(name) else { return Stored::default() };
    let id = (bucket.versioning == Versioning::Enabled).then(|| names::version_id(rng));
    let modified = seconds(cx.at);
    let expiration = object.as_ref().and_then(|object| bucket.expiry(key, object, modified));
    let version = Version { id, modified, object: object.map(Box::new) };
    let version_id = shown_id(bucket, &version);
    bucket.keys.push(key, version);
    Stored { version_id, expiration }
}

/// What came of a deletion.
#[derive(Default)]
pub(super) struct Deletion {
    /// Whether a delete marker was made, or removed for good.
    pub(super) marker: bool,
    /// Of the version that was removed, or of the marker that was made.
    pub(super) version_id: Option<String>,
}

/// Deletes the newest version of a key: by a delete marker where versions are kept.
pub(super) fn delete_newest(world: &mut World, cx: &Cx<'_>, name: &str, key: &str) -> Deletion {
    let Some(bucket) = world.get_mut::<s3::State>().buckets.get_mut(name) else {
        return Deletion::default();
    };
    if bucket.versioning == Versioning::Off {
        bucket.keys.remove(key, "null");
        return Deletion::default();
    }
    let Stored { version_id, .. } = put(world, cx, name, key, None);
    Deletion { marker: true, version_id }
}

/// Removes one version for good. That it is not there is no failure.
pub(super) fn delete_version(world: &mut World, name: &str, key: &str, id: &str) -> Deletion {
    let bucket = world.get_mut::<s3::State>().buckets.get_mut(name);
    let removed = bucket.and_then(|bucket| bucket.keys.remove(key, id));
    Deletion {
        marker: removed.is_some_and(|version| version.object.is_none()),
        version_id: Some(id.to_owned()),
    }
}

/// The version a request names, or the newest.
///
/// # Errors
/// `NoSuchVersion` when it names one that is not there; `None` when it names none and the key has none.
pub(super) fn version<'b>(
    bucket: &'b Bucket,
    key: &str,
    id: Option<&str>,
) -> Result<Option<&'b Version>, ApiError> {
    names::check_version_id(id)?;
    match id {
        None => Ok(bucket.keys.newest(key)),
        Some(id) => {
            let found = bucket.keys.find(key, id);
            found.map(Some).ok_or_else(|| no_such_version(key, id))
        }
    }
}
