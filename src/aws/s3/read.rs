//! Finding an object to read: what `GetObject`, `HeadObject` and copies have in common.

use super::access::Door;
use super::acl::Permission;
use super::conditions::Conditions;
use super::errors::{bad, is_delete_marker, request};
use super::keys::Version;
use super::state::{Object, StorageClass};
use super::store;
use base::range::{self, Wanted};
use sim::api::ApiError;

/// What is asked of a reading request.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) key: &'a str,
    pub(super) version_id: Option<&'a str>,
    pub(super) conditions: Conditions<'a>,
    pub(super) range: Option<&'a str>,
    pub(super) part_number: Option<i64>,
    /// `GET` or `HEAD`.
    pub(super) method: &'static str,
}

/// An object the caller may read, and which bytes of it are asked for.
pub(super) struct Found<'a> {
    pub(super) version: &'a Version,
    pub(super) object: &'a Object,
    /// The version id to report.
    pub(super) version_id: Option<String>,
    /// First and last byte; `None` is all of it.
    pub(super) span: Option<(u64, u64)>,
    /// With a part number: how many parts there are, and the checksum of this one.
    pub(super) part: Option<(i64, Option<String>)>,
}

impl<'a> Door<'a> {
    /// The version a caller names, when it is an object he may do `action` with. With a version id
    /// the action is the one on versions.
    ///
    /// # Errors
    /// `AccessDenied`, `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed`.
    pub(super) fn object(
        &self,
        actions: (&str, &str),
        permission: Permission,
        key: &str,
        version_id: Option<&str>,
        method: &str,
    ) -> Result<(&'a Version, &'a Object), ApiError> {
        let action = if version_id.is_some() { actions.1 } else { actions.0 };
        let named = match store::version(self.bucket, key, version_id) {
            Err(error) if error.status == 404 => return Err(self.missing(action, key, error)),
            other => other?,
        };
        let Some(version) = named else { return Err(self.no_key(action, key)) };
        let shown = version.id_text();
        let Some(object) = version.object.as_deref() else {
            let error = if version_id.is_some() {
                is_delete_marker(method).with("last-modified", version.modified.http_date())
            } else {
                super::errors::no_such_key(key).with("x-amz-delete-marker", "true")
            };
            return Err(self.missing(action, key, error.with("x-amz-version-id", shown)));
        };
        let facts = version_id.map(|id| ("s3:VersionId", id.to_owned())).into_iter().collect();
        self.on_object(action, key, &object.about, permission, facts)?;
        Ok((version, object))
    }

    /// The object a caller wants to read.
    ///
    /// # Errors
    /// As [`Door::object`], and what conditions and ranges come to.
    pub(super) fn look(&self, ask: &Ask<'_>) -> Result<Found<'a>, ApiError> {
        let actions = ("s3:GetObject", "s3:GetObjectVersion");
        let (version, object) =
            self.object(actions, Permission::Read, ask.key, ask.version_id, ask.method)?;
        ask.conditions.check_read(&object.content.etag, version.modified)?;
        let version_id = store::shown_id(self.bucket, version);
        let mut found = Found { version, object, version_id, span: None, part: None };
        match (ask.range, ask.part_number) {
            (Some(_), Some(_)) => {
                Err(request("Cannot specify both Range header and partNumber query parameter"))
            }
            (None, None) => Ok(found),
            (Some(header), None) => {
                found.span = span(header, object.content.len)?;
                Ok(found)
            }
            (None, Some(number)) => {
                found.take_part(number)?;
                Ok(found)
            }
        }
    }
}

fn span(header: &str, len: u64) -> Result<Option<(u64, u64)>, ApiError> {
    match range::parse(header, len) {
        Wanted::Whole | Wanted::Backwards => Ok(None),
        Wanted::Bytes(first, last) => Ok(Some((first, last))),
        Wanted::Unsatisfiable => {
            Err(ApiError::new(416, "InvalidRange", "The requested range is not satisfiable")
                .with("RangeRequested", header)
                .with("ActualObjectSize", len.to_string()))
        }
    }
}

impl Found<'_> {
    /// Narrows it to one part.
    fn take_part(&mut self, number: i64) -> Result<(), ApiError> {
        let content = &self.object.content;
        if !(1..=10_000).contains(&number) {
            return Err(super::errors::argument(
                "Part number must be an integer between 1 and 10000, inclusive",
                "partNumber",
                number.to_string(),
            ));
        }
        let mut start = 0;
        for part in &content.parts {
            if i64::from(part.number) == number {
                self.span = (part.len > 0).then(|| (start, start + part.len - 1));
                let count = i64::try_from(content.parts.len()).unwrap_or(i64::MAX);
                self.part = Some((count, part.checksum.clone()));
                return Ok(());
            }
            start += part.len;
        }
        if content.parts.is_empty() && number == 1 {
            self.span = content.len.checked_sub(1).map(|last| (0, last));
            return Ok(());
        }
        let count = content.parts.len().max(1);
        Err(ApiError::new(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", number.to_string())
            .with("ActualPartCount", count.to_string()))
    }

    /// # Errors
    /// `InvalidObjectState` where the content is archived.
    pub(super) fn check_state(&self) -> Result<(), ApiError> {
        let class = self.object.about.storage_class;
        if matches!(class, StorageClass::Glacier | StorageClass::DeepArchive) {
            return Err(ApiError::new(
                403,
                "InvalidObjectState",
                "The operation is not valid for the object's storage class",
            )
            .with("StorageClass", class.as_str()));
        }
        Ok(())
    }

    /// How many bytes the answer has.
    pub(super) fn len(&self) -> u64 {
        self.span.map_or(self.object.content.len, |(first, last)| last - first + 1)
    }

    /// `bytes 0-9/100`
    pub(super) fn content_range(&self) -> Option<String> {
        let (first, last) = self.span?;
        Some(format!("bytes {first}-{last}/{}", self.object.content.len))
    }

    /// The checksum to answer, when it is asked for: of the part, or of the whole.
    pub(super) fn checksum(&self, mode: Option<&str>) -> Option<super::checksum::Checksum> {
        let whole = self.object.content.checksum.as_ref()?;
        if !mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED")) {
            return None;
        }
        match (&self.part, self.span) {
            (Some((_, Some(value))), _) => {
                Some(super::checksum::Checksum { kind: whole.kind, value: value.clone() })
            }
            (Some((_, None)), _) => None,
            (None, None) => Some(whole.clone()),
            // A range has a checksum only where it is all there is.
            (None, Some((first, last))) => {
                (first == 0 && last + 1 == self.object.content.len).then(|| whole.clone())
            }
        }
    }
}

