//! The hash chain over journal entries: each entry's hash covers the one before it, so a changed,
//! missing or swapped entry is found and named.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use base::Digest;

/// One line of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: u64,
    /// Lab time in milliseconds.
    pub at: i64,
    /// Inputs of one command share a group: undo takes back a group.
    pub group: u64,
    /// `call`, `advance`, `undo`, `reset`, `answer`, `pass`.
    pub kind: String,
    /// JSON, as the session wrote it.
    pub body: String,
    /// SHA-256 over the previous hash and everything above.
    pub hash: Digest,
}

/// An entry without its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEntry<'a> {
    pub at: i64,
    pub group: u64,
    pub kind: &'a str,
    pub body: &'a str,
}

/// The hash before the first entry: it ties a journal to its world.
#[must_use]
pub fn origin(world: &str) -> Digest {
    Digest::of(format!("distlab journal 1\n{world}").as_bytes())
}

/// The hash of an entry behind `previous`.
#[must_use]
pub fn link(previous: &Digest, seq: u64, entry: &NewEntry<'_>) -> Digest {
    let mut sha = Sha256::new();
    sha.update(previous.0);
    sha.update(seq.to_le_bytes());
    sha.update(entry.at.to_le_bytes());
    sha.update(entry.group.to_le_bytes());
    for text in [entry.kind, entry.body] {
        sha.update((text.len() as u64).to_le_bytes());
        sha.update(text);
    }
    Digest(sha.finalize().into())
}

/// Where a chain breaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Break {
    /// How many entries before it are sound.
    pub good: usize,
    /// The entry that does not fit.
    pub seq: u64,
    pub what: String,
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entry {} {}; the {} before it are sound", self.seq, self.what, self.good)
    }
}

/// The end of a chain that is being walked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The hash of the last entry, or the origin.
    pub head: Digest,
    /// How many entries were sound so far; also the last one's number.
    pub good: u64,
}

impl Chain {
    #[must_use]
    pub fn at(origin: Digest) -> Self {
        Self { head: origin, good: 0 }
    }

    /// Goes on by one entry.
    ///
    /// # Errors
    /// When it does not fit; the chain stays where it was.
    pub fn take(&mut self, seq: u64, entry: &NewEntry<'_>, claimed: &[u8]) -> Result<(), Break> {
        let expected = self.good + 1;
        if seq != expected {
            return Err(self.broken(seq, format!("stands where entry {expected} belongs")));
        }
        let hash = link(&self.head, seq, entry);
        if hash.0.as_slice() != claimed {
            return Err(self.broken(seq, "was altered: its hash does not fit"));
        }
        *self = Self { head: hash, good: expected };
        Ok(())
    }

    /// The break at an entry that does not count, for this reason.
    #[must_use]
    pub fn broken(&self, seq: u64, what: impl Into<String>) -> Break {
        let good = usize::try_from(self.good).unwrap_or(usize::MAX);
        Break { good, seq, what: what.into() }
    }
}

/// Walks a journal from its origin.
///
/// # Errors
/// The first entry that does not fit.
pub fn verify(origin: Digest, entries: &[Entry]) -> Result<Digest, Break> {
    let mut chain = Chain::at(origin);
    for entry in entries {
        let Entry { seq, at, group, kind, body, hash } = entry;
        let new = NewEntry { at: *at, group: *group, kind, body };
        chain.take(*seq, &new, &hash.0)?;
    }
    Ok(chain.head)
}
