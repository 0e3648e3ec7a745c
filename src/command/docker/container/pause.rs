//! `docker pause`: stops the clock of a container's processes.

use crate::command::docker::verb::{Args, Verb, never};

pub(in crate::command::docker) static VERB: Verb = Verb {
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
