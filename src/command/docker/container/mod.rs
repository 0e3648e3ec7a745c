//! `docker container …` and its short forms: one file for each command.

mod attach;
mod commit;
mod config;
mod cp;
pub(super) mod create;
mod devices;
mod diff;
mod exec;
mod export;
mod inspect;
mod kill;
mod logs;
pub(super) mod ls;
pub(super) mod mounts;
mod networks;
pub(super) mod options;
mod pause;
mod port;
pub(super) mod ports;
pub(super) mod prune;
mod read_only;
mod rename;
mod restart;
mod rm;
mod run;
mod start;
mod stats;
mod stop;
mod top;
mod unpause;
mod update;
mod wait;

pub(super) use read_only::only_looks_inside;

use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "container",
    about: "Manage containers",
    flags: &[],
    verbs: &[
        &attach::VERB,
        &commit::VERB,
        &cp::VERB,
        &create::VERB,
        &diff::VERB,
        &exec::VERB,
        &export::VERB,
        &inspect::VERB,
        &kill::VERB,
        &logs::VERB,
        &ls::VERB,
        &pause::VERB,
        &port::VERB,
        &prune::VERB,
        &rename::VERB,
        &restart::VERB,
        &rm::VERB,
        &run::VERB,
        &start::VERB,
        &stats::VERB,
        &stop::VERB,
        &top::VERB,
        &unpause::VERB,
        &update::VERB,
        &wait::VERB,
    ],
};
