//! `docker compose up`: the project's containers, made and started.

use std::collections::BTreeMap;
use std::time::Duration;

use super::converge::{self, How};
use super::{containers, logs, project, start, step};
use crate::command::docker::cli::{Flag, Parsed, flag, int, switch};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};

static FLAGS: &[Flag] = &[
    switch("build", "Build images before"),
    switch("detach", "Leave the containers in the background").short('d'),
    switch("force-recreate", "Make all containers anew"),
    switch("no-build", "Build nothing"),
    switch("no-color", "Print without colours"),
    switch("no-deps", "Leave alone what services wait for"),
    switch("no-log-prefix", "Print lines without names"),
    switch("no-recreate", "Make no container anew"),
    switch("no-start", "Make containers without starting them"),
    switch("quiet-pull", "Pull without progress"),
    switch("remove-orphans", "Remove containers of services that the file does not have"),
    flag("scale", "scale", "How many containers a service has: web=3"),
    flag("timeout", "int", "Seconds that containers have to end").short('t').check(int),
    switch("timestamps", "Print times"),
    switch("wait", "Wait until services run or are healthy; implies --detach"),
    flag("wait-timeout", "int", "Seconds to wait at most").check(int),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "up",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "Create and start containers",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: up,
};

fn scale(given: &Parsed) -> Result<BTreeMap<String, u64>, Fail> {
    let mut found = BTreeMap::new();
    for text in given.all("scale") {
        let (name, count) = text.split_once('=').ok_or_else(|| {
            Fail::new(1, format!("invalid --scale option {text:?}. Should be SERVICE=NUM"))
        })?;
        let count = count.parse().map_err(|_| {
            Fail::new(1, format!("strconv.Atoi: parsing {count:?}: invalid syntax"))
        })?;
        found.insert(name.to_owned(), count);
    }
    Ok(found)
}

fn up(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let project = project::load(cx)?;
    if given.is("force-recreate") && given.is("no-recreate") {
        return Err(Fail::new(1, "--force-recreate and --no-recreate are incompatible"));
    }
    let names = project.ordered(&given.args, !given.is("no-deps"))?;
    if names.is_empty() {
        return Err(Fail::new(1, "no service selected"));
    }
    let scale = scale(given)?;
    let timeout = given.number("timeout").and_then(|n| i32::try_from(n).ok());
    let engine = cx.engine()?;
    let how = How {
        force: given.is("force-recreate"),
        keep: given.is("no-recreate"),
        scale: &scale,
        build: given.is("build"),
        timeout,
    };
    orphans(cx, &engine, &project, given.is("remove-orphans"), timeout)?;
    converge::ground(cx, &engine, &project, &names)?;
    for name in &names {
        converge::service(cx, &engine, &project, name, &how)?;
    }
    if given.is("no-start") {
        return Ok(0);
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.map(|d| format!("{}.{:09}", d.as_secs(), d.subsec_nanos()));
    start::services(cx, &engine, &project, &names)?;
    if given.is("wait") {
        let most = given.number("wait-timeout").and_then(|n| u64::try_from(n).ok());
        for container in containers::list(cx, &engine, &project.name, &names)? {
            let most = most.map(Duration::from_secs);
            start::await_condition(cx, &engine, &container, "running_or_healthy", most)?;
        }
        return Ok(0);
    }
    if given.is("detach") {
        return Ok(0);
    }
    let shown = containers::list(cx, &engine, &project.name, &names)?;
    let listed: Vec<String> = shown.iter().map(containers::Found::short).collect();
    cx.out(format!("Attaching to {}\n", listed.join(", ")));
    let show = logs::Show {
        prefix: !given.is("no-log-prefix"),
        timestamps: given.is("timestamps"),
        follow: true,
        query: format!("since={}", since.unwrap_or_default()),
    };
    if logs::show(cx, &engine, &shown, &show)? == logs::Ended::Closed {
        return Ok(0);
    }
    cx.complain("Gracefully Stopping... press Ctrl+C again to force");
    for container in shown.iter().rev() {
        step(cx, "Container", &container.name, "Stopping");
        cx.wait(engine.stop(&container.id, None, timeout))?;
        step(cx, "Container", &container.name, "Stopped");
    }
    Ok(130)
}

/// Containers of services that the file does not have any more.
fn orphans(
    cx: &mut Cx<'_, '_>,
    engine: &crate::docker::Engine,
    project: &project::Project,
    remove: bool,
    timeout: Option<i32>,
) -> Result<(), Fail> {
    let known = project.root.get("services").and_then(serde_json::Value::as_object);
    let mut found = containers::list(cx, engine, &project.name, &[])?;
    found.retain(|c| known.is_none_or(|k| !k.contains_key(&c.service)));
    if remove {
        for orphan in &found {
            converge::remove(cx, engine, orphan, timeout)?;
        }
    } else if !found.is_empty() {
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        cx.complain(format!(
            "Found orphan containers ([{}]) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.",
            names.join(" ")
        ));
    }
    Ok(())
}
