//! `docker builder …`: the builder of the engine and its cache.

mod prune;
#[cfg(test)]
mod tests;

use super::image::build;
use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "builder",
    about: "Manage builds",
    flags: &[],
    verbs: &[&build::OF_BUILDER, &prune::VERB],
};
