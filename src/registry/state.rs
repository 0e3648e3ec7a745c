//! What a registry keeps.

use std::collections::{BTreeMap, BTreeSet};

use super::digest::ContentDigest;
use super::errors::{Refusal, refusal};
use super::manifest::Facts;
use super::names::{Reference, Tag, check_name, manifest_unknown};
use base::Digest;
use sim::api::ApiError;

/// All repositories, by name.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(super) repositories: BTreeMap<String, Repository>,
}

/// Images of one name.
#[derive(Hash, Debug, Default)]
pub(super) struct Repository {
    /// The blobs that were pushed to or mounted into this repository.
    pub(super) blobs: BTreeMap<ContentDigest, Stored>,
    /// The texts of those that the world itself reads: configurations of images that say how they run
    /// where there is no engine.
    pub(super) texts: BTreeMap<ContentDigest, String>,
    pub(super) manifests: BTreeMap<ContentDigest, Manifest>,
    pub(super) tags: BTreeMap<Tag, ContentDigest>,
    /// Which manifests are about another one.
    pub(super) referrers: BTreeMap<ContentDigest, BTreeSet<ContentDigest>>,
}

/// Where a blob's bytes are: the blob store names them by their SHA-256, whatever the registry does.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct Stored {
    pub(super) sha256: Digest,
    pub(super) len: u64,
}

/// A manifest as it was pushed.
#[derive(Hash, Debug)]
pub(super) struct Manifest {
    pub(super) text: String,
    pub(super) facts: Facts,
}

impl State {
    /// The repository of that name, if anything was ever pushed there.
    ///
    /// # Errors
    /// `NAME_INVALID` when no repository can be called so.
    pub(super) fn find(&self, name: &str) -> Result<Option<&Repository>, ApiError> {
        check_name(name)?;
        Ok(self.repositories.get(name))
    }

    /// The blob of that digest in that repository.
    ///
    /// # Errors
    /// `BLOB_UNKNOWN`, or that name or digest are none.
    pub(super) fn blob(&self, name: &str, digest: &str) -> Result<Stored, ApiError> {
        let repository = self.find(name)?;
        let digest = ContentDigest::parse(digest)?;
        let stored = repository.and_then(|r| r.blobs.get(&digest)).copied();
        stored.ok_or_else(|| refusal(Refusal::BlobUnknown).with("digest", digest.as_str()))
    }

    /// The manifest that a tag or digest names, with its digest.
    ///
    /// # Errors
    /// `MANIFEST_UNKNOWN`, also for a reference in the form of neither.
    pub(super) fn manifest(
        &self,
        name: &str,
        reference: &str,
    ) -> Result<(&ContentDigest, &Manifest), ApiError> {
        let unknown = || manifest_unknown(name, reference);
        let repository = self.find(name)?.ok_or_else(unknown)?;
        let digest = match Reference::parse(reference).ok_or_else(unknown)? {
            Reference::Tag(tag) => repository.tags.get(&tag).ok_or_else(unknown)?.clone(),
            Reference::Digest(digest) => digest,
        };
        repository.manifests.get_key_value(&digest).ok_or_else(unknown)
    }
}

impl Repository {
    /// Takes a manifest out, with every tag that leads to it.
    pub(super) fn remove(&mut self, digest: &ContentDigest) {
        let Some(manifest) = self.manifests.remove(digest) else { return };
        self.tags.retain(|_, target| target != digest);
        let Some(subject) = manifest.facts.subject else { return };
        if let Some(about) = self.referrers.get_mut(&subject) {
            about.remove(digest);
            if about.is_empty() {
                self.referrers.remove(&subject);
            }
        }
    }
}
