//! `PutBucketOwnershipControls`, `GetBucketOwnershipControls`, `DeleteBucketOwnershipControls`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{bad, malformed_xml, no_such_bucket, spelled};
use crate::s3::state::Ownership;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets who owns the objects of a bucket, and so whether ACLs are on.
    write PutBucketOwnershipControls in "s3" = "PUT /{Bucket}?ownershipControls";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// The ownership rule.
        ownership_controls: OwnershipControls => "OwnershipControls" Payload("OwnershipControls"),
    }
    output PutBucketOwnershipControlsOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML"]
    access itself
}

sim::operation! {
    /// Returns who owns the objects of a bucket.
    read GetBucketOwnershipControls in "s3" = "GET /{Bucket}?ownershipControls";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetBucketOwnershipControlsOutput {
        /// The ownership rule.
        pub ownership_controls: Option<OwnershipControls> => "OwnershipControls" Payload("OwnershipControls"),
    }
    errors ["NoSuchBucket", "AccessDenied", "OwnershipControlsNotFoundError"]
    access itself
}

sim::operation! {
    /// Removes the ownership controls of a bucket.
    write DeleteBucketOwnershipControls in "s3" = "DELETE /{Bucket}?ownershipControls" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketOwnershipControlsOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::structure! {
    /// Who owns the objects of a bucket.
    pub struct OwnershipControls {
        /// The rules.
        pub rules: Vec<OwnershipControlsRule> => "Rules" XmlFlat("Rule"),
    }
}

sim::structure! {
    /// One ownership rule.
    pub struct OwnershipControlsRule {
        /// `BucketOwnerEnforced` (ACLs are off), `BucketOwnerPreferred` or `ObjectWriter`.
        pub object_ownership: String => "ObjectOwnership",
    }
}

impl Write for PutBucketOwnershipControls {
    type Output = PutBucketOwnershipControlsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketOwnershipControls")?;
        let [rule] = &self.ownership_controls.rules[..] else { return Err(malformed_xml()) };
        let ownership: Ownership = spelled(&rule.object_ownership).ok_or_else(malformed_xml)?;
        let open = door.bucket.acl.as_deref().is_some_and(acl::is_shared);
        if ownership == Ownership::BucketOwnerEnforced && open {
            return Err(bad(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            ));
        }
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.ownership = Some(ownership);
        Ok(PutBucketOwnershipControlsOutput {})
    }
}

impl Read for GetBucketOwnershipControls {
    type Output = GetBucketOwnershipControlsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketOwnershipControls")?;
        let ownership = door.bucket.ownership.ok_or_else(|| {
            ApiError::new(
                404,
                "OwnershipControlsNotFoundError",
                "The bucket ownership controls were not found",
            )
            .with("BucketName", self.bucket.as_str())
        })?;
        let rule = OwnershipControlsRule { object_ownership: ownership.as_str().into() };
        Ok(GetBucketOwnershipControlsOutput {
            ownership_controls: Some(OwnershipControls { rules: vec![rule] }),
        })
    }
}

impl Write for DeleteBucketOwnershipControls {
    type Output = DeleteBucketOwnershipControlsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketOwnershipControls")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.ownership = None;
        Ok(DeleteBucketOwnershipControlsOutput {})
    }
}
