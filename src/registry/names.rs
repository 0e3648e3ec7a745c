//! The grammar of repository names, tags and references.

use std::cmp::Ordering;

use super::digest::ContentDigest;
use super::errors::{Refusal, refusal};
use sim::api::ApiError;

/// The longest name of a repository, in bytes.
const NAME_MAX: usize = 255;
/// The longest tag, in bytes.
const TAG_MAX: usize = 128;

/// A tag. Lists have them in the specification's order, which is without regard to case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Tag(pub(super) String);

impl Ord for Tag {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |tag: &Self| tag.0.to_ascii_lowercase();
        lower(self).cmp(&lower(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Tag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a manifest is asked for by.
pub(super) enum Reference {
    Tag(Tag),
    Digest(ContentDigest),
}

/// Holds a repository's name to the grammar: lower-case words joined by `.`, `_`, `__` or hyphens,
/// in parts between slashes.
///
/// # Errors
/// `NAME_INVALID`.
pub fn check_name(name: &str) -> Result<(), ApiError> {
    if name.len() <= NAME_MAX && name.split('/').all(is_part) {
        return Ok(());
    }
    Err(refusal(Refusal::NameInvalid).with("name", name))
}

fn is_part(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !part.starts_with(word) || !part.ends_with(word) {
        return false;
    }
    let joints = part.split(word).filter(|joint| !joint.is_empty());
    joints
        .into_iter()
        .all(|joint| matches!(joint, "." | "_" | "__") || joint.bytes().all(|b| b == b'-'))
}

/// Whether this is the form of a tag.
pub(super) fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= TAG_MAX
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

impl Reference {
    /// A tag or a digest; `None` when it is in the form of neither.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.contains(':') {
            return ContentDigest::parse(text).ok().map(Self::Digest);
        }
        is_tag(text).then(|| Self::Tag(Tag(text.to_owned())))
    }
}

/// The error of a manifest that is not there.
pub(super) fn manifest_unknown(name: &str, reference: &str) -> ApiError {
    let error = refusal(Refusal::ManifestUnknown);
    if reference.contains(':') {
        return error.with("Name", name).with("Revision", reference);
    }
    error.with("Tag", reference)
}
