//! Listings: repositories, tags, and what is about a manifest. Each page is found by its first name,
//! so that reading all pages costs no more than reading one.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::super::digest::ContentDigest;
use super::super::errors::{Refusal, refusal};
use super::super::images::account_host;
use super::super::names::Tag;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// What an index says of a manifest.
    pub struct Descriptor {
        /// What kind of manifest it is.
        pub media_type: String => "mediaType",
        /// Its digest.
        pub digest: String => "digest",
        /// Bytes.
        pub size: u64 => "size",
        /// What kind of thing it describes.
        pub artifact_type: Option<String> => "artifactType",
        /// What its maker noted on it.
        pub annotations: BTreeMap<String, String> => "annotations",
    }
}

/// The keys behind `last` that are listed, at most `n`, and whether there are more.
fn page<K: Ord + Clone, V>(
    all: &BTreeMap<K, V>,
    n: Option<u64>,
    last: Option<K>,
    listed: impl Fn(&K) -> bool,
) -> (Vec<K>, bool) {
    let n = n.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let start = last.map_or(Bound::Unbounded, Bound::Excluded);
    let names = all.range((start, Bound::Unbounded)).map(|(name, _)| name);
    let mut rest = names.filter(|name| listed(name));
    let names: Vec<K> = rest.by_ref().take(n).cloned().collect();
    // No name, no next page: there would be nothing to go on from.
    let more = !names.is_empty() && rest.next().is_some();
    (names, more)
}

sim::operation! {
    /// Lists the repositories, in the order of their names.
    read ListRepositories in "registry" = "GET /v2/_catalog";
    input {
        /// How many at most; all when it is not given.
        pub n: Option<u64> => "n" Query("n"),
        /// The name that the last page ended with.
        pub last: Option<String> => "last" Query("last"),
    }
    output ListRepositoriesOutput {
        /// The names.
        pub repositories: Vec<String> => "repositories",
        /// Whether there are more behind them.
        pub more: bool => "more",
    }
    errors []
    access itself
}

impl Read for ListRepositories {
    type Output = ListRepositoriesOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let all = &world.get::<crate::State>().repositories;
        // What an account's own registry has is listed by that.
        let listed = |name: &String| account_host(name).is_none();
        let (repositories, more) = page(all, self.n, self.last, listed);
        Ok(ListRepositoriesOutput { repositories, more })
    }
}

sim::operation! {
    /// Lists the tags of a repository, in the order of the alphabet whatever their case.
    read ListTags in "registry" = "GET /v2/{name+}/tags/list";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// How many at most; all when it is not given.
        pub n: Option<u64> => "n" Query("n"),
        /// The tag that the last page ended with.
        pub last: Option<String> => "last" Query("last"),
    }
    output ListTagsOutput {
        /// The repository.
        pub name: String => "name",
        /// The tags.
        pub tags: Vec<String> => "tags",
        /// Whether there are more behind them.
        pub more: bool => "more",
    }
    errors ["NAME_INVALID", "NAME_UNKNOWN"]
    access itself
}

impl Read for ListTags {
    type Output = ListTagsOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let unknown = || refusal(Refusal::NameUnknown).with("name", self.name.as_str());
        let repository = world.get::<crate::State>().find(&self.name)?.ok_or_else(unknown)?;
        let (tags, more) = page(&repository.tags, self.n, self.last.map(Tag), |_| true);
        let tags = tags.into_iter().map(|tag| tag.0).collect();
        Ok(ListTagsOutput { name: self.name, tags, more })
    }
}

sim::operation! {
    /// Lists the manifests that are about another one: signatures, bills of materials. A manifest
    /// that is not there has none.
    read ListReferrers in "registry" = "GET /v2/{name+}/referrers/{digest}";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest of the manifest they are about.
        pub digest: String => "digest" Uri,
        /// Only those of this kind.
        pub artifact_type: Option<String> => "artifactType" Query("artifactType"),
    }
    output ListReferrersOutput {
        /// The manifests, in the order of their digests.
        pub manifests: Vec<Descriptor> => "manifests",
    }
    errors ["DIGEST_INVALID", "NAME_INVALID"]
    access itself
}

impl Read for ListReferrers {
    type Output = ListReferrersOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let repository = world.get::<crate::State>().find(&self.name)?;
        let subject = ContentDigest::parse(&self.digest)?;
        let Some(repository) = repository else { return Ok(ListReferrersOutput::default()) };
        let about = repository.referrers.get(&subject).into_iter().flatten();
        let found = about.filter_map(|digest| repository.manifests.get_key_value(digest));
        let wanted = self.artifact_type;
        let manifests = found
            .filter(|(_, m)| wanted.is_none() || m.facts.artifact_type == wanted)
            .map(|(digest, manifest)| Descriptor {
                media_type: manifest.facts.media_type.clone(),
                digest: digest.to_string(),
                size: manifest.text.len() as u64,
                artifact_type: manifest.facts.artifact_type.clone(),
                annotations: manifest.facts.annotations.clone(),
            })
            .collect();
        Ok(ListReferrersOutput { manifests })
    }
}
