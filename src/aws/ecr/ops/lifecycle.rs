//! Lifecycle policies and their previews.

use base::Time;

use super::shapes::TagStatus;
use crate::ecr::State;
use crate::ecr::errors::{no_document, other};
use crate::ecr::image::{ImageIdentifier, find};
use crate::ecr::lifecycle;
use crate::ecr::lifecycle::rules::Expiring;
use crate::ecr::page;
use crate::ecr::permit::open;
use crate::ecr::place::Place;
use crate::ecr::state::Lifecycle;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Says which images of a repository expire, from now on.
    write PutLifecyclePolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The policy, a JSON document.
        text: String => "lifecyclePolicyText",
    }
    output PutLifecyclePolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub text: String => "lifecyclePolicyText",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Write for PutLifecyclePolicy {
    type Output = PutLifecyclePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, _) = open(world, cx, "ecr:PutLifecyclePolicy", registry, &name)?;
        let policy = lifecycle::read(&self.text)?;
        let repository = world.get_mut::<State>().repository_mut(&place, &name)?;
        repository.lifecycle = Some(Lifecycle { policy, since: cx.at, evaluated_at: None });
        lifecycle::begin(world, place.clone(), name.clone(), cx.at);
        let registry_id = place.account;
        Ok(PutLifecyclePolicyOutput { registry_id, repository_name: name, text: self.text })
    }
}

fn missing(place: &Place, name: &str) -> ApiError {
    no_document("LifecyclePolicyNotFoundException", "Lifecycle policy", place, name)
}

sim::operation! {
    /// Gets the lifecycle policy of a repository.
    read GetLifecyclePolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
    }
    output GetLifecyclePolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub text: String => "lifecyclePolicyText",
        /// When it was last looked at what expires.
        pub last_evaluated_at: Option<Time> => "lastEvaluatedAt",
    }
    errors ["InvalidParameterException", "LifecyclePolicyNotFoundException", "RepositoryNotFoundException"]
    access itself
}

impl Read for GetLifecyclePolicy {
    type Output = GetLifecyclePolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) = open(world, cx, "ecr:GetLifecyclePolicy", registry, &name)?;
        let lifecycle = repository.lifecycle.as_ref().ok_or_else(|| missing(&place, &name))?;
        Ok(GetLifecyclePolicyOutput {
            registry_id: place.account,
            repository_name: name,
            text: lifecycle.policy.text.clone(),
            last_evaluated_at: lifecycle.evaluated_at,
        })
    }
}

sim::operation! {
    /// Takes the lifecycle policy of a repository away.
    write DeleteLifecyclePolicy in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
    }
    output DeleteLifecyclePolicyOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy that it had.
        pub text: String => "lifecyclePolicyText",
        /// When it was last looked at what expires.
        pub last_evaluated_at: Option<Time> => "lastEvaluatedAt",
    }
    errors ["InvalidParameterException", "LifecyclePolicyNotFoundException", "RepositoryNotFoundException"]
    access itself
}

impl Write for DeleteLifecyclePolicy {
    type Output = DeleteLifecyclePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) = open(world, cx, "ecr:DeleteLifecyclePolicy", registry, &name)?;
        if repository.lifecycle.is_none() {
            return Err(missing(&place, &name));
        }
        let repository = world.get_mut::<State>().repository_mut(&place, &name)?;
        let lifecycle = repository.lifecycle.take().ok_or_else(|| missing(&place, &name))?;
        Ok(DeleteLifecyclePolicyOutput {
            registry_id: place.account,
            repository_name: name,
            text: lifecycle.policy.text,
            last_evaluated_at: lifecycle.evaluated_at,
        })
    }
}

sim::string_enum! {
    /// How far a preview is.
    pub enum PreviewStatus {
        InProgress = "IN_PROGRESS",
        Complete = "COMPLETE",
        Expired = "EXPIRED",
        Failed = "FAILED",
    }
}

sim::operation! {
    /// Begins a preview: it tells which images a lifecycle policy would expire.
    write StartLifecyclePolicyPreview in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The policy; that of the repository unless said.
        text: Option<String> => "lifecyclePolicyText",
    }
    output StartLifecyclePolicyPreviewOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub text: String => "lifecyclePolicyText",
        /// How far the preview is.
        pub status: PreviewStatus => "status",
    }
    errors ["InvalidParameterException", "LifecyclePolicyNotFoundException",
        "LifecyclePolicyPreviewInProgressException", "RepositoryNotFoundException"]
    access itself
    takes time
}

