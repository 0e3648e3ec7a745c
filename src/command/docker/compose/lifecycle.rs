//! `docker compose start`, `stop`, `restart`, `kill` and `rm`.

use super::containers::{self, Found};
use super::{project, start, step};
use crate::command::docker::cli::{Flag, Parsed, flag, int, switch};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::Engine;

static TIMEOUT: &[Flag] =
    &[flag("timeout", "int", "Seconds that containers have to end").short('t').check(int)];

pub(in crate::command::docker) static START: Verb = Verb {
    name: "start",
    about: "Start services",
    flags: &[],
    run: |cx, given| {
        let project = project::load(cx)?;
        let names = project.ordered(&given.args, true)?;
        let engine = cx.engine()?;
        for name in &names {
            if containers::list(cx, &engine, &project.name, std::slice::from_ref(name))?.is_empty()
            {
                return Err(Fail::new(1, format!("service {name:?} has no container to start")));
            }
        }
        start::services(cx, &engine, &project, &names)?;
        Ok(0)
    },
    ..BASE
};

pub(in crate::command::docker) static STOP: Verb = Verb {
    name: "stop",
    about: "Stop services",
    flags: &[TIMEOUT],
    run: |cx, given| {
        let (engine, found) = chosen(cx, given)?;
        let seconds = given.number("timeout").and_then(|n| i32::try_from(n).ok());
        for container in found.iter().filter(|c| c.state == "running") {
            step(cx, "Container", &container.name, "Stopping");
            cx.wait(engine.stop(&container.id, None, seconds))?;
            step(cx, "Container", &container.name, "Stopped");
        }
        Ok(0)
    },
    ..BASE
};

pub(in crate::command::docker) static RESTART: Verb = Verb {
    name: "restart",
    about: "Restart service containers",
    flags: &[TIMEOUT, RESTART_FLAGS],
    run: |cx, given| {
        let (engine, found) = chosen(cx, given)?;
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

pub(in crate::command::docker) static KILL: Verb = Verb {
    name: "kill",
    about: "Force stop service containers",
    flags: &[KILL_FLAGS],
    run: |cx, given| {
        let (engine, found) = chosen(cx, given)?;
        let signal = given.text("signal").unwrap_or("SIGKILL");
        for container in found.iter().filter(|c| c.state == "running") {
            step(cx, "Container", &container.name, "Killing");
            cx.wait(engine.kill(&container.id, signal))?;
            step(cx, "Container", &container.name, "Killed");
        }
        Ok(0)
    },
    ..BASE
};

static KILL_FLAGS: &[Flag] = &[flag("signal", "string", "Signal to send").short('s')];

pub(in crate::command::docker) static RM: Verb = Verb {
    name: "rm",
    about: "Removes stopped service containers",
    flags: &[RM_FLAGS],
    run: rm,
    ..BASE
};

static RM_FLAGS: &[Flag] = &[
    switch("force", "Do not ask").short('f'),
    switch("stop", "Stop containers before").short('s'),
    switch("volumes", "Remove their anonymous volumes too").short('v'),
];

/// What these commands have in common.
const BASE: Verb = Verb {
    group: "compose",
    name: "",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "",
    flags: &[],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: |_, _| Ok(0),
};

/// The containers of the named services, or all.
fn chosen(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<(Engine, Vec<Found>), Fail> {
    let (name, project) = project::name_only(cx)?;
    if let Some(project) = &project {
        project.ordered(&given.args, false)?;
    }
    let engine = cx.engine()?;
    let found = containers::list(cx, &engine, &name, &given.args)?;
    Ok((engine, found))
}

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (engine, mut found) = chosen(cx, given)?;
    if given.is("stop") {
        for container in found.iter().filter(|c| c.state == "running") {
            step(cx, "Container", &container.name, "Stopping");
            cx.wait(engine.stop(&container.id, None, None))?;
            step(cx, "Container", &container.name, "Stopped");
        }
    } else {
        found.retain(|c| c.state != "running");
    }
    if found.is_empty() {
        cx.complain("No stopped containers");
        return Ok(0);
    }
    if !given.is("force") {
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        cx.out(format!("? Going to remove {} [y/N] ", names.join(", ")));
        let _ = cx.host.stdout.flush();
        let mut answer = Vec::new();
        let mut byte = [0];
        while cx.host.stdin.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
            answer.push(byte[0]);
        }
        let answer = String::from_utf8_lossy(&answer).trim().to_lowercase();
        if !["y", "yes"].contains(&answer.as_str()) {
            return Ok(0);
        }
    }
    for container in &found {
        step(cx, "Container", &container.name, "Removing");
        cx.wait(engine.remove(&container.id, true, given.is("volumes"), false))?;
        step(cx, "Container", &container.name, "Removed");
    }
    Ok(0)
}
