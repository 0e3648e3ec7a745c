//! `docker image …` and its short forms: one file for each command.

mod history;
mod inspect;
mod ls;
mod prune;
mod pull;
mod rm;
mod tag;

use super::tree::Group;

pub(super) static GROUP: Group = Group {
    name: "image",
    about: "Manage images",
    flags: &[],
    verbs: &[
        &history::VERB,
        &inspect::VERB,
        &ls::VERB,
        &prune::VERB,
        &pull::VERB,
        &rm::VERB,
        &tag::VERB,
    ],
};
