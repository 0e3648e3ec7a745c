//! Which image a name means now: the registry is asked once, so that every node runs the same one.

use serde_json::{Value, json};

use crate::command::docker::cx::Cx;
use crate::command::docker::reference;
use crate::docker::Engine;
use crate::docker::swarm::text;

/// Puts the digest of the image and its platforms into a task's template; what the learner must be
/// told when the registry cannot be asked.
pub(super) fn resolve(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    task: &mut Value,
    auth: Option<&str>,
) -> Option<String> {
    let image = text(task, "/ContainerSpec/Image").to_owned();
    // A name that cannot be read is the engine's to refuse.
    let read = reference::parse(&image).ok()?;
    let familiar = read.familiar();
    task["ContainerSpec"]["Image"] = familiar.clone().into();
    let Ok(found) = cx.runtime.block_on(engine.distribution(&familiar, auth)) else {
        return Some(format!(
            "image {familiar} could not be accessed on a registry to record\nits digest. Each node will access {familiar} independently,\npossibly leading to different nodes running different\nversions of the image.\n"
        ));
    };
    let digest = text(&found, "/Descriptor/digest");
    if read.digest.is_none() && !digest.is_empty() {
        task["ContainerSpec"]["Image"] = format!("{familiar}@{digest}").into();
    }
    let platforms: Vec<Value> = found["Platforms"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|platform| {
            let architecture = text(platform, "/architecture");
            // Nodes name the kinds of ARM differently; then any of them will do.
            let architecture = if architecture == "arm" { "" } else { architecture };
            json!({ "Architecture": architecture, "OS": text(platform, "/os") })
        })
        .collect();
    if !platforms.is_empty() {
        task["Placement"]["Platforms"] = platforms.into();
    }
    None
}
