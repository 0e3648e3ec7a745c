//! Who may do what: the bucket must exist and be whose it is said to be, then policies and ACLs decide.
//!
//! Follows the Service Authorization Reference ("Actions, resources, and condition keys for Amazon
//! S3") and the S3 User Guide ("How Amazon S3 authorizes a request", "Blocking public access"). The
//! language of policies is not here: [`crate::authorize`] evaluates it.

use super::errors::{access_denied, no_such_bucket, no_such_key};
use super::identifiers::{ANONYMOUS_ID, bucket_arn, object_arn};
use super::object::About;
use super::permit::{Permission, Permit, Who};
use super::state::Bucket;
use crate::couriers;
use crate::s3;
use crate::{AccessRequest, Denied};
use sim::api::ApiError;
use sim::{Cx, Principal, World};

/// A caller at the door of a bucket that exists.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    pub(super) world: &'a World,
    cx: &'a Cx<'a>,
    pub(super) name: &'a str,
    pub(super) bucket: &'a Bucket,
}

/// A service's own condition keys with their values.
pub(super) type Facts = Vec<(&'static str, String)>;

/// Something with an ACL: the list, and whether an unsigned caller owns it.
#[derive(Clone, Copy)]
struct Listed<'a> {
    permits: Option<&'a [Permit]>,
    anonymous: bool,
}

impl<'a> Door<'a> {
    /// # Errors
    /// `NoSuchBucket`; `AccessDenied` when another account was expected to own it.
    pub(super) fn open(
        world: &'a World,
        cx: &'a Cx<'a>,
        name: &'a str,
        expected_owner: Option<&str>,
    ) -> Result<Self, ApiError> {
        let bucket =
            world.get::<s3::State>().buckets.get(name).ok_or_else(|| no_such_bucket(name))?;
        if expected_owner.is_some_and(|owner| owner != world.config().account) {
            return Err(access_denied());
        }
        Ok(Self { world, cx, name, bucket })
    }

