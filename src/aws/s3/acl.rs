//! Access control lists: canned ones, those of grant headers and those of XML documents.
//!
//! Follows the S3 User Guide, "Access control list (ACL) overview". An owner is a canonical user id;
//! the world has one account, so other ids are taken on trust when they look like one.

use super::errors::{access_denied, argument, bad, request};
use super::identifiers::{ANONYMOUS_ID, owner_id};
use super::ops::shapes::{AccessControlPolicy, ControlList, Grant, Grantee, Owner};
use super::permit::{Permission, Permit, Who};
use super::state::Ownership;
use sim::World;
use sim::api::ApiError;

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// An ACL has at most this many grants.
const GRANTS_MAX: usize = 100;

impl Who {
    fn uri(&self) -> Option<&'static str> {
        match self {
            Self::User(_) => None,
            Self::AllUsers => Some(ALL_USERS),
            Self::AuthenticatedUsers => Some(AUTHENTICATED_USERS),
            Self::LogDelivery => Some(LOG_DELIVERY),
        }
    }

    fn from_uri(uri: &str) -> Result<Self, ApiError> {
        match uri {
            ALL_USERS => Ok(Self::AllUsers),
            AUTHENTICATED_USERS => Ok(Self::AuthenticatedUsers),
            LOG_DELIVERY => Ok(Self::LogDelivery),
            _ => Err(argument("Invalid group uri", "uri", uri)),
        }
    }

    fn from_id(id: &str) -> Result<Self, ApiError> {
        let fits =
            id == ANONYMOUS_ID || (id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        if fits { Ok(Self::User(id.to_owned())) } else { Err(argument("Invalid id", "id", id)) }
    }
}

fn unknown_email() -> ApiError {
    bad(
        "UnresolvableGrantByEmailAddress",
        "The e-mail address you provided does not match any account on record.",
    )
}

fn malformed() -> ApiError {
    bad(
        "MalformedACLError",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// Whether it opens something to everyone.
pub(super) fn is_public(permits: &[Permit]) -> bool {
    permits.iter().any(|p| p.who.is_public())
}

/// Whether it gives anything to anyone but the owner.
pub(super) fn is_shared(permits: &[Permit]) -> bool {
    permits.len() > 1 || permits.iter().any(|p| p.permission != Permission::FullControl)
}

/// Whose ACL it is to be.
pub(super) struct Owners {
    /// Who will own the thing.
    pub(super) owner: String,
    /// Who owns the bucket around it; the same for a bucket.
    pub(super) bucket_owner: String,
}

impl Owners {
    /// Those of something the account owns.
    pub(super) fn account(world: &World) -> Self {
        let id = owner_id(&world.config().account);
        Self { owner: id.clone(), bucket_owner: id }
    }
}

/// Everything a request may say about an ACL.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub(super) canned: Option<&'a str>,
    pub(super) full_control: Option<&'a str>,
    pub(super) read: Option<&'a str>,
    pub(super) read_acp: Option<&'a str>,
    pub(super) write: Option<&'a str>,
    pub(super) write_acp: Option<&'a str>,
    pub(super) policy: Option<&'a AccessControlPolicy>,
}

sim::group! {
    /// Who may do what with something that is to be.
    pub struct GrantHeaders {
        /// A canned access control list, such as `private` or `public-read`.
        acl: Option<String> => "ACL" Header("x-amz-acl"),
        /// Who has full control.
        grant_full_control: Option<String> => "GrantFullControl" Header("x-amz-grant-full-control"),
        /// Who may read.
        grant_read: Option<String> => "GrantRead" Header("x-amz-grant-read"),
        /// Who may read the access control list.
        grant_read_acp: Option<String> => "GrantReadACP" Header("x-amz-grant-read-acp"),
        /// Who may change the access control list.
        grant_write_acp: Option<String> => "GrantWriteACP" Header("x-amz-grant-write-acp"),
    }
}

impl GrantHeaders {
    pub(super) fn canned(&self) -> Option<&str> {
        self.acl.as_deref()
    }

    /// What these headers ask for; a bucket's may say more.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            canned: self.acl.as_deref(),
            full_control: self.grant_full_control.as_deref(),
            read: self.grant_read.as_deref(),
            read_acp: self.grant_read_acp.as_deref(),
            write_acp: self.grant_write_acp.as_deref(),
            ..Asked::default()
        }
    }

    /// What policies may ask of them.
    pub(super) fn facts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let given = [
            ("s3:x-amz-acl", &self.acl),
            ("s3:x-amz-grant-full-control", &self.grant_full_control),
            ("s3:x-amz-grant-read", &self.grant_read),
            ("s3:x-amz-grant-read-acp", &self.grant_read_acp),
            ("s3:x-amz-grant-write-acp", &self.grant_write_acp),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)))
    }
}

