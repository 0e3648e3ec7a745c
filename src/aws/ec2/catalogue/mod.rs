//! What AWS offers everybody, as data: machine images, and types of instances.

pub mod images;
pub mod types;
