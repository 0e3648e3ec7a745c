//! What S3 asks of a bucket policy beyond the language: known actions, and resources of the bucket.

use super::pattern::{Pattern, Reading, caseless, exact};
use super::{Kind, Policy, PolicyError, Set};

/// Actions on objects (Service Authorization Reference, "Actions … for Amazon S3").
const OBJECT_ACTIONS: &[&str] = &[
    "s3:AbortMultipartUpload",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersion",
    "s3:DeleteObjectVersionTagging",
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectAttributes",
    "s3:GetObjectLegalHold",
    "s3:GetObjectRetention",
    "s3:GetObjectTagging",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTagging",
    "s3:GetObjectVersionTorrent",
    "s3:InitiateReplication",
    "s3:ListMultipartUploadParts",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionAcl",
    "s3:PutObjectVersionTagging",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
    "s3:RestoreObject",
];

/// Actions on the bucket itself.
const BUCKET_ACTIONS: &[&str] = &[
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketOwnershipControls",
    "s3:DeleteBucketPolicy",
    "s3:DeleteBucketWebsite",
    "s3:GetAccelerateConfiguration",
    "s3:GetAnalyticsConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:PutAccelerateConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketAcl",
    "s3:PutBucketCORS",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketRequestPayment",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutBucketWebsite",
    "s3:PutEncryptionConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:PutReplicationConfiguration",
];

impl Policy {
    /// What S3 asks when this policy is put on `bucket`: resources that belong to it, actions it
    /// knows, and for each action a resource it can apply to.
    ///
    /// # Errors
    /// `MalformedPolicy` in S3's words.
    pub fn check_bucket(&self, bucket: &str) -> Result<(), PolicyError> {
        for statement in &self.statements {
            let (Set::Only(actions) | Set::AllBut(actions)) = &statement.actions;
            if !actions.iter().all(|a| known(a, OBJECT_ACTIONS) || known(a, BUCKET_ACTIONS)) {
                return Err(Kind::Resource.error("Policy has invalid action"));
            }
            let Some(Set::Only(resources) | Set::AllBut(resources)) = &statement.resources else {
                return Err(Kind::Resource.error("Missing required field Resource"));
            };
            let targets = resources
                .iter()
                .map(|r| Target::of(r, bucket))
                .collect::<Option<Vec<Target>>>()
                .ok_or_else(|| Kind::Resource.error("Policy has invalid resource"))?;
            let (Set::Only(_), Some(Set::Only(_))) = (&statement.actions, &statement.resources)
            else {
                continue;
            };
            let fits = |action: &String| {
                (known(action, OBJECT_ACTIONS) && targets.iter().any(|t| t.objects))
                    || (known(action, BUCKET_ACTIONS) && targets.iter().any(|t| t.bucket))
            };
            if !actions.iter().all(fits) {
                return Err(
                    Kind::Resource.error("Action does not apply to any resource(s) in statement")
                );
            }
        }
        Ok(())
    }
}

fn known(action: &str, among: &[&str]) -> bool {
    // Patterns without variables can always be read.
    Pattern::new(action, Reading::Wild, None)
        .is_some_and(|p| among.iter().any(|name| p.matches(name, caseless)))
}

/// What a resource pattern can stand for.
#[derive(Clone, Copy, Debug)]
struct Target {
    bucket: bool,
    objects: bool,
}

impl Target {
    /// `None` when it does not belong to the bucket.
    fn of(resource: &str, bucket: &str) -> Option<Self> {
        if resource == "*" {
            return Some(Self { bucket: true, objects: true });
        }
        let path = resource.strip_prefix("arn:aws:s3:::")?;
        let (name, key) = match path.split_once('/') {
            Some((name, key)) => (name, Some(key)),
            None => (path, None),
        };
        if !Pattern::new(name, Reading::Wild, None)?.matches(bucket, exact) {
            return None;
        }
        // A run at the end of the name reaches over the slash.
        let open = name.ends_with('*');
        Some(Self { bucket: key.is_none(), objects: open || key.is_some_and(|k| !k.is_empty()) })
    }
}
