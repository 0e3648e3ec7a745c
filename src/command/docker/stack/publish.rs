//! Services of a stack made or updated on the swarm.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::command::docker::cx::{Cx, Fail, error_text};
use crate::command::docker::reference;
use crate::docker::{Body, Engine, EngineError, Method};

use super::{IMAGE, members};

/// How services are brought to the swarm.
pub(super) struct How<'a> {
    /// When the registry is asked: `always`, `changed`, `never`.
    pub(super) resolve: &'a str,
    /// Whether the nodes get what the registry needs.
    pub(super) auth: bool,
    /// Whether to wait until all tasks run.
    pub(super) wait: bool,
    pub(super) quiet: bool,
}

/// Makes each service, or updates the one of that name.
///
/// # Errors
/// The engine's refusal, with what was being done.
pub(super) fn services(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    stack: &str,
    specs: Vec<Value>,
    how: &How<'_>,
) -> Result<u8, Fail> {
    let present: BTreeMap<String, Value> = cx
        .wait(members::list(engine, "services", stack))?
        .into_iter()
        .map(|service| (members::name(&service), service))
        .collect();
    let mut ids = Vec::new();
    for mut spec in specs {
        let name = spec["Name"].as_str().unwrap_or_default().to_owned();
        let id = if let Some(old) = present.get(&name) {
            cx.out(format!("Updating service {name} (id: {})\n", members::id(old)));
            update(cx, engine, old, &mut spec, how)
                .map_err(|e| failed(&format!("failed to update service {name}"), &e))?;
            members::id(old).to_owned()
        } else {
            cx.out(format!("Creating service {name}\n"));
            if how.resolve == "never" {
                tag(&mut spec);
            } else {
                cx.runtime.block_on(pin(engine, &mut spec));
            }
            let made = cx.runtime.block_on(send(engine, "/services/create", &spec, how));
            let made = made.map_err(|e| failed(&format!("failed to create service {name}"), &e))?;
            members::id(&made).to_owned()
        };
        ids.push(id);
    }
    if how.wait {
        return super::wait::until_running(cx, engine, &ids, how.quiet);
    }
    Ok(0)
}

fn failed(what: &str, error: &EngineError) -> Fail {
    Fail::new(1, format!("{what}: {}", error_text(error)))
}

fn update(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    old: &Value,
    spec: &mut Value,
    how: &How<'_>,
) -> Result<(), EngineError> {
    const PINNED: &str = "/Spec/TaskTemplate/ContainerSpec/Image";
    let same = old.pointer("/Spec/Labels").and_then(|l| l.get(IMAGE)) == spec["Labels"].get(IMAGE);
    let asks = how.resolve == "always" || how.resolve == "changed" && !same;
    if asks {
        let image = image_of(spec).to_owned();
        if !cx.runtime.block_on(pin(engine, spec)) {
            cx.complain(not_pinned(&image));
        }
    } else if let Some(pinned) = old.pointer(PINNED).filter(|_| same) {
        // Another name of the same image would look like a change.
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = pinned.clone();
    } else {
        tag(spec);
    }
    let force = old.pointer("/Spec/TaskTemplate/ForceUpdate").and_then(Value::as_u64);
    spec["TaskTemplate"]["ForceUpdate"] = force.unwrap_or_default().into();
    let version = old.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default();
    let path = format!("/services/{}/update?version={version}", members::id(old));
    let answer = cx.runtime.block_on(send(engine, &path, spec, how))?;
    for warning in answer.get("Warnings").and_then(Value::as_array).into_iter().flatten() {
        cx.complain(warning.as_str().unwrap_or_default());
    }
    Ok(())
}

fn image_of(spec: &Value) -> &str {
    spec.pointer("/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str).unwrap_or_default()
}

/// What is said when no registry knows the image.
fn not_pinned(image: &str) -> String {
    let image = reference::parse(image).map_or_else(|_| image.to_owned(), |r| r.familiar());
    format!(
        "image {image} could not be accessed on a registry to record\nits digest. Each node will access {image} independently,\npossibly leading to different nodes running different\nversions of the image.\n"
    )
}

/// Spells the image with its tag.
fn tag(spec: &mut Value) {
    if let Ok(image) = reference::parse(image_of(spec)) {
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = image.familiar().into();
    }
}

/// Asks the registry what the image is at this moment, and names it so; whether that worked.
async fn pin(engine: &Engine, spec: &mut Value) -> bool {
    tag(spec);
    let image = image_of(spec).to_owned();
    if image.contains('@') {
        return true;
    }
    let path = format!("/distribution/{}/json", Engine::escape(&image));
    let Ok(found) = engine.get_json(&path).await else { return false };
    let Some(digest) = found.pointer("/Descriptor/digest").and_then(Value::as_str) else {
        return false;
    };
    spec["TaskTemplate"]["ContainerSpec"]["Image"] = format!("{image}@{digest}").into();
    let platforms: Vec<Value> = found
        .get("Platforms")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|p| json!({ "Architecture": p.get("architecture"), "OS": p.get("os") }))
        .collect();
    if !platforms.is_empty() {
        spec["TaskTemplate"]["Placement"]["Platforms"] = platforms.into();
    }
    true
}

async fn send(
    engine: &Engine,
    path: &str,
    spec: &Value,
    how: &How<'_>,
) -> Result<Value, EngineError> {
    // An empty set of credentials: the lab's registry asks for none.
    let headers: &[(&'static str, String)] =
        if how.auth { &[("X-Registry-Auth", "e30=".to_owned())] } else { &[] };
    let mut answer = engine.stream(Method::POST, path, headers, Body::Json(spec)).await?;
    Ok(answer.message().await?.unwrap_or_default())
}
