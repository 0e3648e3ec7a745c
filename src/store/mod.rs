//! What outlives the program: the journal, progress, blobs and the notes index.

mod blobs;

pub use blobs::{BlobStore, BlobWriter};