/// A request to set an access control list that says none.
pub(super) fn missing() -> ApiError {
    bad("MissingSecurityHeader", "Your request was missing a required header")
        .with("MissingHeaderName", "x-amz-acl")
}

impl Asked<'_> {
    fn headers(&self) -> [(Option<&str>, Permission); 5] {
        [
            (self.full_control, Permission::FullControl),
            (self.read, Permission::Read),
            (self.read_acp, Permission::ReadAcp),
            (self.write, Permission::Write),
            (self.write_acp, Permission::WriteAcp),
        ]
    }

    /// Whether the request says anything.
    pub(super) fn is_given(&self) -> bool {
        self.canned.is_some()
            || self.policy.is_some()
            || self.headers().iter().any(|(text, _)| text.is_some())
    }

    /// The ACL that is asked for; `None` when the request says nothing.
    ///
    /// # Errors
    /// `InvalidArgument`, `InvalidRequest` or `MalformedACLError` when it makes no sense.
    pub(super) fn permits(&self, owners: &Owners) -> Result<Option<Vec<Permit>>, ApiError> {
        let by_header = self.headers().iter().any(|(text, _)| text.is_some());
        if self.canned.is_some() && by_header {
            return Err(request("Specifying both Canned ACLs and Header Grants is not allowed"));
        }
        if self.policy.is_some() && (self.canned.is_some() || by_header) {
            return Err(bad("UnexpectedContent", "This request does not support content"));
        }
        let permits = if let Some(name) = self.canned {
            canned(name, owners).ok_or_else(|| argument("", "x-amz-acl", name))?
        } else if let Some(policy) = self.policy {
            from_policy(policy, owners)?
        } else if by_header {
            let mut permits = Vec::new();
            for (text, permission) in self.headers() {
                for who in from_header(text.unwrap_or_default())? {
                    permits.push(Permit { who, permission });
                }
            }
            permits
        } else {
            return Ok(None);
        };
        if permits.len() > GRANTS_MAX {
            return Err(malformed());
        }
        Ok(Some(permits))
    }
}

/// A canned ACL's grants.
fn canned(name: &str, owners: &Owners) -> Option<Vec<Permit>> {
    let permit = |who, permission| Permit { who, permission };
    let bucket_owner = || Who::User(owners.bucket_owner.clone());
    let other_owner = owners.owner != owners.bucket_owner;
    let mut permits = vec![permit(Who::User(owners.owner.clone()), Permission::FullControl)];
    match name {
        "public-read" => permits.push(permit(Who::AllUsers, Permission::Read)),
        "public-read-write" => {
            permits.push(permit(Who::AllUsers, Permission::Read));
            permits.push(permit(Who::AllUsers, Permission::Write));
        }
        "authenticated-read" => permits.push(permit(Who::AuthenticatedUsers, Permission::Read)),
        "bucket-owner-read" if other_owner => {
            permits.push(permit(bucket_owner(), Permission::Read));
        }
        "bucket-owner-full-control" if other_owner => {
            permits.push(permit(bucket_owner(), Permission::FullControl));
        }
        // EC2 itself reads AMI bundles by `aws-exec-read`; nothing of that is simulated.
        "private" | "aws-exec-read" | "bucket-owner-read" | "bucket-owner-full-control" => {}
        "log-delivery-write" => {
            permits.push(permit(Who::LogDelivery, Permission::Write));
            permits.push(permit(Who::LogDelivery, Permission::ReadAcp));
        }
        _ => return None,
    }
    Some(permits)
}

