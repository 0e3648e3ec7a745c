//! `docker exec`: another command in a running container.

use crate::cx::{Cx, Fail};
use crate::stream::{Ended, Peer, Talk, talk};
use crate::terminal;
use crate::values;
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::ExecSpec;

use super::{options, read_only};

static FLAGS: &[Flag] = &[
    switch("detach", "Leave the command alone, in the background").short('d'),
    flag("detach-keys", "string", "Keys that let go of the command"),
    flag("env", "list", "Set an environment variable").short('e').check(values::env),
    flag("env-file", "list", "Read environment variables from a file"),
    switch("interactive", "Keep standard input open").short('i'),
    switch("privileged", "Give the command extended rights"),
    switch("tty", "Give the command a terminal").short('t'),
    flag("user", "string", "User to run it as (name or id, with a group or without)").short('u'),
    flag("workdir", "string", "Folder to run it in").short('w'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "exec",
    aliases: &[],
    top: Some("exec"),
    usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
    about: "Execute a command in a running container",
    flags: &[FLAGS],
    args: Args::AtLeast(2),
    interspersed: false,
    looks,
    run: exec,
};

/// A lab's check must see a file in a container; it may do no more.
fn looks(given: &Parsed) -> bool {
    if ["detach", "interactive", "tty", "privileged"].iter().any(|f| given.is(f)) {
        return false;
    }
    given.args.get(1).is_some_and(|program| read_only::only_looks(program, &given.args[2..]))
}

fn exec(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let keys = given.text("detach-keys");
    let detach_keys = terminal::detach_keys(keys).map_err(|why| Fail::new(1, why))?;
    let spec = ExecSpec {
        command: given.args[1..].to_vec(),
        stdin: given.is("interactive"),
        tty: given.is("tty"),
        detach: given.is("detach"),
        env: options::environment(cx, given).map_err(|why| Fail::new(1, why))?,
        user: given.text("user").map(str::to_owned),
        workdir: given.text("workdir").map(str::to_owned),
        privileged: given.is("privileged"),
        detach_keys: keys.map(str::to_owned),
    };
    let engine = cx.engine()?;
    // A container that does not exist is said before anything about the terminal.
    let container = cx.wait(engine.inspect(&given.args[0]))?;
    drop(container);
    if !spec.detach && spec.stdin && spec.tty && !cx.host.interactive {
        return Err(Fail::new(1, "the input device is not a TTY"));
    }
    let id = cx.wait(engine.exec_create(&given.args[0], &spec))?;
    if spec.detach {
        cx.wait(engine.exec_detached(&id, spec.tty))?;
        return Ok(0);
    }
    let attached = cx.wait(engine.exec_attach(&id, spec.tty))?;
    let how = Talk {
        peer: Peer::Exec(id.clone()),
        tty: spec.tty,
        stdin: spec.stdin,
        outputs: (true, true),
        detach_keys,
        proxy: false,
    };
    match talk(cx, &engine, attached, &how)? {
        Ended::Detached => Err(Fail::new(1, "read escape sequence")),
        Ended::Closed => Ok(super::run::exit_code(cx.wait(engine.exec_code(&id))?)),
    }
}
