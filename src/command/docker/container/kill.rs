//! `docker kill`: sends a signal to a container's first process.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};

static FLAGS: &[Flag] = &[flag("signal", "string", "Signal to send").short('s')];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "kill",
    aliases: &[],
    top: Some("kill"),
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Kill one or more running containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: kill,
};

fn kill(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let signal = given.text("signal").unwrap_or("KILL").to_owned();
    cx.each(&given.args, |engine, name| {
        let signal = signal.clone();
        async move { engine.kill(&name, &signal).await }
    })
}
