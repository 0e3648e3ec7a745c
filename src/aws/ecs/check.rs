//! Whether a task definition can be registered, in the service's words.

use aws::iam::trusted;
use sim::World;
use sim::api::ApiError;

use super::acting::TASKS;
use super::faults::{client, not_simulated};
use super::health;
use super::image;
use super::query;
use super::shapes::container::{ContainerCondition as On, ContainerDefinition, LogDriver};
use super::shapes::definition::{
    Compatibility, CpuArchitecture, NetworkMode, OsFamily, TaskDefinition,
};
use super::state::State;

/// MiB that a task on Fargate may have by its CPU units: the least, the most, and the step (Amazon ECS
/// developer guide, "Task CPU and memory"). 256 units have 512, 1024 or 2048.
const FARGATE: [(i64, i64, i64, i64); 7] = [
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

/// Holds a definition to what can be registered.
///
/// # Errors
/// What is wrong.
pub(crate) fn definition(world: &World, own: &TaskDefinition) -> Result<(), ApiError> {
    if own.containers.is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    for container in &own.containers {
        of_container(own, container)?;
        askable(world, container)?;
    }
    names(own)?;
    for role in [&own.task_role_arn, &own.execution_role_arn].into_iter().flatten() {
        if trusted::by_service(world, role, TASKS).is_none() {
            return Err(client("Role is not valid"));
        }
    }
    platform(own)?;
    for constraint in &own.constraints {
        let text = constraint.expression.as_deref().unwrap_or_default();
        if query::parse(text).is_none() {
            return Err(client(format!("Invalid expression: {text}")));
        }
    }
    if own.requires_compatibilities.contains(&Compatibility::Fargate) {
        return fargate(own);
    }
    Ok(())
}

/// Names are there once, and what depends on them leads somewhere.
fn names(own: &TaskDefinition) -> Result<(), ApiError> {
    for (at, container) in own.containers.iter().enumerate() {
        let name = container.name();
        if own.containers[..at].iter().any(|other| other.name() == name) {
            return Err(client("Container names should be unique."));
        }
        for before in &container.depends_on {
            let there = own.container(&before.container_name);
            let Some(there) = there.filter(|there| there.name() != name) else {
                return Err(client(format!(
                    "Container '{name}' has an invalid dependency on '{}'.",
                    before.container_name
                )));
            };
            if before.condition == On::Healthy && there.health_check.is_none() {
                return Err(client(format!(
                    "Container '{name}' depends on '{}' being HEALTHY, but there is no health check \
                     defined for it.",
                    there.name()
                )));
            }
            if matches!(before.condition, On::Complete | On::Success) && there.is_essential() {
                return Err(client(format!(
                    "A container that another depends on with {} cannot be essential: '{}'.",
                    before.condition.as_str(),
                    there.name()
                )));
            }
        }
    }
    if circular(own) {
        return Err(client("The container dependencies contain a cycle."));
    }
    if !own.containers.iter().any(ContainerDefinition::is_essential) {
        return Err(client("At least one essential container is required for a task definition."));
    }
    Ok(())
}

/// Whether containers wait for each other.
fn circular(own: &TaskDefinition) -> bool {
    let mut left: Vec<&ContainerDefinition> = own.containers.iter().collect();
    loop {
        let waits = |container: &&ContainerDefinition| {
            let mut before = container.depends_on.iter();
            before.any(|before| left.iter().any(|other| other.name() == before.container_name))
        };
        let after: Vec<&ContainerDefinition> = left.iter().copied().filter(waits).collect();
        if after.is_empty() {
            return false;
        }
        if after.len() == left.len() {
            return true;
        }
        left = after;
    }
}

/// Whether somebody can ask a container how it is.
fn askable(world: &World, container: &ContainerDefinition) -> Result<(), ApiError> {
    let engine = world.get::<State>().engine;
    if engine || health::can_be_asked(container) {
        return Ok(());
    }
    let name = container.name();
    Err(not_simulated(&format!(
        "The health check of container '{name}': without an engine only `exit 0`, `exit 1`, and \
         `curl` or `wget` of a URL of localhost can be asked, and so it"
    )))
}

fn of_container(own: &TaskDefinition, container: &ContainerDefinition) -> Result<(), ApiError> {
    let name = container.name();
    if name.is_empty() {
        return Err(client("Container.name should not be null or empty."));
    }
    if !super::names::is_name(name) {
        return Err(client(format!("Invalid container name '{name}'.")));
    }
    if container.image().is_empty() {
        return Err(client("Container.image should not be null or empty."));
    }
    if container.image().chars().any(char::is_whitespace) {
        return Err(client("Container.image contains invalid characters."));
    }
    let setting = |what: &str| client(format!("Invalid setting for container '{name}'. {what}"));
    if own.memory.is_none() && container.memory.or(container.memory_reservation).is_none() {
        return Err(setting("At least one of 'memory' or 'memoryReservation' must be specified."));
    }
    if let (Some(hard), Some(soft)) = (container.memory, container.memory_reservation)
        && hard < soft
    {
        return Err(setting("'memory' must be greater than or equal to 'memoryReservation'."));
    }
    if container.cpu.is_some_and(|cpu| cpu < 0) {
        return Err(setting("'cpu' must not be negative."));
    }
    ports(own, container)?;
    logging(container)?;
    Ok(())
}

fn ports(own: &TaskDefinition, container: &ContainerDefinition) -> Result<(), ApiError> {
    for mapping in &container.port_mappings {
        let inside = mapping.container_port.unwrap_or_default();
        if !(1..=65_535).contains(&inside) {
            return Err(client("Container port must be between 1 and 65535."));
        }
        let host = mapping.host_port.unwrap_or_default();
        if !(0..=65_535).contains(&host) {
            return Err(client("Host port must be between 0 and 65535."));
        }
        if host == 0 || host == inside {
            continue;
        }
        match own.mode() {
            NetworkMode::Awsvpc => {
                return Err(client(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings \
                     must match.",
                ));
            }
            NetworkMode::Host => {
                return Err(client(
                    "When networkMode=host, the host ports and container ports in port mappings must \
                     match.",
                ));
            }
            NetworkMode::Bridge | NetworkMode::None => {}
        }
    }
    Ok(())
}

/// Options of `awslogs` that have an effect here.
const LOG_OPTIONS: [&str; 4] =
    ["awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group"];

fn logging(container: &ContainerDefinition) -> Result<(), ApiError> {
    let Some(configuration) = &container.log_configuration else { return Ok(()) };
    if configuration.log_driver != LogDriver::Awslogs {
        let driver = configuration.log_driver.as_str();
        return Err(not_simulated(&format!("The log driver '{driver}'")));
    }
    for name in ["awslogs-group", "awslogs-region"] {
        if !configuration.options.contains_key(name) {
            return Err(client(format!("Log driver awslogs requires options: {name}")));
        }
    }
    let other = configuration.options.keys().find(|name| !LOG_OPTIONS.contains(&name.as_str()));
    other.map_or(Ok(()), |name| Err(not_simulated(&format!("The log option '{name}'"))))
}

fn platform(own: &TaskDefinition) -> Result<(), ApiError> {
    let Some(platform) = &own.runtime_platform else { return Ok(()) };
    if let Some(family) = platform.os_family.filter(|family| *family != OsFamily::Linux) {
        return Err(not_simulated(&format!("The operating system {}", family.as_str())));
    }
    if platform.cpu_architecture == Some(CpuArchitecture::Arm64) {
        return Err(not_simulated("The architecture ARM64"));
    }
    Ok(())
}

/// The MiB or CPU units that a text means: `512`, `1 GB`, `.25 vCPU`.
pub(crate) fn number(text: &str) -> Option<i64> {
    let lower = text.trim().to_ascii_lowercase();
    let (number, unit) = match (lower.strip_suffix("vcpu"), lower.strip_suffix("gb")) {
        (Some(number), _) | (_, Some(number)) => (number.trim(), 1024),
        _ => (lower.as_str(), 1),
    };
    if unit == 1 {
        return number.parse().ok();
    }
    // Thousandths are enough, and no float is needed for them.
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let padded = format!("{part:0<3}");
    let thousandths: i64 = padded.get(..3)?.parse().ok()?;
    Some(whole * unit + thousandths * unit / 1000)
}

/// What Fargate asks for.
fn fargate(own: &TaskDefinition) -> Result<(), ApiError> {
    if own.mode() != NetworkMode::Awsvpc {
        return Err(client("Fargate only supports network mode ‘awsvpc’."));
    }
    let Some(cpu) = &own.cpu else {
        return Err(client("Fargate requires that 'cpu' be defined at the task level."));
    };
    let Some(memory) = &own.memory else {
        return Err(client("Fargate requires that 'memory' be defined at the task level."));
    };
    let (cpu, memory) = (number(cpu).unwrap_or(-1), number(memory).unwrap_or(-1));
    let row = FARGATE.iter().find(|(units, ..)| *units == cpu);
    let fits = row.is_some_and(|(_, least, most, step)| {
        let in_steps = (memory - least) % step == 0 && memory != 1536;
        (*least..=*most).contains(&memory) && in_steps
    });
    if !fits {
        return Err(client(format!(
            "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the \
             Amazon ECS documentation for the valid values."
        )));
    }
    if own.execution_role_arn.is_none() {
        if own.containers.iter().any(|container| container.log_configuration.is_some()) {
            return Err(client(
                "Fargate requires task definition to have execution role ARN to support log driver \
                 awslogs.",
            ));
        }
        if own.containers.iter().any(|container| image::of_account(container.image()).is_some()) {
            return Err(client(
                "Fargate requires task definition to have execution role ARN to support ECR images.",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn sizes_are_read_in_either_spelling() {
        let check = |text: &str, want: Option<i64>| assert_eq!(number(text), want, "{text}");
        check("512", Some(512));
        check("1 GB", Some(1024));
        check("0.5GB", Some(512));
        check(".25 vCPU", Some(256));
        check("2 vcpu", Some(2048));
        check("many", None);
    }
}
