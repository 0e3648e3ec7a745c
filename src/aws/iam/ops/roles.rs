//! Roles: `CreateRole`, `GetRole`, `ListRoles`, `UpdateRole`, `UpdateAssumeRolePolicy`, `DeleteRole`.

use crate::iam;
use crate::iam::ops::policy_family::attachable;
use crate::iam::rules::check_named;
use crate::iam::rules::check_under;
use crate::iam::rules::{self, bad_input, conflict, constraint, missing, quota};
use crate::iam::service_linked;
use crate::iam::shapes::{Detail, Role, Tag};
use crate::iam::state::{self, Entity, Kind, Named as _, Paging, key_of};
use crate::policy::{Kind as PolicyKind, Policy, PolicyError};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The most characters of a trust policy, white space aside.
const TRUST_LEN_MAX: usize = 2048;
/// Seconds a session may last where a role does not say.
pub(super) const SESSION_SECS: i64 = 3600;

sim::operation! {
    /// Creates a new role for your AWS account.
    write CreateRole in "iam" = "POST /";
    input {
        /// The path to the role; `/` when it is not given.
        path: Option<String> => "Path",
        /// The name of the role to create, at most 64 characters.
        role_name: String => "RoleName",
        /// The trust relationship policy document that grants an entity permission to assume the role.
        trust: String => "AssumeRolePolicyDocument",
        /// A description of the role.
        description: Option<String> => "Description",
        /// The maximum session duration in seconds, 3600 to 43200; one hour when it is not given.
        max_session_duration: Option<i64> => "MaxSessionDuration",
        /// The ARN of the managed policy that sets the permissions boundary for the role.
        permissions_boundary: Option<String> => "PermissionsBoundary",
        /// Tags to attach to the new role.
        tags: Vec<Tag> => "Tags",
    }
    output CreateRoleOutput {
        /// The new role.
        pub role: Role => "Role",
    }
    errors ["EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreateRole {
    type Output = CreateRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        let path = rules::path(self.path.as_ref())?;
        let tags = rules::tags(&[], &self.tags, "TagsPerRole")?;
        session_secs(self.max_session_duration)?;
        check_under(world, cx, "iam:CreateRole", Kind::Role, &path, &self.role_name)?;
        if path.starts_with(service_linked::PATH) {
            return Err(bad_input(format!(
                "Path prefix '{}' can only be used for AWS Service linked Roles",
                service_linked::PATH
            )));
        }
        let trust = trust(world, &self.trust, "assumeRolePolicyDocument")?;
        world.get::<iam::State>().roles.check_free(&self.role_name)?;
        if let Some(arn) = &self.permissions_boundary {
            attachable(world, arn)?;
        }
        let account = world.config().account.clone();
        let name = self.role_name.as_str();
        let mut entity =
            Entity::new(Kind::Role, &account, &path, name, cx.at, world.rng::<iam::State>());
        entity.tags = tags;
        entity.boundary = self.permissions_boundary;
        let role = state::Role {
            entity,
            description: self.description,
            trust,
            session_secs_max: self.max_session_duration.unwrap_or(SESSION_SECS),
            last_used: None,
            service: None,
        };
        let mut shown = Role::of(&role, Detail::Full);
        shown.last_used = None;
        world.get_mut::<iam::State>().roles.insert(role);
        Ok(CreateRoleOutput { role: shown })
    }
}

fn session_secs(value: Option<i64>) -> Result<(), ApiError> {
    let wrong = |n: i64, rule| Err(constraint(&n.to_string(), "maxSessionDuration", rule));
    match value {
        Some(n) if n < 3600 => wrong(n, "have value greater than or equal to 3600"),
        Some(n) if n > 43_200 => wrong(n, "have value less than or equal to 43200"),
        _ => Ok(()),
    }
}

/// A trust policy out of a request. The identities of this account that it names must exist.
fn trust(world: &World, text: &str, member: &str) -> Result<Policy, ApiError> {
    if text.is_empty() {
        return Err(missing(member));
    }
    if rules::document_len(text) > TRUST_LEN_MAX {
        return Err(quota("ACLSizePerRole", TRUST_LEN_MAX));
    }
    let policy = Policy::trust(text)?;
    check_principals(world, &policy, PolicyKind::Trust)?;
    Ok(policy)
}

/// That the identities of this account that a policy names exist. Those of other accounts are
/// taken for granted.
///
/// # Errors
/// `MalformedPolicy` or `MalformedPolicyDocument`: invalid principal in policy.
pub(crate) fn check_principals(
    world: &World,
    policy: &Policy,
    kind: PolicyKind,
) -> Result<(), PolicyError> {
    let own = format!("arn:aws:iam::{}:", world.config().account);
    let unknown = policy.identities().find(|name| {
        let Some(rest) = name.strip_prefix(own.as_str()) else { return false };
        let bare = rest.rsplit('/').next().unwrap_or_default();
        let found = if rest.starts_with("user/") {
            world.get::<iam::State>().users.find(bare).map(|u| &u.entity)
        } else {
            world.get::<iam::State>().roles.find(bare).map(|r| &r.entity)
        };
        found.is_none_or(|entity| entity.arn != name.as_str())
    });
    unknown.map_or(Ok(()), |name| Err(kind.bad_principal("AWS", name)))
}

