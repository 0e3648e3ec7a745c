//! `PutObjectLockConfiguration`, `GetObjectLockConfiguration`, `PutObjectRetention`,
//! `GetObjectRetention`, `PutObjectLegalHold`, `GetObjectLegalHold`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{argument, malformed_xml, no_such_bucket, no_such_key, spelled};
use crate::s3::object::{Lock, LockMode, Object, Retention};
use crate::s3::object_lock::{check_change, future, no_configuration};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::state::{DefaultRetention, Period, Versioning};
use base::Time;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Turns object lock on for a bucket, and sets how long new versions are retained.
    write PutObjectLockConfiguration in "s3" = "PUT /{Bucket}?object-lock";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The configuration.
        object_lock_configuration: Option<ObjectLockConfiguration> => "ObjectLockConfiguration" Payload("ObjectLockConfiguration"),
        /// A token that AWS gave out for buckets that began without object lock; none is needed.
        _token: Refused<String> => "Token" Header("x-amz-bucket-object-lock-token"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectLockConfigurationOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML", "InvalidArgument", "InvalidBucketState"]
    access itself
}

sim::operation! {
    /// Returns the object lock of a bucket.
    read GetObjectLockConfiguration in "s3" = "GET /{Bucket}?object-lock";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetObjectLockConfigurationOutput {
        /// The configuration.
        pub object_lock_configuration: Option<ObjectLockConfiguration> => "ObjectLockConfiguration" Payload("ObjectLockConfiguration"),
    }
    errors ["NoSuchBucket", "AccessDenied", "ObjectLockConfigurationNotFoundError"]
    access itself
}

