//! The operations: repositories, images, layers, policies, scans, tags, credentials.

mod changes;
mod credentials;
mod images;
mod layers;
mod lifecycle;
mod policies;
mod registry_settings;
mod repositories;
mod scans;
mod settings;
mod shapes;
mod tags;

use sim::api::OpDef;

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &layers::BatchCheckLayerAvailability::DEF,
    &changes::BatchDeleteImage::DEF,
    &images::BatchGetImage::DEF,
    &settings::BatchGetRepositoryScanningConfiguration::DEF,
    &repositories::CreateRepository::DEF,
    &lifecycle::DeleteLifecyclePolicy::DEF,
    &repositories::DeleteRepository::DEF,
    &policies::DeleteRepositoryPolicy::DEF,
    &scans::DescribeImageScanFindings::DEF,
    &images::DescribeImages::DEF,
    &registry_settings::DescribeRegistry::DEF,
    &repositories::DescribeRepositories::DEF,
    &credentials::GetAuthorizationToken::DEF,
    &layers::GetDownloadUrlForLayer::DEF,
    &lifecycle::GetLifecyclePolicy::DEF,
    &lifecycle::GetLifecyclePolicyPreview::DEF,
    &registry_settings::GetRegistryScanningConfiguration::DEF,
    &policies::GetRepositoryPolicy::DEF,
    &images::ListImages::DEF,
    &tags::ListTagsForResource::DEF,
    &changes::PutImage::DEF,
    &settings::PutImageScanningConfiguration::DEF,
    &settings::PutImageTagMutability::DEF,
    &lifecycle::PutLifecyclePolicy::DEF,
    &policies::SetRepositoryPolicy::DEF,
    &scans::StartImageScan::DEF,
    &lifecycle::StartLifecyclePolicyPreview::DEF,
    &tags::TagResource::DEF,
    &tags::UntagResource::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "CompleteLayerUpload",
    "CreatePullThroughCacheRule",
    "CreateRepositoryCreationTemplate",
    "DeletePullThroughCacheRule",
    "DeleteRegistryPolicy",
    "DeleteRepositoryCreationTemplate",
    "DeleteSigningConfiguration",
    "DeregisterPullTimeUpdateExclusion",
    "DescribeImageReplicationStatus",
    "DescribeImageSigningStatus",
    "DescribePullThroughCacheRules",
    "DescribeRepositoryCreationTemplates",
    "GetAccountSetting",
    "GetRegistryPolicy",
    "GetSigningConfiguration",
    "InitiateLayerUpload",
    "ListImageReferrers",
    "ListPullTimeUpdateExclusions",
    "PutAccountSetting",
    "PutRegistryPolicy",
    "PutRegistryScanningConfiguration",
    "PutReplicationConfiguration",
    "PutSigningConfiguration",
    "RegisterPullTimeUpdateExclusion",
    "UpdateImageStorageClass",
    "UpdatePullThroughCacheRule",
    "UpdateRepositoryCreationTemplate",
    "UploadLayerPart",
    "ValidatePullThroughCacheRule",
];
