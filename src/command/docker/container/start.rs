//! `docker start`: starts stopped containers.

use serde_json::Value;

use crate::cx::{Cx, Fail, error_text};
use crate::stream::{Ended, Peer, Talk, talk};
use crate::terminal;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    switch("attach", "Attach its outputs and pass signals on").short('a'),
    flag("detach-keys", "string", "Keys that let go of the container"),
    switch("interactive", "Attach its standard input").short('i'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "start",
    aliases: &[],
    top: Some("start"),
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Start one or more stopped containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: start,
};

fn start(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if given.is("attach") || given.is("interactive") {
        if given.args.len() > 1 {
            return Err(Fail::new(1, "you cannot start and attach multiple containers at once"));
        }
        return attached(cx, given);
    }
    let engine = cx.engine()?;
    let mut failed = Vec::new();
    for name in &given.args {
        match cx.runtime.block_on(engine.start(name)) {
            Ok(()) => cx.out(format!("{name}\n")),
            Err(error) => {
                cx.complain(error_text(&error));
                failed.push(name.as_str());
            }
        }
    }
    if failed.is_empty() {
        return Ok(0);
    }
    Err(Fail::new(1, format!("Error: failed to start containers: {}", failed.join(", "))))
}

fn attached(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let container = cx.wait(engine.inspect(&given.args[0]))?;
    let truth = |path: &str| container.pointer(path).and_then(Value::as_bool).unwrap_or(false);
    let id = container.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let tty = truth("/Config/Tty");
    let stdin = given.is("interactive") && truth("/Config/OpenStdin");
    if tty && stdin && !cx.host.interactive {
        return Err(Fail::new(1, "the input device is not a TTY"));
    }
    let keys = given.text("detach-keys");
    let detach_keys = terminal::detach_keys(keys).map_err(|why| Fail::new(1, why))?;
    let streams = cx.wait(engine.attach(&id, tty, stdin, (true, true), keys))?;
    let removed = truth("/HostConfig/AutoRemove");
    let condition = if removed { "removed" } else { "next-exit" };
    let waiter = cx.wait(engine.wait(&id, condition))?;
    cx.wait(engine.start(&id))?;
    let how = Talk {
        peer: Peer::Container(id),
        tty,
        stdin,
        outputs: (true, true),
        detach_keys,
        proxy: !tty,
    };
    match talk(cx, &engine, streams, &how)? {
        Ended::Detached => Ok(0),
        Ended::Closed => Ok(super::run::exit_code(cx.wait(waiter.code())?)),
    }
}
