//! `docker attach`: takes hold of a running container's terminal.

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::stream::{Ended, Peer, Talk, talk};
use crate::terminal;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    flag("detach-keys", "string", "Keys that let go of the container"),
    switch("no-stdin", "Do not attach standard input"),
    switch("sig-proxy", "Pass signals on to the process (default true)"),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "attach",
    aliases: &[],
    top: Some("attach"),
    usage: "[OPTIONS] CONTAINER",
    about: "Attach local standard input, output, and error streams to a running container",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: attach,
};

fn attach(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let container = cx.wait(engine.inspect(&given.args[0]))?;
    let truth = |path: &str| container.pointer(path).and_then(Value::as_bool).unwrap_or(false);
    if !truth("/State/Running") {
        return Err(Fail::new(1, "You cannot attach to a stopped container, start it first"));
    }
    if truth("/State/Paused") {
        return Err(Fail::new(1, "You cannot attach to a paused container, unpause it first"));
    }
    if truth("/State/Restarting") {
        return Err(Fail::new(
            1,
            "You cannot attach to a restarting container, wait until it is running",
        ));
    }
    let id = container.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let tty = truth("/Config/Tty");
    let stdin = truth("/Config/OpenStdin") && !given.is("no-stdin");
    if tty && stdin && !cx.host.interactive {
        return Err(Fail::new(1, "the input device is not a TTY"));
    }
    let keys = given.text("detach-keys");
    let detach_keys = terminal::detach_keys(keys).map_err(|why| Fail::new(1, why))?;
    let waiter = cx.wait(engine.wait(&id, "not-running"))?;
    let attached = cx.wait(engine.attach(&id, tty, stdin, (true, true), keys))?;
    if tty && let Some((rows, columns)) = terminal::size() {
        // A program on a terminal draws itself anew when its size changes; so make it change.
        let _ = cx.runtime.block_on(engine.resize(&id, rows + 1, columns + 1));
    }
    let how = Talk {
        peer: Peer::Container(id),
        tty,
        stdin,
        outputs: (true, true),
        detach_keys,
        proxy: given.is_unless_off("sig-proxy") && !tty,
    };
    match talk(cx, &engine, attached, &how)? {
        Ended::Detached => Err(Fail::new(1, "read escape sequence")),
        Ended::Closed => Ok(super::run::exit_code(cx.wait(waiter.code())?)),
    }
}
