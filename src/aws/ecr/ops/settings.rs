//! `PutImageTagMutability`, `PutImageScanningConfiguration`, `BatchGetRepositoryScanningConfiguration`.

use super::shapes::{
    ExclusionFilter, ImageScanningConfiguration, RepositoryFilter, ScanFrequency, exclusions,
    filters,
};
use crate::ecr::State;
use crate::ecr::permit::{ask, open};
use crate::ecr::place::Place;
use crate::ecr::state::Mutability;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Says whether a tag of a repository may be moved to another image.
    write PutImageTagMutability in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// Whether it may.
        image_tag_mutability: Mutability => "imageTagMutability",
        /// The tags for which the opposite holds.
        exclusions: Vec<ExclusionFilter> => "imageTagMutabilityExclusionFilters",
    }
    output PutImageTagMutabilityOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// Whether a tag may be moved.
        pub image_tag_mutability: Mutability => "imageTagMutability",
        /// The tags for which the opposite holds.
        pub exclusions: Option<Vec<ExclusionFilter>> => "imageTagMutabilityExclusionFilters",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Write for PutImageTagMutability {
    type Output = PutImageTagMutabilityOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.repository_name;
        let registry = self.registry_id.as_deref();
        let (place, _) = open(world, cx, "ecr:PutImageTagMutability", registry, &name)?;
        let exclusions = exclusions(self.image_tag_mutability, self.exclusions)?;
        let repository = world.get_mut::<State>().repository_mut(&place, &name)?;
        repository.mutability = self.image_tag_mutability;
        repository.exclusions = exclusions;
        Ok(PutImageTagMutabilityOutput {
            registry_id: place.account,
            repository_name: name,
            image_tag_mutability: repository.mutability,
            exclusions: filters(&repository.exclusions),
        })
    }
}

sim::operation! {
    /// Says whether the images of a repository are scanned as they are pushed.
    write PutImageScanningConfiguration in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// Whether they are.
        scanning: ImageScanningConfiguration => "imageScanningConfiguration",
    }
    output PutImageScanningConfigurationOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// Whether they are.
        pub scanning: ImageScanningConfiguration => "imageScanningConfiguration",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Write for PutImageScanningConfiguration {
    type Output = PutImageScanningConfigurationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.repository_name;
        let registry = self.registry_id.as_deref();
        let (place, _) = open(world, cx, "ecr:PutImageScanningConfiguration", registry, &name)?;
        let repository = world.get_mut::<State>().repository_mut(&place, &name)?;
        repository.scan_on_push = self.scanning.scan_on_push.unwrap_or_default();
        let scanning = ImageScanningConfiguration { scan_on_push: Some(repository.scan_on_push) };
        let registry_id = place.account;
        Ok(PutImageScanningConfigurationOutput { registry_id, repository_name: name, scanning })
    }
}

sim::structure! {
    /// When the images of a repository are scanned.
    pub struct RepositoryScanningConfiguration {
        /// The ARN of the repository.
        pub repository_arn: String => "repositoryArn",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// Whether they are scanned as they are pushed.
        pub scan_on_push: bool => "scanOnPush",
        /// When they are scanned.
        pub scan_frequency: ScanFrequency => "scanFrequency",
        /// The rules of the registry that hold for it, of which there are none.
        pub applied_scan_filters: Vec<RepositoryFilter> => "appliedScanFilters",
    }
}

sim::structure! {
    /// A repository that is not there.
    pub struct RepositoryScanningConfigurationFailure {
        /// Its name.
        pub repository_name: String => "repositoryName",
        /// What is wrong.
        pub failure_code: String => "failureCode",
        /// The same as a sentence.
        pub failure_reason: String => "failureReason",
    }
}

sim::operation! {
    /// Says when the images of some repositories are scanned.
    read BatchGetRepositoryScanningConfiguration in "ecr" = "POST /";
    input {
        /// The names of the repositories.
        repository_names: Vec<String> => required "repositoryNames",
    }
    output BatchGetRepositoryScanningConfigurationOutput {
        /// When their images are scanned.
        pub configurations: Vec<RepositoryScanningConfiguration> => "scanningConfigurations",
        /// Those that are not there.
        pub failures: Vec<RepositoryScanningConfigurationFailure> => "failures",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Read for BatchGetRepositoryScanningConfiguration {
    type Output = BatchGetRepositoryScanningConfigurationOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let mut told = BatchGetRepositoryScanningConfigurationOutput::default();
        for name in self.repository_names {
            ask(world, cx, "ecr:BatchGetRepositoryScanningConfiguration", &place, &name)?;
            match world.get::<State>().repository(&place, &name) {
                Ok(repository) => told.configurations.push(RepositoryScanningConfiguration {
                    repository_arn: place.repository_arn(&name),
                    scan_on_push: repository.scan_on_push,
                    scan_frequency: if repository.scan_on_push {
                        ScanFrequency::ScanOnPush
                    } else {
                        ScanFrequency::Manual
                    },
                    applied_scan_filters: Vec::new(),
                    repository_name: name,
                }),
                Err(error) => told.failures.push(RepositoryScanningConfigurationFailure {
                    repository_name: name,
                    failure_code: "REPOSITORY_NOT_FOUND".to_owned(),
                    failure_reason: error.message,
                }),
            }
        }
        Ok(told)
    }
}
