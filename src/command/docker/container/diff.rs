//! `docker diff`: what a container changed in its image's file system.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, always};
use command_line::flags::Parsed;
use docker::models::ChangeType;

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "diff",
    aliases: &[],
    top: Some("diff"),
    usage: "CONTAINER",
    about: "Inspect changes to files or directories on a container's filesystem",
    flags: &[],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: diff,
};

fn diff(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    for change in cx.wait(engine.diff(&given.args[0]))? {
        let kind = match change.kind {
            ChangeType::_0 => 'C',
            ChangeType::_1 => 'A',
            ChangeType::_2 => 'D',
        };
        cx.out(format!("{kind} {}\n", change.path));
    }
    Ok(0)
}
