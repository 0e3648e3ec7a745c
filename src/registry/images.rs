//! What a system that stands on this one sees and does: an account's own registry, whose images are
//! kept here under names that begin with its host.

use super::State;
use super::digest::ContentDigest;
use super::manifest::is_index;
use super::names::{Tag, is_tag};
use super::state::{Manifest, Repository};
use base::Slice;

/// What stands in the host of an account's own registry: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
const OF_ACCOUNT: &str = ".dkr.ecr.";

/// The host at the beginning of a name that belongs to an account's own registry.
#[must_use]
pub fn account_host(name: &str) -> Option<&str> {
    let host = name.split('/').next()?;
    host.contains(OF_ACCOUNT).then_some(host)
}

/// Whether a text is in the form of a tag.
#[must_use]
pub fn can_be_tag(text: &str) -> bool {
    is_tag(text)
}

/// One manifest of a repository, with what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    pub digest: &'a ContentDigest,
    manifest: &'a Manifest,
    repository: &'a Repository,
}

impl<'a> Image<'a> {
    /// The manifest as it was pushed.
    #[must_use]
    pub fn text(&self) -> &'a str {
        &self.manifest.text
    }

    #[must_use]
    pub fn media_type(&self) -> &'a str {
        &self.manifest.facts.media_type
    }

    /// What kind of thing it describes: the type of an image's configuration.
    #[must_use]
    pub fn artifact_type(&self) -> Option<&'a str> {
        self.manifest.facts.artifact_type.as_deref()
    }

    /// The text of its configuration, where that says how the image runs without an engine.
    #[must_use]
    pub fn configuration(&self) -> Option<&'a str> {
        let config = self.manifest.facts.blobs.first()?;
        self.repository.texts.get(config).map(String::as_str)
    }

    /// The image for `linux/amd64`, where it names several.
    #[must_use]
    pub fn usual(&self) -> Option<Image<'a>> {
        if !self.is_index() {
            return Some(*self);
        }
        let children = &self.manifest.facts.children;
        let usual = children.iter().find(|child| child.platform == "linux/amd64");
        self.repository.image(&usual.or_else(|| children.first())?.digest)
    }

    /// The manifest that it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&'a ContentDigest> {
        self.manifest.facts.subject.as_ref()
    }

    /// Whether it names other manifests rather than layers.
    #[must_use]
    pub fn is_index(&self) -> bool {
        is_index(&self.manifest.facts.media_type)
    }

    /// Whether it names this manifest.
    #[must_use]
    pub fn names(&self, other: &ContentDigest) -> bool {
        self.manifest.facts.children.iter().any(|child| child.digest == *other)
    }

    /// Bytes of its layers, compressed as they were pushed; of an index, of the largest of its images.
    #[must_use]
    pub fn size(&self) -> u64 {
        if self.is_index() {
            let children = self.manifest.facts.children.iter();
            let known = children.filter_map(|child| self.repository.image(&child.digest));
            // What an index names is no index in turn, so this ends; one that is has no layers.
            return known.filter(|i| !i.is_index()).map(|i| i.size()).max().unwrap_or_default();
        }
        let layers = self.manifest.facts.blobs.iter().skip(1);
        layers.filter_map(|digest| self.repository.blobs.get(digest)).map(|blob| blob.len).sum()
    }

    /// Its tags, in the order of lists.
    pub fn tags(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let digest = self.digest;
        let tags = self.repository.tags.iter().filter(move |(_, target)| *target == digest);
        tags.map(|(tag, _)| tag.0.as_str())
    }
}

impl Repository {
    fn image(&self, digest: &ContentDigest) -> Option<Image<'_>> {
        let (digest, manifest) = self.manifests.get_key_value(digest)?;
        Some(Image { digest, manifest, repository: self })
    }
}

impl State {
    /// The images of a repository, in the order of their digests.
    pub fn images(&self, name: &str) -> impl Iterator<Item = Image<'_>> {
        let repository = self.repositories.get(name);
        repository.into_iter().flat_map(|repository| {
            let all = repository.manifests.iter();
            all.map(move |(digest, manifest)| Image { digest, manifest, repository })
        })
    }

    /// Whether anything was ever pushed to a repository of that name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.repositories.contains_key(name)
    }

    /// The image of that digest.
    #[must_use]
    pub fn image(&self, name: &str, digest: &str) -> Option<Image<'_>> {
        self.repositories.get(name)?.image(&ContentDigest::parse(digest).ok()?)
    }

    /// The image that a tag leads to.
    #[must_use]
    pub fn tagged(&self, name: &str, tag: &str) -> Option<Image<'_>> {
        let repository = self.repositories.get(name)?;
        repository.image(repository.tags.get(&Tag(tag.to_owned()))?)
    }

    /// Where the bytes of a repository's blob are.
    #[must_use]
    pub fn layer(&self, name: &str, digest: &str) -> Option<Slice> {
        let stored = self.blob(name, digest).ok()?;
        Some(Slice { digest: stored.sha256, offset: 0, len: stored.len })
    }

    /// Takes a tag away; its image stays.
    pub fn untag(&mut self, name: &str, tag: &str) {
        if let Some(repository) = self.repositories.get_mut(name) {
            repository.tags.remove(&Tag(tag.to_owned()));
        }
    }

    /// Takes an image out, with every tag that leads to it.
    pub fn remove(&mut self, name: &str, digest: &ContentDigest) {
        if let Some(repository) = self.repositories.get_mut(name) {
            repository.remove(digest);
        }
    }

    /// Takes a whole repository out.
    pub fn forget(&mut self, name: &str) {
        self.repositories.remove(name);
    }
}
