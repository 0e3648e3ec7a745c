//! `PutBucketPolicy`, `GetBucketPolicy`, `DeleteBucketPolicy`, `GetBucketPolicyStatus`.

use crate::policy::Policy;
use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{bad, no_such_bucket};
use crate::s3::identifiers::bucket_arn;
use crate::s3::policies;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Attaches a policy to a bucket.
    write PutBucketPolicy in "s3" = "PUT /{Bucket}?policy";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Accept a policy that keeps yourself from changing it again.
        _confirm_remove_self_bucket_access: Refused<bool> => "ConfirmRemoveSelfBucketAccess" Header("x-amz-confirm-remove-self-bucket-access"),
        /// The bucket policy, a JSON document.
        policy: String => "Policy" Payload("Policy"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketPolicyOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedPolicy"]
    access itself
}

sim::operation! {
    /// Returns the policy of a bucket.
    read GetBucketPolicy in "s3" = "GET /{Bucket}?policy";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetBucketPolicyOutput {
        /// The bucket policy, a JSON document.
        pub policy: Option<String> => "Policy" Payload("Policy"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchBucketPolicy"]
    access itself
}

sim::operation! {
    /// Removes the policy of a bucket.
    write DeleteBucketPolicy in "s3" = "DELETE /{Bucket}?policy" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketPolicyOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::operation! {
    /// Returns whether the policy of a bucket is public.
    read GetBucketPolicyStatus in "s3" = "GET /{Bucket}?policyStatus";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetBucketPolicyStatusOutput {
        /// Whether the policy is public.
        pub policy_status: Option<PolicyStatus> => "PolicyStatus" Payload("PolicyStatus"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchBucketPolicy"]
    access itself
}

sim::structure! {
    /// Whether a policy is public.
    pub struct PolicyStatus {
        /// Whether it is public.
        pub is_public: Option<bool> => "IsPublic",
    }
}

/// A bucket policy has at most this many bytes.
const POLICY_MAX: usize = 20 * 1024;

impl Write for PutBucketPolicy {
    type Output = PutBucketPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketPolicy")?;
        if self.policy.len() > POLICY_MAX {
            return Err(bad("PolicyTooLarge", "Policy exceeds the maximum allowed document size."));
        }
        let policy = policies::read(&self.policy, &self.bucket)?;
        if door.bucket.guard().block_public_policy && policies::is_public(&policy) {
            let arn = bucket_arn(&self.bucket);
            let (what, setting) = ("public policies", "BlockPublicPolicy");
            return Err(door.blocked("s3:PutBucketPolicy", &arn, what, setting));
        }
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.policy = Some(policy);
        Ok(PutBucketPolicyOutput {})
    }
}

fn policy_of<'a>(door: &Door<'a>) -> Result<&'a Policy, ApiError> {
    door.bucket.policy.as_ref().ok_or_else(|| {
        ApiError::new(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
            .with("BucketName", door.name)
    })
}

impl Read for GetBucketPolicy {
    type Output = GetBucketPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketPolicy")?;
        Ok(GetBucketPolicyOutput { policy: Some(policy_of(&door)?.text.clone()) })
    }
}

impl Write for DeleteBucketPolicy {
    type Output = DeleteBucketPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:DeleteBucketPolicy")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.policy = None;
        Ok(DeleteBucketPolicyOutput {})
    }
}

impl Read for GetBucketPolicyStatus {
    type Output = GetBucketPolicyStatusOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketPolicyStatus")?;
        let is_public = Some(policies::is_public(policy_of(&door)?));
        Ok(GetBucketPolicyStatusOutput { policy_status: Some(PolicyStatus { is_public }) })
    }
}
