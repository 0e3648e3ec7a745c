//! `docker container prune`: removes stopped containers.

use std::io::{BufRead, BufReader};

use crate::command::docker::cli::{Flag, Parsed, filter, flag, switch};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::text;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)").check(filter),
    switch("force", "Do not ask").short('f'),
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
    if !given.is("force") && !agreed(cx, "WARNING! This will remove all stopped containers.") {
        return Ok(0);
    }
    let engine = cx.engine()?;
    let report = cx.wait(engine.prune_containers(&given.filters()))?;
    let gone = report.containers_deleted.unwrap_or_default();
    if !gone.is_empty() {
        cx.out(format!("Deleted Containers:\n{}\n\n", gone.join("\n")));
    }
    let freed = u64::try_from(report.space_reclaimed.unwrap_or_default()).unwrap_or_default();
    cx.out(format!("Total reclaimed space: {}\n", text::size(freed, 4)));
    Ok(0)
}

/// Asks below a warning, and reads the answer.
pub(in crate::command::docker) fn agreed(cx: &mut Cx<'_, '_>, warning: &str) -> bool {
    asked(cx, &format!("{warning}\nAre you sure you want to continue?"))
}

/// Asks, and reads the answer.
pub(in crate::command::docker) fn asked(cx: &mut Cx<'_, '_>, question: &str) -> bool {
    cx.out(format!("{question} [y/N] "));
    let _ = cx.host.stdout.flush();
    let mut answer = String::new();
    let read = BufReader::new(&mut *cx.host.stdin).read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y")
}
