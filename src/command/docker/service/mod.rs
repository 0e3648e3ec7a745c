//! `docker service …`: one file for each command.
//!
//! Specs are the API's own JSON: what an update does not touch goes back as it came.

mod create;
mod flags;
mod grammar;
pub(super) mod image;
mod inspect;
mod logs;
pub(super) mod ls;
mod merge;
mod pretty;
pub(super) mod progress;
mod ps;
mod rm;
mod rollback;
mod scale;
mod spec;
mod tasks;
#[cfg(test)]
mod tests;
mod update;

pub(super) use spec::labels as label_map;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "service",
    about: "Manage Swarm services",
    flags: &[],
    verbs: &[
        &create::VERB,
        &inspect::VERB,
        &logs::VERB,
        &ls::VERB,
        &ps::VERB,
        &rm::VERB,
        &rollback::VERB,
        &scale::VERB,
        &update::VERB,
    ],
};
