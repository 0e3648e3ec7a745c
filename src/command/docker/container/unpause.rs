//! `docker unpause`: lets paused processes run on.

use crate::verb::{Args, Verb, never};

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "unpause",
    aliases: &[],
    top: Some("unpause"),
    usage: "CONTAINER [CONTAINER...]",
    about: "Unpause all processes within one or more containers",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| {
        cx.each(&given.args, |engine, name| async move { engine.unpause(&name).await })
    },
};
