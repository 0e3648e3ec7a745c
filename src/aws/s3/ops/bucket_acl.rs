//! `PutBucketAcl`, `GetBucketAcl`.

use super::shapes::{self, Grant, Owner};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl::{self, Asked, Owners, to_grants, to_owner};
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{bad, no_such_bucket};
use crate::s3::identifiers::{bucket_arn, owner_id};
use crate::s3::permit::Permission;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the access control list of a bucket.
    write PutBucketAcl in "s3" = "PUT /{Bucket}?acl";
    input {
        ..sums: DocumentSums,
        /// A canned access control list, such as `private` or `public-read`.
        acl: Option<String> => "ACL" Header("x-amz-acl"),
        /// The access control list.
        access_control_policy: Option<shapes::AccessControlPolicy> => "AccessControlPolicy" Payload("AccessControlPolicy"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Who has full control.
        grant_full_control: Option<String> => "GrantFullControl" Header("x-amz-grant-full-control"),
        /// Who may read.
        grant_read: Option<String> => "GrantRead" Header("x-amz-grant-read"),
        /// Who may read the access control list.
        grant_read_acp: Option<String> => "GrantReadACP" Header("x-amz-grant-read-acp"),
        /// Who may write.
        grant_write: Option<String> => "GrantWrite" Header("x-amz-grant-write"),
        /// Who may change the access control list.
        grant_write_acp: Option<String> => "GrantWriteACP" Header("x-amz-grant-write-acp"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketAclOutput {}
    errors ["NoSuchBucket", "AccessDenied", "AccessControlListNotSupported", "InvalidArgument", "MalformedACLError"]
    access itself
}

sim::operation! {
    /// Answers the access control list of a bucket.
    read GetBucketAcl in "s3" = "GET /{Bucket}?acl";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output AccessControlPolicy {
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Who may do what.
        pub grants: Vec<Grant> => "Grants" XmlList("AccessControlList", "Grant"),
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

impl Write for PutBucketAcl {
    type Output = PutBucketAclOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let facts = self.acl.iter().map(|acl| ("s3:x-amz-acl", acl.clone())).collect();
        door.on_bucket_or("s3:PutBucketAcl", Permission::WriteAcp, facts)?;
        let asked = Asked {
            canned: self.acl.as_deref(),
            full_control: self.grant_full_control.as_deref(),
            read: self.grant_read.as_deref(),
            read_acp: self.grant_read_acp.as_deref(),
            write: self.grant_write.as_deref(),
            write_acp: self.grant_write_acp.as_deref(),
            policy: self.access_control_policy.as_ref(),
        };
        let owners = Owners::account(world);
        let permits = asked.permits(&owners)?.ok_or_else(|| {
            bad("MissingSecurityHeader", "Your request was missing a required header")
                .with("MissingHeaderName", "x-amz-acl")
        })?;
        acl::check_ownership(door.bucket.ownership, &asked, &permits, &owners)?;
        if acl::is_public(&permits) && door.bucket.guard().block_public_acls {
            let what = "public access control lists (ACLs)";
            let arn = bucket_arn(&self.bucket);
            return Err(door.blocked("s3:PutBucketAcl", &arn, what, "BlockPublicAcls"));
        }
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.acl = Some(permits);
        Ok(PutBucketAclOutput {})
    }
}

impl Read for GetBucketAcl {
    type Output = AccessControlPolicy;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket_or("s3:GetBucketAcl", Permission::ReadAcp, Vec::new())?;
        let owner = owner_id(&world.config().account);
        // With ACLs off there is nothing but the owner's full control.
        let permits = door.bucket.acl.as_deref().filter(|_| !door.bucket.enforced());
        let grants = to_grants(permits, &owner);
        Ok(AccessControlPolicy { owner: Some(to_owner(owner)), grants })
    }
}
