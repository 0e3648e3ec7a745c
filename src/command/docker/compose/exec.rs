//! `docker compose exec` and `attach`: into the containers of services.

use super::containers::{self, Found};
use super::{BASE, load};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, int, switch};

static EXEC_FLAGS: &[Flag] = &[
    switch("detach", "Leave the command alone").short('d'),
    flag("env", "stringArray", "Variable of the command").short('e'),
    flag("index", "int", "Which container of the service").check(int),
    switch("interactive", "Keep its input open").short('i'),
    switch("no-TTY", "No terminal").short('T'),
    switch("privileged", "With all rights"),
    switch("tty", "With a terminal").short('t'),
    flag("user", "string", "User of the command").short('u'),
    flag("workdir", "string", "Folder of the command").short('w'),
];

pub(crate) static EXEC: Verb = Verb {
    name: "exec",
    usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
    about: "Execute a command in a running container",
    flags: &[EXEC_FLAGS],
    args: Args::AtLeast(2),
    interspersed: false,
    run: |cx, given| {
        let container = running_container(cx, given)?;
        let mut words = vec!["exec".to_owned()];
        if given.is("detach") {
            words.push("--detach".into());
        } else {
            words.push("--interactive".into());
            if cx.host.interactive && !given.is("no-TTY") {
                words.push("--tty".into());
            }
        }
        if given.is("privileged") {
            words.push("--privileged".into());
        }
        words.extend(given.all("env").iter().map(|e| format!("--env={e}")));
        for flag in ["user", "workdir"] {
            words.extend(given.text(flag).map(|value| format!("--{flag}={value}")));
        }
        words.push(container.id);
        words.extend(given.args[1..].iter().cloned());
        cx.run(&words)
    },
    ..BASE
};

static ATTACH_FLAGS: &[Flag] = &[
    flag("detach-keys", "string", "Keys that leave the container alone"),
    flag("index", "int", "Which container of the service").check(int),
    switch("no-stdin", "Pass nothing in"),
    switch("sig-proxy", "Pass signals on"),
];

pub(crate) static ATTACH: Verb = Verb {
    name: "attach",
    usage: "[OPTIONS] SERVICE",
    about: "Attach local standard input, output, and error streams to a service's running container",
    flags: &[ATTACH_FLAGS],
    run: |cx, given| {
        let container = running_container(cx, given)?;
        let mut words = vec!["attach".to_owned()];
        for flag in ["detach-keys", "no-stdin", "sig-proxy"] {
            words.extend(given.get(flag).map(|value| format!("--{flag}={value}")));
        }
        words.push(container.id);
        cx.run(&words)
    },
    args: Args::AtLeast(1),
    ..BASE
};

/// The running container that the first argument and `--index` mean.
fn running_container(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<Found, Fail> {
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    containers::one(cx, &engine, &name, &given.args[0], given.number("index"))
}
