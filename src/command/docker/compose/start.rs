//! Starting containers in the order in which services wait for each other.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::containers::{self, Found};
use super::project::Project;
use super::step;
use crate::cx::{Cx, Fail};
use docker::Engine;

/// How often a container is asked how it is.
const EVERY: Duration = Duration::from_millis(250);

/// Whether the progress is shown; not where the lines of the containers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Shown,
    Hidden,
}

impl Progress {
    fn step(self, cx: &mut Cx<'_, '_>, name: &str, state: &str) {
        if self == Self::Shown {
            step(cx, "Container", name, state);
        }
    }
}

/// Starts the containers of services, each after what it waits for.
///
/// # Errors
/// The engine's refusal, or something waited for that failed.
pub(super) fn services(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    names: &[String],
    progress: Progress,
) -> Result<(), Fail> {
    for name in names {
        dependencies(cx, engine, project, name, names, progress)?;
        for container in containers::list(cx, engine, &project.name, std::slice::from_ref(name))? {
            if container.state == "running" {
                continue;
            }
            progress.step(cx, &container.name, "Starting");
            cx.wait(engine.start(&container.id))?;
            progress.step(cx, &container.name, "Started");
        }
    }
    Ok(())
}

/// Waits for what a service waits for, of these.
///
/// # Errors
/// That something of it failed.
pub(super) fn dependencies(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    name: &str,
    among: &[String],
    progress: Progress,
) -> Result<(), Fail> {
    let Some(service) = project.file.services.get(name) else { return Ok(()) };
    for (other, how) in &service.depends_on {
        if !among.contains(other) {
            continue;
        }
        let found = containers::list(cx, engine, &project.name, std::slice::from_ref(other))?;
        for container in &found {
            await_condition(cx, engine, container, &how.condition, progress)?;
        }
    }
    Ok(())
}

/// Waits until containers run, and are healthy where they can say so.
///
/// # Errors
/// That one of them ended, or that the time is up.
pub(super) fn await_running(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    found: &[Found],
    most: Option<Duration>,
) -> Result<(), Fail> {
    for container in found {
        step(cx, "Container", &container.name, "Waiting");
    }
    let start = Instant::now();
    let mut failed = None;
    for container in found {
        match reached(cx, engine, container, "running_or_healthy", most.map(|m| (start, m)))? {
            Reached::Yes(state) => step(cx, "Container", &container.name, state),
            Reached::No(why) => failed = failed.or(Some((container, why))),
        }
    }
    let Some((container, why)) = failed else { return Ok(()) };
    Err(Fail::new(1, why.text(container)))
}

/// Waits until a container is as another wants it.
///
/// # Errors
/// That it failed.
fn await_condition(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    container: &Found,
    condition: &str,
    progress: Progress,
) -> Result<(), Fail> {
    if condition == "service_started" {
        return Ok(());
    }
    progress.step(cx, &container.name, "Waiting");
    match reached(cx, engine, container, condition, None)? {
        Reached::Yes(state) => {
            progress.step(cx, &container.name, state);
            Ok(())
        }
        Reached::No(why) => {
            let text = why.text(container);
            let shown = if let Why::Code(_) = why { text.as_str() } else { "Error" };
            progress.step(cx, &container.name, shown);
            let head = if let Why::Code(_) = why { "" } else { "dependency failed to start: " };
            Err(Fail::new(1, format!("{head}{text}")))
        }
    }
}

/// Whether a container came to be as it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// And what is said of it.
    Yes(&'static str),
    No(Why),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It was to end well, and ended with that code.
    Code(i64),
    /// It was to run.
    Exited(i64),
    Unhealthy,
    NoCheck,
    Late,
}

impl Why {
    fn text(self, container: &Found) -> String {
        let (name, service) = (&container.name, &container.service);
        match self {
            Self::Code(code) => {
                format!("service {service:?} didn't complete successfully: exit {code}")
            }
            Self::Exited(code) => format!("container {name} exited ({code})"),
            Self::Unhealthy => format!("container {name} is unhealthy"),
            Self::NoCheck => format!("container {name} has no healthcheck configured"),
            Self::Late => "application not healthy after the given time".to_owned(),
        }
    }
}

/// Asks again and again until it is settled, or the time is up.
fn reached(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    container: &Found,
    condition: &str,
    most: Option<(Instant, Duration)>,
) -> Result<Reached, Fail> {
    loop {
        let whole = cx.wait(engine.inspect(&container.id))?;
        if let Some(reached) = settled(&whole, condition) {
            return Ok(reached);
        }
        if most.is_some_and(|(start, most)| start.elapsed() > most) {
            return Ok(Reached::No(Why::Late));
        }
        cx.runtime.block_on(async { tokio::time::sleep(EVERY).await });
    }
}

/// Whether a container is settled as to a condition; nothing while it may still change.
pub(super) fn settled(whole: &Value, condition: &str) -> Option<Reached> {
    let text = |pointer: &str| whole.pointer(pointer).and_then(Value::as_str);
    let state = text("/State/Status").unwrap_or_default();
    let code = whole.pointer("/State/ExitCode").and_then(Value::as_i64).unwrap_or(0);
    let ended = matches!(state, "exited" | "dead");
    let health = text("/State/Health/Status");
    match (condition, health) {
        ("service_completed_successfully", _) if ended && code == 0 => Some(Reached::Yes("Exited")),
        ("service_completed_successfully", _) if ended => Some(Reached::No(Why::Code(code))),
        ("service_completed_successfully", _) => None,
        _ if ended => Some(Reached::No(Why::Exited(code))),
        (_, Some("healthy")) => Some(Reached::Yes("Healthy")),
        (_, Some("unhealthy")) => Some(Reached::No(Why::Unhealthy)),
        ("running_or_healthy", None) if state == "running" => Some(Reached::Yes("Healthy")),
        ("service_healthy", None) if state == "running" => Some(Reached::No(Why::NoCheck)),
        _ => None,
    }
}
