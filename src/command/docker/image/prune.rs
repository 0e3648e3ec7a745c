//! `docker image prune`: removes images that nothing uses.

use std::fmt::Write as _;

use crate::command::docker::cli::{Flag, Parsed, filter, flag, switch};
use crate::command::docker::container::prune::agreed;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::text;

static FLAGS: &[Flag] = &[
    switch("all", "Remove named images too that no container uses").short('a'),
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)").check(filter),
    switch("force", "Do not ask").short('f'),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
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
    if !given.is("force") && !agreed(cx, warning) {
        return Ok(0);
    }
    let engine = cx.engine()?;
    let mut filters = given.filters();
    filters.insert("dangling".to_owned(), vec![(!all).to_string()]);
    let report = cx.wait(engine.prune_images(&filters))?;
    let gone = report.images_deleted.unwrap_or_default();
    if !gone.is_empty() {
        let mut lines = String::from("Deleted Images:\n");
        for item in gone {
            if let Some(name) = item.untagged.filter(|n| !n.is_empty()) {
                let _ = writeln!(lines, "untagged: {name}");
            } else if let Some(id) = item.deleted {
                let _ = writeln!(lines, "deleted: {id}");
            }
        }
        cx.out(lines + "\n");
    }
    let freed = u64::try_from(report.space_reclaimed.unwrap_or_default()).unwrap_or_default();
    cx.out(format!("Total reclaimed space: {}\n", text::size(freed, 4)));
    Ok(0)
}