sim::operation! {
    /// Sets until when a version must not be removed.
    write PutObjectRetention in "s3" = "PUT /{Bucket}/{Key+}?retention";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The retention; an empty one removes it.
        retention: Option<ObjectLockRetention> => "Retention" Payload("Retention"),
        /// Whether to bypass a retention in governance mode.
        bypass_governance_retention: Option<bool> => "BypassGovernanceRetention" Header("x-amz-bypass-governance-retention"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectRetentionOutput {}
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRequest", "MalformedXML", "InvalidArgument"]
    access itself
}

sim::operation! {
    /// Returns until when a version must not be removed.
    read GetObjectRetention in "s3" = "GET /{Bucket}/{Key+}?retention";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output GetObjectRetentionOutput {
        /// The retention.
        pub retention: Option<ObjectLockRetention> => "Retention" Payload("Retention"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRequest", "NoSuchObjectLockConfiguration"]
    access itself
}

sim::operation! {
    /// Puts a legal hold on a version, or takes it off.
    write PutObjectLegalHold in "s3" = "PUT /{Bucket}/{Key+}?legal-hold";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The hold.
        legal_hold: Option<ObjectLockLegalHold> => "LegalHold" Payload("LegalHold"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectLegalHoldOutput {}
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRequest", "MalformedXML"]
    access itself
}

sim::operation! {
    /// Returns whether a legal hold is on a version.
    read GetObjectLegalHold in "s3" = "GET /{Bucket}/{Key+}?legal-hold";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output GetObjectLegalHoldOutput {
        /// The hold.
        pub legal_hold: Option<ObjectLockLegalHold> => "LegalHold" Payload("LegalHold"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRequest", "NoSuchObjectLockConfiguration"]
    access itself
}

sim::structure! {
    /// The object lock of a bucket.
    pub struct ObjectLockConfiguration {
        /// `Enabled`.
        pub object_lock_enabled: Option<String> => "ObjectLockEnabled",
        /// What new versions begin with.
        pub rule: Option<ObjectLockRule> => "Rule",
    }
}

sim::structure! {
    /// What new versions begin with.
    pub struct ObjectLockRule {
        /// The retention of new versions.
        pub default_retention: Option<DefaultRetentionRule> => "DefaultRetention",
    }
}

sim::structure! {
    /// The retention of new versions: in days or in years.
    pub struct DefaultRetentionRule {
        /// `GOVERNANCE` or `COMPLIANCE`.
        pub mode: Option<String> => "Mode",
        /// How many days.
        pub days: Option<i64> => "Days",
        /// How many years.
        pub years: Option<i64> => "Years",
    }
}

sim::structure! {
    /// Until when a version must not be removed.
    pub struct ObjectLockRetention {
        /// `GOVERNANCE` or `COMPLIANCE`.
        pub mode: Option<String> => "Mode",
        /// Until when.
        pub retain_until_date: Option<Time> => "RetainUntilDate",
    }
}

sim::structure! {
    /// A legal hold.
    pub struct ObjectLockLegalHold {
        /// `ON` or `OFF`.
        pub status: Option<String> => "Status",
    }
}

/// A default retention is at most a hundred years long.
const YEARS_MAX: i64 = 100;

/// The default that a configuration asks for.
fn default(configuration: &ObjectLockConfiguration) -> Result<Option<DefaultRetention>, ApiError> {
    if configuration.object_lock_enabled.as_deref() != Some("Enabled") {
        return Err(malformed_xml());
    }
    let Some(rule) = &configuration.rule else { return Ok(None) };
    let rule = rule.default_retention.as_ref().ok_or_else(malformed_xml)?;
    let mode: LockMode = rule.mode.as_deref().and_then(spelled).ok_or_else(malformed_xml)?;
    let (number, most, element, period): (_, _, _, fn(i64) -> Period) =
        match (rule.days, rule.years) {
            (Some(days), None) => (days, YEARS_MAX * 365, "Days", Period::Days),
            (None, Some(years)) => (years, YEARS_MAX, "Years", Period::Years),
            _ => return Err(malformed_xml()),
        };
    let wrong = |message| Err(argument(message, element, number.to_string()));
    if number <= 0 {
        return wrong("Default retention period must be a positive integer value.");
    }
    if number > most {
        return wrong("Default retention period too large");
    }
    Ok(Some(DefaultRetention { mode, period: period(number) }))
}

/// The version's protection, where the bucket has object lock and the caller may.
fn lock_of(
    door: &Door<'_>,
    action: &str,
    key: &str,
    id: Option<&str>,
    method: &str,
) -> Result<Lock, ApiError> {
    let (_, object) = door.object((action, action), Permission::FullControl, key, id, method)?;
    if door.bucket.object_lock.is_none() {
        return Err(no_configuration());
    }
    Ok(object.about.lock)
}

fn object<'w>(
    world: &'w mut World,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<&'w mut Object, ApiError> {
    let bucket = world.get_mut::<s3::State>().buckets.get_mut(bucket);
    bucket.and_then(|b| b.keys.object_mut(key, id)).ok_or_else(|| no_such_key(key))
}

/// `NoSuchObjectLockConfiguration` of a version that has none.
fn none() -> ApiError {
    ApiError::new(
        404,
        "NoSuchObjectLockConfiguration",
        "The specified object does not have a ObjectLock configuration",
    )
}

impl Write for PutObjectLockConfiguration {
    type Output = PutObjectLockConfigurationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketObjectLockConfiguration")?;
        let configuration = self.object_lock_configuration.as_ref().ok_or_else(malformed_xml)?;
        let default = default(configuration)?;
        if door.bucket.versioning != Versioning::Enabled {
            return Err(ApiError::new(
                409,
                "InvalidBucketState",
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            ));
        }
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.object_lock = Some(default);
        Ok(PutObjectLockConfigurationOutput {})
    }
}

impl Read for GetObjectLockConfiguration {
    type Output = GetObjectLockConfigurationOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketObjectLockConfiguration")?;
        let default = door.bucket.object_lock.as_ref().ok_or_else(|| {
            ApiError::new(
                404,
                "ObjectLockConfigurationNotFoundError",
                "Object Lock configuration does not exist for this bucket",
            )
            .with("BucketName", self.bucket.as_str())
        })?;
        let rule = default.map(|DefaultRetention { mode, period }| {
            let (days, years) = match period {
                Period::Days(days) => (Some(days), None),
                Period::Years(years) => (None, Some(years)),
            };
            let rule = DefaultRetentionRule { mode: Some(mode.as_str().into()), days, years };
            ObjectLockRule { default_retention: Some(rule) }
        });
        Ok(GetObjectLockConfigurationOutput {
            object_lock_configuration: Some(ObjectLockConfiguration {
                object_lock_enabled: Some("Enabled".into()),
                rule,
            }),
        })
    }
}

impl Write for PutObjectRetention {
    type Output = PutObjectRetentionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let old = lock_of(&door, "s3:PutObjectRetention", &self.key, id, "PUT")?.retention;
        let wanted = self.retention.clone().unwrap_or_default();
        let new = match (wanted.mode.as_deref(), wanted.retain_until_date) {
            (None, None) => None,
            (Some(mode), Some(until)) => Some(Retention {
                mode: spelled(mode).ok_or_else(malformed_xml)?,
                until: future(until, cx.at, "RetainUntilDate")?,
            }),
            _ => return Err(malformed_xml()),
        };
        let bypass = self.bypass_governance_retention == Some(true);
        check_change(&door, &self.key, (old, new), cx.at, bypass)?;
        object(world, &self.bucket, &self.key, id)?.about.lock.retention = new;
        Ok(PutObjectRetentionOutput {})
    }
}

impl Read for GetObjectRetention {
    type Output = GetObjectRetentionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let lock = lock_of(&door, "s3:GetObjectRetention", &self.key, id, "GET")?;
        let Retention { mode, until } = lock.retention.ok_or_else(none)?;
        Ok(GetObjectRetentionOutput {
            retention: Some(ObjectLockRetention {
                mode: Some(mode.as_str().into()),
                retain_until_date: Some(until),
            }),
        })
    }
}

impl Write for PutObjectLegalHold {
    type Output = PutObjectLegalHoldOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        lock_of(&door, "s3:PutObjectLegalHold", &self.key, id, "PUT")?;
        let on = match self.legal_hold.as_ref().and_then(|hold| hold.status.as_deref()) {
            Some("ON") => true,
            Some("OFF") => false,
            _ => return Err(malformed_xml()),
        };
        object(world, &self.bucket, &self.key, id)?.about.lock.hold = Some(on);
        Ok(PutObjectLegalHoldOutput {})
    }
}

impl Read for GetObjectLegalHold {
    type Output = GetObjectLegalHoldOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let lock = lock_of(&door, "s3:GetObjectLegalHold", &self.key, id, "GET")?;
        let on = lock.hold.ok_or_else(none)?;
        let status = Some(if on { "ON" } else { "OFF" }.into());
        Ok(GetObjectLegalHoldOutput { legal_hold: Some(ObjectLockLegalHold { status }) })
    }
}