impl Write for StartLifecyclePolicyPreview {
    type Output = StartLifecyclePolicyPreviewOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) =
            open(world, cx, "ecr:StartLifecyclePolicyPreview", registry, &name)?;
        if repository.preview.as_ref().is_some_and(|preview| preview.found.is_none()) {
            let why = format!(
                "Lifecycle policy preview is in progress for the repository with name '{name}' in \
                 the registry with id '{}'",
                place.account
            );
            return Err(other("LifecyclePolicyPreviewInProgressException", why));
        }
        let policy = match (self.text, &repository.lifecycle) {
            (Some(text), _) => lifecycle::read(&text)?,
            (None, Some(own)) => own.policy.clone(),
            (None, None) => return Err(missing(&place, &name)),
        };
        let text = policy.text.clone();
        lifecycle::preview(world, &place, &name, policy);
        let (registry_id, status) = (place.account, PreviewStatus::InProgress);
        Ok(StartLifecyclePolicyPreviewOutput { registry_id, repository_name: name, text, status })
    }
}

sim::argument! {
    /// Which images of a preview are told.
    pub struct PreviewFilter {
        /// By whether they have tags.
        tag_status: Option<TagStatus> => "tagStatus",
    }
}

sim::string_enum! {
    /// What a rule does.
    pub enum ActionType { Expire = "EXPIRE", Transition = "TRANSITION" }
}

sim::structure! {
    /// What a rule does.
    pub struct RuleAction {
        /// What.
        pub kind: ActionType => "type",
    }
}

sim::structure! {
    /// An image that a policy would expire.
    pub struct PreviewResult {
        /// Its tags.
        pub image_tags: Vec<String> => "imageTags",
        /// The digest of its manifest.
        pub image_digest: String => "imageDigest",
        /// When it was pushed.
        pub image_pushed_at: Time => "imagePushedAt",
        /// What would be done with it.
        pub action: RuleAction => "action",
        /// The priority of the rule that does it.
        pub applied_rule_priority: i64 => "appliedRulePriority",
    }
}

sim::structure! {
    /// How many images a policy would expire.
    pub struct PreviewSummary {
        /// How many.
        pub expiring_image_total_count: Option<u64> => "expiringImageTotalCount",
    }
}

sim::operation! {
    /// Tells what the last preview found.
    read GetLifecyclePolicyPreview in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The images that are asked about; all unless said.
        image_ids: Vec<ImageIdentifier> => "imageIds",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many at most.
        max_results: Option<i64> => "maxResults",
        /// Which of them.
        filter: Option<PreviewFilter> => "filter",
    }
    output GetLifecyclePolicyPreviewOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The policy.
        pub text: String => "lifecyclePolicyText",
        /// How far the preview is.
        pub status: PreviewStatus => "status",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
        /// The images that would expire.
        pub preview_results: Vec<PreviewResult> => "previewResults",
        /// How many would.
        pub summary: PreviewSummary => "summary",
    }
    errors ["InvalidParameterException", "LifecyclePolicyPreviewNotFoundException",
        "RepositoryNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["previewResults"],
        shown: &["registryId", "repositoryName", "lifecyclePolicyText", "status", "summary"],
    }
    waiters [
        waiter("LifecyclePolicyPreviewComplete", 5, 20, &[
            success(Path("status", "COMPLETE")),
            failure(Path("status", "FAILED")),
        ])
    ]
}

impl Read for GetLifecyclePolicyPreview {
    type Output = GetLifecyclePolicyPreviewOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, repository) =
            open(world, cx, "ecr:GetLifecyclePolicyPreview", registry, &name)?;
        let preview = repository.preview.as_ref().ok_or_else(|| {
            let code = "LifecyclePolicyPreviewNotFoundException";
            no_document(code, "Lifecycle policy preview", &place, &name)
        })?;
        let status = match preview.found {
            None => PreviewStatus::InProgress,
            Some(_) => PreviewStatus::Complete,
        };
        let all = preview.found.as_deref().unwrap_or_default();
        let uri = place.uri(&name);
        let asked: Vec<String> = self
            .image_ids
            .iter()
            .filter_map(|id| Some(find(world, &uri, id).ok()?.digest.to_string()))
            .collect();
        let tags = self.filter.and_then(|filter| filter.tag_status).unwrap_or(TagStatus::Any);
        let told = all
            .iter()
            .filter(|image| match tags {
                TagStatus::Any => true,
                TagStatus::Tagged => !image.tags.is_empty(),
                TagStatus::Untagged => image.tags.is_empty(),
            })
            .filter(|image| {
                self.image_ids.is_empty() || asked.iter().any(|d| d == image.digest.as_str())
            })
            .map(|image| (image.digest.to_string(), result(image)));
        let (preview_results, next_token) =
            page::cut(told, self.next_token.as_deref(), self.max_results, 100)?;
        let total = preview.found.as_ref().map(|found| found.len() as u64);
        Ok(GetLifecyclePolicyPreviewOutput {
            registry_id: place.account,
            repository_name: name,
            text: preview.policy.text.clone(),
            status,
            next_token,
            preview_results,
            summary: PreviewSummary { expiring_image_total_count: total },
        })
    }
}

fn result(image: &Expiring) -> PreviewResult {
    PreviewResult {
        image_tags: image.tags.clone(),
        image_digest: image.digest.to_string(),
        image_pushed_at: image.pushed_at,
        action: RuleAction { kind: ActionType::Expire },
        applied_rule_priority: image.rule,
    }
}
