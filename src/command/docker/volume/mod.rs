//! `docker volume …`: one file for each command.

mod create;
mod inspect;
pub(super) mod ls;
mod prune;
mod rm;
#[cfg(test)]
mod tests;
mod update;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "volume",
    about: "Manage volumes",
    flags: &[],
    verbs: &[&create::VERB, &inspect::VERB, &ls::VERB, &prune::VERB, &rm::VERB, &update::VERB],
};
