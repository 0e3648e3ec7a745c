//! `docker network prune`: removes the networks that no container is on.

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::prune;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)")
        .check(filters::check),
    prune::FORCE,
];

pub(crate) static VERB: Verb = Verb {
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
        prune::remove(cx, &prune::NETWORKS, &filters::given(given), &[])?;
    }
    Ok(0)
}
