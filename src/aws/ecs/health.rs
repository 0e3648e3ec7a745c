//! Whether containers are well, by the checks that their definitions name.

use std::time::Duration;

use base::Time;
use sim::traffic::HttpRequest;

use super::shapes::container::{ContainerDefinition, HealthCheck};
use super::shapes::task::{Container, HealthStatus};
use super::state::Boxed;

/// What a check asks, as far as it can be asked here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Asks {
    /// A URL of the container itself: port and path.
    Url(u16, String),
    /// Nothing: it ends so.
    Ends(bool),
}

/// Reads a check's command; nothing where that cannot be asked without an engine.
pub(crate) fn asks(command: &[String]) -> Option<Asks> {
    let (kind, words) = command.split_first()?;
    if !matches!(kind.as_str(), "CMD" | "CMD-SHELL") {
        return None;
    }
    let line = words.join(" ");
    match line.trim() {
        "true" | "exit 0" => return Some(Asks::Ends(true)),
        "false" | "exit 1" => return Some(Asks::Ends(false)),
        _ => {}
    }
    let asks = line.starts_with("curl ") || line.starts_with("wget ");
    let (_, url) = line.split_once("http://").filter(|_| asks)?;
    let url =
        url.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '|' | ';')).next()?;
    let (authority, path) = match url.find('/') {
        Some(at) => url.split_at(at),
        None => (url, "/"),
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, 80),
    };
    matches!(host, "localhost" | "127.0.0.1").then(|| Asks::Url(port, path.to_owned()))
}

/// Whether the check of a container, where it has one, can be asked without an engine.
pub(crate) fn can_be_asked(container: &ContainerDefinition) -> bool {
    container.health_check.as_ref().is_none_or(|check| asks(&check.command).is_some())
}

/// Why a container whose check cannot be asked does not begin.
pub(crate) fn needs_engine(container: &str) -> String {
    format!(
        "CannotStartContainerError: the health check of container {container} can only be asked by \
         Docker Engine, and none answers"
    )
}

pub(crate) fn interval(check: &HealthCheck) -> Duration {
    Duration::from_secs(check.interval.and_then(|s| u64::try_from(s).ok()).unwrap_or(30))
}

/// How a container is after one more check.
pub(crate) fn after(
    check: &HealthCheck,
    own: &mut Boxed,
    before: HealthStatus,
    now: Time,
) -> HealthStatus {
    let running = own.started.map(|started| now.since(started)).unwrap_or_default();
    let good = match (asks(&check.command), &own.program) {
        (Some(Asks::Ends(good)), _) => good,
        (Some(Asks::Url(port, target)), Some(program)) => {
            let listens = program.port == Some(port) && running >= program.start;
            let request = HttpRequest { method: "GET".into(), target, ..HttpRequest::default() };
            listens && program.answer(&request, &own.environment).0.status < 400
        }
        _ => false,
    };
    if good {
        own.failures = 0;
        return HealthStatus::Healthy;
    }
    let grace = Duration::from_secs(
        check.start_period.and_then(|s| u64::try_from(s).ok()).unwrap_or_default(),
    );
    if running > grace {
        own.failures += 1;
    }
    if own.failures >= check.retries.unwrap_or(3) { HealthStatus::Unhealthy } else { before }
}

/// How a task is, by its essential containers that have a check.
pub(crate) fn of_task(shown: &[Container], definitions: &[ContainerDefinition]) -> HealthStatus {
    let checked = shown
        .iter()
        .zip(definitions)
        .filter(|(_, definition)| definition.is_essential() && definition.health_check.is_some());
    let states: Vec<HealthStatus> = checked.map(|(container, _)| container.health_status).collect();
    if states.contains(&HealthStatus::Unhealthy) {
        HealthStatus::Unhealthy
    } else if states.is_empty() || states.contains(&HealthStatus::Unknown) {
        HealthStatus::Unknown
    } else {
        HealthStatus::Healthy
    }
}

#[cfg(test)]
mod tests {
    use super::{Asks, asks};

    #[test]
    fn commands_are_understood_or_not() {
        let check = |command: &[&str], want: Option<Asks>| {
            let words: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(asks(&words), want, "{command:?}");
        };
        let url = |port, path: &str| Some(Asks::Url(port, path.to_owned()));
        check(
            &["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"],
            url(3000, "/health"),
        );
        check(&["CMD", "wget", "-qO-", "http://127.0.0.1"], url(80, "/"));
        check(&["CMD-SHELL", "exit 0"], Some(Asks::Ends(true)));
        check(&["CMD-SHELL", "pg_isready"], None);
        check(&["CMD-SHELL", "curl http://example.com/"], None);
        check(&["curl", "http://localhost/"], None);
    }
}
