//! `PutObjectAcl`, `GetObjectAcl`.

use super::shapes::{self, Grant, Owner};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl::{Asked, to_grants, to_owner};
use crate::s3::checksum::DocumentSums;
use crate::s3::draft::{object_acl, object_owners};
use crate::s3::errors::{bad, no_such_key};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the access control list of an object.
    write PutObjectAcl in "s3" = "PUT /{Bucket}/{Key+}?acl";
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
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectAclOutput {}
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "AccessControlListNotSupported", "InvalidArgument", "MalformedACLError"]
    access itself
}

sim::operation! {
    /// Answers the access control list of an object.
    read GetObjectAcl in "s3" = "GET /{Bucket}/{Key+}?acl";
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
    output AccessControlPolicy {
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Who may do what.
        pub grants: Vec<Grant> => "Grants" XmlList("AccessControlList", "Grant"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion"]
    access itself
}

impl Write for PutObjectAcl {
    type Output = PutObjectAclOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let id = self.version_id.as_deref();
        let actions = ("s3:PutObjectAcl", "s3:PutObjectVersionAcl");
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (_, object) = door.object(actions, Permission::WriteAcp, &self.key, id, "PUT")?;
        let asked = Asked {
            canned: self.acl.as_deref(),
            full_control: self.grant_full_control.as_deref(),
            read: self.grant_read.as_deref(),
            read_acp: self.grant_read_acp.as_deref(),
            write: self.grant_write.as_deref(),
            write_acp: self.grant_write_acp.as_deref(),
            policy: self.access_control_policy.as_ref(),
        };
        let action = if id.is_some() { actions.1 } else { actions.0 };
        let permits = object_acl(&door, &asked, object.about.anonymous, action, &self.key)?;
        let permits = permits.ok_or_else(|| {
            bad("MissingSecurityHeader", "Your request was missing a required header")
                .with("MissingHeaderName", "x-amz-acl")
        })?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        let object = bucket.and_then(|b| b.keys.object_mut(&self.key, id));
        object.ok_or_else(|| no_such_key(&self.key))?.about.acl = Some(permits);
        Ok(PutObjectAclOutput {})
    }
}

impl Read for GetObjectAcl {
    type Output = AccessControlPolicy;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = self.version_id.as_deref();
        let actions = ("s3:GetObjectAcl", "s3:GetObjectVersionAcl");
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (_, object) = door.object(actions, Permission::ReadAcp, &self.key, id, "GET")?;
        let enforced = door.bucket.enforced();
        let owner = object_owners(&door, object.about.anonymous && !enforced).owner;
        let permits = object.about.acl.as_deref().filter(|_| !enforced);
        let grants = to_grants(permits, &owner);
        Ok(AccessControlPolicy { owner: Some(to_owner(owner)), grants })
    }
}
