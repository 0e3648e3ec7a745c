//! `docker secret rm` and `docker config rm`.

use crate::command::docker::cli::Parsed;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::swarm::Stored;

pub(in crate::command::docker) static SECRET: Verb = Verb {
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

pub(in crate::command::docker) static CONFIG: Verb = Verb {
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
