//! `docker secret …` and `docker config …`: one file for each command, which both groups have.

mod create;
mod inspect;
mod ls;
mod rm;

use super::verb::Group;

pub(super) static SECRETS: Group = Group {
    name: "secret",
    about: "Manage Swarm secrets",
    flags: &[],
    verbs: &[&create::SECRET, &inspect::SECRET, &ls::SECRET, &rm::SECRET],
};

pub(super) static CONFIGS: Group = Group {
    name: "config",
    about: "Manage Swarm configs",
    flags: &[],
    verbs: &[&create::CONFIG, &inspect::CONFIG, &ls::CONFIG, &rm::CONFIG],
};
