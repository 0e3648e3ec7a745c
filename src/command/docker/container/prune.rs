//! `docker container prune`: removes stopped containers.

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
    let freed = prune::remove(cx, &prune::CONTAINERS, &filters::given(given), &[])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}
