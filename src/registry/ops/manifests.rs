//! Manifests: what an image is made of, found by tag or digest.

use super::super::digest::{Algorithm, ContentDigest};
use super::super::errors::{Refusal, refusal};
use super::super::manifest::{self, Facts, is_image, is_index};
use super::super::names::{Reference, check_name, manifest_unknown};
use super::super::state::{Manifest, Repository};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// Whom an index stands for when the client takes single images only.
const USUAL_PLATFORM: &str = "linux/amd64";

sim::operation! {
    /// Gets a manifest by its tag or digest. By tag, a client that takes single images and no index
    /// gets the image of linux/amd64 out of an index.
    read GetManifest in "registry" = "GET /v2/{name+}/manifests/{reference}";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// A tag or a digest.
        pub reference: String => "reference" Uri,
        /// The media types that the client takes; any when it names none.
        pub accept: Vec<String> => "accept" Header("Accept"),
    }
    output GetManifestOutput {
        /// The manifest, as it was pushed.
        pub manifest: String => "manifest" Payload("manifest"),
        /// What kind of manifest it is.
        pub media_type: String => "mediaType" Header("Content-Type"),
        /// Its digest.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
    }
    errors ["MANIFEST_UNKNOWN", "NAME_INVALID"]
    access itself
}

impl Read for GetManifest {
    type Output = GetManifestOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut found = world.get::<crate::State>().manifest(&self.name, &self.reference)?;
        // Who asks by digest gets just that.
        if !self.reference.contains(':') && self.takes_images_only() {
            let children = &found.1.facts.children;
            let usual = children.iter().find(|child| child.platform == USUAL_PLATFORM);
            if let Some(child) = usual.filter(|child| self.accept.contains(&child.media_type)) {
                found = world.get::<crate::State>().manifest(&self.name, child.digest.as_str())?;
            }
        }
        let (digest, manifest) = found;
        Ok(GetManifestOutput {
            manifest: manifest.text.clone(),
            media_type: manifest.facts.media_type.clone(),
            digest: digest.to_string(),
        })
    }
}

impl GetManifest {
    fn takes_images_only(&self) -> bool {
        let takes = |what: &dyn Fn(&str) -> bool| self.accept.iter().any(|t| what(t));
        takes(&is_image) && !takes(&is_index) && !takes(&|t| t.contains('*'))
    }
}

sim::operation! {
    /// Keeps a manifest, under a tag or under its digest. What it names must be there already,
    /// except the manifest that it is about.
    write PutManifest in "registry" = "PUT /v2/{name+}/manifests/{reference}" (201);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// A tag, or the manifest's digest.
        pub reference: String => "reference" Uri,
        /// What kind of manifest it is; else it says so itself.
        pub media_type: Option<String> => "mediaType" Header("Content-Type"),
        /// The manifest.
        pub manifest: String => "manifest" Payload("manifest"),
    }
    output PutManifestOutput {
        /// Its digest.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
        /// The manifest that this one is about.
        pub subject: Option<String> => "subject" Header("OCI-Subject"),
    }
    errors ["DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID", "NAME_INVALID",
        "SIZE_INVALID"]
    access itself
}

impl Write for PutManifest {
    type Output = PutManifestOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.name)?;
        let reference = self.reference.as_str();
        let tag = match Reference::parse(reference) {
            Some(Reference::Tag(tag)) => Some(tag),
            Some(Reference::Digest(_)) => None,
            None if reference.contains(':') => return Err(wrong_digest(reference)),
            None => {
                let reason = format!("{reference:?} is not a tag");
                return Err(refusal(Refusal::ManifestInvalid).with("reason", reason));
            }
        };
        let facts = manifest::read(&self.manifest, self.media_type.as_deref())?;
        let algorithm = match tag {
            Some(_) => Algorithm::Sha256,
            None => ContentDigest::parse(reference)?.algorithm(),
        };
        let digest = ContentDigest::of(algorithm, self.manifest.as_bytes());
        if tag.is_none() && digest.as_str() != reference {
            return Err(wrong_digest(reference));
        }
        complete(world.get::<crate::State>().repositories.get(&self.name), &facts)?;
        let subject = facts.subject.clone();
        let repository = world.get_mut::<crate::State>().repositories.entry(self.name).or_default();
        if let Some(subject) = &subject {
            repository.referrers.entry(subject.clone()).or_default().insert(digest.clone());
        }
        repository.manifests.insert(digest.clone(), Manifest { text: self.manifest, facts });
        if let Some(tag) = tag {
            repository.tags.insert(tag, digest.clone());
        }
        Ok(PutManifestOutput {
            digest: digest.to_string(),
            subject: subject.map(|s| s.to_string()),
        })
    }
}

fn wrong_digest(reference: &str) -> ApiError {
    refusal(Refusal::DigestInvalid).with("digest", reference)
}

/// That everything a manifest names is in its repository. What an index names may be a blob too:
/// caches of builds are pushed so.
fn complete(repository: Option<&Repository>, facts: &Facts) -> Result<(), ApiError> {
    let blob = |digest: &ContentDigest| repository.is_some_and(|r| r.blobs.contains_key(digest));
    let manifest =
        |digest: &ContentDigest| repository.is_some_and(|r| r.manifests.contains_key(digest));
    let children = facts.children.iter().map(|child| &child.digest);
    let missing = facts.blobs.iter().find(|digest| !blob(digest));
    let missing = missing.or_else(|| children.into_iter().find(|d| !manifest(d) && !blob(d)));
    missing.map_or(Ok(()), |digest| {
        Err(refusal(Refusal::ManifestBlobUnknown).with("digest", digest.as_str()))
    })
}

sim::operation! {
    /// Takes a manifest out of a repository: by digest, with every tag that leads to it; by tag,
    /// the tag alone.
    write DeleteManifest in "registry" = "DELETE /v2/{name+}/manifests/{reference}" (202);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// A tag or a digest.
        pub reference: String => "reference" Uri,
    }
    output DeleteManifestOutput {}
    errors ["MANIFEST_UNKNOWN", "NAME_INVALID"]
    access itself
}

impl Write for DeleteManifest {
    type Output = DeleteManifestOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        world.get::<crate::State>().manifest(&self.name, &self.reference)?;
        let unknown = || manifest_unknown(&self.name, &self.reference);
        let repository =
            world.get_mut::<crate::State>().repositories.get_mut(&self.name).ok_or_else(unknown)?;
        match Reference::parse(&self.reference) {
            Some(Reference::Tag(tag)) => drop(repository.tags.remove(&tag)),
            Some(Reference::Digest(digest)) => repository.remove(&digest),
            None => return Err(unknown()),
        }
        Ok(DeleteManifestOutput {})
    }
}
