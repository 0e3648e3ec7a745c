//! `PutBucketVersioning`, `GetBucketVersioning`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{access_denied, malformed_xml, no_such_bucket};
use crate::s3::state::Versioning;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the versioning state of a bucket.
    write PutBucketVersioning in "s3" = "PUT /{Bucket}?versioning";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The serial number and code of an authentication device.
        _mfa: Refused<String> => "MFA" Header("x-amz-mfa"),
        /// The versioning state.
        versioning_configuration: VersioningState => "VersioningConfiguration" Payload("VersioningConfiguration"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketVersioningOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML", "InvalidBucketState"]
    access itself
}

sim::argument! {
    /// The versioning state of a bucket.
    pub struct VersioningState {
        /// Whether deleting a version needs an authentication device.
        pub(in crate::s3) mfa_delete: Option<String> => "MFADelete" Xml("MfaDelete"),
        /// `Enabled` or `Suspended`.
        pub(in crate::s3) status: Option<String> => "Status",
    }
}

sim::operation! {
    /// Returns the versioning state of a bucket.
    read GetBucketVersioning in "s3" = "GET /{Bucket}?versioning";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output VersioningConfiguration {
        /// `Enabled` or `Suspended`; nothing where versioning was never on.
        pub status: Option<String> => "Status",
        /// Whether deleting a version needs an authentication device.
        pub mfa_delete: Option<String> => "MFADelete" Xml("MfaDelete"),
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

impl Write for PutBucketVersioning {
    type Output = PutBucketVersioningOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketVersioning")?;
        let wanted = &self.versioning_configuration;
        let versioning = match wanted.status.as_deref() {
            Some("Enabled") => Versioning::Enabled,
            Some("Suspended") => Versioning::Suspended,
            _ => return Err(malformed_xml()),
        };
        if versioning == Versioning::Suspended && door.bucket.object_lock.is_some() {
            return Err(ApiError::new(
                409,
                "InvalidBucketState",
                "An Object Lock configuration is present on this bucket, so the versioning state \
                 cannot be changed.",
            ));
        }
        match wanted.mfa_delete.as_deref() {
            None | Some("Disabled") => {}
            // No device can ever be right here: the account has none.
            Some("Enabled") => return Err(access_denied()),
            Some(_) => return Err(malformed_xml()),
        }
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.versioning = versioning;
        Ok(PutBucketVersioningOutput {})
    }
}

impl Read for GetBucketVersioning {
    type Output = VersioningConfiguration;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketVersioning")?;
        let status = Some(door.bucket.versioning.as_str()).filter(|s| !s.is_empty());
        Ok(VersioningConfiguration { status: status.map(str::to_owned), mfa_delete: None })
    }
}
