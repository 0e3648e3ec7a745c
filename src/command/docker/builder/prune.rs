//! `docker builder prune`: forgets what earlier builds left for later ones.

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::prune;
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;

static FLAGS: &[Flag] = &[
    switch("all", "Remove all of the cache, not what nothing refers to alone").short('a'),
    flag("filter", "filter", "Only what matches (until=24h)").check(filters::check),
    prune::FORCE,
    flag("keep-storage", "bytes", "Keep so much of the cache").check(values::size),
];

pub(crate) static VERB: Verb = Verb {
    group: "builder",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "",
    about: "Remove build cache",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let all = given.is("all");
    let question = if all {
        "WARNING! This will remove all build cache. Are you sure you want to continue?"
    } else {
        "WARNING! This will remove all dangling build cache. Are you sure you want to continue?"
    };
    if !given.is("force") && !prune::asked(cx, question) {
        return Ok(0);
    }
    let mut more = Vec::new();
    if all {
        more.push(("all", "1".to_owned()));
    }
    if let Some(keep) = given.text("keep-storage").and_then(|t| size::parse(t).ok()) {
        more.push(("keep-storage", keep.to_string()));
    }
    let freed = prune::remove(cx, &prune::CACHE, &filters::given(given), &more)?;
    prune::tell_freed(cx, freed);
    Ok(0)
}
