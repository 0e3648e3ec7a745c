//! `docker network …`: one file for each command.

mod connect;
mod create;
mod disconnect;
mod inspect;
mod ls;
mod prune;
mod rm;
mod subnet;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "network",
    about: "Manage networks",
    flags: &[],
    verbs: &[
        &connect::VERB,
        &create::VERB,
        &disconnect::VERB,
        &inspect::VERB,
        &ls::VERB,
        &prune::VERB,
        &rm::VERB,
    ],
};
