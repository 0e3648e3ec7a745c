//! `docker image …` and its short forms: one file for each command.

pub(super) mod build;
mod context;
mod history;
mod import;
mod inherit;
mod inspect;
mod load;
mod ls;
mod prune;
mod pull;
mod push;
mod rm;
mod save;
pub(super) mod search;
mod tag;
mod unlabelled;

pub(super) use import::changes;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "image",
    about: "Manage images",
    flags: &[],
    verbs: &[
        &build::VERB,
        &history::VERB,
        &import::VERB,
        &inspect::VERB,
        &load::VERB,
        &ls::VERB,
        &prune::VERB,
        &pull::VERB,
        &push::VERB,
        &rm::VERB,
        &save::VERB,
        &tag::VERB,
    ],
};
