//! `docker image …` and its short forms: one file for each command.

pub(super) mod history;
pub(super) mod inspect;
pub(super) mod ls;
pub(super) mod prune;
pub(super) mod pull;
pub(super) mod rm;
pub(super) mod tag;
