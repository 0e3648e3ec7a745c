//! Operations over volumes and snapshots.

pub mod attachments;
pub mod snapshots;
pub mod volume_ops;