/// Reads a grant header: `id="…", uri="…"`.
fn from_header(text: &str) -> Result<Vec<Who>, ApiError> {
    let mut found = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let (kind, value) = one
            .split_once('=')
            .ok_or_else(|| argument("Argument format not recognized", "grant", text))?;
        let value = value.trim().trim_matches('"');
        found.push(match kind.trim() {
            "id" => Who::from_id(value)?,
            "uri" => Who::from_uri(value)?,
            "emailAddress" => return Err(unknown_email()),
            _ => return Err(argument("Argument format not recognized", "grant", text)),
        });
    }
    Ok(found)
}

fn from_policy(policy: &AccessControlPolicy, owners: &Owners) -> Result<Vec<Permit>, ApiError> {
    let owner = policy.owner.as_ref().and_then(|o| o.id.as_deref()).ok_or_else(malformed)?;
    if owner != owners.owner {
        return Err(access_denied());
    }
    let mut permits = Vec::with_capacity(policy.grants.len());
    for grant in &policy.grants {
        let grantee = grant.grantee.as_ref().ok_or_else(malformed)?;
        let who = match grantee.kind.as_str() {
            "CanonicalUser" => Who::from_id(grantee.id.as_deref().ok_or_else(malformed)?)?,
            "Group" => Who::from_uri(grantee.uri.as_deref().ok_or_else(malformed)?)?,
            "AmazonCustomerByEmail" => return Err(unknown_email()),
            _ => return Err(malformed()),
        };
        let permission =
            grant.permission.as_deref().and_then(super::errors::spelled).ok_or_else(malformed)?;
        permits.push(Permit { who, permission });
    }
    Ok(permits)
}

/// A list as answers say it; without one there is the owner's full control.
pub(super) fn control_list(permits: Option<&[Permit]>, owner: String) -> ControlList {
    let grants = to_grants(permits, &owner);
    ControlList { owner: Some(to_owner(owner)), grants }
}

/// An ACL as the API spells it; `None` is the canned ACL `private`.
pub(super) fn to_grants(permits: Option<&[Permit]>, owner: &str) -> Vec<Grant> {
    let private =
        [Permit { who: Who::User(owner.to_owned()), permission: Permission::FullControl }];
    permits
        .unwrap_or(&private)
        .iter()
        .map(|permit| {
            let grantee = match &permit.who {
                Who::User(id) => Grantee {
                    id: Some(id.clone()),
                    kind: "CanonicalUser".into(),
                    ..Grantee::default()
                },
                group => Grantee {
                    uri: group.uri().map(str::to_owned),
                    kind: "Group".into(),
                    ..Grantee::default()
                },
            };
            Grant { grantee: Some(grantee), permission: Some(permit.permission.as_str().into()) }
        })
        .collect()
}

/// An owner as the API spells it.
pub(super) fn to_owner(id: String) -> Owner {
    Owner { id: Some(id), display_name: None }
}

/// Whether ACLs may be set at all where objects are owned like this: with ACLs off, only one that
/// leaves everything with the bucket owner.
///
/// # Errors
/// `AccessControlListNotSupported`.
pub(super) fn check_ownership(
    ownership: Option<Ownership>,
    asked: &Asked<'_>,
    permits: &[Permit],
    owners: &Owners,
) -> Result<(), ApiError> {
    let owner_only = permits.len() == 1
        && permits[0].permission == Permission::FullControl
        && permits[0].who == Who::User(owners.bucket_owner.clone());
    let fits = match asked.canned {
        Some(name) => name == "bucket-owner-full-control",
        None => owner_only,
    };
    if ownership == Some(Ownership::BucketOwnerEnforced) && !fits {
        return Err(bad("AccessControlListNotSupported", "The bucket does not allow ACLs"));
    }
    Ok(())
}
