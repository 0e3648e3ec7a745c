//! Managed policies: `CreatePolicy`, `GetPolicy`, `ListPolicies`, `DeletePolicy`, and who has one.

use crate::iam;
use crate::iam::rules::check_access;
use crate::iam::rules::check_under;
use std::collections::BTreeMap;

use crate::iam::managed;
use crate::iam::rules::{self, conflict, quota};
use crate::iam::shapes::{Detail, Policy, Tag};
use crate::iam::state::{Entity, Kind, Managed, Paging, State, Version};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The most characters of a managed policy, white space aside.
pub(super) const DOCUMENT_LEN_MAX: usize = 6144;

sim::operation! {
    /// Creates a new managed policy for your AWS account, with the version v1.
    write CreatePolicy in "iam" = "POST /";
    input {
        /// The friendly name of the policy.
        policy_name: String => "PolicyName",
        /// The path for the policy; `/` when it is not given.
        path: Option<String> => "Path",
        /// The policy document, in JSON.
        policy_document: String => "PolicyDocument",
        /// A friendly description of the policy.
        description: Option<String> => "Description",
        /// Tags to attach to the new policy.
        tags: Vec<Tag> => "Tags",
    }
    output CreatePolicyOutput {
        /// The new policy.
        pub policy: Policy => "Policy",
    }
    errors ["EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "ValidationError"]
    access itself
}

impl Write for CreatePolicy {
    type Output = CreatePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.policy_name, "policyName", 128)?;
        let path = rules::path(self.path.as_ref())?;
        let tags = rules::tags(&[], &self.tags, "TagsPerPolicy")?;
        check_under(world, cx, "iam:CreatePolicy", Kind::Policy, &path, &self.policy_name)?;
        if rules::document_len(&self.policy_document) > DOCUMENT_LEN_MAX {
            return Err(quota("PolicySize", DOCUMENT_LEN_MAX));
        }
        let document = rules::document(&self.policy_document, crate::policy::Policy::managed)?;
        world.get::<iam::State>().policies.check_free(&self.policy_name)?;
        let account = world.config().account.clone();
        let name = self.policy_name.as_str();
        let mut entity =
            Entity::new(Kind::Policy, &account, &path, name, cx.at, world.rng::<iam::State>());
        entity.tags = tags;
        let policy = Managed {
            entity,
            description: self.description,
            updated: cx.at,
            versions: BTreeMap::from([(1, Version { document, created: cx.at })]),
            default: 1,
            newest: 1,
        };
        let mut shown = Policy::of(&policy, (0, 0), Detail::Full);
        shown.description = None;
        world.get_mut::<iam::State>().policies.insert(policy);
        Ok(CreatePolicyOutput { policy: shown })
    }
}

/// The managed policy a call is about, after asking whether the caller may make it.
pub(super) fn managed_for<'a>(
    world: &'a World,
    cx: &Cx<'_>,
    action: &str,
    arn: &str,
) -> Result<&'a Managed, ApiError> {
    rules::policy_arn(arn)?;
    check_access(world, cx, action, arn, Vec::new())?;
    world.get::<iam::State>().managed(arn).ok_or_else(|| Kind::Policy.missing(arn))
}

/// As [`managed_for`], for a call that changes the policy: those of AWS cannot be.
pub(super) fn own_policy_for<'a>(
    world: &'a World,
    cx: &Cx<'_>,
    action: &str,
    arn: &str,
) -> Result<&'a Managed, ApiError> {
    let policy = managed_for(world, cx, action, arn)?;
    if arn.starts_with("arn:aws:iam::aws:") {
        let message = format!("Cannot perform {action} on an AWS managed policy: {arn}");
        return Err(ApiError::new(403, "AccessDenied", message));
    }
    Ok(policy)
}

impl State {
    /// How often each managed policy is attached, and how often it is a boundary, by ARN.
    fn usage(&self) -> BTreeMap<&str, (i64, i64)> {
        let users = self.users.iter().map(|u| &u.entity);
        let groups = self.groups.iter().map(|g| &g.entity);
        let roles = self.roles.iter().map(|r| &r.entity);
        let mut usage: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for entity in users.chain(groups).chain(roles) {
            for arn in &entity.attached {
                usage.entry(arn).or_default().0 += 1;
            }
            if let Some(arn) = &entity.boundary {
                usage.entry(arn).or_default().1 += 1;
            }
        }
        usage
    }
}

