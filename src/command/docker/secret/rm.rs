//! `docker secret rm` and `docker config rm`.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::swarm::Stored;

pub(crate) static SECRET: Verb = Verb {
    group: "secret",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "SECRET [SECRET...]",
    about: "Remove one or more secrets",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| rm(cx, given, Stored::Secret),
};

pub(crate) static CONFIG: Verb = Verb {
    group: "config",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "CONFIG [CONFIG...]",
    about: "Remove one or more configs",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| rm(cx, given, Stored::Config),
};

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed, kind: Stored) -> Result<u8, Fail> {
    cx.each(&given.args, |engine, name| async move { engine.stored_remove(kind, &name).await })
}
