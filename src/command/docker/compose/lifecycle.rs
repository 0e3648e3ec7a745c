//! `docker compose start`, `stop`, `restart`, `kill`, `pause`, `unpause` and `rm`.

use super::containers::{self, Found};
use super::project::Project;
use super::{BASE, load, start, step};
use crate::cx::{Cx, Fail};
use crate::verb::Verb;
use command_line::flags::{Flag, Parsed, flag, int, switch};
use docker::{Engine, EngineError};

static TIMEOUT: &[Flag] =
    &[flag("timeout", "int", "Seconds that containers have to end").short('t').check(int)];

pub(crate) static START: Verb = Verb {
    name: "start",
    usage: "[SERVICE...]",
    about: "Start services",
    run: |cx, given| {
        let project = load::project(cx, &given.args)?;
        let names = project.ordered(&given.args, true)?;
        let engine = cx.engine()?;
        let found = containers::list(cx, &engine, &project.name, &[])?;
        if let (true, Some(name)) = (found.is_empty(), names.first()) {
            return Err(Fail::new(1, format!("service {name:?} has no container to start")));
        }
        start::services(cx, &engine, &project, &names, start::Progress::Shown)?;
        Ok(0)
    },
    ..BASE
};

pub(crate) static STOP: Verb = Verb {
    name: "stop",
    about: "Stop services",
    flags: &[TIMEOUT],
    run: |cx, given| {
        let (engine, project, found) = chosen(cx, given)?;
        let seconds = given.number("timeout").and_then(|n| i32::try_from(n).ok());
        stop(cx, &engine, &dependents_first(project.as_ref(), found), seconds)
    },
    ..BASE
};

fn stop(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    found: &[Found],
    seconds: Option<i32>,
) -> Result<u8, Fail> {
    for container in found {
        step(cx, "Container", &container.name, "Stopping");
        cx.wait(engine.stop(&container.id, None, seconds))?;
        step(cx, "Container", &container.name, "Stopped");
    }
    Ok(0)
}

pub(crate) static RESTART: Verb = Verb {
    name: "restart",
    about: "Restart service containers",
    flags: &[TIMEOUT, RESTART_FLAGS],
    run: |cx, given| {
        let (engine, _, found) = chosen(cx, given)?;
        let seconds = given.number("timeout").and_then(|n| i32::try_from(n).ok());
        for container in &found {
            step(cx, "Container", &container.name, "Restarting");
            cx.wait(engine.restart(&container.id, None, seconds))?;
            step(cx, "Container", &container.name, "Started");
        }
        Ok(0)
    },
    ..BASE
};

static RESTART_FLAGS: &[Flag] = &[switch("no-deps", "Leave alone what services wait for")];

pub(crate) static KILL: Verb = Verb {
    name: "kill",
    about: "Force stop service containers",
    flags: &[KILL_FLAGS],
    run: |cx, given| {
        let (engine, project, _) = chosen(cx, given)?;
        let name = project_name(cx, project.as_ref());
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        found.retain(|c| c.state == "running" && takes_part(project.as_ref(), c));
        if found.is_empty() {
            // Without an end of the line, as the reference.
            let _ = cx.host.stderr.write_all(b"no container to kill");
        }
        let signal = given.text("signal").unwrap_or("SIGKILL");
        let mut failed = None;
        for container in &found {
            step(cx, "Container", &container.name, "Killing");
            let done = cx.runtime.block_on(engine.kill(&container.id, signal));
            let said = if done.is_ok() { "Killed" } else { "Error while Killing" };
            step(cx, "Container", &container.name, said);
            failed = failed.or(done.err());
        }
        failed.map_or(Ok(0), |error| Err(error.into()))
    },
    ..BASE
};

static KILL_FLAGS: &[Flag] = &[
    switch("remove-orphans", "Remove containers of services that the file does not have"),
    flag("signal", "string", "Signal to send").short('s'),
];

pub(crate) static PAUSE: Verb = Verb {
    name: "pause",
    usage: "[SERVICE...]",
    about: "Pause services",
    run: |cx, given| {
        let (engine, _, found) = chosen(cx, given)?;
        let found = found.into_iter().filter(is_up).collect();
        all(cx, found, "Paused", |id| {
            let engine = engine.clone();
            async move { engine.pause(&id).await }
        })
    },
    ..BASE
};

