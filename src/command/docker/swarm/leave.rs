//! `docker swarm leave`: takes the engine out of its swarm.

use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, switch};

static FLAGS: &[Flag] = &[switch("force", "Leave although the swarm is lost by that").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "leave",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Leave the swarm",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: |cx, given| {
        let engine = cx.engine()?;
        cx.wait(engine.swarm_leave(given.is("force")))?;
        cx.out("Node left the swarm.\n");
        Ok(0)
    },
};
