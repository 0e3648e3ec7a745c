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

/// Walks a journal from its origin.
///
/// # Errors
/// The first entry that does not fit.
pub fn verify(origin: Digest, entries: &[Entry]) -> Result<Digest, Break> {
    let mut previous = origin;
    for (good, entry) in entries.iter().enumerate() {
        let expected = good as u64 + 1;
        if entry.seq != expected {
            let what = format!("stands where entry {expected} belongs");
            return Err(Break { good, seq: entry.seq, what });
        }
        let fresh =
            NewEntry { at: entry.at, group: entry.group, kind: &entry.kind, body: &entry.body };
        let hash = link(&previous, entry.seq, &fresh);
        if hash != entry.hash {
            return Err(Break {
                good,
                seq: entry.seq,
                what: "was altered: its hash does not fit".into(),
            });
        }
        previous = hash;
    }
    Ok(previous)
}
