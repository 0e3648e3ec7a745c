//! `docker compose down`: takes the project's containers and networks away.

use serde_json::{Value, json};

use super::containers::Found;
use super::project::Project;
use super::{BASE, PROJECT, VOLUME, containers, converge, lifecycle, load, step};
use crate::cx::{Cx, Fail};
use crate::verb::Verb;
use command_line::flags::{Flag, Parsed, flag, int, switch};
use docker::Engine;

static FLAGS: &[Flag] = &[
    switch("remove-orphans", "Remove containers of services that the file does not have"),
    flag(
        "rmi",
        "string",
        "Remove images too: \"local\" for those without a name of their own, or \"all\"",
    ),
    flag("timeout", "int", "Seconds that containers have to end").short('t').check(int),
    switch("volumes", "Remove named volumes of the file too").short('v'),
];

pub(crate) static VERB: Verb = Verb {
    name: "down",
    usage: "[OPTIONS] [SERVICES]",
    about: "Stop and remove containers, networks",
    flags: &[FLAGS],
    run: down,
    ..BASE
};

pub(super) fn down(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let images = given.get("rmi").unwrap_or_default();
    if !["", "all", "local"].contains(&images) {
        return Err(Fail::new(1, format!("invalid value for --rmi: {images:?}")));
    }
    let (name, project) = load::name(cx)?;
    let timeout = given.number("timeout").and_then(|n| i32::try_from(n).ok());
    let engine = cx.engine()?;
    let orphans = given.is("remove-orphans");
    let mut found = if orphans {
        containers::all(cx, &engine, &name, &given.args)?
    } else {
        containers::list(cx, &engine, &name, &given.args)?
    };
    if let Some(project) = &project {
        // Services of profiles that are not asked for are neither the file's nor orphans.
        let services = project.root.get("services").and_then(Value::as_object);
        let orphan = |c: &Found| orphans && services.is_none_or(|s| !s.contains_key(&c.service));
        found.retain(|c| project.file.services.contains_key(&c.service) || orphan(c));
    }
    let found = lifecycle::dependents_first(project.as_ref(), found);
    for container in &found {
        converge::remove(cx, &engine, container, timeout, given.is("volumes"))?;
    }
    if !given.args.is_empty() {
        return Ok(0);
    }
    let named = networks(cx, &engine, &name)?;
    let mut any = !found.is_empty() || named || project.as_ref().is_some_and(has_networks);
    if given.is("volumes") {
        any |= volumes(cx, &engine, &name, project.as_ref())?;
    }
    if let (Some(project), true) = (&project, !images.is_empty()) {
        any = true;
        remove_images(cx, &engine, project, images == "local");
    }
    if !any {
        cx.complain(format!("Warning: No resource found to remove for project {name:?}."));
    }
    Ok(0)
}

/// Whether a project has networks of its own, which are looked for then.
pub(super) fn has_networks(project: &Project) -> bool {
    let all = project.file.services.values().filter(|s| s.network_mode.is_none());
    let own = |key: &String| project.file.networks.get(key).is_none_or(|n| !n.external);
    all.into_iter().any(|s| s.networks.is_empty() || s.networks.keys().any(own))
}

fn remove_images(cx: &mut Cx<'_, '_>, engine: &Engine, project: &Project, only_own: bool) {
    for (service, given) in &project.file.services {
        if only_own && (given.image.is_some() || given.build.is_none()) {
            continue;
        }
        let image = tagged(project.image(service, given));
        if cx.runtime.block_on(engine.inspect_image(&image)).is_err() {
            continue;
        }
        step(cx, "Image", &image, "Removing");
        match cx.runtime.block_on(engine.remove_image(&image, false, false)) {
            Ok(_) => step(cx, "Image", &image, "Removed"),
            Err(e) if e.to_string().contains("conflict") => {
                step(cx, "Image", &image, "Resource is still in use");
            }
            Err(e) => step(cx, "Image", &image, &format!("Warning: {e}")),
        }
    }
}

/// The name of an image with its tag.
pub(super) fn tagged(image: String) -> String {
    let name = image.rsplit('/').next().unwrap_or_default();
    if name.contains([':', '@']) { image } else { format!("{image}:latest") }
}

fn labelled(cx: &Cx<'_, '_>, engine: &Engine, path: &str, project: &str) -> Result<Value, Fail> {
    let filters = json!({ "label": [format!("{PROJECT}={project}")] }).to_string();
    cx.wait(engine.get_json(&format!("{path}?filters={}", containers::query(&filters))))
}

/// Takes the networks away that carry the project's label; whether there were any.
fn networks(cx: &mut Cx<'_, '_>, engine: &Engine, project: &str) -> Result<bool, Fail> {
    let found = labelled(cx, engine, "/networks", project)?;
    let found = found.as_array().cloned().unwrap_or_default();
    for network in &found {
        let text = |key: &str| network.get(key).and_then(Value::as_str).unwrap_or_default();
        let (id, name) = (text("Id").to_owned(), text("Name").to_owned());
        step(cx, "Network", &name, "Removing");
        match cx.runtime.block_on(engine.delete(&format!("/networks/{id}"))) {
            Ok(_) => step(cx, "Network", &name, "Removed"),
            // Somebody else's container stands in it.
            Err(e) if e.to_string().contains("active endpoints") => {
                step(cx, "Network", &name, "Resource is still in use");
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(!found.is_empty())
}

/// Takes the volumes of the file away, or those that carry the project's label; whether there were
/// any to look for.
fn volumes(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    name: &str,
    project: Option<&Project>,
) -> Result<bool, Fail> {
    let mut names: Vec<String> = if let Some(project) = project {
        let own = project.file.volumes.iter().filter(|(_, v)| !v.external);
        own.map(|(key, _)| project.volume(key)).collect()
    } else {
        let found = labelled(cx, engine, "/volumes", name)?;
        let found = found.get("Volumes").and_then(Value::as_array).cloned().unwrap_or_default();
        let named = |v: &&Value| v.get("Labels").is_some_and(|l| l.get(VOLUME).is_some());
        let text = |v: &Value| v["Name"].as_str().unwrap_or_default().to_owned();
        found.iter().filter(named).map(text).collect()
    };
    names.sort();
    for name in &names {
        step(cx, "Volume", name, "Removing");
        let path = format!("/volumes/{}?force=1", Engine::escape(name));
        match cx.runtime.block_on(engine.delete(&path)) {
            Ok(_) => step(cx, "Volume", name, "Removed"),
            Err(e) if e.to_string().contains("in use") => {
                step(cx, "Volume", name, "Resource is still in use");
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(!names.is_empty())
}
