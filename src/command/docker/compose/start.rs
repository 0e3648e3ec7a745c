//! Starting containers in the order in which services wait for each other.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::containers::{self, Found};
use super::project::Project;
use super::step;
use crate::command::docker::cx::{Cx, Fail};
use crate::docker::Engine;

/// How often a container is asked how it is.
const EVERY: Duration = Duration::from_millis(250);

/// Starts the containers of services, each after what it waits for.
///
/// # Errors
/// The engine's refusal, or something waited for that failed.
pub(super) fn services(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    names: &[String],
) -> Result<(), Fail> {
    for name in names {
        let Some(service) = project.file.services.get(name) else { continue };
        for (other, how) in &service.depends_on {
            if !names.contains(other) {
                continue;
            }
            let found = containers::list(cx, engine, &project.name, std::slice::from_ref(other))?;
            for container in &found {
                await_condition(cx, engine, container, &how.condition, None)?;
            }
        }
        for container in containers::list(cx, engine, &project.name, std::slice::from_ref(name))? {
            if container.state == "running" {
                continue;
            }
            step(cx, "Container", &container.name, "Starting");
            cx.wait(engine.start(&container.id))?;
            step(cx, "Container", &container.name, "Started");
        }
    }
    Ok(())
}

/// Waits until a container is as another wants it.
///
/// # Errors
/// That it failed, or that the time is up.
pub(super) fn await_condition(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    container: &Found,
    condition: &str,
    most: Option<Duration>,
) -> Result<(), Fail> {
    if condition == "service_started" {
        return Ok(());
    }
    let name = &container.name;
    let service = &container.service;
    step(cx, "Container", name, "Waiting");
    let start = Instant::now();
    loop {
        let whole = cx.wait(engine.inspect(&container.id))?;
        let text = |pointer: &str| whole.pointer(pointer).and_then(Value::as_str);
        let state = text("/State/Status").unwrap_or_default().to_owned();
        let code = whole.pointer("/State/ExitCode").and_then(Value::as_i64).unwrap_or(0);
        let ended = matches!(state.as_str(), "exited" | "dead");
        match condition {
            "service_completed_successfully" if ended && code == 0 => {
                step(cx, "Container", name, "Exited");
                return Ok(());
            }
            "service_completed_successfully" if ended => {
                step(cx, "Container", name, "Error");
                return Err(Fail::new(
                    1,
                    format!("service {service:?} didn't complete successfully: exit {code}"),
                ));
            }
            "service_healthy" | "running_or_healthy" => match text("/State/Health/Status") {
                Some("healthy") => {
                    step(cx, "Container", name, "Healthy");
                    return Ok(());
                }
                Some("unhealthy") => {
                    step(cx, "Container", name, "Error");
                    return Err(Fail::new(
                        1,
                        format!("dependency failed to start: container {name} is unhealthy"),
                    ));
                }
                _ if ended => {
                    step(cx, "Container", name, "Error");
                    return Err(Fail::new(
                        1,
                        format!("dependency failed to start: container {name} exited ({code})"),
                    ));
                }
                None if condition == "running_or_healthy" && state == "running" => {
                    step(cx, "Container", name, "Healthy");
                    return Ok(());
                }
                None if condition == "service_healthy" && state == "running" => {
                    return Err(Fail::new(
                        1,
                        format!(
                            "dependency failed to start: container {name} has no healthcheck configured"
                        ),
                    ));
                }
                _ => {}
            },
            _ => {}
        }
        if most.is_some_and(|most| start.elapsed() > most) {
            return Err(Fail::new(1, "application not healthy after the given time"));
        }
        cx.runtime.block_on(async { tokio::time::sleep(EVERY).await });
    }
}
