//! `docker compose cp`: files between containers of services and this machine.

use super::{BASE, containers, event, load};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, int, switch};

static FLAGS: &[Flag] = &[
    switch("archive", "Keep owners and groups").short('a'),
    switch("follow-link", "Copy what a link leads to").short('L'),
    flag("index", "int", "Which container of the service").check(int),
];

pub(crate) static VERB: Verb = Verb {
    name: "cp",
    usage: "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n\tdocker compose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
    about: "Copy files/folders between a service container and the local filesystem",
    flags: &[FLAGS],
    args: Args::Exactly(2),
    run: cp,
    ..BASE
};

/// `service:path`; not a path of this machine.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
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
