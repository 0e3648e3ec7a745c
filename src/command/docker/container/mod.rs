//! `docker container …` and its short forms: one file for each command.

pub(super) mod attach;
mod config;
pub(super) mod create;
pub(super) mod diff;
pub(super) mod exec;
pub(super) mod inspect;
pub(super) mod kill;
pub(super) mod logs;
mod looking;
pub(super) mod ls;
mod mounts;
mod options;
pub(super) mod pause;
pub(super) mod port;
mod ports;
pub(super) mod prune;
pub(super) mod rename;
pub(super) mod restart;
pub(super) mod rm;
pub(super) mod run;
pub(super) mod start;
pub(super) mod stop;
pub(super) mod top;
pub(super) mod unpause;
mod values;
pub(super) mod wait;

pub(super) use values::moment;
