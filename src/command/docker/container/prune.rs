//! `docker container prune`: removes stopped containers.

use crate::command::docker::cli::{Flag, Parsed, filter, flag};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::prune;
use crate::command::docker::verb::{Args, Verb, never};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)").check(filter),
    prune::FORCE,
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "container",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove all stopped containers",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if !given.is("force") && !prune::agreed(cx, "WARNING! This will remove all stopped containers.")
    {
        return Ok(0);
    }
    let freed = prune::remove(cx, &prune::CONTAINERS, &given.filters(), &[])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}
