//! Whether a lab may run here at all: nothing of one that is not the program's own runs before the
//! learner has seen what it does and allowed it. It is asked for each text of a lab once, and kept in
//! the profile.
//!
//! This is the only place that decides it, and a session of a lab is not opened without. Who is told
//! [`NotAllowed`] shows it, asks in its own way, and comes again.

use thiserror::Error;

use super::OpenError;
use super::profile::Profile;
use base::Digest;
use course::{Block, Catalog, Footprint, Lab};

/// Nobody has allowed this lab to run here. What it does stands in `shows`.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "the lab {lab} ({path}) is none of this program's own, and nobody has allowed yet what it runs on this machine: distlab allow {lab} shows it and asks"
)]
pub struct NotAllowed {
    pub lab: String,
    pub title: String,
    pub path: String,
    /// The text it is about: another one is asked about again.
    pub digest: Digest,
    pub shows: Vec<Block>,
}

impl NotAllowed {
    /// What an error is about, if it is about this.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Option<&Self> {
        match error.downcast_ref::<OpenError>() {
            Some(OpenError::NotAllowed(found)) => Some(found),
            _ => error.downcast_ref::<Self>(),
        }
    }

    /// What it is about, and then all that the lab does.
    #[must_use]
    pub fn told(&self) -> Vec<Block> {
        let mut blocks = course::lesson::parse(
            "This lab is none of the program's own. Opened, it does on this machine what stands here; \
             allow it only if you trust where you have it from.",
        );
        blocks.extend(self.shows.iter().cloned());
        blocks
    }
}

/// How many texts of one lab are remembered; who goes back further is asked again.
const TEXTS_MAX: usize = 8;

fn key(lab: &str) -> String {
    format!("allowed/{lab}")
}

/// The texts of a lab that the learner has allowed, the newest first.
fn allowed(profile: &Profile, lab: &str) -> anyhow::Result<Vec<Digest>> {
    let words = profile.store()?.meta(&key(lab))?.unwrap_or_default();
    Ok(words.split(' ').filter_map(|word| word.parse().ok()).collect())
}

/// Remembers that the learner has allowed this text of a lab.
pub fn allow(profile: &Profile, lab: &str, text: Digest) -> anyhow::Result<()> {
    let mut texts = allowed(profile, lab)?;
    texts.retain(|known| *known != text);
    texts.insert(0, text);
    texts.truncate(TEXTS_MAX);
    let words: Vec<String> = texts.iter().map(ToString::to_string).collect();
    Ok(profile.store()?.set_meta(&key(lab), &words.join(" "))?)
}

/// Says what a lab would run here, unless it may.
pub fn find(profile: &Profile, lab: &Lab) -> anyhow::Result<Option<NotAllowed>> {
    // Without a text it was made by this program: the world of `distlab serve`.
    let Some(digest) = lab.digest else { return Ok(None) };
    let footprint = Footprint::of(lab);
    if footprint.is_empty()
        || Catalog::is_embedded(lab)
        || allowed(profile, &lab.id)?.contains(&digest)
    {
        return Ok(None);
    }
    Ok(Some(NotAllowed {
        lab: lab.id.clone(),
        title: lab.title.clone(),
        path: lab.path.clone(),
        digest,
        shows: footprint.blocks(),
    }))
}

/// Lets nobody past who may not.
///
/// # Errors
/// [`NotAllowed`], or that the profile cannot be read.
pub(super) fn check(profile: &Profile, lab: &Lab) -> Result<(), OpenError> {
    match find(profile, lab)? {
        Some(found) => Err(OpenError::NotAllowed(Box::new(found))),
        None => Ok(()),
    }
}

/// Lets a lab that may run in one profile do so in another, which is made for it and goes with it.
/// There it may have another name.
pub fn carry(from: &Profile, to: &Profile, lab: &Lab, name: &str) -> anyhow::Result<()> {
    check(from, lab)?;
    match lab.digest {
        Some(text) => allow(to, name, text),
        None => Ok(()),
    }
}