/// The header of an answer when it was overridden, or the object's own.
pub(super) fn or_own(given: Option<&String>, own: Option<&String>) -> Option<String> {
    given.or(own).cloned()
}

/// Opens the door and finds the object of a reading operation.
macro_rules! look {
    ($op:expr, $world:expr, $cx:expr, $method:literal) => {{
        let owner = $op.expected_bucket_owner.as_deref();
        let door = $crate::s3::access::Door::open($world, $cx, &$op.bucket, owner)?;
        door.look(&$crate::s3::read::Ask {
            key: &$op.key,
            version_id: $op.version_id.as_deref(),
            conditions: $crate::s3::conditions::Conditions {
                matches: $op.if_match.as_deref(),
                none_match: $op.if_none_match.as_deref(),
                modified_since: $op.if_modified_since,
                unmodified_since: $op.if_unmodified_since,
            },
            range: $op.range.as_deref(),
            part_number: $op.part_number,
            method: $method,
        })?
    }};
}

/// The output of a reading operation, but for the body.
macro_rules! answer {
    ($output:ident, $op:expr, $found:expr) => {{
        use $crate::s3::read::or_own;
        let content = &$found.object.content;
        let about = &$found.object.about;
        let meta = &about.meta;
        let default_type = "binary/octet-stream".to_owned();
        let content_type = meta.content_type.as_ref().unwrap_or(&default_type);
        let expires = $op.response_expires.map(base::Time::http_date);
        let class = about.storage_class;
        let mut out = $output {
            accept_ranges: Some("bytes".into()),
            last_modified: Some($found.version.modified),
            content_length: i64::try_from($found.len()).ok(),
            etag: Some(format!("\"{}\"", content.etag)),
            version_id: $found.version_id.clone(),
            cache_control: or_own($op.response_cache_control.as_ref(), meta.cache_control.as_ref()),
            content_disposition: or_own(
                $op.response_content_disposition.as_ref(),
                meta.content_disposition.as_ref(),
            ),
            content_encoding: or_own(
                $op.response_content_encoding.as_ref(),
                meta.content_encoding.as_ref(),
            ),
            content_language: or_own(
                $op.response_content_language.as_ref(),
                meta.content_language.as_ref(),
            ),
            content_range: $found.content_range(),
            content_type: or_own($op.response_content_type.as_ref(), Some(content_type)),
            expires: or_own(expires.as_ref(), meta.expires.as_ref()),
            website_redirect_location: meta.redirect.clone(),
            server_side_encryption: Some(about.encryption.sse.as_str().into()),
            metadata: meta.user.clone(),
            sse_kms_key_id: about.encryption.key.clone(),
            bucket_key_enabled: about.encryption.bucket_key.then_some(true),
            // The default class is not named in headers.
            storage_class: (class != $crate::s3::state::StorageClass::Standard)
                .then(|| class.as_str().into()),
            parts_count: $found.part.as_ref().map(|(count, _)| *count),
            tag_count: (!about.tags.is_empty())
                .then(|| i64::try_from(about.tags.len()).unwrap_or_default()),
            ..$output::default()
        };
        if let Some(checksum) = $found.checksum($op.checksum_mode.as_deref()) {
            $crate::s3::checksum::answer_checksum!(
                out,
                checksum.kind.algorithm,
                Some(checksum.value)
            );
            out.checksum_type = Some(checksum.kind.type_name().into());
        }
        out
    }};
}

pub(super) use {answer, look};

/// `InvalidRequest` of a copy's source.
pub(super) fn source_is_marker() -> ApiError {
    bad(
        "InvalidRequest",
        "The source of a copy request may not specifically refer to a delete marker by version id.",
    )
}