sim::operation! {
    /// Retrieves information about the specified role, including the role's path, GUID, ARN and
    /// trust policy.
    read GetRole in "iam" = "POST /";
    input {
        /// The name of the role.
        role_name: String => "RoleName",
    }
    output GetRoleOutput {
        /// The role.
        pub role: Role => "Role",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
    waiters [
        waiter("RoleExists", 1, 20, &[success(Status(200)), retry(Error("NoSuchEntity"))]),
    ]
}

impl Read for GetRole {
    type Output = GetRoleOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        check_named(world, cx, "iam:GetRole", &world.get::<iam::State>().roles, &self.role_name)?;
        let role = world.get::<iam::State>().roles.get(&self.role_name)?;
        Ok(GetRoleOutput { role: Role::of(role, Detail::Full) })
    }
}

sim::operation! {
    /// Lists the IAM roles that have the specified path prefix.
    read ListRoles in "iam" = "POST /";
    input {
        /// The path prefix for filtering the results: `/application_abc/`.
        path_prefix: Option<String> => "PathPrefix",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListRolesOutput {
        /// The roles.
        pub roles: Vec<Role> => "Roles",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["Roles"],
    }
}

impl Read for ListRoles {
    type Output = ListRolesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        let prefix = self.path_prefix.as_deref();
        check_under(world, cx, "iam:ListRoles", Kind::Role, prefix.unwrap_or("/"), "")?;
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let roles = &world.get::<iam::State>().roles;
        let page = roles.page(&paging, prefix, |r| Role::of(r, Detail::Listed));
        Ok(ListRolesOutput {
            roles: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Updates the description or maximum session duration setting of a role.
    write UpdateRole in "iam" = "POST /";
    input {
        /// The name of the role to change.
        role_name: String => "RoleName",
        /// The new description.
        description: Option<String> => "Description",
        /// The maximum session duration in seconds, 3600 to 43200.
        max_session_duration: Option<i64> => "MaxSessionDuration",
    }
    output UpdateRoleOutput {}
    errors ["NoSuchEntity", "UnmodifiableEntity", "ValidationError"]
    access itself
}

impl Write for UpdateRole {
    type Output = UpdateRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        session_secs(self.max_session_duration)?;
        check_named(
            world,
            cx,
            "iam:UpdateRole",
            &world.get::<iam::State>().roles,
            &self.role_name,
        )?;
        let role = world.get_mut::<iam::State>().roles.get_mut(&self.role_name)?;
        if self.max_session_duration.is_some() {
            // Of a service's role only the description may be changed.
            role.check_changeable()?;
        }
        if self.description.is_some() {
            role.description = self.description;
        }
        role.session_secs_max = self.max_session_duration.unwrap_or(role.session_secs_max);
        Ok(UpdateRoleOutput {})
    }
}

sim::operation! {
    /// Modifies only the description of a role. `UpdateRole` does the same and more.
    write UpdateRoleDescription in "iam" = "POST /";
    input {
        /// The name of the role to change.
        role_name: String => "RoleName",
        /// The new description.
        description: String => "Description",
    }
    output UpdateRoleDescriptionOutput {
        /// The role as it is then.
        pub role: Option<Role> => "Role",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for UpdateRoleDescription {
    type Output = UpdateRoleDescriptionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        let roles = &world.get::<iam::State>().roles;
        check_named(world, cx, "iam:UpdateRoleDescription", roles, &self.role_name)?;
        let role = world.get_mut::<iam::State>().roles.get_mut(&self.role_name)?;
        role.description = Some(self.description);
        Ok(UpdateRoleDescriptionOutput { role: Some(Role::of(role, Detail::Full)) })
    }
}

sim::operation! {
    /// Updates the policy that grants an IAM entity permission to assume a role.
    write UpdateAssumeRolePolicy in "iam" = "POST /";
    input {
        /// The name of the role to update.
        role_name: String => "RoleName",
        /// The policy that grants an entity permission to assume the role.
        policy_document: String => "PolicyDocument",
    }
    output UpdateAssumeRolePolicyOutput {}
    errors ["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "UnmodifiableEntity", "ValidationError"]
    access itself
}

impl Write for UpdateAssumeRolePolicy {
    type Output = UpdateAssumeRolePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        check_named(
            world,
            cx,
            "iam:UpdateAssumeRolePolicy",
            &world.get::<iam::State>().roles,
            &self.role_name,
        )?;
        world.get::<iam::State>().roles.get(&self.role_name)?;
        let trust = trust(world, &self.policy_document, "policyDocument")?;
        world.get_mut::<iam::State>().roles.changeable(&self.role_name)?.trust = trust;
        Ok(UpdateAssumeRolePolicyOutput {})
    }
}

sim::operation! {
    /// Deletes the specified role. Its policies must have been removed before, and it must be in no
    /// instance profile.
    write DeleteRole in "iam" = "POST /";
    input {
        /// The name of the role to delete.
        role_name: String => "RoleName",
    }
    output DeleteRoleOutput {}
    errors ["DeleteConflict", "LimitExceeded", "NoSuchEntity", "UnmodifiableEntity", "ValidationError"]
    access itself
}

impl Write for DeleteRole {
    type Output = DeleteRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        check_named(
            world,
            cx,
            "iam:DeleteRole",
            &world.get::<iam::State>().roles,
            &self.role_name,
        )?;
        let role = world.get::<iam::State>().roles.get(&self.role_name)?;
        role.check_changeable()?;
        let key = key_of(&self.role_name);
        if world.get::<iam::State>().profiles.iter().any(|p| p.role.as_ref() == Some(&key)) {
            return Err(conflict(
                "Cannot delete entity, must remove roles from instance profile first.",
            ));
        }
        rules::check_bare(&role.entity)?;
        world.get_mut::<iam::State>().roles.remove(&self.role_name);
        Ok(DeleteRoleOutput {})
    }
}
