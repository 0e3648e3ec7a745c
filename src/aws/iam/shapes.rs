//! The structures of the IAM API, and how the state is shown in them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::policy::Policy as Document;
use base::Time;

use super::state::{self, Entity, State};

sim::structure! {
    /// A key-value pair that can be attached to an identity.
    pub struct Tag {
        /// The key name.
        pub key: String => "Key",
        /// The value associated with this tag.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// The permissions boundary of a user or role.
    pub struct AttachedPermissionsBoundary {
        /// The permissions boundary usage type: always `Policy`.
        pub kind: String => "PermissionsBoundaryType",
        /// The ARN of the policy that sets the boundary.
        pub arn: String => "PermissionsBoundaryArn",
    }
}

sim::structure! {
    /// An IAM user.
    pub struct User {
        /// The path to the user.
        pub path: Option<String> => "Path",
        /// The friendly name identifying the user.
        pub user_name: Option<String> => "UserName",
        /// The stable and unique string identifying the user.
        pub user_id: String => "UserId",
        /// The Amazon Resource Name (ARN) that identifies the user.
        pub arn: String => "Arn",
        /// When the user was created.
        pub create_date: Time => "CreateDate",
        /// The policy that sets the permissions boundary for the user.
        pub boundary: Option<AttachedPermissionsBoundary> => "PermissionsBoundary",
        /// The tags that are attached to the user.
        pub tags: Option<Vec<Tag>> => "Tags",
    }
}

sim::structure! {
    /// An IAM group.
    pub struct Group {
        /// The path to the group.
        pub path: String => "Path",
        /// The friendly name that identifies the group.
        pub group_name: String => "GroupName",
        /// The stable and unique string identifying the group.
        pub group_id: String => "GroupId",
        /// The Amazon Resource Name (ARN) specifying the group.
        pub arn: String => "Arn",
        /// When the group was created.
        pub create_date: Time => "CreateDate",
    }
}

sim::structure! {
    /// When a role was last used.
    pub struct RoleLastUsed {
        /// The date and time that the role was last used.
        pub last_used_date: Option<Time> => "LastUsedDate",
        /// The name of the Region in which the role was last used.
        pub region: Option<String> => "Region",
    }
}

sim::structure! {
    /// An IAM role.
    pub struct Role {
        /// The path to the role.
        pub path: String => "Path",
        /// The friendly name that identifies the role.
        pub role_name: String => "RoleName",
        /// The stable and unique string identifying the role.
        pub role_id: String => "RoleId",
        /// The Amazon Resource Name (ARN) specifying the role.
        pub arn: String => "Arn",
        /// When the role was created.
        pub create_date: Time => "CreateDate",
        /// The policy that grants an entity permission to assume the role, URL-encoded.
        pub trust: Option<String> => "AssumeRolePolicyDocument",
        /// A description of the role.
        pub description: Option<String> => "Description",
        /// The maximum session duration in seconds.
        pub max_session_duration: Option<i64> => "MaxSessionDuration",
        /// The policy that sets the permissions boundary for the role.
        pub boundary: Option<AttachedPermissionsBoundary> => "PermissionsBoundary",
        /// The tags that are attached to the role.
        pub tags: Option<Vec<Tag>> => "Tags",
        /// When the role was last used.
        pub last_used: Option<RoleLastUsed> => "RoleLastUsed",
    }
}

sim::structure! {
    /// A managed policy.
    pub struct Policy {
        /// The friendly name identifying the policy.
        pub policy_name: String => "PolicyName",
        /// The stable and unique string identifying the policy.
        pub policy_id: String => "PolicyId",
        /// The Amazon Resource Name (ARN) of the policy.
        pub arn: String => "Arn",
        /// The path to the policy.
        pub path: String => "Path",
        /// The identifier for the version of the policy that is set as the default version.
        pub default_version_id: String => "DefaultVersionId",
        /// The number of users, groups and roles that the policy is attached to.
        pub attachment_count: i64 => "AttachmentCount",
        /// The number of users and roles for which the policy sets the permissions boundary.
        pub boundary_count: i64 => "PermissionsBoundaryUsageCount",
        /// Whether the policy can be attached to a user, group or role.
        pub is_attachable: bool => "IsAttachable",
        /// A friendly description of the policy.
        pub description: Option<String> => "Description",
        /// When the policy was created.
        pub create_date: Time => "CreateDate",
        /// When the policy was last updated.
        pub update_date: Time => "UpdateDate",
        /// The tags that are attached to the policy.
        pub tags: Option<Vec<Tag>> => "Tags",
    }
}

sim::structure! {
    /// A version of a managed policy.
    pub struct PolicyVersion {
        /// The policy document, URL-encoded.
        pub document: Option<String> => "Document",
        /// The identifier for the policy version.
        pub version_id: String => "VersionId",
        /// Whether the policy version is set as the policy's default version.
        pub is_default_version: bool => "IsDefaultVersion",
        /// When the policy version was created.
        pub create_date: Time => "CreateDate",
    }
}

sim::structure! {
    /// A managed policy attached to an identity.
    pub struct AttachedPolicy {
        /// The friendly name of the attached policy.
        pub policy_name: String => "PolicyName",
        /// The ARN of the attached policy.
        pub policy_arn: String => "PolicyArn",
    }
}

sim::structure! {
    /// What hands a role to a virtual machine.
    pub struct InstanceProfile {
        /// The path to the instance profile.
        pub path: String => "Path",
        /// The name identifying the instance profile.
        pub name: String => "InstanceProfileName",
        /// The stable and unique string identifying the instance profile.
        pub id: String => "InstanceProfileId",
        /// The Amazon Resource Name (ARN) specifying the instance profile.
        pub arn: String => "Arn",
        /// When the instance profile was created.
        pub create_date: Time => "CreateDate",
        /// The role associated with the instance profile.
        pub roles: Vec<Role> => "Roles",
        /// The tags that are attached to the instance profile.
        pub tags: Option<Vec<Tag>> => "Tags",
    }
}

/// RFC 3986's unreserved characters stand for themselves.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A document as IAM's answers carry it: URL-encoded.
pub(crate) fn encoded(document: &Document) -> String {
    utf8_percent_encode(&document.text, ENCODED).to_string()
}

/// Tags as an answer lists them.
pub(super) fn tag_list(tags: &[(String, String)]) -> Vec<Tag> {
    let tag = |(key, value): &(String, String)| Tag { key: key.clone(), value: value.clone() };
    tags.iter().map(tag).collect()
}

/// Tags as an answer shows them with their owner: left out when there are none.
fn tags_shown(entity: &Entity) -> Option<Vec<Tag>> {
    (!entity.tags.is_empty()).then(|| tag_list(&entity.tags))
}

fn boundary(entity: &Entity) -> Option<AttachedPermissionsBoundary> {
    let arn = entity.boundary.clone()?;
    Some(AttachedPermissionsBoundary { kind: "Policy".into(), arn })
}

/// How much of an entity is shown: listings leave tags and boundary out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Detail {
    Full,
    Listed,
}

