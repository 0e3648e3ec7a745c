//! What an image is built from: the context folder as an archive, the rules that keep files out of
//! it, and the images a Dockerfile begins with. The engine does the building.

mod base;
mod folder;
mod from;
mod ignore;
#[cfg(test)]
mod tests;
mod watch;

pub use base::{Base, base, forget};
pub use folder::{Added, check, pack, pack_tree, wrap};
pub use from::{Root, bases, is_hollow, replant, roots};
pub use ignore::{Ignore, clean};
pub use watch::Watch;
