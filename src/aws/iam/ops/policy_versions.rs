//! Versions of managed policies.

use crate::iam;
use crate::iam::ops::policies::managed_for;
use crate::iam::ops::policies::own_policy_for;
use crate::iam::rules::{self, conflict, constraint, missing, quota};
use crate::iam::shapes::{PolicyVersion, encoded};
use crate::iam::state::{Managed, Paging, Version};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::policies::DOCUMENT_LEN_MAX;

/// The most versions a policy can have at a time.
const VERSIONS_MAX: usize = 5;

impl PolicyVersion {
    fn of(policy: &Managed, number: u32, version: &Version, with_document: bool) -> Self {
        Self {
            document: with_document.then(|| encoded(&version.document)),
            version_id: format!("v{number}"),
            is_default_version: policy.default == number,
            create_date: version.created,
        }
    }
}

/// The number of an id such as `v2`, and the version, which must exist.
fn version<'p>(policy: &'p Managed, id: &str) -> Result<(u32, &'p Version), ApiError> {
    if id.is_empty() {
        return Err(missing("versionId"));
    }
    let number = id.strip_prefix('v').and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
    let Some(number) = number else {
        return Err(constraint(
            id,
            "versionId",
            r"satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
        ));
    };
    let found = policy.versions.get(&number).ok_or_else(|| {
        let message = format!(
            "Policy {} version {id} does not exist or is not attachable.",
            policy.entity.arn
        );
        ApiError::new(404, "NoSuchEntity", message)
    })?;
    Ok((number, found))
}

sim::operation! {
    /// Creates a new version of the specified managed policy. A policy can have up to five versions.
    write CreatePolicyVersion in "iam" = "POST /";
    input {
        /// The ARN of the policy to which a version is added.
        policy_arn: String => "PolicyArn",
        /// The policy document of the new version, in JSON.
        policy_document: String => "PolicyDocument",
        /// Whether the new version becomes the default version, which is the one in force.
        set_as_default: Option<bool> => "SetAsDefault",
    }
    output CreatePolicyVersionOutput {
        /// The new version.
        pub version: PolicyVersion => "PolicyVersion",
    }
    errors ["InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreatePolicyVersion {
    type Output = CreatePolicyVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = own_policy_for(world, cx, "iam:CreatePolicyVersion", &self.policy_arn)?;
        if rules::document_len(&self.policy_document) > DOCUMENT_LEN_MAX {
            return Err(quota("PolicySize", DOCUMENT_LEN_MAX));
        }
        let document = rules::document(&self.policy_document, crate::policy::Policy::managed)?;
        if policy.versions.len() >= VERSIONS_MAX {
            let message = format!(
                "A managed policy can have up to {VERSIONS_MAX} versions. Before you create a new \
                 version, you must delete an existing version."
            );
            return Err(ApiError::new(409, "LimitExceeded", message));
        }
        let name = policy.entity.name.clone();
        let policy = world.get_mut::<iam::State>().policies.get_mut(&name)?;
        policy.newest += 1;
        if self.set_as_default.unwrap_or_default() {
            policy.default = policy.newest;
        }
        policy.updated = cx.at;
        let version = Version { document, created: cx.at };
        let shown = PolicyVersion::of(policy, policy.newest, &version, false);
        policy.versions.insert(policy.newest, version);
        Ok(CreatePolicyVersionOutput { version: shown })
    }
}

sim::operation! {
    /// Retrieves information about the specified version of the specified managed policy, including
    /// the policy document.
    read GetPolicyVersion in "iam" = "POST /";
    input {
        /// The ARN of the managed policy.
        policy_arn: String => "PolicyArn",
        /// The version: `v1`.
        version_id: String => "VersionId",
    }
    output GetPolicyVersionOutput {
        /// The version.
        pub version: PolicyVersion => "PolicyVersion",
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Read for GetPolicyVersion {
    type Output = GetPolicyVersionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = managed_for(world, cx, "iam:GetPolicyVersion", &self.policy_arn)?;
        let (number, found) = version(policy, &self.version_id)?;
        let version = PolicyVersion::of(policy, number, found, true);
        Ok(GetPolicyVersionOutput { version })
    }
}

sim::operation! {
    /// Lists information about the versions of the specified managed policy, newest first.
    read ListPolicyVersions in "iam" = "POST /";
    input {
        /// The ARN of the managed policy.
        policy_arn: String => "PolicyArn",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListPolicyVersionsOutput {
        /// The versions, without their documents.
        pub versions: Vec<PolicyVersion> => "Versions",
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
        results: &["Versions"],
    }
}

impl Read for ListPolicyVersions {
    type Output = ListPolicyVersionsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::items_max(self.max_items)?;
        let policy = managed_for(world, cx, "iam:ListPolicyVersions", &self.policy_arn)?;
        // Keys that grow as the versions get older.
        let rows: Vec<(String, PolicyVersion)> = policy
            .versions
            .iter()
            .rev()
            .map(|(number, version)| {
                let key = format!("{:010}", u32::MAX - number);
                (key, PolicyVersion::of(policy, *number, version, false))
            })
            .collect();
        let page = Paging::new(self.marker.as_ref(), self.max_items)
            .take(rows.iter().map(|(key, row)| (key, row)), PolicyVersion::clone);
        Ok(ListPolicyVersionsOutput {
            versions: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Sets the specified version of the specified policy as the policy's default version, which is
    /// the one in force for everything the policy is attached to.
    write SetDefaultPolicyVersion in "iam" = "POST /";
    input {
        /// The ARN of the policy.
        policy_arn: String => "PolicyArn",
        /// The version to set as the default version.
        version_id: String => "VersionId",
    }
    output SetDefaultPolicyVersionOutput {}
    errors ["InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for SetDefaultPolicyVersion {
    type Output = SetDefaultPolicyVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = own_policy_for(world, cx, "iam:SetDefaultPolicyVersion", &self.policy_arn)?;
        let (number, _) = version(policy, &self.version_id)?;
        let name = policy.entity.name.clone();
        let policy = world.get_mut::<iam::State>().policies.get_mut(&name)?;
        policy.default = number;
        policy.updated = cx.at;
        Ok(SetDefaultPolicyVersionOutput {})
    }
}

sim::operation! {
    /// Deletes the specified version from the specified managed policy. The default version cannot
    /// be deleted.
    write DeletePolicyVersion in "iam" = "POST /";
    input {
        /// The ARN of the policy.
        policy_arn: String => "PolicyArn",
        /// The version to delete.
        version_id: String => "VersionId",
    }
    output DeletePolicyVersionOutput {}
    errors ["DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeletePolicyVersion {
    type Output = DeletePolicyVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let policy = own_policy_for(world, cx, "iam:DeletePolicyVersion", &self.policy_arn)?;
        let (number, _) = version(policy, &self.version_id)?;
        if number == policy.default {
            return Err(conflict("Cannot delete the default version of a policy."));
        }
        let name = policy.entity.name.clone();
        world.get_mut::<iam::State>().policies.get_mut(&name)?.versions.remove(&number);
        Ok(DeletePolicyVersionOutput {})
    }
}
