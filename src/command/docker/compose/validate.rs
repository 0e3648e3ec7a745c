//! Whether the parts of a project fit together.

use serde_json::Value;

use super::project::Project;
use crate::composefile::model::Service;
use crate::cx::Fail;

/// Makes sure that the parts fit.
///
/// # Errors
/// The first that does not, in the reference's words.
pub(super) fn check(project: &Project) -> Result<(), Fail> {
    for (name, service) in &project.file.services {
        if let Some(why) = wrong(project, name, service) {
            return Err(Fail::new(15, format!("{why}: invalid compose project")));
        }
    }
    project.ordered(&[], true).map(drop)
}

fn wrong(project: &Project, name: &str, service: &Service) -> Option<String> {
    let file = &project.file;
    if service.image.as_ref().is_none_or(String::is_empty) && service.build.is_none() {
        return Some(format!(
            "service {name:?} has neither an image nor a build context specified"
        ));
    }
    if service.network_mode.is_some() && !service.networks.is_empty() {
        return Some(format!(
            "service {name} declares mutually exclusive `network_mode` and `networks`"
        ));
    }
    let unknown = |n: &&String| *n != "default" && !file.networks.contains_key(*n);
    if let Some(network) = service.networks.keys().find(unknown) {
        return Some(format!("service {name:?} refers to undefined network {network}"));
    }
    let waited = service.depends_on.iter().filter(|(_, how)| how.required).map(|(other, _)| other);
    if let Some(other) =
        waited.chain(&shared(service)).find(|other| !file.services.contains_key(*other))
    {
        return Some(format!("service {name:?} depends on undefined service {other:?}"));
    }
    let named =
        service.volumes.iter().filter(|m| m.kind == "volume").filter_map(|m| m.source.as_ref());
    for source in named {
        if !file.volumes.contains_key(source) {
            return Some(format!("service {name:?} refers to undefined volume {source}"));
        }
    }
    for (kind, refs, defined) in
        [("config", &service.configs, &file.configs), ("secret", &service.secrets, &file.secrets)]
    {
        if let Some(lost) = refs.iter().find(|r| !defined.contains_key(&r.source)) {
            let source = &lost.source;
            return Some(format!("service {name:?} refers to undefined {kind} {source}"));
        }
    }
    contradiction(service, name)
}

/// The service whose network another uses.
fn shared(service: &Service) -> Vec<String> {
    let mode = service.network_mode.as_deref().and_then(|m| m.strip_prefix("service:"));
    mode.map(str::to_owned).into_iter().collect()
}

/// What is said in two places, and differently.
fn contradiction(service: &Service, name: &str) -> Option<String> {
    let replicas =
        service.deploy.as_ref().and_then(|d| d.replicas.as_ref()).and_then(Value::as_u64);
    let limits = service.deploy.as_ref().and_then(|d| d.resources.limits.as_ref());
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let both = |own: Option<String>, deployed: Option<String>| {
        own.zip(deployed).is_some_and(|(own, deployed)| {
            let numbers = own.parse::<f64>().ok().zip(deployed.parse::<f64>().ok());
            numbers.map_or(own != deployed, |(a, b)| (a - b).abs() > f64::EPSILON)
        })
    };
    let distinct = |own: &str, other: &str| {
        Some(format!("services.{name}: can't set distinct values on '{own}' and '{other}'"))
    };
    if both(service.scale.map(|n| n.to_string()), replicas.map(|n| n.to_string())) {
        return distinct("scale", "deploy.replicas");
    }
    if both(service.cpus.as_ref().map(text), limits.and_then(|l| l.cpus.clone())) {
        return distinct("cpus", "deploy.resources.limits.cpus");
    }
    if both(service.mem_limit.as_ref().map(text), limits.and_then(|l| l.memory.clone())) {
        return distinct("mem_limit", "deploy.resources.limits.memory");
    }
    let many =
        |count: Option<u64>| service.container_name.is_some() && count.is_some_and(|n| n > 1);
    let key = if many(replicas) {
        "deploy.replicas"
    } else if many(service.scale) {
        "scale"
    } else {
        return None;
    };
    Some(format!(
        "services.{key}: can't set container_name and {name} as container name must be unique"
    ))
}