impl User {
    pub(super) fn of(user: &state::User, detail: Detail) -> Self {
        let e = &user.entity;
        let full = detail == Detail::Full;
        Self {
            path: Some(e.path.clone()),
            user_name: Some(e.name.clone()),
            user_id: e.id.clone(),
            arn: e.arn.clone(),
            create_date: e.created,
            boundary: boundary(e).filter(|_| full),
            tags: tags_shown(e).filter(|_| full),
        }
    }
}

impl Group {
    pub(super) fn of(group: &state::Group) -> Self {
        let e = &group.entity;
        Self {
            path: e.path.clone(),
            group_name: e.name.clone(),
            group_id: e.id.clone(),
            arn: e.arn.clone(),
            create_date: e.created,
        }
    }
}

impl Role {
    pub(super) fn of(role: &state::Role, detail: Detail) -> Self {
        let e = &role.entity;
        let full = detail == Detail::Full;
        let last_used = RoleLastUsed {
            last_used_date: role.last_used.as_ref().map(|used| used.at),
            region: role.last_used.as_ref().map(|used| used.region.clone()),
        };
        Self {
            path: e.path.clone(),
            role_name: e.name.clone(),
            role_id: e.id.clone(),
            arn: e.arn.clone(),
            create_date: e.created,
            trust: Some(encoded(&role.trust)),
            description: role.description.clone(),
            max_session_duration: Some(role.session_secs_max),
            boundary: boundary(e).filter(|_| full),
            tags: tags_shown(e).filter(|_| full),
            last_used: full.then_some(last_used),
        }
    }
}

impl Policy {
    pub(super) fn of(policy: &state::Managed, usage: (i64, i64), detail: Detail) -> Self {
        let e = &policy.entity;
        let full = detail == Detail::Full;
        Self {
            policy_name: e.name.clone(),
            policy_id: e.id.clone(),
            arn: e.arn.clone(),
            path: e.path.clone(),
            default_version_id: format!("v{}", policy.default),
            attachment_count: usage.0,
            boundary_count: usage.1,
            is_attachable: true,
            description: policy.description.clone().filter(|_| full),
            create_date: e.created,
            update_date: policy.updated,
            tags: tags_shown(e).filter(|_| full),
        }
    }
}

impl InstanceProfile {
    pub(super) fn of(profile: &state::InstanceProfile, iam: &State) -> Self {
        let e = &profile.entity;
        let role = profile.role.as_deref().and_then(|key| iam.roles.by_key(key));
        Self {
            path: e.path.clone(),
            name: e.name.clone(),
            id: e.id.clone(),
            arn: e.arn.clone(),
            create_date: e.created,
            roles: role.map(|r| Role::of(r, Detail::Listed)).into_iter().collect(),
            tags: tags_shown(e),
        }
    }
}
