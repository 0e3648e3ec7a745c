//! `distlab clean`: removes from the engine what labs left there, and nothing else.

use serde_json::json;

use super::{DONE, Stop, say, say_json};
use base::text::plural;
use docker::{Engine, block_on};

pub(super) fn run(lab: Option<&str>, as_json: bool) -> anyhow::Result<u8> {
    let report = block_on(async {
        let engine = Engine::connect(None).await?;
        engine.clean(lab).await
    })
    .map_err(|error| Stop::missing(error.to_string()))?;
    let parts = [
        ("service", &report.services),
        ("secret", &report.secrets),
        ("config", &report.configs),
        ("container", &report.containers),
        ("network", &report.networks),
        ("volume", &report.volumes),
        ("image", &report.images),
    ];
    if as_json {
        say_json(&json!({
            "services": report.services, "secrets": report.secrets, "configs": report.configs,
            "containers": report.containers, "networks": report.networks,
            "volumes": report.volumes, "images": report.images, "left_swarm": report.left_swarm,
        }))?;
        return Ok(DONE);
    }
    if report.is_empty() {
        say("There is nothing of distlab on the engine.")?;
        return Ok(DONE);
    }
    for (noun, names) in parts.iter().filter(|(_, names)| !names.is_empty()) {
        say(format!("Removed {}: {}", plural(names.len(), noun), names.join(", ")))?;
    }
    if report.left_swarm {
        say("The engine has left the swarm that the lab set up.")?;
    }
    Ok(DONE)
}
