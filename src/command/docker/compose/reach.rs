//! `docker compose exec`, `attach` and `cp`: into the containers of services.

use super::containers::{self, Found};
use super::{BASE, event, load};
use crate::cli::{Flag, Parsed, flag, int, switch};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};

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
        let container = meant(cx, given)?;
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
        let container = meant(cx, given)?;
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
fn meant(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<Found, Fail> {
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    containers::one(cx, &engine, &name, &given.args[0], given.number("index"))
}

static CP_FLAGS: &[Flag] = &[
    switch("archive", "Keep owners and groups").short('a'),
    switch("follow-link", "Copy what a link leads to").short('L'),
    flag("index", "int", "Which container of the service").check(int),
];

pub(crate) static CP: Verb = Verb {
    name: "cp",
    usage: "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n\tdocker compose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
    about: "Copy files/folders between a service container and the local filesystem",
    flags: &[CP_FLAGS],
    args: Args::Exactly(2),
    run: cp,
    ..BASE
};

/// `service:path`; not a path of this machine.
fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once(':')
        .filter(|(service, _)| !service.is_empty() && !service.starts_with(['.', '/']))
}

fn cp(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (source, target) = (given.args[0].as_str(), given.args[1].as_str());
    let (service, outward) = match (split(source), split(target)) {
        (Some(_), Some(_)) => {
            return Err(Fail::new(1, "copying between services is not supported"));
        }
        (None, None) => return Err(Fail::new(1, "unknown copy direction")),
        (Some((service, _)), None) => (service, true),
        (None, Some((service, _))) => (service, false),
    };
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    let mut found = containers::list(cx, &engine, &name, &[service.to_owned()])?;
    if let Some(index) = given.number("index").filter(|n| *n > 0) {
        found.retain(|c| i64::from(c.number) == index);
    }
    if outward {
        found.truncate(1);
    }
    if found.is_empty() {
        return Err(Fail::new(1, format!("no container found for service {service:?}")));
    }
    for container in &found {
        let place = |text: &str| match split(text) {
            Some((_, path)) => format!("{}:{path}", container.name),
            None => text.to_owned(),
        };
        let (from, to) = (place(source), place(target));
        let what = format!("copy {from} to {to}");
        event(cx, &container.name, &what, "Copying");
        let mut words = vec!["cp".to_owned(), "--quiet".to_owned()];
        for flag in ["archive", "follow-link"] {
            words.extend(given.is(flag).then(|| format!("--{flag}")));
        }
        // The engine names it by its id in what it says.
        let by_id = |text: &str| match split(text) {
            Some((_, path)) => format!("{}:{path}", container.id),
            None => text.to_owned(),
        };
        words.extend([by_id(source), by_id(target)]);
        cx.run(&words)?;
        event(cx, &container.name, &what, "Copied");
    }
    Ok(0)
}
