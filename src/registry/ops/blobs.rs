//! Blobs: layers and configurations, known by their digest.

use super::super::digest::{Algorithm, ContentDigest};
use super::super::errors::{Refusal, refusal};
use super::super::names::check_name;
use super::super::state::Stored;
use base::{Blob, Slice};
use sim::api::{ApiError, Body, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Gets a blob of a repository.
    read GetBlob in "registry" = "GET /v2/{name+}/blobs/{digest}";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest of the blob.
        pub digest: String => "digest" Uri,
    }
    output GetBlobOutput {
        /// The bytes.
        pub content: Body => "content" Payload("content"),
    }
    errors ["BLOB_UNKNOWN", "DIGEST_INVALID", "NAME_INVALID"]
    access itself
}

impl Read for GetBlob {
    type Output = GetBlobOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Stored { sha256, len } = world.get::<crate::State>().blob(&self.name, &self.digest)?;
        Ok(GetBlobOutput { content: Body(vec![Slice { digest: sha256, offset: 0, len }]) })
    }
}

/// The longest text of a blob that the world reads, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 10;

sim::operation! {
    /// Keeps a blob whose upload is complete.
    write PutBlob in "registry" = "PUT /v2/{name+}/blobs/uploads/{upload}?digest" (201);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest that the client gave. A SHA-256 is compared with the content's; a SHA-512 was
        /// computed where the bytes arrived.
        pub digest: String => "digest" Query("digest"),
        /// The bytes.
        pub content: Blob => "content" Payload("content"),
        /// The same bytes, of an image's configuration that says how it runs where there is no engine.
        pub text: Option<String> => "text" Header("X-Distlab-Text"),
    }
    output PutBlobOutput {
        /// The digest it is kept under.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
    }
    errors ["DIGEST_INVALID", "NAME_INVALID"]
    access itself
}

impl Write for PutBlob {
    type Output = PutBlobOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.name)?;
        let digest = ContentDigest::parse(&self.digest)?;
        let Blob { digest: sha256, len, .. } = self.content;
        if digest.algorithm() == Algorithm::Sha256 && digest != ContentDigest::from(sha256) {
            return Err(refusal(Refusal::DigestInvalid).with("digest", self.digest));
        }
        let text = self.text.filter(|text| text.len() <= TEXT_BYTES_MAX);
        // A journal is a stranger's: a text that is not the blob's says nothing of it.
        let text =
            text.filter(|text| ContentDigest::of(digest.algorithm(), text.as_bytes()) == digest);
        let repository = world.get_mut::<crate::State>().repositories.entry(self.name).or_default();
        if let Some(text) = text {
            repository.texts.insert(digest.clone(), text);
        }
        repository.blobs.insert(digest, Stored { sha256, len });
        Ok(PutBlobOutput { digest: self.digest })
    }
}

sim::operation! {
    /// Lets a repository have a blob that another one has already, without its bytes being sent.
    write MountBlob in "registry" = "POST /v2/{name+}/blobs/uploads/?mount&from" (201);
    input {
        /// The repository that gets the blob.
        pub name: String => "name" Uri,
        /// The digest of the blob.
        pub digest: String => "digest" Query("mount"),
        /// The repository that has it.
        pub from: String => "from" Query("from"),
    }
    output MountBlobOutput {
        /// The digest of the blob.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
    }
    errors ["BLOB_UNKNOWN", "DIGEST_INVALID", "NAME_INVALID"]
    access itself
}

impl Write for MountBlob {
    type Output = MountBlobOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.name)?;
        let stored = world.get::<crate::State>().blob(&self.from, &self.digest)?;
        let digest = ContentDigest::parse(&self.digest)?;
        let from = world.get::<crate::State>().repositories.get(&self.from);
        let text = from.and_then(|from| from.texts.get(&digest)).cloned();
        let repository = world.get_mut::<crate::State>().repositories.entry(self.name).or_default();
        if let Some(text) = text {
            repository.texts.insert(digest.clone(), text);
        }
        repository.blobs.insert(digest, stored);
        Ok(MountBlobOutput { digest: self.digest })
    }
}

sim::operation! {
    /// Takes a blob out of a repository. Other repositories that have it keep it.
    write DeleteBlob in "registry" = "DELETE /v2/{name+}/blobs/{digest}" (202);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest of the blob.
        pub digest: String => "digest" Uri,
    }
    output DeleteBlobOutput {}
    errors ["BLOB_UNKNOWN", "DIGEST_INVALID", "NAME_INVALID"]
    access itself
}

impl Write for DeleteBlob {
    type Output = DeleteBlobOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        world.get::<crate::State>().blob(&self.name, &self.digest)?;
        let digest = ContentDigest::parse(&self.digest)?;
        if let Some(repository) = world.get_mut::<crate::State>().repositories.get_mut(&self.name) {
            repository.blobs.remove(&digest);
            repository.texts.remove(&digest);
        }
        Ok(DeleteBlobOutput {})
    }
}
