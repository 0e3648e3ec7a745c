//! `docker pause`: stops the clock of a container's processes.

use crate::verb::{Args, Verb, never};

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "pause",
    aliases: &[],
    top: Some("pause"),
    usage: "CONTAINER [CONTAINER...]",
    about: "Pause all processes within one or more containers",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| cx.each(&given.args, |engine, name| async move { engine.pause(&name).await }),
};
