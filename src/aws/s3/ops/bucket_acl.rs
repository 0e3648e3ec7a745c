//! `PutBucketAcl`, `GetBucketAcl`.

use super::shapes::{self, ControlList};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl::{self, Asked, GrantHeaders, Owners, control_list};
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::no_such_bucket;
use crate::s3::identifiers::{bucket_arn, owner_id};
use crate::s3::permit::Permission;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the access control list of a bucket.
    write PutBucketAcl in "s3" = "PUT /{Bucket}?acl";
    input {
        ..grants: GrantHeaders,
        ..sums: DocumentSums,
        /// The access control list.
        access_control_policy: Option<shapes::AccessControlPolicy> => "AccessControlPolicy" Payload("AccessControlPolicy"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Who may write.
        grant_write: Option<String> => "GrantWrite" Header("x-amz-grant-write"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketAclOutput {}
    errors ["NoSuchBucket", "AccessDenied", "AccessControlListNotSupported", "InvalidArgument", "MalformedACLError"]
    access itself
}

sim::operation! {
    /// Returns the access control list of a bucket.
    read GetBucketAcl in "s3" = "GET /{Bucket}?acl";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output AccessControlPolicy {
        ..pub list: ControlList,
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

impl Write for PutBucketAcl {
    type Output = PutBucketAclOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let facts =
            self.grants.canned().map(|acl| ("s3:x-amz-acl", acl.to_owned())).into_iter().collect();
        door.on_bucket_or("s3:PutBucketAcl", Permission::WriteAcp, facts)?;
        let asked = Asked {
            write: self.grant_write.as_deref(),
            policy: self.access_control_policy.as_ref(),
            ..self.grants.asked()
        };
        let owners = Owners::account(world);
        let permits = asked.permits(&owners)?.ok_or_else(acl::missing)?;
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
        Ok(AccessControlPolicy { list: control_list(permits, owner) })
    }
}
