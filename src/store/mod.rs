//! What outlives the program: the journal, progress, blobs and the notes index.
//!
//! It knows no engine and no world: entries are text with a kind, a time and a place in the chain.

mod blobs;
mod chain;
mod db;
mod journal;
mod notes;
mod salvage;

#[cfg(test)]
mod tests;

pub use blobs::{BlobReader, BlobStore, BlobWriter, entropy, unguessable};
pub use chain::{Break, Chain, Entry, NewEntry, link, origin, verify};
pub use db::{Store, StoreError, WorldRow};
pub use journal::{DumpError, Fresh, Loaded, Visit, Walked};
pub use notes::{Hit, NoteRow};
pub use salvage::{SalvageError, Salvaged, salvage, trouble};
