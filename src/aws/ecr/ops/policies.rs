//! `SetRepositoryPolicy`, `GetRepositoryPolicy`, `DeleteRepositoryPolicy`.

use crate::AccessRequest;
use crate::ecr::State;
use crate::ecr::errors::{invalid, no_document};
use crate::ecr::permit::open;
use crate::ecr::place::Place;
use crate::ecr::repository_policy::read;
use crate::policy::Policy;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Attaches a policy to a repository.
    write SetRepositoryPolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The policy, a JSON document.
        policy_text: String => "policyText",
        /// Takes even a policy that keeps you from setting another.
        force: Option<bool> => "force",
    }
    output SetRepositoryPolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub policy_text: String => "policyText",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

const SET: &str = "ecr:SetRepositoryPolicy";

impl Write for SetRepositoryPolicy {
    type Output = SetRepositoryPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.repository_name;
        let (place, _) = open(world, cx, SET, self.registry_id.as_deref(), &name)?;
        let policy = read(&self.policy_text)?;
        let request = AccessRequest {
            action: SET,
            resource: &place.repository_arn(&name),
            resource_policy: Some(&policy),
            acl_allows: false,
            conditions: Vec::new(),
        };
        if self.force != Some(true) && crate::authorize(world, cx, &request).is_err() {
            let why = "The policy would keep you from setting another: it must be forced";
            return Err(invalid("PolicyText", why));
        }
        world.get_mut::<State>().repository_mut(&place, &name)?.policy = Some(policy);
        let (registry_id, policy_text) = (place.account, self.policy_text);
        Ok(SetRepositoryPolicyOutput { registry_id, repository_name: name, policy_text })
    }
}

fn missing(place: &Place, name: &str) -> ApiError {
    no_document("RepositoryPolicyNotFoundException", "Repository policy", place, name)
}

sim::operation! {
    /// Gets the policy of a repository.
    read GetRepositoryPolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
    }
    output GetRepositoryPolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub policy_text: String => "policyText",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException", "RepositoryPolicyNotFoundException"]
    access itself
}

impl Read for GetRepositoryPolicy {
    type Output = GetRepositoryPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) = open(world, cx, "ecr:GetRepositoryPolicy", registry, &name)?;
        let policy: Option<&Policy> = repository.policy.as_ref();
        let policy_text = policy.ok_or_else(|| missing(&place, &name))?.text.clone();
        let registry_id = place.account;
        Ok(GetRepositoryPolicyOutput { registry_id, repository_name: name, policy_text })
    }
}

sim::operation! {
    /// Takes the policy of a repository away.
    write DeleteRepositoryPolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
    }
    output DeleteRepositoryPolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy that it had.
        pub policy_text: String => "policyText",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException", "RepositoryPolicyNotFoundException"]
    access itself
}

impl Write for DeleteRepositoryPolicy {
    type Output = DeleteRepositoryPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) = open(world, cx, "ecr:DeleteRepositoryPolicy", registry, &name)?;
        if repository.policy.is_none() {
            return Err(missing(&place, &name));
        }
        let repository = world.get_mut::<State>().repository_mut(&place, &name)?;
        let policy_text = repository.policy.take().map(|policy| policy.text).unwrap_or_default();
        let registry_id = place.account;
        Ok(DeleteRepositoryPolicyOutput { registry_id, repository_name: name, policy_text })
    }
}
