//! `docker compose exec`, `top` and `version`.

use super::{containers, delegate, project};
use crate::command::docker::cli::{Flag, flag, int, switch};
use crate::command::docker::verb::{Args, Verb, always, never};

static EXEC_FLAGS: &[Flag] = &[
    switch("detach", "Leave the command alone").short('d'),
    flag("env", "stringArray", "Variable of the command").short('e'),
    flag("index", "int", "Which container of the service").check(int),
    switch("no-TTY", "No terminal").short('T'),
    switch("privileged", "With all rights"),
    flag("user", "string", "User of the command").short('u'),
    flag("workdir", "string", "Folder of the command").short('w'),
];

pub(in crate::command::docker) static EXEC: Verb = Verb {
    group: "compose",
    name: "exec",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
    about: "Execute a command in a running container",
    flags: &[EXEC_FLAGS],
    args: Args::AtLeast(2),
    interspersed: false,
    looks: never,
    run: |cx, given| {
        let (name, _) = project::name_only(cx)?;
        let engine = cx.engine()?;
        let index = given.number("index").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
        let container = containers::one(cx, &engine, &name, &given.args[0], index)?;
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
        delegate(cx, &words)
    },
};

pub(in crate::command::docker) static TOP: Verb = Verb {
    group: "compose",
    name: "top",
    aliases: &[],
    top: None,
    usage: "[SERVICES...]",
    about: "Display the running processes",
    flags: &[],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let (name, _) = project::name_only(cx)?;
        let engine = cx.engine()?;
        for container in containers::list(cx, &engine, &name, &given.args)? {
            if container.state != "running" {
                continue;
            }
            cx.out(format!("{}\n", container.name));
            delegate(cx, &["top".to_owned(), container.id])?;
            cx.out("\n");
        }
        Ok(0)
    },
};

static VERSION_FLAGS: &[Flag] = &[
    flag("format", "string", "'pretty' or 'json'").short('f'),
    switch("short", "Show the number alone"),
];

pub(in crate::command::docker) static VERSION: Verb = Verb {
    group: "compose",
    name: "version",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Show the Docker Compose version information",
    flags: &[VERSION_FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let version = env!("CARGO_PKG_VERSION");
        cx.out(if given.is("short") {
            format!("{version}\n")
        } else if given.get("format") == Some("json") {
            format!("{{\"version\":\"{version}-distlab\"}}\n")
        } else {
            format!("Docker Compose version {version}-distlab\n")
        });
        Ok(0)
    },
};
