//! The account itself: its alias and a summary of what it holds.

use crate::iam;
use crate::iam::rules::check_access;
use std::collections::BTreeMap;

use crate::iam::rules::{self, constraint, missing};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates an alias for your AWS account. An account has one alias: a new one replaces it.
    write CreateAccountAlias in "iam" = "POST /";
    input {
        /// The account alias: 3 to 63 lower-case letters, digits and single hyphens.
        account_alias: String => "AccountAlias",
    }
    output CreateAccountAliasOutput {}
    errors ["EntityAlreadyExists", "LimitExceeded", "ValidationError"]
    access itself
}

impl Write for CreateAccountAlias {
    type Output = CreateAccountAliasOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        alias(&self.account_alias)?;
        check_access(world, cx, "iam:CreateAccountAlias", "*", Vec::new())?;
        if world.get::<iam::State>().alias.as_ref() == Some(&self.account_alias) {
            let message = format!("The account alias {} already exists.", self.account_alias);
            return Err(ApiError::new(409, "EntityAlreadyExists", message));
        }
        world.get_mut::<iam::State>().alias = Some(self.account_alias);
        Ok(CreateAccountAliasOutput {})
    }
}

fn alias(text: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(missing("accountAlias"));
    }
    let legal = (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--");
    if legal {
        return Ok(());
    }
    let rule = "satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
    Err(constraint(text, "accountAlias", rule))
}

sim::operation! {
    /// Lists the account alias associated with the AWS account.
    read ListAccountAliases in "iam" = "POST /";
    input {
        /// Where the page begins. There is never more than one page.
        _marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000.
        max_items: Option<i64> => "MaxItems",
    }
    output ListAccountAliasesOutput {
        /// The alias, if the account has one.
        pub aliases: Vec<String> => "AccountAliases",
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
        results: &["AccountAliases"],
    }
}

impl Read for ListAccountAliases {
    type Output = ListAccountAliasesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::items_max(self.max_items)?;
        check_access(world, cx, "iam:ListAccountAliases", "*", Vec::new())?;
        let aliases = world.get::<iam::State>().alias.clone().into_iter().collect();
        Ok(ListAccountAliasesOutput { aliases, is_truncated: false, marker: None })
    }
}

sim::operation! {
    /// Deletes the specified AWS account alias.
    write DeleteAccountAlias in "iam" = "POST /";
    input {
        /// The alias to delete.
        account_alias: String => "AccountAlias",
    }
    output DeleteAccountAliasOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteAccountAlias {
    type Output = DeleteAccountAliasOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        alias(&self.account_alias)?;
        check_access(world, cx, "iam:DeleteAccountAlias", "*", Vec::new())?;
        if world.get::<iam::State>().alias.as_ref() != Some(&self.account_alias) {
            let message = format!("The account alias {} cannot be found.", self.account_alias);
            return Err(ApiError::new(404, "NoSuchEntity", message));
        }
        world.get_mut::<iam::State>().alias = None;
        Ok(DeleteAccountAliasOutput {})
    }
}

sim::operation! {
    /// Retrieves information about IAM entity usage and IAM quotas in the AWS account.
    read GetAccountSummary in "iam" = "POST /";
    input {}
    output GetAccountSummaryOutput {
        /// Counts and quotas by name.
        pub summary: BTreeMap<String, i64> => "SummaryMap",
    }
    errors []
    access itself
}

/// Quotas of a new account (IAM User Guide, "IAM and AWS STS quotas").
const QUOTAS: &[(&str, usize)] = &[
    ("AccessKeysPerUserQuota", 2),
    ("AssumeRolePolicySizeQuota", 2048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GlobalEndpointTokenVersion", 1),
    ("GroupPolicySizeQuota", 5120),
    ("GroupsPerUserQuota", 10),
    ("GroupsQuota", 300),
    ("InstanceProfilesQuota", 1000),
    ("PoliciesQuota", 1500),
    ("PolicySizeQuota", 6144),
    ("PolicyVersionsInUseQuota", 10_000),
    ("RolePolicySizeQuota", 10_240),
    ("RolesQuota", 1000),
    ("ServerCertificatesQuota", 20),
    ("SigningCertificatesPerUserQuota", 2),
    ("UserPolicySizeQuota", 2048),
    ("UsersQuota", 5000),
    ("VersionsPerPolicyQuota", 5),
];

impl Read for GetAccountSummary {
    type Output = GetAccountSummaryOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_access(world, cx, "iam:GetAccountSummary", "*", Vec::new())?;
        let iam = world.get::<iam::State>();
        let counts = [
            ("AccountAccessKeysPresent", usize::from(!iam.root_keys.is_empty())),
            ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 1),
            ("AccountSigningCertificatesPresent", 0),
            ("Groups", iam.groups.len()),
            ("InstanceProfiles", iam.profiles.len()),
            ("MFADevices", iam.devices.len()),
            ("MFADevicesInUse", iam.devices.values().filter(|d| d.user.is_some()).count()),
            ("Policies", iam.policies.len()),
            ("PolicyVersionsInUse", iam.policies.iter().map(|p| p.versions.len()).sum()),
            ("Providers", 0),
            ("Roles", iam.roles.len()),
            ("ServerCertificates", 0),
            ("Users", iam.users.len()),
        ];
        let summary = counts
            .iter()
            .chain(QUOTAS)
            .map(|(name, count)| ((*name).to_owned(), i64::try_from(*count).unwrap_or(i64::MAX)))
            .collect();
        Ok(GetAccountSummaryOutput { summary })
    }
}
