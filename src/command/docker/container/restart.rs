//! `docker restart`: stops a container and starts it again.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, int};

static FLAGS: &[Flag] = &[
    flag("signal", "string", "Signal to send first").short('s'),
    flag("time", "int", "Seconds to wait before killing (older spelling)").check(int),
    flag("timeout", "int", "Seconds to wait before killing").short('t').check(int),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "restart",
    aliases: &[],
    top: Some("restart"),
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Restart one or more containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: restart,
};

fn restart(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let signal = given.text("signal").map(str::to_owned);
    let seconds = given.number("timeout").or(given.number("time"));
    let seconds = seconds.and_then(|s| i32::try_from(s).ok());
    cx.each(&given.args, |engine, name| {
        let signal = signal.clone();
        async move { engine.restart(&name, signal.as_deref(), seconds).await }
    })
}
