//! `docker system …`, `version` and `inspect`: the engine as a whole.

mod df;
mod events;
mod info;
pub(super) mod inspect;
mod prune;
#[cfg(test)]
mod tests;
mod version;

use super::image::search;
use super::registry::{login, logout};
use super::verb::Group;

pub(super) static GROUP: Group = Group {
    name: "system",
    about: "Manage Docker",
    flags: &[],
    verbs: &[&df::VERB, &events::VERB, &info::VERB, &prune::VERB],
};

/// What stands at the top level alone.
pub(super) static TOP: Group = Group {
    name: "",
    about: "",
    flags: &[],
    verbs: &[&inspect::VERB, &login::VERB, &logout::VERB, &search::VERB, &version::VERB],
};
