//! `docker container …` and its short forms: one file for each command.

mod attach;
mod config;
pub(super) mod create;
mod diff;
mod exec;
mod inspect;
mod kill;
mod logs;
mod looking;
mod ls;
mod mounts;
mod options;
mod pause;
mod port;
mod ports;
pub(super) mod prune;
mod rename;
mod restart;
mod rm;
mod run;
mod start;
mod stop;
mod top;
mod unpause;
pub(super) mod values;
mod wait;

pub(super) use looking::only_looks_inside;
pub(super) use values::{moment, nano_cpus};

use super::tree::Group;

pub(super) static GROUP: Group = Group {
    name: "container",
    about: "Manage containers",
    flags: &[],
    verbs: &[
        &attach::VERB,
        &create::VERB,
        &diff::VERB,
        &exec::VERB,
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
        &stop::VERB,
        &top::VERB,
        &unpause::VERB,
        &wait::VERB,
    ],
};
