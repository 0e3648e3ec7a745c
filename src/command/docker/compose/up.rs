//! `docker compose up`, `create` and `scale`: the project's containers, made and started.

use std::collections::BTreeMap;
use std::time::Duration;

use super::converge::{self, How};
use super::plan::{self, MAKING, Plan};
use super::project::Project;
use super::{BASE, containers, foreground, images, load, start};
use crate::composefile::log_line;
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, int, switch};
use docker::Engine;

static UP_FLAGS: &[Flag] = &[
    switch("abort-on-container-exit", "Stop all containers when one has ended"),
    switch("detach", "Leave the containers in the background").short('d'),
    flag("exit-code-from", "string", "End with this service's exit code, when one has ended"),
    switch("no-color", "Print without colours"),
    switch("no-deps", "Leave alone what services wait for"),
    switch("no-log-prefix", "Print lines without names"),
    switch("no-start", "Make containers without starting them"),
    switch("renew-anon-volumes", "Leave no volumes without a name to new containers").short('V'),
    flag("timeout", "int", "Seconds that containers have to end").short('t').check(int),
    switch("timestamps", "Print times"),
    switch("wait", "Wait until services run or are healthy; implies --detach"),
    flag("wait-timeout", "int", "Seconds to wait at most").check(int),
];

pub(crate) static UP: Verb = Verb {
    name: "up",
    about: "Create and start containers",
    flags: &[UP_FLAGS, MAKING],
    run: up,
    ..BASE
};

pub(crate) static CREATE: Verb = Verb {
    name: "create",
    about: "Creates containers for a service",
    flags: &[MAKING],
    run: |cx, given| {
        let (project, plan) = read(cx, given)?;
        let names = project.ordered(&given.args, true)?;
        let engine = cx.engine()?;
        make(cx, &engine, &project, &names, &plan)?;
        Ok(0)
    },
    ..BASE
};

pub(crate) static SCALE: Verb = Verb {
    name: "scale",
    usage: "[SERVICE=REPLICAS...]",
    about: "Scale services ",
    flags: &[SCALE_FLAGS],
    args: Args::AtLeast(1),
    run: |cx, given| {
        let mut scale = BTreeMap::new();
        for text in &given.args {
            let wrong = || Fail::new(1, format!("invalid scale specifier: {text}"));
            let (name, count) = text.split_once('=').ok_or_else(wrong)?;
            scale.insert(name.to_owned(), count.parse().map_err(|_| wrong())?);
        }
        let asked: Vec<String> = scale.keys().cloned().collect();
        let project = load::project(cx, &asked)?;
        let names = project.ordered(&asked, !given.is("no-deps"))?;
        let engine = cx.engine()?;
        make(cx, &engine, &project, &names, &Plan { scale, ..Plan::default() })?;
        start::services(cx, &engine, &project, &names, start::Progress::Shown)?;
        Ok(0)
    },
    ..BASE
};

static SCALE_FLAGS: &[Flag] = &[switch("no-deps", "Leave alone what services wait for")];

/// The project and the plan that the flags of `up` and `create` make.
fn read(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<(Project, Plan<'static>), Fail> {
    plan::check(given)?;
    let project = load::project(cx, &given.args)?;
    let plan = Plan::read(given)?;
    if let Some(lost) = plan.scale.keys().find(|n| !project.file.services.contains_key(*n)) {
        return Err(Fail::new(1, format!("no such service: {lost}: not found")));
    }
    Ok((project, plan))
}

/// Makes what services need and their containers; the ids of their images.
///
/// # Errors
/// The engine's refusal, or an image that cannot be had.
pub(super) fn make(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    names: &[String],
    plan: &Plan<'_>,
) -> Result<BTreeMap<String, String>, Fail> {
    let mut all = names.to_vec();
    all.extend(plan.also.map(str::to_owned));
    let images = images::ensure(cx, engine, project, &all, plan)?;
    converge::networks_and_volumes(cx, engine, project, &all)?;
    orphans(cx, engine, project, plan)?;
    let how = How {
        force: plan.force,
        keep: plan.keep,
        renew: plan.renew,
        scale: &plan.scale,
        images: &images,
        timeout: plan.timeout,
    };
    for name in names {
        converge::service(cx, engine, project, name, &how)?;
    }
    Ok(images)
}

fn up(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let exit = foreground::Exit::read(given);
    let detach = given.is("detach") || given.is("wait");
    if detach && exit != foreground::Exit::Last {
        return Err(Fail::new(
            1,
            "--detach cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
        ));
    }
    let (project, plan) = read(cx, given)?;
    let names = project.ordered(&given.args, !given.is("no-deps"))?;
    if names.is_empty() {
        return Err(Fail::new(1, "no service selected"));
    }
    exit.check(&names)?;
    let engine = cx.engine()?;
    make(cx, &engine, &project, &names, &plan)?;
    if given.is("no-start") {
        return Ok(0);
    }
    if !detach {
        let asked = if given.args.is_empty() { &names } else { &given.args };
        return foreground::run(cx, &engine, &project, (&names, asked), &exit, given);
    }
    start::services(cx, &engine, &project, &names, start::Progress::Shown)?;
    if given.is("wait") {
        let most = given.number("wait-timeout").and_then(|n| u64::try_from(n).ok());
        let found = containers::list(cx, &engine, &project.name, &names)?;
        start::await_running(cx, &engine, &found, most.map(Duration::from_secs))?;
    }
    Ok(0)
}

/// Containers of services that the file does not have any more.
fn orphans(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    plan: &Plan<'_>,
) -> Result<(), Fail> {
    let known = project.root.get("services").and_then(serde_json::Value::as_object);
    let mut found = containers::list(cx, engine, &project.name, &[])?;
    found.retain(|c| known.is_none_or(|k| !k.contains_key(&c.service)));
    if plan.remove_orphans {
        for orphan in &found {
            converge::remove(cx, engine, orphan, plan.timeout, false)?;
        }
    } else if !found.is_empty() {
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        cx.complain(log_line(&format!(
            "Found orphan containers ([{}]) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.",
            names.join(" ")
        )));
    }
    Ok(())
}
