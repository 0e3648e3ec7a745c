//! `docker node rm`: takes nodes out of the swarm's list.

use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, switch};

static FLAGS: &[Flag] = &[switch("force", "Remove a node that has not left").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "node",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "[OPTIONS] NODE [NODE...]",
    about: "Remove one or more nodes from the swarm",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| {
        let force = given.is("force");
        cx.each(&given.args, |engine, name| async move { engine.node_remove(&name, force).await })
    },
};
