//! `docker swarm …`: one file for each command.

mod ca;
mod init;
mod join;
mod join_token;
mod leave;
mod options;
mod unlock;
mod unlock_key;
mod update;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "swarm",
    about: "Manage Swarm",
    flags: &[],
    verbs: &[
        &ca::VERB,
        &init::VERB,
        &join::VERB,
        &join_token::VERB,
        &leave::VERB,
        &unlock::VERB,
        &unlock_key::VERB,
        &update::VERB,
    ],
};
