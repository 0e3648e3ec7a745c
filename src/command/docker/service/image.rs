//! Which image a name means now: the registry is asked once, so that every node runs the same one.
//! Services made by hand and those of stacks share it.

use serde_json::{Value, json};

use crate::cx::Cx;
use crate::reference;
use crate::registry::header;
use docker::Engine;
use docker::swarm::text;

/// Where the image stands in a task's template.
const IMAGE: &str = "/ContainerSpec/Image";

/// Who asks the registry for an image, as the engine hands it on to the nodes. A name that cannot be
/// read is the engine's to refuse.
pub(crate) fn auth(cx: &mut Cx<'_, '_>, image: &str) -> Option<String> {
    reference::parse(image).ok().map(|image| header::auth(cx, &image))
}

/// Spells the image with its tag.
pub(crate) fn spell(task: &mut Value) {
    if let Ok(image) = reference::parse(text(task, IMAGE)) {
        task["ContainerSpec"]["Image"] = image.familiar().into();
    }
}

/// Puts the digest of the image and its platforms into a task's template; what the learner must be
/// told when the registry cannot be asked.
pub(crate) fn resolve(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    task: &mut Value,
    auth: Option<&str>,
) -> Option<String> {
    spell(task);
    let read = reference::parse(text(task, IMAGE)).ok()?;
    let familiar = read.familiar();
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
