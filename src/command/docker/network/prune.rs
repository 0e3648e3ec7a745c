//! `docker network prune`: removes the networks that no container is on.

use crate::command::docker::cli::{Flag, Parsed, filter, flag};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::prune;
use crate::command::docker::verb::{Args, Verb, never};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)").check(filter),
    prune::FORCE,
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "network",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove all unused networks",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

const WARNING: &str =
    "WARNING! This will remove all custom networks not used by at least one container.";

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if given.is("force") || prune::agreed(cx, WARNING) {
        prune::remove(cx, &prune::NETWORKS, &given.filters(), &[])?;
    }
    Ok(0)
}