pub(crate) static UNPAUSE: Verb = Verb {
    name: "unpause",
    usage: "[SERVICE...]",
    about: "Unpause services",
    run: |cx, given| {
        let (engine, _, found) = chosen(cx, given)?;
        let found = found.into_iter().filter(is_up).collect();
        all(cx, found, "Unpaused", |id| {
            let engine = engine.clone();
            async move { engine.unpause(&id).await }
        })
    },
    ..BASE
};

fn is_up(container: &Found) -> bool {
    matches!(container.state.as_str(), "running" | "paused")
}

/// Does something to each container, and says so.
fn all<F: Future<Output = Result<(), EngineError>>>(
    cx: &mut Cx<'_, '_>,
    found: Vec<Found>,
    done: &str,
    act: impl Fn(String) -> F,
) -> Result<u8, Fail> {
    for container in found {
        cx.wait(act(container.id.clone()))?;
        step(cx, "Container", &container.name, done);
    }
    Ok(0)
}

pub(crate) static RM: Verb = Verb {
    name: "rm",
    about: "Removes stopped service containers",
    flags: &[RM_FLAGS],
    run: rm,
    ..BASE
};

static RM_FLAGS: &[Flag] = &[
    switch("all", "Has no effect any more").short('a'),
    switch("force", "Do not ask").short('f'),
    switch("stop", "Stop containers before").short('s'),
    switch("volumes", "Remove their anonymous volumes too").short('v'),
];

/// The containers of the named services, or all.
fn chosen(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
) -> Result<(Engine, Option<Project>, Vec<Found>), Fail> {
    let (name, project) = load::name_for(cx, &given.args)?;
    if let Some(project) = &project {
        project.known(&given.args)?;
    }
    let engine = cx.engine()?;
    let mut found = containers::list(cx, &engine, &name, &given.args)?;
    found.retain(|c| takes_part(project.as_ref(), c));
    Ok((engine, project, found))
}

/// Whether it is one of a service that the profiles let in; all are where there is no file.
fn takes_part(project: Option<&Project>, container: &Found) -> bool {
    project.is_none_or(|p| p.file.services.contains_key(&container.service))
}

fn project_name(cx: &Cx<'_, '_>, project: Option<&Project>) -> String {
    let given = || cx.group.text("project-name").unwrap_or_default().to_owned();
    project.map_or_else(given, |project| project.name.clone())
}

/// What others wait for comes last.
pub(super) fn dependents_first(project: Option<&Project>, mut found: Vec<Found>) -> Vec<Found> {
    if let Some(order) = project.and_then(|p| p.ordered(&[], true).ok()) {
        let place = |c: &Found| order.iter().position(|n| *n == c.service);
        found.sort_by_key(|c| std::cmp::Reverse(place(c)));
    }
    found
}

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (engine, project, mut found) = chosen(cx, given)?;
    // The newest first, as the engine lists them.
    found.sort_by_key(|c| c.place);
    if given.is("stop") {
        found = dependents_first(project.as_ref(), found);
        stop(cx, &engine, &found, None)?;
    } else {
        found.retain(|c| c.state != "running");
    }
    if found.is_empty() {
        cx.complain("No stopped containers");
        return Ok(0);
    }
    let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
    cx.out(format!("Going to remove {}", names.join(", ")));
    if given.is("force") {
        cx.out("\n");
    } else if !agreed(cx) {
        return Ok(0);
    }
    for container in &found {
        step(cx, "Container", &container.name, "Removing");
        cx.wait(engine.remove(&container.id, true, given.is("volumes"), false))?;
        step(cx, "Container", &container.name, "Removed");
    }
    Ok(0)
}

/// Asks; a reader at a terminal is shown how to answer.
fn agreed(cx: &mut Cx<'_, '_>) -> bool {
    if cx.host.interactive {
        cx.out(" [yN] ");
    }
    let _ = cx.host.stdout.flush();
    let mut answer = Vec::new();
    let mut byte = [0];
    while cx.host.stdin.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
        answer.push(byte[0]);
    }
    let answer = String::from_utf8_lossy(&answer).trim().to_lowercase();
    ["y", "yes"].contains(&answer.as_str())
}
