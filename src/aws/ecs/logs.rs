//! What containers print, put into CloudWatch Logs as the role that may.

use aws::place::Place;
use serde_json::json;
use sim::World;

use super::acting;
use super::shapes::container::{ContainerDefinition, LogDriver};
use super::state::LogStream;

/// Who puts it there.
const SESSION: &str = "ecs-agent";

/// The stream of a container, made; nothing where it prints for nobody.
///
/// # Errors
/// Why it cannot be made, as the engine's logging driver says it.
pub(crate) fn open(
    world: &mut World,
    place: &Place,
    container: &ContainerDefinition,
    task: &str,
    role: Option<&str>,
    runtime: &str,
) -> Result<Option<LogStream>, String> {
    let Some(configuration) = &container.log_configuration else { return Ok(None) };
    if configuration.log_driver != LogDriver::Awslogs {
        return Ok(None);
    }
    let option = |name: &str| configuration.options.get(name).cloned();
    let group = option("awslogs-group").unwrap_or_default();
    let region = option("awslogs-region").unwrap_or_else(|| place.region.clone());
    let stream = match option("awslogs-stream-prefix") {
        Some(prefix) => format!("{prefix}/{}/{task}", container.name()),
        None => runtime.to_owned(),
    };
    let place = Place { account: place.account.clone(), region };
    let failed = |what: &str, why: &str| {
        format!(
            "CannotStartContainerError: Error response from daemon: failed to initialize logging \
             driver: failed to create Cloudwatch log {what}: {why}"
        )
    };
    let Some(role) = role else {
        return Err(failed("stream", "NoCredentialProviders: no valid providers in chain"));
    };
    let who = (role, SESSION);
    if option("awslogs-create-group").as_deref() == Some("true") {
        let input = json!({ "logGroupName": group });
        let made = acting::ask(world, &place, who, ("logs", "CreateLogGroup"), input);
        if let Err(error) = made
            && error.code != "ResourceAlreadyExistsException"
        {
            return Err(failed("group", &format!("{}: {}", error.code, error.message)));
        }
    }
    let input = json!({ "logGroupName": group, "logStreamName": stream });
    let made = acting::ask(world, &place, who, ("logs", "CreateLogStream"), input);
    match made {
        Err(error) if error.code != "ResourceAlreadyExistsException" => {
            Err(failed("stream", &format!("{}: {}", error.code, error.message)))
        }
        _ => Ok(Some(LogStream { place, group, stream, role: role.to_owned() })),
    }
}

/// Puts lines into a stream. What is refused is lost, as with the real driver.
pub(crate) fn put(world: &mut World, stream: &LogStream, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let now = world.now().0;
    let events: Vec<_> =
        lines.iter().map(|line| json!({ "timestamp": now, "message": line })).collect();
    let input = json!({
        "logGroupName": stream.group, "logStreamName": stream.stream, "logEvents": events,
    });
    let who = (stream.role.as_str(), SESSION);
    let _ = acting::ask(world, &stream.place, who, ("logs", "PutLogEvents"), input);
}
