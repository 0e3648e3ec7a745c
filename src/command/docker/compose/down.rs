//! `docker compose down`: takes the project's containers and networks away.

use serde_json::{Value, json};

use super::{PROJECT, VOLUME, containers, converge, lifecycle, project, step};
use crate::command::docker::cli::{Flag, Parsed, flag, int, switch};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::Engine;

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

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "down",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICES]",
    about: "Stop and remove containers, networks",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: down,
};

pub(super) fn down(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let images = given.get("rmi").unwrap_or_default();
    if !["", "all", "local"].contains(&images) {
        return Err(Fail::new(1, format!("invalid value for --rmi: {images:?}")));
    }
    let (name, project) = project::name_only(cx)?;
    let timeout = given.number("timeout").and_then(|n| i32::try_from(n).ok());
    let engine = cx.engine()?;
    let orphans = given.is("remove-orphans");
    let mut found = if orphans {
        containers::all(cx, &engine, &name, &given.args)?
    } else {
        containers::list(cx, &engine, &name, &given.args)?
    };
    if let Some(project) = &project
        && !orphans
    {
        let known = project.root.get("services").and_then(Value::as_object);
        found.retain(|c| known.is_some_and(|k| k.contains_key(&c.service)));
    }
    let found = lifecycle::backwards(project.as_ref(), found);
    for container in &found {
        converge::remove(cx, &engine, container, timeout, given.is("volumes"))?;
    }
    if !given.args.is_empty() {
        return Ok(0);
    }
    networks(cx, &engine, &name)?;
    if given.is("volumes") {
        volumes(cx, &engine, &name)?;
    }
    if let (Some(project), true) = (&project, !images.is_empty()) {
        for (service, given) in &project.file.services {
            if images == "local" && (given.image.is_some() || given.build.is_none()) {
                continue;
            }
            let image = tagged(project.image(service, given));
            step(cx, "Image", &image, "Removing");
            match cx.runtime.block_on(engine.remove_image(&image, false, false)) {
                Ok(_) => step(cx, "Image", &image, "Removed"),
                Err(e) if e.is_not_found() => {
                    step(cx, "Image", &image, "Warning: No resource found to remove");
                }
                Err(e) if e.to_string().contains("conflict") => {
                    step(cx, "Image", &image, "Resource is still in use");
                }
                Err(e) => step(cx, "Image", &image, &format!("Warning: {e}")),
            }
        }
    }
    Ok(0)
}

/// The name of an image with its tag.
fn tagged(image: String) -> String {
    let name = image.rsplit('/').next().unwrap_or_default();
    if name.contains([':', '@']) { image } else { format!("{image}:latest") }
}

fn labelled(cx: &Cx<'_, '_>, engine: &Engine, path: &str, project: &str) -> Result<Value, Fail> {
    let filters = json!({ "label": [format!("{PROJECT}={project}")] }).to_string();
    cx.wait(engine.get_json(&format!("{path}?filters={}", containers::query(&filters))))
}

fn networks(cx: &mut Cx<'_, '_>, engine: &Engine, project: &str) -> Result<(), Fail> {
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
    Ok(())
}

fn volumes(cx: &mut Cx<'_, '_>, engine: &Engine, project: &str) -> Result<(), Fail> {
    let found = labelled(cx, engine, "/volumes", project)?;
    let found = found.get("Volumes").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = |v: &&Value| v.get("Labels").is_some_and(|l| l.get(VOLUME).is_some());
    for volume in found.iter().filter(named) {
        let name = volume.get("Name").and_then(Value::as_str).unwrap_or_default();
        step(cx, "Volume", name, "Removing");
        cx.wait(engine.delete(&format!("/volumes/{}", Engine::escape(name))))?;
        step(cx, "Volume", name, "Removed");
    }
    Ok(())
}
