//! `docker run`: makes a container, starts it and stays with it until it ends.

use crate::cx::{Cx, Fail};
use crate::stream::{Ended, Peer, Talk, talk};
use crate::terminal;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

use super::{config, create, options};

static FLAGS: &[Flag] = &[
    switch("detach", "Leave the container alone, and print its id").short('d'),
    flag("detach-keys", "string", "Keys that let go of the container"),
    switch("sig-proxy", "Pass signals on to the process (default true)"),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "run",
    aliases: &[],
    top: Some("run"),
    usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    about: "Create and run a new container from an image",
    flags: &[options::FLAGS, create::FLAGS, FLAGS],
    args: Args::AtLeast(1),
    interspersed: false,
    looks: never,
    run,
};

/// A container's exit code as this program's own.
pub(super) fn exit_code(code: i64) -> u8 {
    // As a shell does, only the low eight bits are kept.
    u8::try_from(code & 0xff).unwrap_or(1)
}

fn run(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let detach = given.is("detach");
    let streams = config::streams(given);
    if detach && !given.all("attach").is_empty() {
        return Err(Fail::new(1, "conflicting options: cannot specify both --attach and --detach"));
    }
    let tty = given.is("tty");
    // What is wrong with the flags is said first.
    config::body(cx, given).map_err(|why| create::refused(cx, 125, &why))?;
    if !detach && tty && streams.stdin && !cx.host.interactive {
        return Err(Fail::new(1, "the input device is not a TTY"));
    }
    let keys = given.text("detach-keys");
    let detach_keys = terminal::detach_keys(keys).map_err(|why| create::refused(cx, 125, &why))?;
    create::image(cx, given)?;
    let engine = cx.engine().map_err(|fail| create::refused(cx, 125, &fail.text))?;
    let id = create::create(cx, &engine, given)?;
    if detach {
        let started = cx.runtime.block_on(engine.start(&id));
        started.map_err(|e| create::engine_refused(cx, &e))?;
        cx.out(format!("{id}\n"));
        return Ok(0);
    }
    let outputs = (streams.stdout, streams.stderr);
    // The streams are taken before the start, or the first words would be lost.
    let attached = cx.wait(engine.attach(&id, tty, streams.stdin, outputs, keys))?;
    let condition = if given.is("rm") { "removed" } else { "next-exit" };
    let waiter = cx.wait(engine.wait(&id, condition))?;
    if let Err(error) = cx.runtime.block_on(engine.start(&id)) {
        if given.is("rm") {
            // The engine removes a container that never started, too; be gone when we return.
            let _ = cx.runtime.block_on(waiter.code());
        }
        return Err(create::engine_refused(cx, &error));
    }
    let how = Talk {
        peer: Peer::Container(id),
        tty,
        stdin: streams.stdin,
        outputs,
        detach_keys,
        proxy: given.is_unless_off("sig-proxy") && !tty,
    };
    match talk(cx, &engine, attached, &how)? {
        Ended::Detached => Ok(0),
        Ended::Closed => Ok(exit_code(cx.wait(waiter.code())?)),
    }
}
