//! `docker top`: a container's processes, as the host's ps sees them.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, always};
use command_line::flags::Parsed;
use command_line::table;

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "top",
    aliases: &[],
    top: Some("top"),
    usage: "CONTAINER [ps OPTIONS]",
    about: "Display the running processes of a container",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: false,
    looks: always,
    run: top,
};

fn top(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let found = cx.wait(engine.top(&given.args[0], &given.args[1..].join(" ")))?;
    let mut lines = vec![found.titles.unwrap_or_default()];
    lines.extend(found.processes.unwrap_or_default());
    cx.out(table::tabbed(&lines, 20, 3));
    Ok(0)
}
