//! `docker service rm`: removes services.

use crate::verb::{Args, Verb, never};

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "SERVICE [SERVICE...]",
    about: "Remove one or more services",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| {
        cx.each(&given.args, |engine, name| async move { engine.service_remove(&name).await })
    },
};