    /// Asks for an action on the bucket that no ACL can allow.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(super) fn on_bucket(&self, action: &str) -> Result<(), ApiError> {
        self.ask(action, &bucket_arn(self.name), false, Vec::new())
    }

    /// Asks for an action on the bucket that a grant of `permission` in its ACL allows, too.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(super) fn on_bucket_or(
        &self,
        action: &str,
        permission: Permission,
        facts: Facts,
    ) -> Result<(), ApiError> {
        self.ask(action, &bucket_arn(self.name), self.bucket_acl(permission), facts)
    }

    /// Asks for an action on a key that a grant of `permission` in the bucket's ACL allows, too.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(super) fn on_key(
        &self,
        action: &str,
        key: &str,
        permission: Option<Permission>,
        facts: Facts,
    ) -> Result<(), ApiError> {
        let acl = permission.is_some_and(|permission| self.bucket_acl(permission));
        self.ask(action, &object_arn(self.name, key), acl, facts)
    }

    /// Asks for an action on an object that a grant of `permission` in its ACL allows, too.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(super) fn on_object(
        &self,
        action: &str,
        key: &str,
        about: &About,
        permission: Permission,
        facts: Facts,
    ) -> Result<(), ApiError> {
        let listed = Listed { permits: about.acl.as_deref(), anonymous: about.anonymous };
        let acl = self.acl_allows(listed, permission);
        self.ask(action, &object_arn(self.name, key), acl, facts)
    }

    /// What a caller hears of a key that is not there: only who may list the bucket learns that.
    pub(super) fn missing(&self, action: &str, key: &str, absent: ApiError) -> ApiError {
        // An explicit deny of the action itself comes before the question whether the key exists.
        if let Err(denied) = self.ask(action, &object_arn(self.name, key), true, Vec::new()) {
            return denied;
        }
        match self.on_bucket_or("s3:ListBucket", Permission::Read, Vec::new()) {
            Ok(()) => absent,
            Err(denied) => denied,
        }
    }

    /// [`Door::missing`] with `NoSuchKey`.
    pub(super) fn no_key(&self, action: &str, key: &str) -> ApiError {
        self.missing(action, key, no_such_key(key))
    }

    fn bucket_acl(&self, permission: Permission) -> bool {
        let listed = Listed { permits: self.bucket.acl.as_deref(), anonymous: false };
        self.acl_allows(listed, permission)
    }

    /// Whether a service of AWS asks in its own name.
    pub(super) fn is_for_service(&self) -> bool {
        matches!(self.cx.caller.principal, Principal::Service(_))
    }

    fn signed(&self) -> bool {
        self.cx.caller.principal != Principal::Anonymous
    }

    fn acl_allows(&self, listed: Listed<'_>, need: Permission) -> bool {
        if self.bucket.enforced() {
            return false;
        }
        let ignore_public = self.bucket.guard().ignore_public_acls;
        let Some(permits) = listed.permits else { return listed.anonymous && !self.signed() };
        permits
            .iter()
            .filter(|p| p.permission == need || p.permission == Permission::FullControl)
            .any(|p| match &p.who {
                Who::AllUsers => !ignore_public,
                Who::AuthenticatedUsers => !ignore_public && self.signed(),
                Who::User(id) => match &self.cx.caller.principal {
                    Principal::Anonymous => id == ANONYMOUS_ID,
                    Principal::Service(name) => couriers::canonical_id(name) == Some(id),
                    _ => false,
                },
                Who::LogDelivery => false,
            })
    }

    fn ask(
        &self,
        action: &str,
        resource: &str,
        acl_allows: bool,
        facts: Facts,
    ) -> Result<(), ApiError> {
        let policy = self.bucket.policy.as_ref();
        // A public policy lets nobody in from outside while the bucket is restricted; its denials
        // stay in force, and so do ACLs.
        let shut = !self.signed()
            && !acl_allows
            && self.bucket.guard().restrict_public_buckets
            && policy.is_some_and(super::policies::is_public);
        if shut {
            return Err(access_denied());
        }
        let request = AccessRequest {
            action,
            resource,
            resource_policy: policy,
            acl_allows,
            conditions: facts,
        };
        authorize(self.world, self.cx, &request)
    }

    /// `AccessDenied` of an upload that brings a key of its own, where the bucket takes none.
    pub(super) fn customer_keys_blocked(&self, key: &str) -> ApiError {
        let principal = super::policies::caller_arn(self.world, self.cx);
        let resource = object_arn(self.name, key);
        ApiError::new(
            403,
            "AccessDenied",
            format!(
                "User: {principal} is not authorized to perform: s3:PutObject on resource: \
                 \"{resource}\" because this bucket has blocked upload requests that specify Server \
                 Side Encryption with Customer provided keys (SSE-C). Please specify a different \
                 server-side encryption type"
            ),
        )
    }

    /// Refuses what a setting of the public access block forbids, in its words.
    pub(super) fn blocked(
        &self,
        action: &str,
        resource: &str,
        what: &str,
        setting: &str,
    ) -> ApiError {
        let principal = super::policies::caller_arn(self.world, self.cx);
        ApiError::new(
            403,
            "AccessDenied",
            format!(
                "User: {principal} is not authorized to perform: {action} on resource: \
                 \"{resource}\" because {what} are blocked by the {setting} block public access \
                 setting."
            ),
        )
    }
}

/// Asks for an action where there is no bucket yet.
///
/// # Errors
/// `AccessDenied`.
pub(super) fn on_account(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    resource: &str,
) -> Result<(), ApiError> {
    let request = AccessRequest {
        action,
        resource,
        resource_policy: None,
        acl_allows: false,
        conditions: Vec::new(),
    };
    authorize(world, cx, &request)
}

fn authorize(world: &World, cx: &Cx<'_>, request: &AccessRequest<'_>) -> Result<(), ApiError> {
    crate::authorize(world, cx, request).map_err(|denied| refusal(cx, &denied, request))
}

fn refusal(cx: &Cx<'_>, denied: &Denied, request: &AccessRequest<'_>) -> ApiError {
    if cx.caller.principal == Principal::Anonymous {
        return access_denied();
    }
    let message = super::policies::reason(denied, request.action, request.resource);
    ApiError::new(403, "AccessDenied", message)
}