sim::operation! {
    /// Retrieves information about the specified managed policy, including its default version and
    /// how many identities it is attached to.
    read GetPolicy in "iam" = "POST /";
    input {
        /// The ARN of the managed policy.
        policy_arn: String => "PolicyArn",
    }
    output GetPolicyOutput {
        /// The policy.
        pub policy: Policy => "Policy",
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
    waiters [
        waiter("PolicyExists", 1, 20, &[success(Status(200)), retry(Error("NoSuchEntity"))]),
    ]
}

impl Read for GetPolicy {
    type Output = GetPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = managed_for(world, cx, "iam:GetPolicy", &self.policy_arn)?;
        let usage =
            world.get::<iam::State>().usage().remove(self.policy_arn.as_str()).unwrap_or_default();
        Ok(GetPolicyOutput { policy: Policy::of(policy, usage, Detail::Full) })
    }
}

sim::string_enum! {
    /// Whose policies are listed.
    pub enum Scope {
        All = "All",
        Aws = "AWS",
        Local = "Local",
    }
}

sim::string_enum! {
    /// What a policy is used as.
    pub enum Usage {
        Permissions = "PermissionsPolicy",
        Boundary = "PermissionsBoundary",
    }
}

sim::operation! {
    /// Lists all the managed policies that are available in your AWS account, including your own
    /// and all AWS managed policies.
    read ListPolicies in "iam" = "POST /";
    input {
        /// `All`, `AWS` (AWS managed policies only) or `Local` (your own only).
        scope: Option<Scope> => "Scope",
        /// Whether only attached policies are listed.
        only_attached: Option<bool> => "OnlyAttached",
        /// The path prefix for filtering the results.
        path_prefix: Option<String> => "PathPrefix",
        /// With `OnlyAttached`: the use that counts.
        usage: Option<Usage> => "PolicyUsageFilter",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListPoliciesOutput {
        /// The policies.
        pub policies: Vec<Policy> => "Policies",
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
        results: &["Policies"],
    }
}

impl Read for ListPolicies {
    type Output = ListPoliciesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        let prefix = self.path_prefix.as_deref();
        check_under(world, cx, "iam:ListPolicies", Kind::Policy, prefix.unwrap_or("/"), "")?;
        let scope = self.scope.unwrap_or_default();
        let usage = world.get::<iam::State>().usage();
        let used = |arn: &str| usage.get(arn).copied().unwrap_or_default();
        let wanted = |policy: &&Managed| {
            let (attached, bounding) = used(&policy.entity.arn);
            let count = match self.usage {
                None => attached + bounding,
                Some(Usage::Permissions) => attached,
                Some(Usage::Boundary) => bounding,
            };
            prefix.is_none_or(|p| policy.entity.path.starts_with(p))
                && (!self.only_attached.unwrap_or_default() || count > 0)
        };
        // One order by ARN for both parts, so that a marker fits either.
        let own = world.get::<iam::State>().policies.iter().filter(|_| scope != Scope::Aws);
        let aws = managed::all().filter(|_| scope != Scope::Local);
        let all: BTreeMap<&String, &Managed> =
            own.chain(aws).filter(wanted).map(|p| (&p.entity.arn, p)).collect();
        let page = Paging::new(self.marker.as_ref(), self.max_items)
            .take(all.into_iter(), |p| Policy::of(p, used(&p.entity.arn), Detail::Listed));
        Ok(ListPoliciesOutput {
            policies: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Deletes the specified managed policy. It must be attached to nothing, and have no version
    /// but the default one.
    write DeletePolicy in "iam" = "POST /";
    input {
        /// The ARN of the policy to delete.
        policy_arn: String => "PolicyArn",
    }
    output DeletePolicyOutput {}
    errors ["DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeletePolicy {
    type Output = DeletePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = own_policy_for(world, cx, "iam:DeletePolicy", &self.policy_arn)?;
        if world.get::<iam::State>().usage().contains_key(self.policy_arn.as_str()) {
            return Err(conflict("Cannot delete a policy attached to entities."));
        }
        if policy.versions.len() > 1 {
            return Err(conflict(
                "This policy has more than one version. Before you delete a policy, you must \
                 delete the policy's versions. The default version is deleted with the policy.",
            ));
        }
        let name = policy.entity.name.clone();
        world.get_mut::<iam::State>().policies.remove(&name);
        Ok(DeletePolicyOutput {})
    }
}

sim::structure! {
    /// A group that a managed policy is attached to.
    pub struct PolicyGroup {
        /// The name of the group.
        pub name: String => "GroupName",
        /// The stable and unique string identifying the group.
        pub id: String => "GroupId",
    }
}

sim::structure! {
    /// A user that a managed policy is attached to.
    pub struct PolicyUser {
        /// The name of the user.
        pub name: String => "UserName",
        /// The stable and unique string identifying the user.
        pub id: String => "UserId",
    }
}

sim::structure! {
    /// A role that a managed policy is attached to.
    pub struct PolicyRole {
        /// The name of the role.
        pub name: String => "RoleName",
        /// The stable and unique string identifying the role.
        pub id: String => "RoleId",
    }
}

sim::string_enum! {
    /// The kind of identity that is listed.
    pub enum EntityFilter {
        User = "User",
        Role = "Role",
        Group = "Group",
        LocalManagedPolicy = "LocalManagedPolicy",
        AwsManagedPolicy = "AWSManagedPolicy",
    }
}

sim::operation! {
    /// Lists all IAM users, groups and roles that the specified managed policy is attached to.
    read ListEntitiesForPolicy in "iam" = "POST /";
    input {
        /// The ARN of the policy.
        policy_arn: String => "PolicyArn",
        /// The kind of identity to list; all when it is not given.
        entity_filter: Option<EntityFilter> => "EntityFilter",
        /// The path prefix for filtering the results.
        path_prefix: Option<String> => "PathPrefix",
        /// Whether it is listed as a permissions policy or as a boundary.
        usage: Option<Usage> => "PolicyUsageFilter",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListEntitiesForPolicyOutput {
        /// The groups.
        pub groups: Vec<PolicyGroup> => "PolicyGroups",
        /// The users.
        pub users: Vec<PolicyUser> => "PolicyUsers",
        /// The roles.
        pub roles: Vec<PolicyRole> => "PolicyRoles",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["PolicyGroups", "PolicyUsers", "PolicyRoles"],
    }
}

impl ListEntitiesForPolicy {
    fn wants(&self, kind: EntityFilter, entity: &Entity) -> bool {
        let attached = entity.attached.contains(&self.policy_arn);
        let bounded = entity.boundary.as_ref() == Some(&self.policy_arn);
        let used = match self.usage {
            None => attached || bounded,
            Some(Usage::Permissions) => attached,
            Some(Usage::Boundary) => bounded,
        };
        used && self.entity_filter.is_none_or(|f| f == kind)
            && self.path_prefix.as_deref().is_none_or(|p| entity.path.starts_with(p))
    }
}

impl Read for ListEntitiesForPolicy {
    type Output = ListEntitiesForPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        managed_for(world, cx, "iam:ListEntitiesForPolicy", &self.policy_arn)?;
        let iam = world.get::<iam::State>();
        let groups = iam.groups.iter().map(|g| (EntityFilter::Group, &g.entity));
        let users = iam.users.iter().map(|u| (EntityFilter::User, &u.entity));
        let roles = iam.roles.iter().map(|r| (EntityFilter::Role, &r.entity));
        let all: BTreeMap<&String, (EntityFilter, &Entity)> = groups
            .chain(users)
            .chain(roles)
            .filter(|(kind, entity)| self.wants(*kind, entity))
            .map(|(kind, entity)| (&entity.arn, (kind, entity)))
            .collect();
        let page = Paging::new(self.marker.as_ref(), self.max_items).take(all.into_iter(), |e| e);
        let mut out = ListEntitiesForPolicyOutput {
            is_truncated: page.next.is_some(),
            marker: page.next,
            ..ListEntitiesForPolicyOutput::default()
        };
        for (kind, entity) in page.items {
            let (name, id) = (entity.name.clone(), entity.id.clone());
            match kind {
                EntityFilter::Group => out.groups.push(PolicyGroup { name, id }),
                EntityFilter::Role => out.roles.push(PolicyRole { name, id }),
                _ => out.users.push(PolicyUser { name, id }),
            }
        }
        Ok(out)
    }
}
