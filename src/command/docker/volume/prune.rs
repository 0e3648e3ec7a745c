//! `docker volume prune`: removes the volumes that no container uses.

use crate::cli::{Flag, Parsed, filter, flag, switch};
use crate::cx::{Cx, Fail};
use crate::prune;
use crate::verb::{Args, Verb, never};

static FLAGS: &[Flag] = &[
    switch("all", "Remove volumes with a name too").short('a'),
    flag("filter", "filter", "Only what matches (label=<name>)").check(filter),
    prune::FORCE,
];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove unused local volumes",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

/// Since this version the engine spares volumes with a name unless told not to.
const SPARING: (u32, u32) = (1, 42);

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let sparing = cx.wait(engine.api_version())? >= SPARING;
    if given.get("all").is_some() {
        cx.needs_api("\"--all\"", SPARING)?;
    }
    let kind = if sparing && !given.is("all") { "anonymous local" } else { "local" };
    let warning =
        format!("WARNING! This will remove all {kind} volumes not used by at least one container.");
    if !given.is("force") && !prune::agreed(cx, &warning) {
        return Ok(0);
    }
    let mut filters = given.filters();
    if given.is("all") {
        if filters.contains_key("all") {
            let why = "conflicting options: cannot specify both --all and --filter all=1";
            return Err(Fail::new(1, why));
        }
        filters.insert("all".to_owned(), vec!["true".to_owned()]);
    }
    let freed = prune::remove(cx, &prune::VOLUMES, &filters, &[])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}
