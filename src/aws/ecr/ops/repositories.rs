//! `CreateRepository`, `DescribeRepositories`, `DeleteRepository`.

use std::collections::BTreeMap;

use super::shapes::{
    EncryptionConfiguration, ExclusionFilter, ImageScanningConfiguration, Repository, Tag,
    exclusions,
};
use super::tags;
use crate::ecr::State;
use crate::ecr::errors::{invalid, limit, repository_exists, repository_not_empty};
use crate::ecr::page;
use crate::ecr::permit::{ask, open, place_of};
use crate::ecr::place::Place;
use crate::ecr::state::{self, Mutability};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// Repositories of an account in a region (service quotas).
const REPOSITORIES_MAX: usize = 100_000;

sim::operation! {
    /// Creates a repository.
    write CreateRepository in "ecr" = "POST /";
    input {
        /// The account whose registry it is to be in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository, with a namespace in front if you like: `team/web`.
        repository_name: String => "repositoryName",
        /// Labels of the repository.
        tags: Vec<Tag> => "tags",
        /// Whether a tag may be moved to another image; `MUTABLE` unless said.
        image_tag_mutability: Option<Mutability> => "imageTagMutability",
        /// The tags for which the opposite holds.
        exclusions: Vec<ExclusionFilter> => "imageTagMutabilityExclusionFilters",
        /// Whether images are scanned as they are pushed.
        scanning: Option<ImageScanningConfiguration> => "imageScanningConfiguration",
        /// How images are encrypted.
        encryption: Option<EncryptionConfiguration> => "encryptionConfiguration",
    }
    output CreateRepositoryOutput {
        /// The repository.
        pub repository: Repository => "repository",
    }
    errors ["InvalidParameterException", "InvalidTagParameterException", "LimitExceededException",
        "RepositoryAlreadyExistsException", "TooManyTagsException"]
    access {
        "ecr:CreateRepository" on "arn:aws:ecr:{region}:{account}:repository/{repositoryName}"
            keys { "aws:TagKeys": "tags.Key" },
    }
}

impl Write for CreateRepository {
    type Output = CreateRepositoryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = place_of(cx, self.registry_id.as_deref())?;
        if place.account != cx.account {
            return Err(invalid("registryId", "it is not the registry of this account"));
        }
        check_name(&self.repository_name)?;
        let mutability = self.image_tag_mutability.unwrap_or_default();
        let exclusions = exclusions(mutability, self.exclusions)?;
        if let Some(encryption) = &self.encryption {
            encryption.check()?;
        }
        let mut labels = BTreeMap::new();
        tags::add(&mut labels, self.tags)?;
        let state = world.get::<State>();
        if state.find(&place, &self.repository_name).is_some() {
            return Err(repository_exists(&place, &self.repository_name));
        }
        if state.all(&place).count() >= REPOSITORIES_MAX {
            return Err(limit(format!(
                "The registry with id '{}' has the most repositories that it may have",
                place.account
            )));
        }
        let repository = state::Repository {
            created_at: cx.at,
            mutability,
            exclusions,
            scan_on_push: self.scanning.and_then(|s| s.scan_on_push).unwrap_or_default(),
            tags: labels,
            policy: None,
            lifecycle: None,
            preview: None,
            images: BTreeMap::new(),
        };
        let told = Repository::of(&place, &self.repository_name, &repository);
        world.get_mut::<State>().insert(&place, &self.repository_name, repository);
        Ok(CreateRepositoryOutput { repository: told })
    }
}

/// Holds a name to the grammar.
fn check_name(name: &str) -> Result<(), ApiError> {
    const MEMBER: &str = "repositoryName";
    if name.chars().count() < 2 {
        return Err(invalid(MEMBER, "Member must have length greater than or equal to 2"));
    }
    if name.chars().count() > 256 {
        return Err(invalid(MEMBER, "Member must have length less than or equal to 256"));
    }
    if name.split('/').all(is_part) {
        return Ok(());
    }
    let must = r"must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'";
    Err(invalid(MEMBER, must))
}

/// Words of small letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_part(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let joint =
        |joint: &str| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|b| b == b'-');
    part.starts_with(word) && part.ends_with(word) && part.split(word).all(joint)
}

sim::operation! {
    /// Describes repositories.
    read DescribeRepositories in "ecr" = "POST /";
    input {
        /// The account whose registry they are in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The repositories; all unless said.
        repository_names: Option<Vec<String>> => "repositoryNames",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many at most.
        max_results: Option<i64> => "maxResults",
    }
    output DescribeRepositoriesOutput {
        /// The repositories.
        pub repositories: Vec<Repository> => "repositories",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["repositories"],
    }
}

impl Read for DescribeRepositories {
    type Output = DescribeRepositoriesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        const ACTION: &str = "ecr:DescribeRepositories";
        let registry = self.registry_id.as_deref();
        let Some(names) = self.repository_names.filter(|names| !names.is_empty()) else {
            let place = place_of(cx, registry)?;
            ask(world, cx, ACTION, &place, "*")?;
            let all = world.get::<State>().all(&place);
            let told = all.map(|(name, r)| (name.clone(), Repository::of(&place, name, r)));
            let (repositories, next_token) =
                page::cut(told, self.next_token.as_deref(), self.max_results, 1000)?;
            return Ok(DescribeRepositoriesOutput { repositories, next_token });
        };
        for (member, given) in
            [("nextToken", self.next_token.is_some()), ("maxResults", self.max_results.is_some())]
        {
            if given {
                return Err(invalid(member, "cannot be given beside repositoryNames"));
            }
        }
        let one = |name: &String| {
            let (place, repository) = open(world, cx, ACTION, registry, name)?;
            Ok(Repository::of(&place, name, repository))
        };
        let repositories = names.iter().map(one).collect::<Result<_, ApiError>>()?;
        Ok(DescribeRepositoriesOutput { repositories, next_token: None })
    }
}

sim::operation! {
    /// Deletes a repository.
    write DeleteRepository in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// Whether its images are deleted with it.
        force: Option<bool> => "force",
    }
    output DeleteRepositoryOutput {
        /// The repository that was deleted.
        pub repository: Repository => "repository",
    }
    errors ["InvalidParameterException", "RepositoryNotEmptyException", "RepositoryNotFoundException"]
    access itself
}

impl Write for DeleteRepository {
    type Output = DeleteRepositoryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = &self.repository_name;
        let registry = self.registry_id.as_deref();
        let (place, repository) = open(world, cx, "ecr:DeleteRepository", registry, name)?;
        let told = Repository::of(&place, name, repository);
        let uri = place.uri(name);
        let empty = world.get::<registry::State>().images(&uri).next().is_none();
        if !empty && self.force != Some(true) {
            return Err(repository_not_empty(&place, name));
        }
        forget(world, &place, name);
        Ok(DeleteRepositoryOutput { repository: told })
    }
}

fn forget(world: &mut World, place: &Place, name: &str) {
    world.get_mut::<State>().remove(place, name);
    // Nothing is touched where nothing was ever pushed.
    let uri = place.uri(name);
    if world.get::<registry::State>().knows(&uri) {
        world.get_mut::<registry::State>().forget(&uri);
    }
}
