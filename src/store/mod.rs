//! What outlives the program: the journal, progress, blobs and the notes index.
//!
//! It knows no engine and no world: entries are text with a kind, a time and a place in the chain.

mod blobs;
mod chain;
mod db;
mod notes;

#[cfg(test)]
mod tests;

pub use blobs::{BlobStore, BlobWriter};
pub use chain::{Break, Entry, NewEntry, link, origin, verify};
pub use db::{Loaded, Store, StoreError, WorldRow};
pub use notes::{Hit, NoteRow};
