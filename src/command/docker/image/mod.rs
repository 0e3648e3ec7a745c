//! `docker image …` and its short forms: one file for each command.

pub(super) mod build;
mod context;
mod history;
mod inspect;
mod ls;
mod prune;
mod pull;
mod rm;
mod tag;
mod unlabelled;

use super::tree::Group;

pub(super) static GROUP: Group = Group {
    name: "image",
    about: "Manage images",
    flags: &[],
    verbs: &[
        &build::VERB,
        &history::VERB,
        &inspect::VERB,
        &ls::VERB,
        &prune::VERB,
        &pull::VERB,
        &rm::VERB,
        &tag::VERB,
    ],
};
