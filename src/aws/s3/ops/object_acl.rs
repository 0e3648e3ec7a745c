//! `PutObjectAcl`, `GetObjectAcl`.

use super::shapes::{self, ControlList};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl::{self, Asked, GrantHeaders, control_list};
use crate::s3::checksum::DocumentSums;
use crate::s3::draft::{object_acl, object_owners};
use crate::s3::errors::no_such_key;
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the access control list of an object.
    write PutObjectAcl in "s3" = "PUT /{Bucket}/{Key+}?acl";
    input {
        ..grants: GrantHeaders,
        ..sums: DocumentSums,
        /// The access control list.
        access_control_policy: Option<shapes::AccessControlPolicy> => "AccessControlPolicy" Payload("AccessControlPolicy"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Who may write.
        grant_write: Option<String> => "GrantWrite" Header("x-amz-grant-write"),
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
    /// Returns the access control list of an object.
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
        ..pub list: ControlList,
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
            write: self.grant_write.as_deref(),
            policy: self.access_control_policy.as_ref(),
            ..self.grants.asked()
        };
        let action = if id.is_some() { actions.1 } else { actions.0 };
        let permits = object_acl(&door, &asked, object.about.anonymous, action, &self.key)?;
        let permits = permits.ok_or_else(acl::missing)?;
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
        Ok(AccessControlPolicy { list: control_list(permits, owner) })
    }
}
