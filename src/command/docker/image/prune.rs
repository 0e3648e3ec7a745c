//! `docker image prune`: removes images that nothing uses.

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::prune;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    switch("all", "Remove named images too that no container uses").short('a'),
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)")
        .check(filters::check),
    prune::FORCE,
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove unused images",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let all = given.is("all");
    let warning = if all {
        "WARNING! This will remove all images without at least one container associated to them."
    } else {
        "WARNING! This will remove all dangling images."
    };
    if !given.is("force") && !prune::agreed(cx, warning) {
        return Ok(0);
    }
    let mut filters = filters::given(given);
    filters.insert("dangling".to_owned(), vec![(!all).to_string()]);
    let freed = prune::remove(cx, &prune::IMAGES, &filters, &[])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}
